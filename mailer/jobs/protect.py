"""Data protection: erase a person everywhere, erase campaigns after their retention, verify the ledger."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal

from mailer import contacts, files
from mailer.errors import ConfigError, ContactsError, UserError
from mailer.jobs import read_list, roll
from mailer.model.address import mentions, normal
from mailer.model.campaign import Campaign
from mailer.model.contact import Contact
from mailer.model.entry import Channel, Entry, Gone
from mailer.model.names import name_forms, name_words, same_name
from mailer.model.people import Invitee, Person, Register, Why
from mailer.store import Breach, Store
from mailer.store.lines import VerifiedLines, verify_lines

MONTH = timedelta(days=30.44)
LISTS = "contacts"
PREVIEWS = "preview"
"""The folder whose files can be written again at any time, and which nobody edits."""
EXPORTS = "exports"
TEXT_TABLES = (".csv", ".tsv", ".txt")
ENCODINGS = ("utf-8", "latin-1", "utf-16-le")
"""Encodings in which a file is searched for an address; what is ASCII in it is found in UTF-8 and all one-byte ones."""


@dataclass(frozen=True, slots=True)
class Trace:
    """A file of the workspace that names a person.

    `lines` are the line numbers (from 0) to remove from a list or table in text. `by_hand` says that the file names the
    person elsewhere, too, or is not made of lines, and has to be edited by hand, or written again where it was
    `exported`; a file without either is deleted.
    """

    path: Path
    lines: tuple[int, ...] = ()
    by_hand: bool = False
    exported: bool = False

    @property
    def is_deleted(self) -> bool:
        """Return whether the whole file goes."""
        return not self.lines and not self.by_hand


@dataclass(frozen=True, slots=True)
class PersonRecords:
    """Everything that is kept of one person.

    `invitees` are the invitations they are a member of, with the campaign, and `persons` all references they have or
    had. `whole` are the references of the invitations that nobody else was a member of. `others` are people with another
    name at one of their `addresses`, who are left. `mentions` counts the entries about others whose words contain
    one of the addresses.
    """

    invitees: tuple[tuple[str, Invitee], ...]
    addresses: frozenset[str]
    traces: tuple[Trace, ...]
    contacts: tuple[Contact, ...] = ()
    persons: frozenset[str] = frozenset()
    whole: frozenset[str] = frozenset()
    others: tuple[Contact, ...] = ()
    mentions: int = 0

    @property
    def called(self) -> str:
        """Return how the person is called."""
        return next((contact.name for contact in self.contacts if contact.name), "") or ", ".join(
            self.addresses
        )

    @property
    def alone(self) -> frozenset[str]:
        """Return the addresses that nobody else has."""
        others = {normal(each) for one in self.others for each in (one.email, *one.other_addresses)}
        return self.addresses - others


def verify(store: Store) -> list[tuple[str, Breach | None]]:
    """Verify the hash chain of every campaign; return each name with the first altered entry, None if there is none."""
    return [(slug, store.verify(slug)) for slug in store.campaigns()]


def verify_file(path: Path) -> VerifiedLines:
    """Verify the hash chain of a ledger exported as JSON Lines."""
    return verify_lines(files.read(path))


@dataclass(frozen=True, slots=True)
class _Known:
    """A person of a campaign, or of a list if `invitee` is empty, with the addresses they have or had."""

    slug: str
    invitee: str
    person: str
    contact: Contact
    addresses: frozenset[str]


def find(workspace: Path, store: Store, who: str) -> PersonRecords:
    """Find everything that is kept of the person with this address or reference, in every campaign and file.

    It is the same person wherever the same name stands at an address of theirs. Raises ConfigError
    ``forget-needs-address`` for a name, with the addresses of those who have it, ``forget-several`` for an address that
    people with several names have, and ``invitee-unknown`` if nobody has the name or the reference.
    """
    registers = {slug: roll.register(store, slug) for slug in store.campaigns()}
    known = [*_registered(registers), *_listed(workspace)]
    address = normal(who)
    if "@" in address:
        meant = [one for one in known if address in one.addresses]
        if len(_names(meant)) > 1:
            raise _several(who, meant)
    else:
        meant = [one for one in known if address and address in (one.person, one.invitee)]
        merged = len({one.person for one in meant}) == 1
        if not meant or (not merged and len(_names(meant)) > 1):
            raise _several(who, meant) if meant else _not_an_address(known, who)
    chosen, addresses = _everywhere(known, meant, {address} if "@" in address else set())
    others = [one for one in known if one not in chosen and one.addresses & addresses]
    persons = frozenset(one.person for one in chosen if one.person)
    found = PersonRecords(
        invitees=tuple(
            (slug, invitee)
            for slug, register in registers.items()
            for invitee in register.roll
            if any(member.ref in persons for member in invitee.members)
        ),
        addresses=frozenset(addresses),
        traces=(),
        contacts=tuple(one.contact for one in chosen),
        persons=persons,
        whole=frozenset(
            one.invitee
            for one in chosen
            if one.invitee
            and not any(not_them.invitee == one.invitee for not_them in known if not_them not in chosen)
        ),
        others=tuple(_distinct(one.contact for one in others)),
    )
    return replace(
        found,
        traces=tuple(_traces(workspace, found)),
        mentions=len(_mentions(store, found)),
    )


def _registered(registers: Mapping[str, Register]) -> Iterator[_Known]:
    """Yield the people of every campaign, also as they were at invitations they left."""
    for slug, register in registers.items():
        for invitee in register.roll:
            for one in invitee.members:
                if not one.erased:
                    yield _Known(slug, invitee.ref, one.ref, one.contact, _addresses(one))
        for departure in register.left:
            if not departure.person.erased:
                person = departure.person
                yield _Known(slug, departure.invitee, person.ref, person.contact, _addresses(person))
                if departure.into != person.ref:
                    # What was said by either is said by the person kept.
                    yield _Known(slug, departure.to, departure.into, person.contact, _addresses(person))


def _addresses(person: Person) -> frozenset[str]:
    contact = person.contact
    return frozenset(
        normal(each) for each in (contact.email, *contact.other_addresses, *person.former) if each
    )


def _listed(workspace: Path) -> Iterator[_Known]:
    """Yield the people of every contact list that can be read."""
    for path in _files(workspace, (LISTS,)):
        try:
            reading = read_list.read(path.name, files.read(path, at_most=contacts.MAX_BYTES))
        except UserError:
            continue
        for contact in reading.contacts:
            if contact.email:
                yield _Known(
                    "", "", "", contact, frozenset(map(normal, (contact.email, *contact.other_addresses)))
                )


def _names(people: Iterable[_Known]) -> list[Contact]:
    """Return one contact for each name; blank names are anybody's."""
    found: list[Contact] = []
    for one in people:
        if name_forms(one.contact) and not any(same_name(one.contact, other) for other in found):
            found.append(one.contact)
    return found


def _everywhere(
    known: Sequence[_Known], meant: Sequence[_Known], addresses: set[str]
) -> tuple[list[_Known], set[str]]:
    """Return who is the same person as those meant, in every campaign and list, and all addresses of theirs.

    A blank name is theirs where nobody else's stands at the address. The person kept of two that were merged
    has the addresses of both.
    """
    chosen = list(meant)
    while True:
        addresses = addresses.union(*(one.addresses for one in chosen))
        names = [one.contact for one in chosen if one.contact.name]
        refs = {one.person for one in chosen if one.person}
        here = [one for one in known if one.addresses & addresses]
        alone = len(_names(here)) <= 1
        more = [
            one
            for one in known
            if one not in chosen
            and (
                one.person in refs
                or (
                    one.addresses & addresses
                    and (
                        any(same_name(one.contact, each) for each in names)
                        or (alone and _is_blank(one, names))
                    )
                )
            )
        ]
        if not more:
            return chosen, addresses
        chosen += more


def _is_blank(one: _Known, names: Sequence[Contact]) -> bool:
    return not one.contact.name or not names


def _distinct(people: Iterable[Contact]) -> Iterator[Contact]:
    met: set[tuple[str, str]] = set()
    for one in people:
        if (key := (normal(one.email), one.called)) not in met:
            met.add(key)
            yield one


def _several(who: str, meant: Iterable[_Known]) -> ConfigError:
    """Return the error that tells apart the people who are meant by an address or a reference."""
    refs: dict[str, str] = {}
    for one in meant:
        if one.contact.name and not refs.get(one.contact.name):
            refs[one.contact.name] = one.person
    found = "; ".join(f"{name} ({ref})" if ref else name for name, ref in refs.items())
    return ConfigError("forget-several", read=who, found=found)


def _not_an_address(known: Iterable[_Known], name: str) -> ConfigError:
    """Return the error that tells the addresses of the people with a name, or their references where they share one."""
    known = [one for one in known if one.contact.email]
    words = set(name_words(name))
    having = [one for one in known if words and words <= set(name_words(one.contact.name))]
    if not having:
        return ConfigError("invitee-unknown", read=name)
    found: dict[str, None] = {}
    for one in having:
        shared = len(_names(each for each in known if normal(one.contact.email) in each.addresses)) > 1
        way = f"<{one.contact.email}>" + (f" ({one.person})" if shared and one.person else "")
        found[f"{one.contact.called} {way}"] = None
    return ConfigError("forget-needs-address", read=name, found="; ".join(sorted(found)[:5]))


def _mentions(store: Store, person: PersonRecords) -> list[tuple[str, int]]:
    """Return campaign and number of the entries of others that name an address which is the person's alone."""
    named = store.naming(person.alone)
    found: list[tuple[str, int]] = []
    for slug in dict.fromkeys(slug for slug, _number in named):
        numbers = {number for campaign, number in named if campaign == slug}
        found += [
            (slug, entry.number)
            for entry in store.entries(slug)
            if entry.number in numbers
            and entry.invitee not in person.whole
            and entry.person not in person.persons
        ]
    return found


def forget(store: Store, person: PersonRecords, now: datetime, *, mentions: bool = False) -> list[Path]:
    """Erase a person; return the files that still name them and have to be edited by hand.

    What is said of everybody at an address stays where somebody else has it. A keyed hash of each address and name is
    kept, so that no list brings the person back. Words of others that contain an address of theirs are erased
    where `mentions`.
    """
    names = {form for contact in person.contacts for form in name_forms(contact)} or {""}
    store.note_forgotten(((address, name) for address in person.addresses for name in names), now)
    alone = person.alone
    store.forget(person.whole, person.persons, senders=alone, mentions=alone if mentions else ())
    store.append(
        Entry(slug, invitee.ref, now, Channel.STAFF, Gone(Why.ERASED), person=member.ref)
        for slug, invitee in person.invitees
        if invitee.ref not in person.whole
        for member in invitee.members
        if member.ref in person.persons
    )
    for trace in person.traces:
        if trace.lines:
            _take_out(trace.path, trace.lines)
        elif trace.is_deleted:
            trace.path.unlink(missing_ok=True)
    return [trace.path for trace in person.traces if trace.by_hand]


def outlived(campaigns: Iterable[Campaign], now: datetime) -> list[Campaign]:
    """Return the campaigns whose meeting ended longer ago than their `retention_months`."""
    return [
        campaign
        for campaign in campaigns
        if campaign.retention_months and now > campaign.meeting.ends + campaign.retention_months * MONTH
    ]


def purge(store: Store, campaign: Campaign) -> int:
    """Erase everybody of a campaign, who may be invited again later; return how many there were."""
    people = sum(1 for invitee in roll.invitees(store, campaign.slug) if invitee.email)
    store.purge(campaign.slug)
    return people


def _traces(workspace: Path, person: PersonRecords) -> Iterator[Trace]:
    for path in _files(workspace, (EXPORTS, PREVIEWS, LISTS)):
        if _is_named_in(path, person):
            trace = _trace(path, path.relative_to(workspace).parts[0], person)
            if trace:
                yield trace


def _files(workspace: Path, folders: Sequence[str]) -> list[Path]:
    return [path for name in folders for path in sorted((workspace / name).rglob("*")) if path.is_file()]


def _is_named_in(path: Path, person: PersonRecords) -> bool:
    """Return whether a file contains an address, as text or inside a spreadsheet."""
    content = files.read(path)
    if any(mentions(content.decode(encoding, "replace"), person.addresses) for encoding in ENCODINGS):
        return True
    if not content.startswith(b"PK"):
        return False
    try:
        reading = read_list.read(path.name, content)
    except ContactsError:
        return False
    return any(
        normal(contact.email) in person.addresses
        and not any(same_name(contact, one) for one in person.others)
        for contact in reading.contacts
    )


def _trace(path: Path, folder: str, person: PersonRecords) -> Trace | None:
    """Return what becomes of a file that contains an address of a person; None if it is about others only."""
    content = files.read(path)
    lines = content.splitlines(keepends=True)
    start = content.lstrip(b"\xef\xbb\xbf \r\n\t")[:6].upper()
    is_table = path.suffix.lower() in TEXT_TABLES and not start.startswith((b"BEGIN:", b"<", b"%PDF", b"PK"))
    if not is_table or not all(line.count(b'"') % 2 == 0 for line in lines):
        return Trace(path, by_hand=folder != PREVIEWS, exported=folder == EXPORTS)
    theirs: list[int] = []
    unclear = not any(mentions(line.decode("latin-1"), person.addresses) for line in lines)
    for number, line in enumerate(lines):
        if mentions(line.decode("latin-1"), person.addresses):
            match _whose(line, person):
                case "theirs":
                    theirs.append(number)
                case "unclear":
                    unclear = True
    return Trace(path, tuple(theirs), unclear, folder == EXPORTS) if theirs or unclear else None


def _whose(line: bytes, person: PersonRecords) -> Literal["theirs", "others", "unclear"]:
    """Return whose a line with an address is, where people with other names have that address, too."""
    sharing = [one for one in person.others if mentions(line.decode("latin-1"), [normal(one.email)])]
    if not sharing:
        return "theirs"
    try:
        words = set(name_words(line.decode("utf-8")))
    except UnicodeDecodeError:
        words = set(name_words(line.decode("cp1252", "replace")))
    ours = _most_words(person.contacts, words)
    others = _most_words(sharing, words)
    if ours and not others - ours:
        return "theirs"
    if others and not ours - others:
        return "others"
    return "unclear"


def _most_words(people: Iterable[Contact], words: set[str]) -> set[str]:
    """Return the words of the names that a line contains whole."""
    names = [set(name_words(one.name)) for one in people]
    return set().union(*(name for name in names if name <= words))


def _take_out(path: Path, lines: Sequence[int]) -> None:
    kept = [
        line for number, line in enumerate(files.read(path).splitlines(keepends=True)) if number not in lines
    ]
    files.write(path, b"".join(kept))
