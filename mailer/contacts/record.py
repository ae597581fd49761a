"""One record of a list, whatever the list's format, turned into the contacts it stands for."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from mailer.contacts import names
from mailer.contacts.addresses import Addresses, Found
from mailer.contacts.cells import LOST, words
from mailer.model.campaign import ListSource
from mailer.model.contact import NO_VALUES, Contact, Origin, Problem, Severity

UNUSABLE = "Courriel à corriger"
"""The field that keeps what stood where an address should be."""

_LANGUAGES = {
    "fr": "fr fra fre francais francaise french f",
    "en": "en eng anglais anglaise english gb uk us",
    "nl": "nl nld dut neerlandais neerlandaise dutch flamand",
    "de": "de deu ger allemand allemande german",
    "es": "es spa espagnol espagnole spanish",
    "it": "it ita italien italienne italian",
    "pt": "pt por portugais portugaise portuguese",
    "pl": "pl pol polonais polonaise polish",
    "ar": "ar ara arabe arabic",
    "tr": "tr tur turc turque turkish",
    "uk": "ukr ukrainien ukrainienne ukrainian",
}
_LANGUAGE = {word: code for code, variants in _LANGUAGES.items() for word in variants.split()}
_BETWEEN_GROUPS = re.compile(r"\s*(?:[;,|\n]|:::)\s*")
_AND = re.compile(r"[&/+]| (?:et|and) ", re.IGNORECASE)
_NOBODY = names.Person()


@dataclass(frozen=True, slots=True)
class Record:
    """A row or a card as it is written. `name` is a whole name; `address` a cell that may hold several addresses."""

    origin: Origin
    address: str = ""
    civility: str = ""
    first_name: str = ""
    last_name: str = ""
    name: str = ""
    organisation: str = ""
    function: str = ""
    language: str = ""
    groups: str = ""
    fields: Mapping[str, str] = field(default_factory=lambda: NO_VALUES)
    order: names.Order | None = None


class Clerk:
    """Turns records of one list into contacts, and notes what is wrong with them."""

    def __init__(self, source: ListSource) -> None:
        self._addresses = Addresses()
        self._source = source
        self._language = _language(source.language) or source.language
        self.problems: list[Problem] = []

    def contacts(self, record: Record) -> Iterator[Contact]:
        """The contacts a record stands for: mostly one; a couple is two, with one address or with two."""
        found = self._addresses.read(record.address)
        self._note(record, found)
        people = self._people(record, found)
        common = self._common(record, found)
        named = any(person.first_name or person.last_name for person in people)
        if not (named or found.addresses or common.organisation or UNUSABLE in common.fields):
            return
        if len(people) == 1 and len(found.addresses) < 2:
            yield self._contact(people[0], found.addresses[0] if found.addresses else "", (), common)
        else:
            yield from self._several(record, people, found.addresses, common)

    def _several(
        self, record: Record, people: tuple[names.Person, ...], addresses: tuple[str, ...], common: Common
    ) -> Iterator[Contact]:
        """Share addresses out: each to its own where they are as many as the people, else the first to all.

        Nobody is invited twice: further addresses of a person are kept, not written to. Where nobody is named, each
        address is somebody's.
        """
        shown = ", ".join(addresses)
        if len(people) > 1:
            self._warn(
                "couple-in-one-row",
                record,
                " ".join(filter(None, (record.civility, record.name, record.first_name, record.last_name))),
            )
        if len(people) == len(addresses) > 1:
            for person, address in zip(people, addresses, strict=True):
                yield self._contact(person, address, (), common)
        elif people == (_NOBODY,):
            self._warn("addresses-of-several", record, shown)
            for address in addresses:
                yield self._contact(_NOBODY, address, (), common)
        else:
            if len(addresses) > 1:
                self._warn("addresses-of-one", record, shown, addresses[0])
            for person in people:
                yield self._contact(person, addresses[0] if addresses else "", addresses[1:], common)

    def _contact(self, person: names.Person, email: str, others: tuple[str, ...], common: Common) -> Contact:
        return Contact(
            email,
            person.civility,
            person.first_name,
            person.last_name,
            sys.intern(common.organisation),  # lists repeat them, and are held whole
            sys.intern(common.function),
            common.language,
            common.groups,
            common.fields,
            common.origin,
            others,
        )

    def _people(self, record: Record, found: Found) -> tuple[names.Person, ...]:
        """Who is named: in three cells, in one, or in front of the address."""
        person = names.Person(names.civility(record.civility), record.first_name, record.last_name)
        whole = record.name or (found.name if not (person.first_name or person.last_name) else "")
        if whole and not (person.first_name or person.last_name):
            told = names.split(whole, record.order)
            person = names.Person(person.civility or told.civility, told.first_name, told.last_name)
        elif not person.civility and person.last_name:
            person = _civility_before(person)
        return names.people(person) if _may_be_several(person) else (person,)

    def _common(self, record: Record, found: Found) -> Common:
        """What all people of a record share."""
        fields = record.fields
        if (
            record.address
            and not found.addresses
            and found.faults
            and found.faults[0].code != "address-missing"
        ):
            fields = {**fields, UNUSABLE: record.address}
        groups = _groups(record.groups) if record.groups else ()
        return Common(
            record.organisation,
            record.function,
            self._language_of(record),
            (*groups, *(group for group in self._source.groups if group not in groups)),
            fields,
            record.origin,
        )

    def _language_of(self, record: Record) -> str:
        if not record.language:
            return self._language
        code = _language(record.language)
        if not code:
            self._warn("language-unknown", record, record.language)
        return code or self._language

    def _note(self, record: Record, found: Found) -> None:
        for fault in found.faults:
            severity = Severity.ERROR if fault.stops and not found.addresses else Severity.WARNING
            self.problems.append(Problem(severity, fault.code, record.origin, fault.read, fault.proposal))
        if not found.addresses and not found.faults:
            called = (
                " ".join(filter(None, (record.name, record.first_name, record.last_name)))
                or record.organisation
            )
            self.problems.append(Problem(Severity.ERROR, "address-missing", record.origin, called))
        for text in (record.last_name, record.first_name, record.name, record.organisation):
            if LOST in text:
                self._warn("letters-lost", record, text)

    def _warn(self, code: str, record: Record, read: str, proposal: str = "") -> None:
        self.problems.append(Problem(Severity.WARNING, code, record.origin, read, proposal))


@dataclass(frozen=True, slots=True)
class Common:
    """What the people of one record share."""

    organisation: str
    function: str
    language: str
    groups: tuple[str, ...]
    fields: Mapping[str, str]
    origin: Origin


def _civility_before(person: names.Person) -> names.Person:
    """``Mme Lefèvre`` in the column of last names."""
    head, space, rest = person.last_name.partition(" ")
    if space and words(head) in names.CIVILITY and head[:1].isupper():
        told = names.split(person.last_name, names.Order.LAST_FIRST if not person.first_name else None)
        if person.first_name:
            return names.Person(told.civility or names.civility(head), person.first_name, rest)
        return told
    return person


def _may_be_several(person: names.Person) -> bool:
    return _AND.search(f"{person.civility} | {person.first_name} | {person.last_name}") is not None


def _language(said: str) -> str:
    """The code of a language (RFC 5646), by its name or a code with a region; empty where it is none we know."""
    return _LANGUAGE.get(words(said)) or _LANGUAGE.get(words(said).partition(" ")[0], "")


def _groups(cell: str) -> tuple[str, ...]:
    """Groups of a cell. Google writes ``* myContacts`` for its own bookkeeping."""
    parts = (part.strip().removeprefix("* ") for part in _BETWEEN_GROUPS.split(cell))
    return tuple(dict.fromkeys(part for part in parts if part and part != "myContacts"))
