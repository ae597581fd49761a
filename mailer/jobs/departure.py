"""Compose each message when it leaves, if it is still owed then."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from mailer import due
from mailer.due import OpenRound
from mailer.errors import StoreError
from mailer.jobs import drafts, roll, standings
from mailer.jobs.seal import Seal
from mailer.model.campaign import Campaign
from mailer.model.entry import Announced
from mailer.model.invitation import Kind
from mailer.model.message import OutgoingMessage
from mailer.model.people import Invitee
from mailer.store import Promise, Queued, Store


class Departure:
    """The departures of one campaign: composes what leaves, and tells what is not owed any more."""

    def __init__(self, store: Store, campaign: Campaign, seal: Seal, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._campaign = campaign
        self._seal = seal
        self._clock = clock
        self._invitees: dict[str, Invitee] = dict(roll.register(store, campaign.slug).invitees)

    def is_owed(self, queued: Queued) -> bool:
        """Return whether a promise is still owed; only where there is news of it, the ledger is read again.

        A newer announcement of the meeting voids all promises before it. Whoever objects may have done so in another
        campaign.
        """
        promise = queued.promise
        if self._store.suppressed([self._invitees[promise.invitee].email]):
            return False
        if not queued.news:
            return True
        record = standings.record_of(self._store, self._campaign.slug, promise)
        self._invitees |= {one.ref: one for one in record.roll}
        if any(isinstance(one.fact, Announced) and one.number > promise.entry for one in record.entries):
            return False
        asked = next((one for one in record.rounds if one.entry == promise.round), None)
        if promise.round and asked is None:
            return False
        wish = replace(drafts.PLAIN, again=bool(asked and asked.round.again), refused=True)
        facts = drafts.known(self._campaign, record, promise.key.kind, wish, self._clock())
        if promise.round:
            facts = replace(facts, going_on=OpenRound(promise.round, frozenset(promise.persons)))
        kinds = (Kind.UPDATE,) if asked and asked.round.kind is Kind.UPDATE else (promise.key.kind,)
        return any(one.key.kind is promise.key.kind for kind in kinds for one in due.plan(kind, facts).due)

    def compose(self, promise: Promise) -> OutgoingMessage:
        """Return the message of a promise, to the address that its invitee has now."""
        octets = self._store.octets(promise.campaign, promise.invitee, promise.key)
        if octets is None:
            raise StoreError(
                "store-damaged", file="", reason=f"no letter for {promise.invitee} {promise.key}"
            )
        invitee = self._invitees[promise.invitee]
        automatic = promise.key.kind is Kind.ACKNOWLEDGEMENT
        message = OutgoingMessage(
            campaign=promise.campaign,
            invitee=promise.invitee,
            key=promise.key,
            message_id=promise.message_id,
            envelope_from="" if automatic else self._campaign.organizer.address,
            recipient=invitee.email,
            content=octets,
        )
        return self._seal.return_to(message, invitee.token)
