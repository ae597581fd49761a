"""The part of a person's standing that ledger entries set directly, while entries are being added to it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from mailer.model.attendance import DeliveryState, RecordedClaim, ReviewDecision, Sighting
from mailer.model.invitation import MessageKey
from mailer.model.outcome import State
from mailer.model.told import Told


@dataclass(slots=True)
class StandingDraft:
    """The fields of a `Standing` that are not derived; they are described there.

    `since` is the number of the entry from which the person is a member of the invitation, and `until` that of the last
    one that is about them, where they were erased, else 0. `sent` are the letters to the
    address, for whomever they were. `challenges` are the entries by which a filter keeps our letter until staff confirm
    it; `kept_back` says so of entries of before that, which wait for nobody. A draft is mutable,
    unlike other objects of this package: making a new standing for each of a hundred thousand entries
    took longer than all the rest.
    """

    invitee: str
    person: str = ""
    since: int = 0
    until: int = 0
    sent: dict[MessageKey, Told] = field(default_factory=dict)
    delivery_ignoring_opt_out: DeliveryState = DeliveryState.QUEUED
    delivery_detail: str = ""
    told_at: datetime | None = None
    told_before: int = 0
    withdrawn_at: datetime | None = None
    withdrawn_sequence: int = -1
    note: str = ""
    absence: str = ""
    kept_back: bool = False
    challenges: list[int] = field(default_factory=list)
    last_entry: int = 0
    statements: list[RecordedClaim] = field(default_factory=list)
    decisions: list[ReviewDecision] = field(default_factory=list)
    sightings: list[Sighting] = field(default_factory=list)

    @property
    def told(self) -> tuple[Told, ...]:
        """Return the letters to this person, newest last."""
        return tuple(
            [
                one
                for one in self.sent.values()
                if one.concerns(self.person, self.since) and one.state is not State.DEFERRED
            ]
        )
