"""What the ledger says about each invitee: delivery, answer, places and presence."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from mailer.model.contact import Contact
from mailer.model.entry import Channel, Entry, Presence, Trust
from mailer.model.finding import Answer, Claim, PartStat


class DeliveryState(enum.Enum):
    """Whether the invitation reached the invitee, as written in the CSV and by ``status --json``."""

    QUEUED = "queued"
    SENT = "sent"
    DEFERRED = "deferred"
    FAILED = "failed"
    IN_DOUBT = "in_doubt"
    BOUNCED = "bounced"
    SUPPRESSED = "suppressed"


@dataclass(frozen=True, slots=True)
class RecordedClaim:
    """A claim of the ledger that can still change the state of its invitee.

    `entry` is the number of its ledger entry. `claim` is what the entry says, or most likely says. `why` is
    the code of the reason for which a person must look at it, if any; where `held`, it has no effect until a
    person decides.
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
class ReviewDecision:
    """The decision of staff about the ledger entry numbered `entry`."""

    entry: int
    applied: bool
    at: datetime


@dataclass(frozen=True, slots=True)
class Sighting:
    """What staff noted of one invitee's presence at the meeting.

    `place` says which of the people who share the address is meant, counted from 1; 0 means all of them.
    """

    entry: int
    presence: Presence
    place: int = 0
    headcount: int | None = None


@dataclass(frozen=True, slots=True)
class SeatRequest:
    """A wish for `heads` places, made at `asked_at`; None if no number was given."""

    asked_at: datetime
    heads: int | None


@dataclass(frozen=True, slots=True)
class Standing:
    """The state of one invitee, computed from the ledger.

    `headcount` is how many people are expected (0 after a no, None if no number was given). `sequence` and
    `dtstamp` are those of the calendar answer last applied, which RFC 5546 section 2.1.5 compares with the
    next one; `said_at` and `trust` belong to the answer now valid.

    `told_at` is when a mail server took the first message. `asked_sequence` is the highest revision
    (SEQUENCE) of the meeting that the invitee was asked about, -1 for none, and `asked_again_at` when answers
    to earlier revisions stopped counting. `cancelled_at` is when the invitation was cancelled: later answers
    have no effect, and nobody is expected.

    `to_review` lists the numbers of the entries that wait for a decision of staff, `whys` the code of the
    reason for each. `note` is what staff wrote, `absence` the text of an out-of-office reply.
    `delivery_ignoring_opt_out` is what `delivery` would be without an opt-out. `statements`, `decisions` and
    `sightings` are what the rest is computed from. `seats` are the requests for places since the yes now
    valid, oldest first. `last_entry` is the number of the last entry about this invitee.
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
    delivery_ignoring_opt_out: DeliveryState = DeliveryState.QUEUED
    statements: tuple[RecordedClaim, ...] = ()
    decisions: tuple[ReviewDecision, ...] = ()
    sightings: tuple[Sighting, ...] = ()
    seats: tuple[SeatRequest, ...] = ()
    last_entry: int = 0

    @property
    def review(self) -> bool:
        """Return whether an entry waits for a decision of staff."""
        return bool(self.to_review)

    @property
    def remark(self) -> str:
        """Return in one line the note of staff, else the comment of the answer, else the absence text."""
        return " ".join((self.note or self.comment or self.absence).split())


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the attendance list: a person, and the state of the invitee they belong to.

    `party_size` is the person's share of the invitee's headcount; None if no number was given or nobody
    comes. `place` says which of the people who share the address this is, counted from 1.
    """

    contact: Contact
    standing: Standing
    party_size: int | None = None
    presence: Presence | None = None
    place: int = 1


@dataclass(frozen=True, slots=True)
class ReturnedRow:
    """One line of an attendance table that staff corrected and gave back.

    `cells` has the values by the machine-readable name of their column, for the columns that were found and
    could be read; answers and presence are machine-readable, too. `invitee`, `place` and `last_entry` come
    from the reference column; empty and 0 without one. `exact` says that the table has different words for
    excused, represented and absent.
    """

    number: int
    cells: Mapping[str, str]
    invitee: str = ""
    place: int = 0
    last_entry: int = 0
    exact: bool = True


@dataclass(frozen=True, slots=True)
class PendingReview:
    """An entry that waits for a decision of staff, with the reason (a code) and the most likely answer.

    `standing` is the state of the invitee until then.
    """

    entry: Entry
    standing: Standing
    why: str
    proposal: Answer | None = None


@dataclass(frozen=True, slots=True)
class Counters:
    """The totals of a campaign.

    `contacts`, `delivery`, `answers`, `presence` and `unreachable` count people, `addresses` the addresses
    written to. `headcount` counts the seats needed for every yes, with companions and confirmed delegates.
    `turnout` is the smallest and the largest number to expect: without and with all who answered tentatively
    or delegated. `review` counts the entries that wait for staff. `unreachable` counts people whom no mail
    reached and who did not answer.
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
    """How many places each invitee has (`confirmed`) or waits for (`waiting`, in order), by reference.

    A `capacity` of 0 means that there is no limit.
    """

    capacity: int
    confirmed: Mapping[str, int]
    waiting: Mapping[str, int]

    @property
    def taken(self) -> int:
        """Return the number of confirmed places."""
        return sum(self.confirmed.values())

    @property
    def free(self) -> int | None:
        """Return the number of free places; None without a limit."""
        return self.capacity - self.taken if self.capacity else None
