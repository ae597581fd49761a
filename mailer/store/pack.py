"""Compression of the messages of one campaign: what they have in common is stored once.

The messages of a campaign share nearly all of their lines: the letter, the styles, the attachments. A base is the
lines that two of them have in common, so it holds no line of one person. A packed message is a list of runs of base lines
and of its own lines in between. Ten thousand messages of 13 kB take 15 MB instead of 130 MB.

Of messages made with a frame, the frame is stored once, and the values of each message.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from mailer.model.message import Frame

EOL = b"\r\n"
WHOLE, PACKED, FRAMED = b"W", b"P", b"F"
FRAME = b"\0frame "
"""The first bytes of a stored frame, by which it is told from a base."""


@dataclass(frozen=True, slots=True)
class Base:
    """The lines that packed messages refer to."""

    lines: tuple[bytes, ...]
    places: dict[bytes, int] = field(repr=False)

    @classmethod
    def of(cls, content: bytes) -> Base:
        """Return the base that was stored as these bytes."""
        lines = tuple(content.split(EOL))
        return cls(lines, {line: place for place, line in reversed(list(enumerate(lines)))})

    @classmethod
    def common(cls, one: bytes, other: bytes) -> Base:
        """Return the base of the lines that two messages have in common."""
        shared = set(other.split(EOL))
        return cls.of(EOL.join(line for line in one.split(EOL) if line in shared))

    @property
    def content(self) -> bytes:
        """The bytes under which the base is stored."""
        return EOL.join(self.lines)

    def pack(self, message: bytes) -> bytes:
        """Return a message as runs of base lines and lines of its own."""
        out = bytearray(PACKED)
        for start, count, own in self._runs(message.split(EOL)):
            literal = EOL.join(own)
            out += b"%d,%d,%d,%d\n" % (start, count, len(own), len(literal))
            out += literal
        return bytes(out)

    def _runs(self, lines: list[bytes]) -> Iterator[tuple[int, int, list[bytes]]]:
        """Yield the runs of a message: first base line, number of base lines, own lines after them."""
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
        """Return the message, octet for octet."""
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
    """Return a message compressed by itself, without a base."""
    return WHOLE + zlib.compress(message, 1)


def framed(own: Sequence[bytes]) -> bytes:
    """Return the values of a message that has a frame, as stored."""
    return b"%b%b\n%b" % (FRAMED, _lengths(own), b"".join(own))


def unframed(packed: bytes) -> tuple[bytes, ...]:
    """Return the values that `framed` wrote."""
    lengths, _, values = packed[1:].partition(b"\n")
    return tuple(_cut(values, lengths))


def unpack(packed: bytes, base: Base | None) -> bytes:
    """Return a message that has no frame."""
    if packed[:1] == WHOLE:
        return zlib.decompress(packed[1:])
    assert base is not None
    return base.unpack(packed)


def frame_to_bytes(frame: Frame) -> bytes:
    """Return a frame as it is stored among the bases."""
    order = b",".join(b"%d" % place for place in frame.order)
    return b"%b%b %b\n%b" % (FRAME, order, _lengths(frame.chunks), b"".join(frame.chunks))


def base_from_bytes(content: bytes) -> Base | Frame:
    """Return the base or frame that was stored as these bytes."""
    if not content.startswith(FRAME):
        return Base.of(content)
    head, _, chunks = content.removeprefix(FRAME).partition(b"\n")
    order, lengths = head.split(b" ")
    return Frame(tuple(_cut(chunks, lengths)), tuple(map(int, filter(None, order.split(b",")))))


def _lengths(values: Sequence[bytes]) -> bytes:
    return b",".join([b"%d" % len(value) for value in values])


def _cut(octets: bytes, lengths: bytes) -> list[bytes]:
    """Cut octets into values of the given lengths, which are separated by commas."""
    values, at = [], 0
    for length in lengths.split(b","):
        end = at + int(length or b"0")
        values.append(octets[at:end])
        at = end
    return values


MOST_BASES = 8
"""How many bases are tried for a message; one that fits none is stored whole."""

NEIGHBOURS = 8
"""How many of the following messages are compared in search of a base."""


class Packer:
    """Packs messages, and makes new bases on the way: one for each template and language."""

    def __init__(self, known: Sequence[tuple[int, Base]]) -> None:
        self._bases = list(known)
        self.new: list[Base] = []

    def pack(self, messages: Sequence[tuple[str, bytes]]) -> Iterator[tuple[int | None, bytes]]:
        """Yield for each (recipient, content) the number of its base and its packed bytes.

        New bases are appended to `new` and numbered -1, -2 and so on.
        """
        for at, (recipient, content) in enumerate(messages):
            packed = self._packed(content)
            if packed is None and len(self._bases) < MOST_BASES:
                others = [other for to, other in messages[at + 1 : at + 1 + NEIGHBOURS] if to != recipient]
                packed = self._learn(content, others)
            yield packed or (None, whole(content))

    def _packed(self, content: bytes) -> tuple[int, bytes] | None:
        """Pack a message with the first base that saves half of its size; None if none does."""
        for number, base in self._bases:
            packed = base.pack(content)
            if 2 * len(packed) < len(content):
                return number, packed
        return None

    def _learn(self, content: bytes, others: Sequence[bytes]) -> tuple[int, bytes] | None:
        """Make a base from this message and the first of `others` that shares half of it; None if none does.

        `others` go to other recipients, so that a base holds no line of one person.
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
