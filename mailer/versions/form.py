"""The written format of a prepared letter.

A version is written as one line of JSON in ASCII (keys sorted, no spaces), a line feed, and the octets of its
pieces one after the other. The JSON has

- ``format``: 1;
- ``pieces``: the length of each piece in octets;
- ``variants``: an object for each variant, with ``envelope_from`` and ``items``.

An item is the index of a piece, a text whose characters are octets (Latin-1), or an object for a hole:

- ``form``: how the text of the hole is encoded, see `Form`;
- ``words``: the text, made of literal texts and of names of values: ``[name, escape]``, or
  ``[name, escape, start, stop]`` for a part of the value;
- ``argument``: what the form needs besides;
- ``inside``: for base64, the items that are encoded together.

A hole leaves out what is empty. The values of one letter are JSON, too: ``variant`` and ``texts``. ``variant``
is the index of a variant of the version, or an object for a variant that this letter alone has.
"""

from __future__ import annotations

import enum
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any, Self

from mailer.errors import UserError
from mailer.model.address import Mailbox

FORMAT = 1
"""The number of the format written, and the only one there is."""


class Form(enum.Enum):
    """How the text of a hole is encoded.

    OCTETS: as it is, in ASCII. VERBATIM and UNSTRUCTURED: as the header field named by the argument, without and
    with folding and encoded words. TO: the To field with the recipient. DATE: the Date field in the time zone named
    by the argument. LINES: quoted-printable. CONTENT_LINE: a folded line of a calendar. BASE64: what is inside, in
    base64 lines.
    """

    OCTETS = "octets"
    VERBATIM = "verbatim"
    UNSTRUCTURED = "unstructured"
    TO = "to"
    DATE = "date"
    LINES = "quoted-printable"
    CONTENT_LINE = "content-line"
    BASE64 = "base64"


class Escape(enum.Enum):
    """How a value is escaped where it stands.

    TEXT and ATTRIBUTE: as HTML is serialised, between tags and in an attribute. CALENDAR: as a TEXT value of
    iCalendar; SUMMARY: likewise, on one line; PARAMETER: as the value of a parameter; ADDRESS: as a mailto URI.
    """

    NONE = ""
    TEXT = "text"
    ATTRIBUTE = "attribute"
    CALENDAR = "calendar"
    SUMMARY = "summary"
    PARAMETER = "parameter"
    ADDRESS = "address"


@dataclass(frozen=True, slots=True)
class Name:
    """The name of a value in a text, or of its part from `start` to `stop`.

    Besides the names of an invitation's own texts there are those of its identity: ``token``, ``uid``,
    ``message-id``, ``boundary`` (made of the Message-ID), ``dtstamp``, ``called`` (the recipient's name, or else
    address) and ``address``.
    """

    name: str
    escape: Escape = Escape.NONE
    start: int = 0
    stop: int | None = None


Words = tuple[str | Name, ...]


@dataclass(frozen=True, slots=True)
class Hole:
    """A gap in a letter, with the text that goes there and how it is encoded."""

    form: Form
    words: Words = ()
    argument: str = ""
    inside: tuple[Item, ...] = ()


Item = int | bytes | Hole
"""The index of a piece of the version, octets of this letter alone, or a hole."""


@dataclass(frozen=True, slots=True)
class Variant:
    """One shape of the letter: what follows upon what, and the address that bounces go to."""

    items: tuple[Item, ...] = field(repr=False)
    envelope_from: str = ""


@dataclass(frozen=True, slots=True)
class Values:
    """What the letter of one invitation has of its own.

    `variant` is the index of a variant of the version, or a variant that this letter alone has: a letter that
    depends on values in other ways than by writing them out. All that is personal in a prepared letter is here.
    """

    variant: int | Variant
    texts: Mapping[str, str] = field(repr=False)

    @property
    def personal(self) -> bool:
        """Return whether the letter has a variant of its own."""
        return isinstance(self.variant, Variant)

    def to_json(self) -> str:
        """Return the values as written, see the module."""
        variant = _variant_to_json(self.variant) if isinstance(self.variant, Variant) else self.variant
        return json.dumps(
            {"texts": dict(self.texts), "variant": variant},
            ensure_ascii=False,
            sort_keys=True,
            separators=(",", ":"),
        )

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read values as written."""
        read = json.loads(text)
        variant = read["variant"]
        return cls(variant if isinstance(variant, int) else _variant_from_json(variant), read["texts"])


@dataclass(frozen=True, slots=True)
class Identity:
    """Whom a letter goes to, and by what it is known again.

    `to` has an address in ASCII. `message_id` has angle brackets. `at` (aware) gives Date and DTSTAMP. `token` has
    26 characters.
    """

    to: Mailbox
    uid: str
    token: str
    message_id: str
    at: datetime


@dataclass(frozen=True, eq=False)
class Version:
    """A prepared letter: octets that letters share, each once, and the variants made of them.

    It holds nothing of anybody it is written to. Versions are equal if their digests are.
    """

    pieces: tuple[bytes, ...] = field(repr=False)
    variants: tuple[Variant, ...] = field(repr=False)
    format: int = FORMAT

    def variant(self, values: Values) -> Variant:
        """Return the variant that a letter has."""
        return values.variant if isinstance(values.variant, Variant) else self.variants[values.variant]

    def to_bytes(self) -> bytes:
        """Return the version as written; equal versions give the same octets."""
        head = {
            "format": self.format,
            "pieces": [len(piece) for piece in self.pieces],
            "variants": [_variant_to_json(variant) for variant in self.variants],
        }
        written = json.dumps(head, sort_keys=True, separators=(",", ":"))
        return b"".join((written.encode("ascii"), b"\n", *self.pieces))

    @classmethod
    def from_bytes(cls, content: bytes) -> Self:
        """Read a version as written. Raises UserError ``version-newer`` for a format that is not known here."""
        head, _, octets = content.partition(b"\n")
        read = json.loads(head)
        if read["format"] != FORMAT:
            raise UserError("version-newer", read=str(read["format"]))
        pieces, at = list[bytes](), 0
        for length in read["pieces"]:
            pieces.append(octets[at : at + length])
            at += length
        return cls(tuple(pieces), tuple(map(_variant_from_json, read["variants"])), read["format"])

    @cached_property
    def digest(self) -> str:
        """Return the SHA-256 of the version as written, in hexadecimal."""
        return hashlib.sha256(self.to_bytes()).hexdigest()


def _variant_to_json(variant: Variant) -> dict[str, Any]:
    return {"envelope_from": variant.envelope_from, "items": list(map(_item_to_json, variant.items))}


def _variant_from_json(read: Mapping[str, Any]) -> Variant:
    return Variant(tuple(map(_item_from_json, read["items"])), read["envelope_from"])


def _item_to_json(item: Item) -> Any:
    if isinstance(item, int):
        return item
    if isinstance(item, bytes):
        return item.decode("latin-1")
    written = {
        "words": [word if isinstance(word, str) else _name_to_json(word) for word in item.words],
        "argument": item.argument,
        "inside": list(map(_item_to_json, item.inside)),
    }
    return {"form": item.form.value, **{key: value for key, value in written.items() if value}}


def _item_from_json(read: Any) -> Item:
    if isinstance(read, int):
        return read
    if isinstance(read, str):
        return read.encode("latin-1")
    return Hole(
        Form(read["form"]),
        tuple(word if isinstance(word, str) else _name_from_json(*word) for word in read.get("words", ())),
        read.get("argument", ""),
        tuple(map(_item_from_json, read.get("inside", ()))),
    )


def _name_to_json(name: Name) -> list[Any]:
    part = [] if name.stop is None else [name.start, name.stop]
    return [name.name, name.escape.value, *part]


def _name_from_json(name: str, escape: str, start: int = 0, stop: int | None = None) -> Name:
    return Name(name, Escape(escape), start, stop)
