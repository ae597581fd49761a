"""Where an invitee stands, folded from the ledger."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import datetime

from mailer.model.contact import Contact
from mailer.model.entry import Channel, Presence, Trust
from mailer.model.finding import PartStat


class DeliveryState(enum.Enum):
    """Whether the invitation reached the invitee, in the words of the CSV and of ``status --json``."""

    QUEUED = "queued"
    SENT = "sent"
    DEFERRED = "deferred"
    FAILED = "failed"
    IN_DOUBT = "in_doubt"
    BOUNCED = "bounced"
    SUPPRESSED = "suppressed"


@dataclass(frozen=True, slots=True)
class Standing:
    """Where one invitee stands.

    `headcount` is how many are expected (0 for a no, None where nobody said). `sequence` and `dtstamp` are those of
    the calendar answer last applied; `said_at` and `trust` those of the answer that stands. `asked_sequence` is the highest revision of the
    meeting the invitee was told, -1 for none. `to_review` lists the entries that wait for a person.
    """

    invitee: str
    delivery: DeliveryState = DeliveryState.QUEUED
    delivery_detail: str = ""
    partstat: PartStat = PartStat.NEEDS_ACTION
    headcount: int | None = None
    delegate: str = ""
    channel: Channel | None = None
    trust: Trust = Trust.NOTHING
    said_at: datetime | None = None
    answered_at: datetime | None = None
    sequence: int | None = None
    dtstamp: datetime | None = None
    asked_sequence: int = -1
    comment: str = ""
    note: str = ""
    presence: Presence | None = None
    to_review: tuple[int, ...] = ()
    opted_out: bool = False

    @property
    def review(self) -> bool:
        """Whether something waits for a person."""
        return bool(self.to_review)


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the attendance: a person, where their invitee stands, and how many they count for.

    `party_size` is the person's share of the invitee's headcount; None where nothing was said or nobody comes.
    """

    contact: Contact
    standing: Standing
    party_size: int | None = None
