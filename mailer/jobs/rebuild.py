"""Check the letters of the ledger against what left, and make the queue anew from the ledger."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from mailer import campaign as campaigns
from mailer import compose, due, people
from mailer.due import OpenRound
from mailer.errors import StoreError
from mailer.jobs import drafts, standings
from mailer.model.campaign import Campaign
from mailer.model.entry import Delivery, Entry
from mailer.model.invitation import Kind, MessageKey
from mailer.model.outcome import Reply, Stage, State
from mailer.model.people import Invitee
from mailer.store import Promise, Settled, Store
from mailer.versions import Identity, Values, Version, fill


@dataclass(frozen=True, slots=True)
class LettersVerified:
    """How many letters were filled in again: `same` gave the octets that left, `other` are entries whose did not.

    `erased` are letters of which nothing is kept any more, since their people were erased.
    """

    same: int = 0
    other: tuple[int, ...] = ()
    erased: int = 0


AT_ONCE = 200
"""How many letters are read from the store at a time."""


def verify_letters(store: Store, slug: str) -> LettersVerified:
    """Fill in every letter that was sent again, and compare its digest with that of what left."""
    same, other, erased = 0, list[int](), 0
    versions: dict[str, Version | None] = {}
    for entries in _batches(_sent(store, slug)):
        wanted = [(entry.invitee, fact.key) for entry, fact, _ in entries]
        letters = _letters(store, slug, wanted)
        for entry, fact, identity in entries:
            letter = letters.get((entry.invitee, fact.key), ("", ""))
            if letter is None:
                other.append(entry.number)
                continue
            if not letter[0] or letter[0] != fact.version or identity is None:
                erased += 1
                continue
            if letter[0] not in versions:
                versions[letter[0]] = _version(store, slug, letter[0])
            if _digest(versions[letter[0]], letter[1], identity) == fact.digest:
                same += 1
            else:
                other.append(entry.number)
    return LettersVerified(same, tuple(other), erased)


def _letters(
    store: Store, slug: str, wanted: list[tuple[str, MessageKey]]
) -> dict[tuple[str, MessageKey], tuple[str, str] | None]:
    """Return the letters that are kept, by invitee and key; None for one that is damaged."""
    try:
        return dict(store.letters(slug, wanted))
    except StoreError:
        if len(wanted) == 1:
            return {wanted[0]: None}
        return {about: letter for one in wanted for about, letter in _letters(store, slug, [one]).items()}


def _version(store: Store, slug: str, digest: str) -> Version | None:
    """Return a version; None if it is not what its digest names."""
    content = kept_version(store, slug, digest)
    return Version.from_bytes(content) if content else None


def kept_version(store: Store, slug: str, digest: str) -> bytes | None:
    """Return the content of a version: empty if it is not kept, None if it is not what its digest names."""
    try:
        content = store.version(slug, digest)
    except StoreError:
        return None
    if content is None:
        return b""
    return content if hashlib.sha256(content).hexdigest() == digest else None


def _digest(version: Version | None, values: str, identity: Identity) -> str:
    """Return the digest of a letter; empty if it cannot be filled in."""
    try:
        return (
            hashlib.sha256(fill(version, Values.from_json(values), identity)).hexdigest() if version else ""
        )
    except (ValueError, LookupError, TypeError, AttributeError):
        return ""


Sent = tuple[Entry, Delivery, Identity | None]


def _sent(store: Store, slug: str) -> Iterator[Sent]:
    """Yield each letter that was sent, with the identity it had: names and address are those of that moment."""
    about: dict[str, list[Entry]] = defaultdict(list)
    for entry in store.entries(slug, kinds=("placed", "gone", "allowed", "delivery")):
        fact = entry.fact
        if not isinstance(fact, Delivery):
            about[entry.invitee].append(entry)
        elif fact.digest and fact.made_at:
            yield entry, fact, _identity(about[entry.invitee], entry, fact, fact.made_at)


def _identity(known: list[Entry], entry: Entry, fact: Delivery, made_at: datetime) -> Identity | None:
    """Return whom a letter went to; None where they were erased."""
    invitee = people.register(known).invitees.get(entry.invitee)
    members = [one for one in invitee.members if one.ref in fact.persons] if invitee else []
    if invitee is None or not members or not all(one.contact.email for one in members):
        return None
    to = compose.recipient(replace(invitee, members=tuple(members)))
    return Identity(to, invitee.uid, invitee.token, fact.message_id, made_at)


def _batches(sent: Iterator[Sent]) -> Iterator[list[Sent]]:
    batch: list[Sent] = []
    for one in sent:
        batch.append(one)
        if len(batch) == AT_ONCE:
            yield batch
            batch = []
    if batch:
        yield batch


# -- the queue -------------------------------------------------------------------------------------------------------


def rebuild(store: Store, campaign: Campaign, now: datetime) -> int:
    """Make the queue of a campaign anew from its ledger; return how many promises are in it.

    What was being tried, and of which the ledger says nothing, is in doubt. What is being sent by a living process is
    left alone.
    """
    slug = campaign.slug
    store.expire(slug, now)
    store.drop_queue(slug)
    leaving = {(one.promise.invitee, one.promise.key) for one in store.queue(slug)}
    record = standings.record(store, slug)
    doubtful = {(one.invitee, one.key): one for one in _doubtful(campaign, record)}
    promises = {(one.invitee, one.key): one for one in owed(store, campaign, record, now)} | doubtful
    promises = {at: one for at, one in promises.items() if at not in leaving}
    store.enqueue(promises.values(), now)
    unknown = store.tried(slug) | doubtful.keys()
    store.settle([Settled(one, State.IN_DOUBT, LOST) for at, one in promises.items() if at in unknown], now)
    return len(promises) + len(leaving)


LOST = Reply(Stage.DOT, 0)


def owed(store: Store, campaign: Campaign, record: standings.Record, now: datetime) -> Iterator[Promise]:
    """Yield what the rounds that go on still owe."""
    for asked in record.rounds:
        wish = replace(drafts.PLAIN, again=asked.round.again, refused=True)
        facts = drafts.known(campaign, record, asked.round.kind, wish, now)
        facts = replace(facts, going_on=OpenRound(asked.entry, frozenset(asked.round.persons)))
        owed = due.plan(asked.round.kind, facts).due
        if asked.round.kind is Kind.UPDATE:  # which also invites those who waited for their invitation
            owed += due.plan(Kind.INVITATION, replace(facts, again=False)).due
        for one in owed:
            letter = store.letter(campaign.slug, one.invitee.ref, one.key)
            if letter and set(one.persons) <= set(asked.round.persons):
                put_off = [told for told in record.sent_to(one.invitee.ref).put_off if told.key == one.key]
                names = campaigns.invitation(
                    store.secret(), campaign, one.invitee, one.kind, one.sequence, one.number
                )
                made_at = put_off[-1].made_at if put_off else None
                yield _promise(
                    campaign.slug,
                    one.invitee,
                    one.key,
                    one.persons,
                    asked.entry,
                    letter[0],
                    made_at or asked.at,
                    names.message_id,
                )


def _doubtful(campaign: Campaign, record: standings.Record) -> Iterator[Promise]:
    """Yield the messages of which the ledger says that they are in doubt."""
    for invitee in record.roll:
        for told in record.sent_to(invitee.ref).told:
            if told.state is State.IN_DOUBT and invitee.email:  # not where everybody was erased
                yield _promise(
                    campaign.slug,
                    invitee,
                    told.key,
                    told.persons,
                    told.round,
                    told.version,
                    told.made_at or told.at,
                    told.message_id,
                )


def _promise(
    slug: str,
    invitee: Invitee,
    key: MessageKey,
    persons: tuple[str, ...],
    asked: int,
    version: str,
    made_at: datetime,
    message_id: str,
) -> Promise:
    domain = invitee.email.rpartition("@")[2].lower()
    return Promise(slug, invitee.ref, key, persons, asked, version, made_at, message_id, domain)
