"""Ledger facts and invitees as JSON, with personal data apart from the rest.

The hash chain of the ledger holds opaque references and digests only. So a fact is stored as two values: a public one,
which stays for ever, and its words (what people wrote, names, addresses), which can be erased; the public one is still
meaningful without them. `PERSONAL` names the personal fields.
"""

from __future__ import annotations

import dataclasses
import enum
import functools
import json
import types
import typing
from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from mailer.model.entry import Fact, Heard, Placed
from mailer.model.finding import Answer, CalendarLine, Finding
from mailer.model.invitation import MessageKey
from mailer.model.meeting import Meeting
from mailer.model.outcome import Reply

PERSONAL: Mapping[type, frozenset[str]] = {
    Answer: frozenset({"delegate"}),
    CalendarLine: frozenset(
        {"uid", "attendee", "comment", "sent_by", "delegated_to", "delegated_from", "request_status"}
    ),
    Finding: frozenset({"evidence", "addresses", "references", "text", "note"}),
    Heard: frozenset({"message_id"}),
    Placed: frozenset({"contact", "uid", "token"}),
    Reply: frozenset({"text"}),
}

Words = dict[str, object]
Encode = Callable[[typing.Any, Words, str], typing.Any]
Decode = Callable[[typing.Any, Words, str], typing.Any]

KIND = "is"
"""The JSON key that holds the class name of a member of a union."""


_ENCODER = json.JSONEncoder(separators=(",", ":"), sort_keys=True)


def dump(value: object) -> str:
    """Return JSON in the canonical form that is hashed: sorted keys, no spaces, ASCII (mails hold what databases refuse)."""
    return _ENCODER.encode(value)


def fact_to_json(fact: Fact) -> tuple[str, Words]:
    """Return the public JSON of a fact, and its words by the path of their field."""
    words: Words = {}
    encode, _ = _codec(Fact)
    return dump(encode(fact, words, "")), words


def kind_of(fact: Fact) -> str:
    """Return the name under which facts of this kind are stored."""
    return type(fact).__name__.lower()


def fact_from_json(text: str, words: Words) -> Fact:
    """Return the fact of a public JSON and its words; fields whose words were erased are empty."""
    _, decode = _codec(Fact)
    fact: Fact = decode(json.loads(text), words, "")
    return fact


@functools.cache
def _codec(hint: object) -> tuple[Encode, Decode]:
    """Return the functions that encode and decode values of a type."""
    if hint is MessageKey:
        return (lambda value, _words, _path: str(value)), (
            lambda value, _words, _path: MessageKey.parse(value)
        )
    if dataclasses.is_dataclass(hint):
        return _record(typing.cast("type", hint))
    if isinstance(hint, type) and issubclass(hint, enum.Enum):
        return (lambda value, _words, _path: value.value), (lambda value, _words, _path: hint(value))
    if hint is datetime:
        return (lambda value, _words, _path: value.isoformat()), (lambda value, _words, _path: _moment(value))
    origin, parts = typing.get_origin(hint), typing.get_args(hint)
    if origin is tuple:
        return _sequence(parts[0])
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return (lambda value, _words, _path: dict(value)), (
            lambda value, _words, _path: types.MappingProxyType(value)
        )
    if origin in (typing.Union, types.UnionType):
        return _union(parts)
    return _same, _same


def _same(value: typing.Any, _words: Words, _path: str) -> typing.Any:
    return value


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _sequence(member: object) -> tuple[Encode, Decode]:
    encode, decode = _codec(member)
    return (
        lambda value, words, path: [encode(each, words, path) for each in value],
        lambda value, words, path: tuple(decode(each, words, path) for each in value),
    )


def _union(parts: tuple[object, ...]) -> tuple[Encode, Decode]:
    members = tuple(part for part in parts if part is not type(None))
    if len(members) == 1:
        encode, decode = _codec(members[0])
    else:
        encode, decode = _tagged(members)
    return (
        lambda value, words, path: None if value is None else encode(value, words, path),
        lambda value, words, path: None if value is None else decode(value, words, path),
    )


def _tagged(members: tuple[object, ...]) -> tuple[Encode, Decode]:
    kinds = {typing.cast("type", member).__name__: _codec(member) for member in members}

    def encode(value: typing.Any, words: Words, path: str) -> typing.Any:
        name = type(value).__name__
        return {KIND: name, **kinds[name][0](value, words, path)}

    def decode(value: typing.Any, words: Words, path: str) -> typing.Any:
        return kinds[value[KIND]][1](value, words, path)

    return encode, decode


def _record(kind: type) -> tuple[Encode, Decode]:
    """Return the codec of a dataclass; it omits defaults, so that a field added later does not change old entries."""
    hints = typing.get_type_hints(kind)
    personal = PERSONAL.get(kind, frozenset())
    fields = [
        (field.name, field.name in personal, _default(field, hints, personal), *_codec(hints[field.name]))
        for field in dataclasses.fields(kind)
    ]

    def encode(value: typing.Any, words: Words, path: str) -> typing.Any:
        public: dict[str, object] = {}
        for name, hidden, default, write, _ in fields:
            content = getattr(value, name)
            if content == default and type(content) is type(default):
                continue
            written = write(content, words, f"{path}{name}.")
            if hidden:
                words[path + name] = written
            else:
                public[name] = written
        return public

    def decode(value: typing.Any, words: Words, path: str) -> typing.Any:
        given = {}
        for name, hidden, default, _, read in fields:
            source, key = (words, path + name) if hidden else (value, name)
            if key in source:
                given[name] = read(source[key], words, f"{path}{name}.")
            elif hidden:
                given[name] = default
        return _settle(kind(**given))

    return encode, decode


def _default(
    field: dataclasses.Field[typing.Any], hints: Mapping[str, typing.Any], personal: Collection[str]
) -> object:
    """Return the value that is omitted, which for a personal field is also its value once erased."""
    if field.default_factory is not dataclasses.MISSING:
        return field.default_factory()
    if field.default is dataclasses.MISSING and field.name in personal:
        return hints[field.name]()
    return field.default


def _settle(value: typing.Any) -> typing.Any:
    """Return a meeting with its times in its own zone; other values unchanged."""
    if not isinstance(value, Meeting):
        return value
    zone = ZoneInfo(value.zone)
    return dataclasses.replace(value, starts=value.starts.astimezone(zone), ends=value.ends.astimezone(zone))
