"""Messages of one campaign, kept as what differs between them.

The messages of a campaign share nearly all of their lines: the letter, the styles, the attachments. A base is the
lines two of them have in common, so it holds nobody's own lines; a packed message is a list of runs of base lines
and of its own lines in between. Ten thousand messages of 13 kB take 15 MB so, not 130, and what is written before
each final dot shrinks alike.

Messages that were made with a frame need no such search: the frame is kept, and of each message its own values.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from mailer.model.message import Frame

EOL = b"\r\n"
WHOLE, PACKED, FRAMED = b"W", b"P", b"F"
FRAME = b"\0frame "
"""How a frame begins where it is kept among the bases; no message does."""


@dataclass(frozen=True, slots=True)
class Base:
    """The lines that packed messages refer to."""

    lines: tuple[bytes, ...]
    places: dict[bytes, int] = field(repr=False)

    @classmethod
    def of(cls, content: bytes) -> Base:
        """Read a base back from its bytes."""
        lines = tuple(content.split(EOL))
        return cls(lines, {line: place for place, line in reversed(list(enumerate(lines)))})

    @classmethod
    def common(cls, one: bytes, other: bytes) -> Base:
        """Keep the lines of one message that the other has too."""
        shared = set(other.split(EOL))
        return cls.of(EOL.join(line for line in one.split(EOL) if line in shared))

    @property
    def content(self) -> bytes:
        """The bytes `of` reads."""
        return EOL.join(self.lines)

    def pack(self, message: bytes) -> bytes:
        """Write a message as runs of base lines and lines of its own."""
        out = bytearray(PACKED)
        for start, count, own in self._runs(message.split(EOL)):
            literal = EOL.join(own)
            out += b"%d,%d,%d,%d\n" % (start, count, len(own), len(literal))
            out += literal
        return bytes(out)

    def _runs(self, lines: list[bytes]) -> Iterator[tuple[int, int, list[bytes]]]:
        """Cut into (first base line, how many, own lines that follow them)."""
        base, end, place = self.lines, len(self.lines), self.places.get
        start, at, own = 0, 0, list[bytes]()
        for line in lines:
            if at < end and base[at] == line:
                found = at
            else:
                found = place(line, -1) if line else -1
            if found < 0:
                own.append(line)
                continue
            if own or found != at:
                yield start, at - start, own
                start, own = found, []
            at = found + 1
        yield start, at - start, own

    def unpack(self, packed: bytes) -> bytes:
        """Give back the message, octet for octet."""
        lines: list[bytes] = []
        at = 1
        while at < len(packed):
            stop = packed.index(b"\n", at)
            start, count, own, size = map(int, packed[at:stop].split(b","))
            lines += self.lines[start : start + count]
            at = stop + 1 + size
            if own:
                lines += packed[stop + 1 : at].split(EOL)
        return EOL.join(lines)


def whole(message: bytes) -> bytes:
    """Write a message that has no base."""
    return WHOLE + zlib.compress(message, 1)


def framed(own: Sequence[bytes]) -> bytes:
    """Write a message as its own values, for a frame."""
    return b"%b%b\n%b" % (FRAMED, _lengths(own), b"".join(own))


def unframed(packed: bytes) -> tuple[bytes, ...]:
    """Give back the values that `framed` wrote."""
    lengths, _, values = packed[1:].partition(b"\n")
    return tuple(_cut(values, lengths))


def unpack(packed: bytes, base: Base | None) -> bytes:
    """Give back a message that has no frame."""
    if packed[:1] == WHOLE:
        return zlib.decompress(packed[1:])
    assert base is not None
    return base.unpack(packed)


def frame_to_bytes(frame: Frame) -> bytes:
    """Write a frame as it is kept."""
    order = b",".join(b"%d" % place for place in frame.order)
    return b"%b%b %b\n%b" % (FRAME, order, _lengths(frame.chunks), b"".join(frame.chunks))


def base_from_bytes(content: bytes) -> Base | Frame:
    """Read what is kept among the bases."""
    if not content.startswith(FRAME):
        return Base.of(content)
    head, _, chunks = content.removeprefix(FRAME).partition(b"\n")
    order, lengths = head.split(b" ")
    return Frame(tuple(_cut(chunks, lengths)), tuple(map(int, filter(None, order.split(b",")))))


def _lengths(values: Sequence[bytes]) -> bytes:
    return b",".join([b"%d" % len(value) for value in values])


def _cut(octets: bytes, lengths: bytes) -> list[bytes]:
    """Cut into values of these lengths."""
    values, at = [], 0
    for length in lengths.split(b","):
        end = at + int(length or b"0")
        values.append(octets[at:end])
        at = end
    return values


MOST_BASES = 8
"""How many bases are tried; what fits none of them is kept whole."""

NEIGHBOURS = 8
"""How many of the messages that follow are looked at for one with which a base can be made."""


class Packer:
    """Packs messages, with bases it finds as it goes: one for each letter and language."""

    def __init__(self, known: Sequence[tuple[int, Base]]) -> None:
        self._bases = list(known)
        self.new: list[Base] = []

    def pack(self, messages: Sequence[tuple[str, bytes]]) -> Iterator[tuple[int | None, bytes]]:
        """Pack each (recipient, content): the number of its base and its packed bytes.

        Bases found on the way are appended to `new` and numbered -1, -2 and so on.
        """
        for at, (recipient, content) in enumerate(messages):
            packed = self._packed(content)
            if packed is None and len(self._bases) < MOST_BASES:
                others = [other for to, other in messages[at + 1 : at + 1 + NEIGHBOURS] if to != recipient]
                packed = self._learn(content, others)
            yield packed or (None, whole(content))

    def _packed(self, content: bytes) -> tuple[int, bytes] | None:
        """Pack with the first base that saves half."""
        for number, base in self._bases:
            packed = base.pack(content)
            if 2 * len(packed) < len(content):
                return number, packed
        return None

    def _learn(self, content: bytes, others: Sequence[bytes]) -> tuple[int, bytes] | None:
        """Make a base with the first message that shares half of this one.

        It is another recipient's, so that nobody's own lines get into a base.
        """
        for other in others:
            base = Base.common(content, other)
            packed = base.pack(content)
            if 2 * len(packed) < len(content):
                self.new.append(base)
                number = -len(self.new)
                self._bases.append((number, base))
                return number, packed
        return None
