"""Fill in prepared letters.

Format 1 never changes: what `fill` gives for a version, values and identity is what left, and a ledger is checked by
it years later. Another way of filling is another format, beside this one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from weakref import WeakKeyDictionary
from zoneinfo import ZoneInfo

from mailer import ical
from mailer.mime import headers, write
from mailer.versions.form import Escape, Form, Hole, Identity, Item, Name, Values, Variant, Version, Words

Texts = Mapping[str, str]
Encode = Callable[[Texts, Identity], bytes]
"""A function that returns the octets of a hole."""


@dataclass(frozen=True, slots=True)
class Program:
    """A variant made ready for filling: between each two of the `chunks` goes a hole, by its place among `holes`."""

    chunks: tuple[bytes, ...] = field(repr=False)
    order: tuple[int, ...]
    holes: tuple[Encode, ...]

    def fill(self, texts: Texts, identity: Identity) -> bytes:
        """Return the octets of one letter with these texts. The same arguments give the same octets."""
        return self.octets(_with_identity(texts, identity), identity)

    def octets(self, texts: Texts, identity: Identity) -> bytes:
        """Return the octets, where `texts` also has those of the identity."""
        own = [encode(texts, identity) for encode in self.holes]
        pieces = [b""] * (2 * len(self.order) + 1)
        pieces[::2] = self.chunks
        pieces[1::2] = [own[place] for place in self.order]
        return b"".join(pieces)


def fill(version: Version, values: Values, identity: Identity) -> bytes:
    """Return the octets of one letter, with CRLF line ends. The same arguments give the same octets for ever."""
    if isinstance(values.variant, Variant):
        return program(version.pieces, values.variant.items).fill(values.texts, identity)
    ready = _READY.setdefault(version, {})
    if values.variant not in ready:
        ready[values.variant] = program(version.pieces, version.variants[values.variant].items)
    return ready[values.variant].fill(values.texts, identity)


_READY: WeakKeyDictionary[Version, dict[int, Program]] = WeakKeyDictionary()


def program(pieces: Sequence[bytes], items: Sequence[Item]) -> Program:
    """Make items ready for filling; `pieces` are those of the version."""
    chunks, order, holes = [list[bytes]()], list[int](), dict[Hole, int]()
    for item in items:
        if isinstance(item, Hole):
            order.append(holes.setdefault(item, len(holes)))
            chunks.append([])
        else:
            chunks[-1].append(pieces[item] if isinstance(item, int) else item)
    return Program(
        tuple(b"".join(chunk) for chunk in chunks),
        tuple(order),
        tuple(_encoder(hole, pieces) for hole in holes),
    )


def _with_identity(texts: Texts, identity: Identity) -> Texts:
    return {
        **texts,
        "token": identity.token,
        "uid": identity.uid,
        "message-id": identity.message_id,
        "boundary": write.boundary_seed(identity.message_id).decode(),
        "dtstamp": _dtstamp(identity.at),
        "called": identity.to.name or identity.to.address,
        "address": identity.to.address,
    }


def _encoder(hole: Hole, pieces: Sequence[bytes]) -> Encode:
    """Return the function that encodes a hole."""
    text, argument = writer(hole.words), hole.argument
    match hole.form:
        case Form.OCTETS:
            return lambda texts, _: text(texts).encode("ascii")
        case Form.VERBATIM:
            return lambda texts, _: headers.verbatim(argument, text(texts))
        case Form.UNSTRUCTURED:
            return lambda texts, _: headers.unstructured(argument, text(texts))
        case Form.TO:
            return lambda _, identity: headers.mailbox("To", identity.to)
        case Form.DATE:
            return lambda _, identity: _date(identity.at, argument)
        case Form.LINES:
            return lambda texts, _: _quoted_printable(text(texts))
        case Form.CONTENT_LINE:
            return lambda texts, _: ical.folded(text(texts))
        case Form.BASE64:
            inside = program(pieces, hole.inside)
            return lambda texts, identity: write.base64_lines(inside.octets(texts, identity))


def writer(words: Words) -> Callable[[Texts], str]:
    """Return a function that writes words with the values that it is given by their names."""
    match words:
        case (Name(name, Escape.NONE, start, stop),):
            return lambda texts: texts[name][start:stop]
    literal = [word if isinstance(word, str) else "" for word in words]
    named = [
        (at, word.name, ESCAPES[word.escape], slice(word.start, word.stop))
        for at, word in enumerate(words)
        if isinstance(word, Name)
    ]

    def written(texts: Texts) -> str:
        parts = literal.copy()
        for at, name, escape, part in named:
            parts[at] = escape(texts[name][part])
        return "".join(parts)

    return written


_quoted_printable = lru_cache(maxsize=512)(write.quoted_printable)
"""The encoding of lines, of which many are the same: those with a salutation."""

_dtstamp = lru_cache(maxsize=64)(ical.utc_value)


@lru_cache(maxsize=64)
def _date(at: datetime, zone: str) -> bytes:
    return headers.date("Date", at.astimezone(ZoneInfo(zone)))


def _text(value: str) -> str:
    """Escape a value between tags (WHATWG HTML, serialising HTML fragments)."""
    value = value.replace("&", "&amp;").replace("\u00a0", "&nbsp;")
    return value.replace("<", "&lt;").replace(">", "&gt;")


def _attribute(value: str) -> str:
    """Escape a value in an attribute between quotation marks (WHATWG HTML, serialising HTML fragments)."""
    return value.replace("&", "&amp;").replace("\u00a0", "&nbsp;").replace('"', "&quot;")


def _summary(value: str) -> str:
    return ical.text_value(" ".join(value.split()))


ESCAPES: Mapping[Escape, Callable[[str], str]] = {
    Escape.NONE: str,
    Escape.TEXT: _text,
    Escape.ATTRIBUTE: _attribute,
    Escape.CALENDAR: ical.text_value,
    Escape.SUMMARY: _summary,
    Escape.PARAMETER: ical.parameter_value,
    Escape.ADDRESS: ical.mailto,
}
