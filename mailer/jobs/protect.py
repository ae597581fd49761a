"""Data protection: erase a person everywhere, erase campaigns after their retention, verify the ledger."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

from mailer import contacts, files
from mailer.errors import ConfigError, UserError
from mailer.jobs import read_list, roll, standings, written
from mailer.jobs.traces import LISTS, FileKind, Trace, Wanted, lists, take_out, traces
from mailer.model.address import normal
from mailer.model.campaign import Campaign
from mailer.model.contact import Contact
from mailer.model.entry import Channel, Entry, Gone, Heard, Reviewed
from mailer.model.names import name_forms, name_words, same_name
from mailer.model.people import Invitee, Person, Register, Why
from mailer.store import Breach, Store
from mailer.store.lines import VerifiedLines, verify_lines

MONTH = timedelta(days=30.44)


@dataclass(frozen=True, slots=True)
class Mention:
    """An entry about somebody else whose `words` name an erased person.

    `by_name` says that they do so by the name, and not by the address.
    """

    campaign: str
    number: int
    words: str
    by_name: bool = False


@dataclass(frozen=True, slots=True)
class PersonRecords:
    """Everything that is kept of one person.

    `invitees` are the invitations they are a member of, with the campaign, and `persons` all references they have or
    had. `whole` are the references of the invitations that nobody else was a member of. `others` are people with another
    name at one of their `addresses`, who are left. `mentions` are the entries about others whose words contain
    one of the addresses or names. `wanted` is what was looked for in the files. `namesakes` are the invitations of others
    who have the same name.
    """

    invitees: tuple[tuple[str, Invitee], ...]
    addresses: frozenset[str]
    traces: tuple[Trace, ...]
    contacts: tuple[Contact, ...] = ()
    persons: frozenset[str] = frozenset()
    whole: frozenset[str] = frozenset()
    others: tuple[Contact, ...] = ()
    mentions: tuple[Mention, ...] = ()
    wanted: Wanted = field(default_factory=lambda: Wanted(frozenset()))
    namesakes: frozenset[str] = frozenset()

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
    """A person of a campaign, or of a list (`file`) if `invitee` is empty, with the addresses they have or had."""

    slug: str
    invitee: str
    person: str
    contact: Contact
    addresses: frozenset[str]
    file: Path | None = None


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
    names = found.contacts
    namesakes = [
        one for one in known if one not in chosen and any(same_name(one.contact, each) for each in names)
    ]
    theirs = frozenset(address for one in namesakes for address in one.addresses - addresses)
    found = replace(
        found,
        wanted=Wanted(found.addresses, names, found.others, theirs),
        namesakes=frozenset(one.invitee for one in namesakes if one.invitee),
    )
    found = searched(workspace, store, found)
    return replace(found, traces=tuple(written.to_be_made_anew(workspace, found.traces)))


def searched(
    workspace: Path, store: Store, person: PersonRecords, made: Collection[Path] = ()
) -> PersonRecords:
    """Return what is known of a person with the files and the words of others in which they are named now.

    `made` are files that were made anew; among them is no PDF that could name them.
    """
    return replace(
        person,
        traces=tuple(
            one
            for one in traces(workspace, person.wanted, store.file)
            if not (one.kind is FileKind.PDF and one.path in made)
        ),
        mentions=tuple(_mentions(store, person)),
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
    for path in lists(workspace):
        try:
            reading = read_list.read(path.name, files.read(path, at_most=contacts.MAX_BYTES))
        except UserError:
            continue
        for contact in reading.contacts:
            if contact.email:
                addresses = frozenset(map(normal, (contact.email, *contact.other_addresses)))
                yield _Known("", "", "", contact, addresses, path)


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
    # One choice for each name at an address, by a reference where the address is not theirs alone.
    found: dict[tuple[str, str], str] = {}
    for one in having:
        email = normal(one.contact.email)
        shared = len(_names(each for each in known if email in each.addresses)) > 1
        choice = f"{one.contact.called} <{one.contact.email}>" + (
            f" ({one.person})" if shared and one.person else ""
        )
        key = (max(name_forms(one.contact), default=""), email)
        if key not in found or (one.person and "(" not in found[key]):
            found[key] = choice
    return ConfigError("forget-needs-address", read=name, found="; ".join(sorted(found.values())[:5]))


def _mentions(store: Store, person: PersonRecords) -> Iterator[Mention]:
    """Yield the entries of others that name an address which is the person's alone, or the person's name."""
    named = set(store.naming(person.alone))
    for slug in store.campaigns():
        for entry in store.entries(slug):
            if entry.invitee in person.whole or entry.person in person.persons:
                continue
            words = _words(entry)
            if (slug, entry.number) in named:
                yield Mention(slug, entry.number, words)
            elif words and entry.invitee not in person.namesakes and person.wanted.is_called(words):
                yield Mention(slug, entry.number, words, by_name=True)


def _words(entry: Entry) -> str:
    """Return what was written in a mail or by staff, without the quotation of it."""
    if not isinstance(entry.fact, Heard):
        return entry.note
    finding = entry.fact.finding
    return " ".join(filter(None, (finding.text or finding.evidence, finding.note, entry.note)))


def forget(store: Store, person: PersonRecords, now: datetime, *, mentions: bool = False) -> None:
    """Erase a person; files that somebody has to see to stay as they are.

    What is said of everybody at an address stays where somebody else has it. A keyed hash of each address and name is
    kept, so that no list brings the person back. Words of others that name them are erased where `mentions`.
    """
    names = {form for contact in person.contacts for form in name_forms(contact)} or {""}
    store.note_forgotten(((address, name) for address in person.addresses for name in names), now)
    alone = person.alone
    before = {slug: _without_words(store, slug) for slug in store.campaigns()} if mentions else {}
    store.forget(
        person.whole,
        person.persons,
        senders=alone,
        mentions=alone if mentions else (),
        numbers=[(one.campaign, one.number) for one in person.mentions] if mentions else (),
    )
    for slug, unreadable in before.items():
        _close(store, slug, _without_words(store, slug) - unreadable, now)
    store.append(
        Entry(slug, invitee.ref, now, Channel.STAFF, Gone(Why.ERASED), person=member.ref)
        for slug, invitee in person.invitees
        if invitee.ref not in person.whole
        for member in invitee.members
        if member.ref in person.persons
    )
    take_out(person.traces)


def outlived(campaigns: Iterable[Campaign], now: datetime) -> list[Campaign]:
    """Return the campaigns whose meeting ended longer ago than their `retention_months`."""
    return [
        campaign
        for campaign in campaigns
        if campaign.retention_months and now > campaign.meeting.ends + campaign.retention_months * MONTH
    ]


@dataclass(frozen=True, slots=True)
class CampaignRecords:
    """The people of campaigns that are to be erased, and the files that name them.

    `addresses` counts the addresses in the ledger, by campaign. `wanted` are the people whom no other campaign has, and
    `everybody` all of them.
    """

    addresses: Mapping[str, int]
    wanted: Wanted
    everybody: Wanted
    traces: tuple[Trace, ...] = ()


def of_campaigns(
    workspace: Path, store: Store, purged: Collection[str], others: Iterable[Campaign]
) -> CampaignRecords:
    """Find the people of campaigns that are to be erased, and the files that name somebody whom no other campaign has.

    `others` are the other campaigns, whose lists keep the people on them.
    """
    registers = {slug: roll.register(store, slug) for slug in store.campaigns()}
    known = list(_registered(registers))
    listed = {path for one in others for path in (workspace / source.path for source in one.lists)}
    staying = {address for one in known if one.slug not in purged for address in one.addresses}
    staying |= {address for one in _listed(workspace) if one.file in listed for address in one.addresses}
    theirs = [one for one in known if one.slug in purged]
    gone = [one for one in theirs if not one.addresses & staying]
    found = CampaignRecords(
        {
            slug: sum(1 for invitee in registers[slug].roll if invitee.email)
            for slug in registers
            if slug in purged
        },
        wanted=_wanted(gone),
        everybody=_wanted(theirs),
    )
    found = searched_for_campaigns(workspace, store, found)
    return replace(found, traces=tuple(written.to_be_made_anew(workspace, found.traces)))


def _wanted(people: Iterable[_Known]) -> Wanted:
    people = list(people)
    return Wanted(
        frozenset(address for one in people for address in one.addresses),
        tuple(_distinct(one.contact for one in people)),
    )


def searched_for_campaigns(
    workspace: Path, store: Store, records: CampaignRecords, made: Collection[Path] = ()
) -> CampaignRecords:
    """Return what is known of campaigns with the files in which their people are named now, as `searched` does.

    Lists are staff's own and may serve again, so nothing is taken out of them. A table from which lines go may have those
    of people whom another campaign has, too: that is said.
    """
    if not records.wanted.addresses:
        return replace(records, traces=())
    whole = {one.path: one for one in traces(workspace, records.everybody, store.file)}
    found = []
    for one in traces(workspace, records.wanted, store.file):
        if one.kind is FileKind.PDF and one.path in made:
            continue
        if one.path.relative_to(workspace).parts[0] == LISTS:
            found.append(replace(one, lines=(), by_hand=True, kind=FileKind.LIST))
        elif one.lines and one.path in whole and whole[one.path].lines != one.lines:
            found.append(replace(one, by_hand=True))
        else:
            found.append(one)
    return replace(records, traces=tuple(found))


def purge_all(store: Store, records: CampaignRecords, now: datetime) -> int:
    """Erase everybody of some campaigns from the ledger and from the files; return how many addresses there were."""
    for slug in records.addresses:
        purge(store, slug, now)
    take_out(records.traces)
    return sum(records.addresses.values())


def purge(store: Store, slug: str, now: datetime) -> None:
    """Erase everybody of a campaign from the ledger, who may be invited again later."""
    store.purge(slug)
    _close(store, slug, _without_words(store, slug), now)


def close_unreadable(store: Store, now: datetime) -> None:
    """Record of mails of nobody of which no words are left that they hold no answer, in every campaign."""
    for slug in store.campaigns():
        _close(store, slug, _without_words(store, slug), now)


def _without_words(store: Store, slug: str) -> set[int]:
    """Return the numbers of the mails of nobody that wait for a decision, and of which no words are left to decide by."""
    return {
        item.entry.number
        for item in standings.record(store, slug).reviews
        if not item.entry.invitee
        and isinstance(item.entry.fact, Heard)
        and not any((*(one := item.entry.fact.finding).addresses, one.text, one.evidence))
    }


def _close(store: Store, slug: str, numbers: Iterable[int], now: datetime) -> None:
    """Record of mails of nobody that they hold no answer."""
    store.append(
        Entry(slug, "", now, Channel.STAFF, Reviewed(number, applied=False)) for number in sorted(numbers)
    )
