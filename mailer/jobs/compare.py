"""Compare what the store keeps beside the ledger with the ledger: the queue, who is barred, what was read, versions."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from mailer import campaign as campaigns
from mailer import people
from mailer.jobs import rebuild, standings
from mailer.model.address import normal
from mailer.model.campaign import Campaign
from mailer.model.entry import Allowed, Channel, Delivery, Entry, Heard, Placed, Reviewed, Round
from mailer.model.finding import OptOut
from mailer.model.invitation import Kind, MessageKey
from mailer.model.outcome import State
from mailer.model.people import Register
from mailer.store import GIVEN_UP, Queued, Store

About = tuple[str, MessageKey]

AT_ONCE = 500
"""How many digests are looked up at a time."""


@dataclass(frozen=True, slots=True)
class Compared:
    """How much of a campaign was compared with its ledger, and what differs.

    `entries`, `people`, `waiting`, `mails` and `versions` are how many there are. Of the queue, `sent` left already and
    would leave again, `altered` are not what was asked for, and `missing` are owed or in doubt and not in it; each by the
    invitee's reference and key. `unbarred` are people who object and could be written to; `barred` are people who cannot be
    written to, and no entry says why; by reference. `unread` are entries made from a mail that would be read again.
    `changed` are versions that are not the letters that were confirmed.
    """

    entries: int = 0
    people: int = 0
    waiting: int = 0
    mails: int = 0
    versions: int = 0
    sent: tuple[About, ...] = ()
    altered: tuple[About, ...] = ()
    missing: tuple[About, ...] = ()
    unbarred: tuple[str, ...] = ()
    barred: tuple[str, ...] = ()
    unread: tuple[int, ...] = ()
    changed: tuple[str, ...] = ()

    @property
    def sound(self) -> bool:
        """Return whether nothing differs."""
        return not any(
            (self.sent, self.altered, self.missing, self.unbarred, self.barred, self.unread, self.changed)
        )


def compare(store: Store, slug: str, campaign: Campaign | None, now: datetime) -> Compared:
    """Compare everything kept of a campaign with its entries, which must be sound; nothing is written.

    Without its file (`campaign`), it is not looked whether messages are missing from the queue. The ledger is read before
    the queue, so that what is being sent meanwhile is not taken for a difference.
    """
    told = _read(store, slug)
    register, last, asked, read = people.register(told.people), told.last, told.asked, told.read
    owed = _owed(store, campaign, now)
    queue = list(store.queue(slug))
    waiting = {(one.promise.invitee, one.promise.key) for one in queue}
    missing = {
        about
        for about, fact in last.items()
        if fact.state is State.IN_DOUBT and _has_address(register, about[0])
    } | owed
    missing -= waiting
    if missing:  # what left, or was settled, while this was read is not
        missing &= _owed(store, campaign, now) | _doubtful(store, slug)
    versions = dict(_versions(store, slug, [*told.versions, *(one.promise.version for one in queue)]))
    objections = _objections(store)
    addresses = {one.email: one.ref for one in register.roll if one.email}
    barred = {normal(each) for each in store.suppressed(addresses)}
    return Compared(
        entries=told.entries,
        people=sum(len(one.members) for one in register.roll),
        waiting=len(queue),
        mails=len(read),
        versions=len(versions),
        sent=tuple(
            about for about in sorted(waiting, key=str) if about in last and last[about].state in _OVER
        ),
        altered=tuple(
            (one.promise.invitee, one.promise.key)
            for one in queue
            if (one.promise.invitee, one.promise.key) not in last
            or last[one.promise.invitee, one.promise.key].state not in _OVER
            if _is_altered(store, campaign, register, one, asked, last)
        ),
        missing=tuple(sorted(missing, key=str)),
        unbarred=tuple(
            ref
            for email, ref in addresses.items()
            if normal(email) in objections.standing and normal(email) not in barred
        ),
        barred=tuple(
            ref
            for email, ref in addresses.items()
            if normal(email) in barred - objections.ever and not objections.erased
        ),
        unread=tuple(sorted(read[digest] for digest in read.keys() - _known(store, read))),
        changed=tuple(digest for digest, sound in versions.items() if not sound),
    )


_OVER = (State.SENT,)


@dataclass(slots=True)
class _Told:
    """What is needed of the entries of a campaign: who is invited, what became of each letter last, what was asked for.

    `read` are the mails that entries were made from, by digest, with the number of the entry, and `versions` the letters that left.
    """

    entries: int = 0
    people: list[Entry] = field(default_factory=list)
    last: dict[About, Delivery] = field(default_factory=dict)
    asked: dict[int, Entry] = field(default_factory=dict)
    read: dict[str, int] = field(default_factory=dict)
    versions: dict[str, None] = field(default_factory=dict)


def _read(store: Store, slug: str) -> _Told:
    """Read the entries of a campaign once, without keeping them all."""
    told = _Told()
    for entry in store.entries(slug):
        told.entries += 1
        if isinstance(entry.fact, people.KINDS):
            told.people.append(entry)
        elif isinstance(entry.fact, Delivery):
            told.last[entry.invitee, entry.fact.key] = entry.fact
            told.versions[entry.fact.version] = None
        elif _is_of_mail(entry):
            # The note of a mail that was given up makes way for that of the mail itself, once the server gives it.
            if not entry.source.startswith(GIVEN_UP):
                told.read[entry.source] = entry.number
        elif not entry.invitee:
            told.asked[entry.number] = entry
    return told


def _owed(store: Store, campaign: Campaign | None, now: datetime) -> set[About]:
    if campaign is None:
        return set()
    record = standings.record(store, campaign.slug)
    return {(one.invitee, one.key) for one in rebuild.owed(store, campaign, record, now)}


def _doubtful(store: Store, slug: str) -> set[About]:
    last = {
        (entry.invitee, entry.fact.key): entry.fact.state
        for entry in store.entries(slug, kinds=("delivery",))
        if isinstance(entry.fact, Delivery)
    }
    return {about for about, state in last.items() if state is State.IN_DOUBT}


def _has_address(register: Register, ref: str) -> bool:
    invitee = register.invitees.get(ref)
    return bool(invitee and invitee.email)


def _is_altered(
    store: Store,
    campaign: Campaign | None,
    register: Register,
    queued: Queued,
    asked: dict[int, Entry],
    last: dict[About, Delivery],
) -> bool:
    """Return whether a promise is not what its round asked for, or its state not what the ledger says."""
    promise = queued.promise
    told = last.get((promise.invitee, promise.key))
    if (queued.state is State.IN_DOUBT) != (told is not None and told.state is State.IN_DOUBT):
        return True
    invitee = register.invitees.get(promise.invitee)
    if invitee is None or queued.state is State.IN_DOUBT:
        return invitee is None
    letter = store.letter(promise.campaign, promise.invitee, promise.key)
    if letter is not None and letter[0] != promise.version:
        return True
    if promise.round and not _asks_for(asked.get(promise.round), queued):
        return True
    if campaign is None or letter is None:  # octets of an older ledger have the name they were made with
        return False
    names = campaigns.invitation(
        store.secret(), campaign, invitee, promise.key.kind, promise.key.sequence, promise.key.number
    )
    return names.message_id.partition("@")[0] != promise.message_id.partition("@")[0]


def _asks_for(entry: Entry | None, queued: Queued) -> bool:
    """Return whether a round asked for a promise; an update also invites those who waited for their invitation."""
    if entry is None or not isinstance(entry.fact, Round):
        return False
    kinds = {entry.fact.kind, Kind.INVITATION} if entry.fact.kind is Kind.UPDATE else {entry.fact.kind}
    return queued.promise.key.kind in kinds and set(queued.promise.persons) <= set(entry.fact.persons)


def _is_of_mail(entry: Entry) -> bool:
    return isinstance(entry.fact, Heard) and entry.channel in (Channel.CALENDAR, Channel.TEXT)


def _known(store: Store, digests: Iterable[str]) -> set[str]:
    found: set[str] = set()
    remaining = iter(digests)
    while batch := list(itertools.islice(remaining, AT_ONCE)):
        found |= store.known(batch)
    return found


def _versions(store: Store, slug: str, named: Iterable[str]) -> Iterator[tuple[str, bool]]:
    """Yield the digest of each version that letters were or are to be made of, and whether it is still that."""
    for digest in dict.fromkeys(named):
        content = rebuild.kept_version(store, slug, digest) if digest else b""
        if content != b"":
            yield digest, content is not None


@dataclass(frozen=True, slots=True)
class _Objections:
    """At which addresses, in normal form, somebody objects, and at which somebody ever did; `erased`: some are not known."""

    standing: frozenset[str]
    ever: frozenset[str]
    erased: bool


def _objections(store: Store) -> _Objections:
    """Fold the objections of every campaign: one bars everywhere, and what lifts it lifts it everywhere."""
    standing: set[str] = set()
    ever: set[str] = set()
    lifted: set[str] = set()
    erased = False
    for slug in store.campaigns():
        objected: dict[int, str] = {}
        decided: dict[int, tuple[int, bool]] = {}
        held: set[int] = set()
        allowed: set[str] = set()
        here: dict[str, set[str]] = {}
        persons: dict[str, set[str]] = {}
        for entry in store.entries(slug, kinds=("placed", "heard", "reviewed", "allowed")):
            match entry.fact:
                case Placed(contact=contact):
                    where = {normal(each) for each in (contact.email, *contact.other_addresses) if each}
                    here.setdefault(entry.invitee, set()).update(where)
                    persons.setdefault(entry.person, set()).add(entry.invitee)
                case Heard(finding=finding, held=waits) if isinstance(finding.claim, OptOut):
                    objected[entry.number] = entry.invitee
                    held |= {entry.number} if waits else set()
                case Reviewed(entry=number, applied=applied):
                    if decided.pop(number, None) is None:
                        decided[entry.number] = (number, applied)
                case Allowed():
                    allowed.add(entry.invitee)
                case _:
                    pass
        follows: dict[str, set[str]] = {}
        for refs in persons.values():
            for ref in refs:
                follows.setdefault(ref, set()).update(refs)
        refused = {number for number, applied in decided.values() if not applied}
        held -= {number for number, applied in decided.values() if applied}
        for number, ref in objected.items():
            at = here.get(ref, set())
            erased = erased or not at
            ever |= at.union(*(here[other] for other in follows.get(ref, ())))
            standing |= at if number not in refused | held else set()
        lifted |= set[str]().union(*(here.get(ref, set()) for ref in allowed))
    return _Objections(frozenset(standing - lifted), frozenset(ever), erased)
