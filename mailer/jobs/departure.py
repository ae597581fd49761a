"""Compose each message when it leaves, if it is still owed then."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from mailer import compose, due, people
from mailer.due import OpenRound
from mailer.errors import StoreError
from mailer.jobs import drafts, roll, standings
from mailer.jobs.seal import Seal
from mailer.model.campaign import Campaign
from mailer.model.entry import Delivery
from mailer.model.invitation import MessageKey
from mailer.model.message import OutgoingMessage
from mailer.model.outcome import State
from mailer.model.people import Invitee
from mailer.store import Promise, Queued, Store
from mailer.versions import Identity, Values, Version, fill


class Departure:
    """The departures of one campaign: composes what leaves, and tells what is not owed any more."""

    def __init__(self, store: Store, campaign: Campaign, seal: Seal, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._campaign = campaign
        self._seal = seal
        self._clock = clock
        self._versions: dict[str, Version] = {}
        self._invitees: dict[str, Invitee] = {}
        """Those whose messages were claimed last, as the ledger has them since."""
        self._left: set[tuple[str, MessageKey]] = set()
        """Which messages to them have left."""

    def owed(self, claimed: Sequence[Queued]) -> list[Queued]:
        """Return those promises that are still owed; only where there is news of one, what is owed is planned again.

        One whose letter the ledger has as sent is not, whoever put it back into the queue: two people may have confirmed
        the same plan.
        Whoever objects may have done so in another campaign. An invitee may have nobody left, where all were merged with
        others.
        """
        self._read([one.promise.invitee for one in claimed])
        invitees = [self._invitees.get(one.promise.invitee) for one in claimed]
        barred = self._store.suppressed(invitee.email for invitee in invitees if invitee)
        return [
            one
            for one, invitee in zip(claimed, invitees, strict=True)
            if (one.promise.invitee, one.promise.key) not in self._left
            and (invitee is None or invitee.email not in barred)
            and ((invitee is not None and not one.news) or self._still_owed(one.promise))
        ]

    def _still_owed(self, promise: Promise) -> bool:
        """Return whether a promise is owed after what the ledger knows of its invitee now.

        A newer announcement of the meeting voids all promises before it.
        """
        record = standings.record_of(self._store, self._campaign.slug, promise)
        if any(one.number > promise.entry for one in record.announcements):
            return False
        asked = next((one for one in record.rounds if one.entry == promise.round), None)
        if promise.round and asked is None:
            return False
        wish = replace(drafts.PLAIN, again=bool(asked and asked.round.again), refused=True)
        facts = drafts.known(self._campaign, record, promise.key.kind, wish, self._clock())
        if promise.round:
            facts = replace(facts, going_on=OpenRound(promise.round, frozenset(promise.persons)))
        return any(one.key.kind is promise.key.kind for one in due.plan(promise.key.kind, facts).due)

    def compose(self, promises: Sequence[Promise]) -> list[OutgoingMessage]:
        """Return the messages of some promises, each to the address that its invitee has now."""
        if any(one.invitee not in self._invitees for one in promises):
            self._read([one.invitee for one in promises])
        wanted = [(one.invitee, one.key) for one in promises]
        letters = self._store.letters(self._campaign.slug, wanted)
        return [self._message(one, letters.get((one.invitee, one.key))) for one in promises]

    def _read(self, invitees: Sequence[str]) -> None:
        kinds = (*roll.KINDS, "delivery")
        entries = self._store.entries_of(self._campaign.slug, invitees, kinds)
        self._invitees = dict(people.register(entries).invitees)
        last = {
            (entry.invitee, entry.fact.key): entry.fact
            for entry in entries
            if isinstance(entry.fact, Delivery)
        }
        self._left = {about for about, fact in last.items() if fact.state is State.SENT}

    def _message(self, promise: Promise, letter: tuple[str, str] | None) -> OutgoingMessage:
        invitee = self._invitees[promise.invitee]
        owed = tuple(one for one in invitee.members if one.ref in promise.persons) or invitee.members
        to = compose.recipient(replace(invitee, members=owed))
        if letter is None:
            content, envelope_from, signed = self._kept(promise), self._campaign.organizer.address, True
        else:
            identity = Identity(to, invitee.uid, invitee.token, promise.message_id, promise.made_at)
            try:
                version, values = self._version(letter[0]), Values.from_json(letter[1])
                content = fill(version, values, identity)
            except (ValueError, LookupError, TypeError, AttributeError) as error:
                raise StoreError("letter-damaged", read=f"{promise.invitee} {promise.key}") from error
            envelope_from, signed = version.variant(values).envelope_from, False
        message = OutgoingMessage(
            campaign=promise.campaign,
            invitee=promise.invitee,
            key=promise.key,
            message_id=promise.message_id,
            envelope_from=envelope_from,
            recipient=to.address,
            content=content,
            digest=hashlib.sha256(content).hexdigest(),
            version=letter[0] if letter else "",
        )
        return self._seal.return_to(message, invitee.token) if signed else self._sealed(message, promise)

    def _sealed(self, message: OutgoingMessage, promise: Promise) -> OutgoingMessage:
        return self._seal.put_on(message, self._invitees[promise.invitee].token, promise.made_at)

    def _kept(self, promise: Promise) -> bytes:
        """Return the octets of a message of an older ledger, which kept them whole."""
        octets = self._store.octets(promise.campaign, promise.invitee, promise.key)
        if octets is None:
            raise StoreError("letter-missing", read=f"{promise.invitee} {promise.key}")
        return octets

    def _version(self, digest: str) -> Version:
        if digest not in self._versions:
            content = self._store.version(self._campaign.slug, digest)
            if content is None:
                raise StoreError("letter-missing", read=digest)
            self._versions[digest] = Version.from_bytes(content)
        return self._versions[digest]
