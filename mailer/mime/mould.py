"""Messages that are alike, as octets with holes: laid out once, and filled in as often as there are invitees."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import groupby

from mailer.mime.write import BASE64_LINE, Piece, Slot, lines_of_base64
from mailer.model.message import Frame


def cut(octets: bytes, out: bytes, slot: Slot) -> list[Piece]:
    """Put a slot wherever some octets stand."""
    pieces: list[Piece] = []
    for at, piece in enumerate(octets.split(out)):
        pieces += [slot, piece] if at else [piece]
    return pieces


def around(encode: Callable[[str], bytes], name: str, letters: tuple[str, str], length: int) -> list[Piece]:
    """Encode with a value of a fixed length, and leave slots where it comes out.

    `encode` gives the octets for a value. It is called with two values, each of one of the `letters`, of which every
    value must be made as far as encoding sees it: where the octets differ, there the value stands. Raises ValueError
    where it does not come out letter by letter.
    """
    one, other = (encode(letter * length) for letter in letters)
    differ = [a != b for a, b in zip(one, other, strict=True)]
    if sum(differ) % length:
        raise ValueError(name)
    pieces: list[Piece] = []
    at = seen = 0
    for own, run in groupby(differ):
        size = len(list(run))
        if own:
            pieces += _parts(name, seen, size, length)
            seen += size
        else:
            pieces.append(one[at : at + size])
        at += size
    return pieces


def _parts(name: str, seen: int, size: int, length: int) -> list[Slot]:
    """Name the parts of a value that follow each other, `seen` letters of it having stood before."""
    slots = []
    while size:
        start = seen % length
        stop = min(length, start + size)
        slots.append(Slot(name, start, stop) if stop - start < length else Slot(name))
        seen, size = seen + stop - start, size - (stop - start)
    return slots


def base64_around(octets: bytes, places: Sequence[tuple[str, int, int]]) -> tuple[list[Piece], list[Strip]]:
    """Encode with slots for the lines in which something stands at these places, as name, start and stop.

    Only the last may be of another length in another message. Returns the strips that give what goes into the slots.
    """
    pieces: list[Piece] = []
    strips: list[Strip] = []
    done = 0
    for name, start, stop in places:
        last = (name, start, stop) == places[-1]
        begin = max(done, start // BASE64_LINE * BASE64_LINE)
        end = len(octets) if last else -(-stop // BASE64_LINE) * BASE64_LINE
        if begin > start or (not last and end > places[-1][1]):
            raise ValueError(name)
        pieces += [lines_of_base64(octets[done:begin]), Slot(name)]
        strips.append(Strip(octets[begin:start], octets[stop:end]))
        done = end
    return pieces, strips


class Strip:
    """Whole lines of base64 around a value."""

    __slots__ = ("_after", "_before")

    def __init__(self, before: bytes, after: bytes) -> None:
        self._before = before
        self._after = after

    def around(self, value: bytes) -> bytes:
        """Return the lines with this value in them."""
        return lines_of_base64(b"%b%b%b" % (self._before, value, self._after))


def frame(layout: Sequence[Piece]) -> tuple[Frame, list[Slot]]:
    """Join what lies between the slots; return the slots in the order in which a message gives its values."""
    chunks, order, slots = [b""], list[int](), list[Slot]()
    for piece in layout:
        if isinstance(piece, bytes):
            chunks[-1] += piece
            continue
        if piece not in slots:
            slots.append(piece)
        order.append(slots.index(piece))
        chunks.append(b"")
    return Frame(tuple(chunks), tuple(order)), slots
