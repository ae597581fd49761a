"""Layout of a message with slots for the values of each invitee, so that common parts are encoded once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import groupby

from mailer.mime.write import BASE64_LINE, Piece, Slot, base64_lines
from mailer.model.message import Frame


def cut(octets: bytes, marker: bytes, slot: Slot) -> list[Piece]:
    """Split octets at each `marker`, with a slot in its place."""
    pieces: list[Piece] = []
    for at, piece in enumerate(octets.split(marker)):
        pieces += [slot, piece] if at else [piece]
    return pieces


def around(
    encode: Callable[[str], bytes], name: str, characters: tuple[str, str], length: int
) -> list[Piece]:
    """Find where a value of a fixed length stands in encoded octets, and put slots there.

    `encode` returns the octets for a value. It is called with two values, each one of the `characters`
    repeated, and the value is where the results differ; so real values may only have characters that encoding
    treats alike. Raises ValueError if the encoding changes the length of the value.
    """
    one, other = (encode(character * length) for character in characters)
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
    """Return the slots for the next `size` characters of a repeated value, of which `seen` came before."""
    slots = []
    while size:
        start = seen % length
        stop = min(length, start + size)
        slots.append(Slot(name, start, stop) if stop - start < length else Slot(name))
        seen, size = seen + stop - start, size - (stop - start)
    return slots


def base64_around(octets: bytes, places: Sequence[tuple[str, int, int]]) -> tuple[list[Piece], list[Strip]]:
    """Encode in base64, with a slot for the lines around each place, given as name, start and stop.

    Only the value at the last place may have another length in another message. Return, too, the `Strip` that
    encodes the content of each slot.
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
        pieces += [base64_lines(octets[done:begin]), Slot(name)]
        strips.append(Strip(octets[begin:start], octets[stop:end]))
        done = end
    return pieces, strips


class Strip:
    """The octets before and after a value that share its lines of base64."""

    __slots__ = ("_after", "_before")

    def __init__(self, before: bytes, after: bytes) -> None:
        self._before = before
        self._after = after

    def around(self, value: bytes) -> bytes:
        """Return the lines of base64 with this value in them."""
        return base64_lines(b"%b%b%b" % (self._before, value, self._after))


def frame(layout: Sequence[Piece]) -> tuple[Frame, list[Slot]]:
    """Make a frame from a layout; return with it the slots, in the order of a message's own values."""
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
