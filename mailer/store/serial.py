"""Ledger facts and invitees as JSON, with personal data apart from the rest.

The hash chain of the ledger holds opaque references and digests only. So a fact is stored as two values: a public one,
which stays for ever, and its words (what people wrote, names, addresses), which can be erased; the public one is still
meaningful without them. `mailer.store.facts` has the written names and says what is personal.
"""

from __future__ import annotations

import dataclasses
import enum
import functools
import json
import types
import typing
from collections.abc import Callable, Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from mailer.errors import StoreError
from mailer.model.entry import Fact
from mailer.model.invitation import MessageKey
from mailer.model.meeting import Meeting
from mailer.store.facts import FORMAT, KIND, NUMBER, SHAPES

Words = dict[str, object]
Encode = Callable[[typing.Any, Words, str], typing.Any]
Decode = Callable[[typing.Any, Words, str], typing.Any]

NOTE, AUTHOR = "@note", "@author"
"""The keys under which the words of an entry have its note and its author."""

_ENCODER = json.JSONEncoder(separators=(",", ":"), sort_keys=True)


def dump(value: object) -> str:
    """Return JSON in the canonical form that is hashed: sorted keys, no spaces, ASCII (mails hold what databases refuse)."""
    return _ENCODER.encode(value)


_READ = json.JSONDecoder().raw_decode


def parse(text: str) -> typing.Any:
    """Return the value of JSON that `dump` wrote; `json.loads` takes twice as long for texts so short."""
    return _READ(text)[0]


def fact_to_json(fact: Fact) -> tuple[str, Words]:
    """Return the public JSON of a fact, and its words by the path of their field."""
    words: Words = {}
    kind: type = type(fact)
    encode, _ = _codec(kind)
    public = encode(fact, words, "")
    public[NUMBER] = FORMAT
    return dump(public), words


def kind_of(fact: Fact) -> str:
    """Return the name under which facts of this kind are stored."""
    return SHAPES[type(fact)].name


def fact_from_json(kind: str, text: str, words: Words) -> Fact:
    """Return the fact of a kind, from its public JSON and its words; fields whose words were erased are empty.

    Raises StoreError ``fact-unknown`` for a kind or format that a later version of the program wrote.
    """
    public = parse(text)
    if kind not in _facts() or public[NUMBER] != FORMAT:
        raise StoreError("fact-unknown", read=kind, format=public.get(NUMBER))
    fact: Fact = _facts()[kind](public, words, "")
    return fact


@functools.cache
def _facts() -> Mapping[str, Decode]:
    """Return what decodes a fact, by the written name of its kind."""
    return {SHAPES[kind].name: _codec(kind)[1] for kind in typing.get_args(Fact)}


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
        members = {member.value: member for member in hint}
        return (lambda value, _words, _path: value.value), (lambda value, _words, _path: members[value])
    if hint is datetime:
        return (lambda value, _words, _path: value.isoformat()), (lambda value, _words, _path: moment(value))
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


@functools.lru_cache(maxsize=1024)
def _shared(text: str) -> str:
    """Return the same object for a text that was met not long ago."""
    return text


def _one_of_many(text: str, _words: Words, _path: str) -> str:
    return _shared(text)


@functools.lru_cache(maxsize=1024)
def moment(text: str) -> datetime:
    """Return the moment that was written as a text."""
    return datetime.fromisoformat(text)


def _sequence(member: object) -> tuple[Encode, Decode]:
    encode, decode = _codec(member)
    if decode is _same:
        return (lambda value, _words, _path: list(value)), (lambda value, _words, _path: tuple(value))
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
    """Return the codec of a union, whose members are told apart by their written name."""
    kinds = {typing.cast("type", member): _codec(member) for member in members}
    writers = {kind: (SHAPES[kind].name, encode) for kind, (encode, _) in kinds.items()}
    readers = {SHAPES[kind].name: decode for kind, (_, decode) in kinds.items()}

    def encode(value: typing.Any, words: Words, path: str) -> typing.Any:
        name, write = writers[type(value)]
        return {KIND: name, **write(value, words, path)}

    def decode(value: typing.Any, words: Words, path: str) -> typing.Any:
        return readers[value[KIND]](value, words, path)

    return encode, decode


def _record(kind: type) -> tuple[Encode, Decode]:
    """Return the codec of a dataclass; it omits defaults, so that a field added later does not change old entries."""
    hints = typing.get_type_hints(kind)
    shape = SHAPES[kind]
    fields = []
    public_fields: dict[str, tuple[str, Decode]] = {}
    hidden_fields: list[tuple[str, str, Decode]] = []
    erased: dict[str, object] = {}
    for field in dataclasses.fields(kind):
        name, hint = shape.fields[field.name], hints[field.name]
        hidden = name in shape.personal
        encode_field, decode_field = _codec(hint)
        if name in shape.repeated:
            decode_field = _one_of_many
        default = _default(field, hint if hidden else None)
        fields.append((field.name, name, hidden, default, encode_field))
        if hidden:
            hidden_fields.append((field.name, name, decode_field))
            if _has_no_default(field):
                erased[field.name] = default
        else:
            public_fields[name] = (field.name, decode_field)

    def encode(value: typing.Any, words: Words, path: str) -> typing.Any:
        public: dict[str, object] = {}
        for attribute, name, hidden, default, write in fields:
            content = getattr(value, attribute)
            if content == default and (type(content) is type(default) or isinstance(content, Mapping)):
                continue
            written = write(content, words, f"{path}{name}.")
            if hidden:
                words[path + name] = written
            else:
                public[name] = written
        return public

    def decode(value: typing.Any, words: Words, path: str) -> typing.Any:
        given = dict(erased)
        for name, content in value.items():
            if known := public_fields.get(name):
                attribute, read = known
                given[attribute] = content if read is _same else read(content, words, f"{path}{name}.")
        for attribute, name, read in hidden_fields:
            if (key := path + name) in words:
                given[attribute] = read(words[key], words, key + ".")
        return kind(**given)

    if kind is Meeting:
        return encode, lambda value, words, path: _in_its_zone(decode(value, words, path))
    return encode, decode


def _has_no_default(field: dataclasses.Field[typing.Any]) -> bool:
    return field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING


def _default(field: dataclasses.Field[typing.Any], erasable: Callable[[], object] | None) -> object:
    """Return the value that is omitted, which for a personal field is also its value once erased.

    `erasable` is the type of a personal field.
    """
    if field.default_factory is not dataclasses.MISSING:
        return field.default_factory()
    if field.default is dataclasses.MISSING and erasable:
        return erasable()
    return field.default


def _in_its_zone(meeting: Meeting) -> Meeting:
    zone = ZoneInfo(meeting.zone)
    return dataclasses.replace(
        meeting, starts=meeting.starts.astimezone(zone), ends=meeting.ends.astimezone(zone)
    )
