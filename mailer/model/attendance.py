"""Where an invitee stands, folded from the ledger."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from mailer.model.contact import Contact
from mailer.model.entry import Channel, Entry, Presence, Trust
from mailer.model.finding import Answer, Claim, PartStat


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
class Statement:
    """One thing that was said, as far as it can still change where the invitee stands.

    `entry` is its number in the ledger. `claim` is what it says, or most likely says. `why` is the code of what
    makes it wait for a person, and `held` that it counts for nothing until one decides.
    """

    entry: int
    claim: Claim
    channel: Channel
    trust: Trust
    said_at: datetime
    recorded_at: datetime
    held: bool = False
    why: str = ""
    sequence: int | None = None
    dtstamp: datetime | None = None
    attendee: str = ""
    delegated_to: str = ""
    delegated_from: str = ""
    comment: str = ""


@dataclass(frozen=True, slots=True)
class Decision:
    """What staff decided about the entry numbered `entry`."""

    entry: int
    applied: bool
    at: datetime


@dataclass(frozen=True, slots=True)
class Sighting:
    """Who was seen at the meeting; `place` counts the people behind the address from 1, and is 0 for all of them."""

    entry: int
    presence: Presence
    place: int = 0
    headcount: int | None = None


@dataclass(frozen=True, slots=True)
class Seats:
    """So many places, asked for at this moment. `heads` is None where no number was said."""

    asked_at: datetime
    heads: int | None


@dataclass(frozen=True, slots=True)
class Standing:
    """Where one invitee stands.

    `headcount` is how many are expected (0 for a no, None where nobody said). `sequence` and `dtstamp` are those of
    the calendar answer last applied; `said_at` and `trust` those of the answer that stands.

    `told_at` is when the first message was handed over. `asked_sequence` is the highest revision of the meeting the
    invitee was asked about, -1 for none, and `asked_again_at` when answers to an earlier one stopped counting.
    `cancelled_at` is when their invitation was withdrawn: what is said later has no effect, and nobody is expected.

    `to_review` lists the entries that wait for a person, and `whys` the code of each one's reason. `note` is what
    staff wrote, `absence` what an out-of-office says. `carried` is the delivery apart from any objection.
    `statements`, `decisions` and `sightings` are what the rest is derived from; `seats` are the places asked for,
    oldest first, since the yes that stands. `last_entry` is the number of the last entry about them.
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
    whys: tuple[str, ...] = ()
    absence: str = ""
    told_at: datetime | None = None
    asked_again_at: datetime | None = None
    cancelled_at: datetime | None = None
    carried: DeliveryState = DeliveryState.QUEUED
    statements: tuple[Statement, ...] = ()
    decisions: tuple[Decision, ...] = ()
    sightings: tuple[Sighting, ...] = ()
    seats: tuple[Seats, ...] = ()
    last_entry: int = 0

    @property
    def review(self) -> bool:
        """Whether something waits for a person."""
        return bool(self.to_review)

    @property
    def remark(self) -> str:
        """What staff noted, else the comment of the answer, else what an out-of-office says; in one line."""
        return " ".join((self.note or self.comment or self.absence).split())


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the attendance: a person, where their invitee stands, and how many they count for.

    `party_size` is the person's share of the invitee's headcount; None where nothing was said or nobody comes.
    `place` counts the people behind one address from 1.
    """

    contact: Contact
    standing: Standing
    party_size: int | None = None
    presence: Presence | None = None
    place: int = 1


@dataclass(frozen=True, slots=True)
class Line:
    """One line of an attendance table that came back: `cells` by the column's heading for programs.

    Only columns that were there and could be read have a cell; answers and presence are in the words for programs.
    `invitee`, `place` and `last_entry` are what the reference column says, empty and 0 without one. `exact`: the
    table tells those who were excused or represented from those who were absent.
    """

    number: int
    cells: Mapping[str, str]
    invitee: str = ""
    place: int = 0
    last_entry: int = 0
    exact: bool = True


@dataclass(frozen=True, slots=True)
class Waiting:
    """An entry that waits for a person: why, the most likely answer, and where the invitee stands meanwhile."""

    entry: Entry
    standing: Standing
    why: str
    proposal: Answer | None = None


@dataclass(frozen=True, slots=True)
class Counters:
    """What is counted, and what it is counted in.

    `contacts`, `delivery`, `answers`, `presence` and `unreachable` count people; `addresses` those written to.
    `headcount` counts chairs for those who said yes, companions and confirmed delegates included. `turnout` is
    the least and the most that can be expected: with nobody, or with everybody, who said perhaps or sends somebody.
    `review` counts what waits for a person. `unreachable` are those no mail reached and who did not answer.
    """

    contacts: int
    addresses: int
    delivery: Mapping[str, int]
    answers: Mapping[str, int]
    presence: Mapping[str, int]
    headcount: int
    turnout: tuple[int, int]
    unreachable: int
    review: int


@dataclass(frozen=True, slots=True)
class Places:
    """Who has places, by the invitee's reference, and who waits, in order, for how many. `capacity` 0 is no limit."""

    capacity: int
    confirmed: Mapping[str, int]
    waiting: Mapping[str, int]

    @property
    def taken(self) -> int:
        """How many places are given out."""
        return sum(self.confirmed.values())

    @property
    def free(self) -> int | None:
        """How many are left; None where there is no limit."""
        return self.capacity - self.taken if self.capacity else None
