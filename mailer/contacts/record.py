"""Turn a record of a list, a row or a vCard, into contacts."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from mailer.contacts import names
from mailer.contacts.addresses import Addresses, CellAddresses
from mailer.contacts.cells import LOST, words
from mailer.model.campaign import ListSource
from mailer.model.contact import NO_VALUES, Contact, Origin, Problem, Severity

UNUSABLE = "Courriel à corriger"
"""The field that keeps the text of an address cell without a usable address."""

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
_NOBODY = names.PersonName()


@dataclass(frozen=True, slots=True)
class ContactRecord:
    """The texts of a row or a vCard, by field. `name` is a whole name; `address` may hold several addresses.

    `order` is that of whole names in the list, if known.
    """

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
    order: names.NameOrder | None = None


class ContactBuilder:
    """The contacts of one list, built record by record, and the problems found on the way."""

    def __init__(self, source: ListSource) -> None:
        self._addresses = Addresses()
        self._source = source
        self._language = _language(source.language) or source.language
        self.problems: list[Problem] = []

    def contacts(self, record: ContactRecord) -> Iterator[Contact]:
        """Yield the contacts of a record: mostly one, two for a couple, none if it is empty."""
        found = self._addresses.read(record.address)
        self._note(record, found)
        people = self._people(record, found)
        shared = self._shared(record, found)
        named = any(person.first_name or person.last_name for person in people)
        if not (named or found.addresses or shared.organisation or UNUSABLE in shared.fields):
            return
        if len(people) == 1 and len(found.addresses) < 2:
            yield self._contact(people[0], found.addresses[0] if found.addresses else "", (), shared)
        else:
            yield from self._several(record, people, found.addresses, shared)

    def _several(
        self,
        record: ContactRecord,
        people: tuple[names.PersonName, ...],
        addresses: tuple[str, ...],
        shared: SharedDetails,
    ) -> Iterator[Contact]:
        """Yield the contacts of a record with several people or several addresses.

        With as many addresses as people, each has one; otherwise all have the first, and further addresses are kept
        but not written to, so that nobody is invited twice. If nobody is named, each address is one contact.
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
                yield self._contact(person, address, (), shared)
        elif people == (_NOBODY,):
            self._warn("addresses-of-several", record, shown)
            for address in addresses:
                yield self._contact(_NOBODY, address, (), shared)
        else:
            if len(addresses) > 1:
                self._warn("addresses-of-one", record, shown, addresses[0])
            for person in people:
                yield self._contact(person, addresses[0] if addresses else "", addresses[1:], shared)

    def _contact(
        self, person: names.PersonName, email: str, others: tuple[str, ...], shared: SharedDetails
    ) -> Contact:
        return Contact(
            email,
            person.civility,
            person.first_name,
            person.last_name,
            sys.intern(shared.organisation),  # lists repeat them, and are held whole
            sys.intern(shared.function),
            shared.language,
            shared.groups,
            shared.fields,
            shared.origin,
            others,
        )

    def _people(self, record: ContactRecord, found: CellAddresses) -> tuple[names.PersonName, ...]:
        """Return the people a record names, in the cells for names or as the display name before the address."""
        person = names.PersonName(names.civility(record.civility), record.first_name, record.last_name)
        whole = record.name or (found.name if not (person.first_name or person.last_name) else "")
        if whole and not (person.first_name or person.last_name):
            told = names.split(whole, record.order)
            person = names.PersonName(person.civility or told.civility, told.first_name, told.last_name)
        elif not person.civility and person.last_name:
            person = _civility_before(person)
        return names.people(person) if _may_be_several(person) else (person,)

    def _shared(self, record: ContactRecord, found: CellAddresses) -> SharedDetails:
        """Return what all people of a record share."""
        fields = record.fields
        if (
            record.address
            and not found.addresses
            and found.faults
            and found.faults[0].code != "address-missing"
        ):
            fields = {**fields, UNUSABLE: record.address}
        groups = _groups(record.groups) if record.groups else ()
        return SharedDetails(
            record.organisation,
            record.function,
            self._language_of(record),
            (*groups, *(group for group in self._source.groups if group not in groups)),
            fields,
            record.origin,
        )

    def _language_of(self, record: ContactRecord) -> str:
        if not record.language:
            return self._language
        code = _language(record.language)
        if not code:
            self._warn("language-unknown", record, record.language)
        return code or self._language

    def _note(self, record: ContactRecord, found: CellAddresses) -> None:
        """Add the problems of a record: faults of its addresses, no address at all, characters lost in decoding."""
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

    def _warn(self, code: str, record: ContactRecord, read: str, proposal: str = "") -> None:
        self.problems.append(Problem(Severity.WARNING, code, record.origin, read, proposal))


@dataclass(frozen=True, slots=True)
class SharedDetails:
    """The fields that all people of one record share."""

    organisation: str
    function: str
    language: str
    groups: tuple[str, ...]
    fields: Mapping[str, str]
    origin: Origin


def _civility_before(person: names.PersonName) -> names.PersonName:
    """Move a civility out of the last name, as in "Mme Lefèvre"."""
    head, space, rest = person.last_name.partition(" ")
    if space and words(head) in names.CIVILITY and head[:1].isupper():
        told = names.split(person.last_name, names.NameOrder.LAST_FIRST if not person.first_name else None)
        if person.first_name:
            return names.PersonName(told.civility or names.civility(head), person.first_name, rest)
        return told
    return person


def _may_be_several(person: names.PersonName) -> bool:
    return _AND.search(f"{person.civility} | {person.first_name} | {person.last_name}") is not None


def _language(written: str) -> str:
    """Return the language code (RFC 5646) for a language's name or a code with a region; "" if it is not known."""
    return _LANGUAGE.get(words(written)) or _LANGUAGE.get(words(written).partition(" ")[0], "")


def _groups(cell: str) -> tuple[str, ...]:
    """Return the groups of a cell, without ``* myContacts``, which Google Contacts writes for every contact."""
    parts = (part.strip().removeprefix("* ") for part in _BETWEEN_GROUPS.split(cell))
    return tuple(dict.fromkeys(part for part in parts if part and part != "myContacts"))
