"""Merge lists: find the contacts that stand in them twice, and the people who share an address.

The same address and a name that can be the same person's: one contact. The same address and another name: two people
who get one mail. The same name and another address: two contacts, with a warning.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from mailer.contacts.cells import fold, words
from mailer.contacts.names import may_be_one
from mailer.model.address import normal
from mailer.model.contact import Contact, Problem, Reading, Recognised, Severity

_COMPARED_WITH = 10
"""At most so many people with the same address, or the same name, are compared with a new contact."""
_COMPARED = ("civility", "organisation", "function", "language")
_FILLED = ("first_name", "last_name", *_COMPARED)


def merge(readings: Iterable[Reading]) -> Reading:
    """Merge lists in their order: the first record of a person counts, later ones fill its empty fields.

    Warn, at the later line, of every duplicate, of every field in which duplicates differ, and of people who may be
    one person.
    """
    merged = _MergedList()
    recognised: list[Recognised] = []
    for reading in readings:
        merged.problems += reading.problems
        recognised += reading.recognised
        for contact in reading.contacts:
            merged.add(contact)
    return Reading(tuple(merged.contacts), tuple(merged.problems), tuple(recognised))


def households(contacts: Sequence[Contact]) -> list[tuple[Contact, ...]]:
    """Group people who share an address, in list order; a person without an address is a group of one."""
    together: dict[object, list[Contact]] = {}
    for place, contact in enumerate(contacts):
        together.setdefault(normal(contact.email) if contact.email else place, []).append(contact)
    return [tuple(people) for people in together.values()]


class _MergedList:
    """The contacts merged so far, indexed by address and by name."""

    def __init__(self) -> None:
        self.contacts: list[Contact] = []
        self.problems: list[Problem] = []
        self._at: dict[str, list[int]] = {}
        self._exact: dict[tuple[str, str], int] = {}
        self._called: dict[str, list[int]] = {}

    def add(self, contact: Contact) -> None:
        """Merge a contact into one that can be the same person's, or append it."""
        name = _key(contact)
        if contact.email:
            self._add_with_address(contact, name)
        else:
            self._add_without_address(contact, name)

    def _add_with_address(self, contact: Contact, name: str) -> None:
        address = normal(contact.email)
        here = self._at.setdefault(address, [])
        exact = self._exact.get((address, name))
        for place in here[:_COMPARED_WITH] if exact is None else (exact, *here[:_COMPARED_WITH]):
            if _may_be_one(self.contacts[place], contact):
                self._into(place, contact)
                return
        if here and self.contacts[here[0]].origin != contact.origin:
            self._warn("address-shared", contact, contact.email, self.contacts[here[0]])
        self._same_name(contact, name)
        place = self._append(contact, name)
        here.append(place)
        self._exact[address, name] = place

    def _add_without_address(self, contact: Contact, name: str) -> None:
        for place in self._called.get(name, [])[:_COMPARED_WITH] if name else ():
            known = self.contacts[place]
            if not known.email and fold(known.organisation) == fold(contact.organisation):
                self._into(place, contact)
                return
        self._same_name(contact, name)
        self._append(contact, name)

    def _same_name(self, contact: Contact, name: str) -> None:
        """Warn of a contact with the same name and another address; they may be two people, so both are kept."""
        if not (name and contact.first_name and contact.last_name):
            return
        known = next((self.contacts[place] for place in self._called.get(name, ())), None)
        if known is None or not may_be_one(known.civility, contact.civility):
            return
        if known.email and contact.email:
            self._warn("same-name-other-address", contact, contact.name, known, known.email)
        elif known.email or contact.email:
            self._warn("address-on-other-line", contact, contact.name, known, known.email or contact.email)

    def _append(self, contact: Contact, name: str) -> int:
        self.contacts.append(contact)
        place = len(self.contacts) - 1
        if name:
            self._called.setdefault(name, []).append(place)
        return place

    def _into(self, place: int, contact: Contact) -> None:
        known = self.contacts[place]
        self._warn("duplicate", contact, contact.email or contact.name, known)
        for column, ours, theirs in _conflicts(known, contact):
            self._warn("duplicate-differs", contact, theirs, known, ours, column=column)
        merged = _merged(known, contact)
        self.contacts[place] = merged
        name = _key(merged)
        if name and name != _key(known):
            self._called.setdefault(name, []).append(place)

    def _warn(
        self, code: str, contact: Contact, read: str, known: Contact, proposal: str = "", **values: str
    ) -> None:
        values |= {"other_file": known.origin.file, "other_line": str(known.origin.line)}
        self.problems.append(Problem(Severity.WARNING, code, contact.origin, read, proposal, values))


def _key(contact: Contact) -> str:
    """Return the words of a name in alphabetical order, or the organisation if no person is named."""
    if contact.first_name or contact.last_name:
        return " ".join(sorted(words(contact.name).split()))
    return words(contact.organisation)


def _may_be_one(one: Contact, other: Contact) -> bool:
    """Return whether two contacts with one address can be one person: one name is the other, or a part of it."""
    if not may_be_one(one.civility, other.civility) and _key(one) != _key(other):
        return False
    named = bool(one.name), bool(other.name)
    if named != (True, True):
        return not (one.organisation and other.organisation) or fold(one.organisation) == fold(
            other.organisation
        )
    if _key(one) == _key(other):
        return bool(one.first_name or may_be_one(one.civility, other.civility))
    if words(one.last_name) != words(other.last_name):
        return False
    firsts = words(one.first_name), words(other.first_name)
    return not all(firsts) or (len(min(firsts, key=len)) == 1 and firsts[0][0] == firsts[1][0])


def _conflicts(known: Contact, contact: Contact) -> Iterable[tuple[str, str, str]]:
    """Yield each field in which two contacts differ, with both values."""
    for column in _COMPARED:
        ours, theirs = getattr(known, column), getattr(contact, column)
        if ours and theirs and ours != theirs and words(ours) != words(theirs):
            yield column, ours, theirs
    for column, theirs in contact.fields.items():
        ours = known.fields.get(column, "")
        if ours and ours != theirs and words(ours) != words(theirs):
            yield column, ours, theirs


def _merged(known: Contact, contact: Contact) -> Contact:
    """Return the first contact with its empty fields filled from the second; the name is never made of both."""
    filled = {column: getattr(known, column) or getattr(contact, column) for column in _FILLED}
    if not known.name:
        filled |= {"first_name": contact.first_name, "last_name": contact.last_name}
    groups = dict.fromkeys((*known.groups, *contact.groups))
    others = dict.fromkeys((*known.other_addresses, *contact.other_addresses))
    fields = {**contact.fields, **known.fields} if contact.fields else known.fields
    return replace(known, **filled, groups=tuple(groups), other_addresses=tuple(others), fields=fields)
