"""What the ledger says about each person: letters, answer, places and presence."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from mailer.model.contact import Contact
from mailer.model.entry import Channel, Entry, Presence, Trust
from mailer.model.finding import Answer, Claim, PartStat
from mailer.model.invitation import MessageKey
from mailer.model.people import Person
from mailer.model.told import Told


class DeliveryState(enum.Enum):
    """Whether the invitation reached the invitee, as written in the CSV and by ``status --json``."""

    QUEUED = "queued"
    SENT = "sent"
    DEFERRED = "deferred"
    FAILED = "failed"
    IN_DOUBT = "in_doubt"
    BOUNCED = "bounced"
    SUPPRESSED = "suppressed"


class PersonState(enum.Enum):
    """How far the campaign has come with a person; of the states that fit, the last one listed here is theirs.

    LISTED: nothing was sent and nothing is queued. UNSETTLED: who it is has to be asked. WAITING: a letter is queued.
    IN_DOUBT: a letter may or may not have left. REACHED: a server took a letter. HELD: a filter keeps it until somebody
    confirms that a person wrote it. REFUSED: a server refused the last letter. UNREACHABLE: a notice says that it did
    not arrive, or there is no usable address. UNLISTED: no list has the person any more. BARRED: they object, or the
    list says not to write. WITHDRAWN: their invitation was taken back. CANCELLED: they were told that the meeting is
    cancelled, or were never told of it at all.
    """

    LISTED = "listed"
    UNSETTLED = "unsettled"
    WAITING = "waiting"
    IN_DOUBT = "in_doubt"
    REACHED = "reached"
    HELD = "held"
    REFUSED = "refused"
    UNREACHABLE = "unreachable"
    UNLISTED = "unlisted"
    BARRED = "barred"
    WITHDRAWN = "withdrawn"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class RecordedClaim:
    """A claim of the ledger that can still change where a person stands.

    `entry` is the number of its ledger entry. `claim` is what the entry says, or most likely says. `why` is
    the code of the reason for which a person must look at it, if any; where `held`, it has no effect until a
    person decides. Where `shared`, it names nobody of several who have one address. `sender` is the address that wrote, in
    its normal form, and `arrived_at` is when that came in; None where no mail says it.
    `dated_at` is its own Date, where that is much earlier.
    `letter` is the letter that it answers; None where that is not known.
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
    shared: bool = False
    sender: str = ""
    arrived_at: datetime | None = None
    dated_at: datetime | None = None
    letter: MessageKey | None = None


@dataclass(frozen=True, slots=True)
class ReviewDecision:
    """The decision of staff about the ledger entry numbered `entry`; `by_name` says that it is for one person alone.

    `number` is the decision's own entry. `before` is what was known of the delivery, where the decision changed it.
    """

    entry: int
    applied: bool
    at: datetime
    by_name: bool = False
    number: int = 0
    before: tuple[DeliveryState, str] | None = None


@dataclass(frozen=True, slots=True)
class Sighting:
    """What staff noted of somebody's presence at the meeting, and how many people they counted."""

    entry: int
    presence: Presence
    headcount: int | None = None


@dataclass(frozen=True, slots=True)
class SeatRequest:
    """A wish for `heads` places, made at `asked_at`; None if no number was given."""

    asked_at: datetime
    heads: int | None


@dataclass(frozen=True, slots=True)
class Standing:
    """Where one person of a campaign stands, computed from the ledger.

    `invitee` and `person` are references, both empty for what belongs to nobody. `headcount` is how many people are
    expected (0 after a no, None if no number was given). Of a range it is the upper end and `least` the lower, else None;
    `adults` and `children` are those told apart. `delegate` comes instead of the person, and `proxy_to` holds their proxy. `sequence` and
    `dtstamp` are those of the calendar answer last applied, which RFC 5546 section 2.1.5 compares with the
    next one; `said_at` and `trust` belong to the answer now valid.

    `told` are the letters to the person, newest last, and `told_at` is when the first one with the invitation
    was tried. A change of the meeting that asks again sets the answer aside: `asked_again` is what it said, as long
    as there is no new one. `cancelled_at` is when the meeting was cancelled or the invitation taken back
    (`withdrawn`): later answers have no effect, and nobody is expected.

    `to_review` lists the numbers of the entries that wait for a decision of staff, `whys` the code of the
    reason for each. `note` is what staff wrote, `absence` the text of an out-of-office reply. `kept_back` says that a
    filter keeps our letter until somebody confirms it.
    `delivery_ignoring_opt_out` is what `delivery` would be without an opt-out. `sightings` are what staff noted of
    their presence. `seats` are the requests for places since the yes now
    valid, oldest first. `last_entry` is the number of the last entry that concerns this person.
    `to_glance` lists the entries that were recorded from words and that nobody has confirmed, though they are not certain, ask
    something, or answer a letter that did not ask: staff may look them over.
    """

    invitee: str
    person: str = ""
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
    comment: str = ""
    note: str = ""
    presence: Presence | None = None
    to_review: tuple[int, ...] = ()
    opted_out: bool = False
    whys: tuple[str, ...] = ()
    absence: str = ""
    kept_back: bool = False
    told: tuple[Told, ...] = ()
    told_at: datetime | None = None
    asked_again: str = ""
    cancelled_at: datetime | None = None
    withdrawn: bool = False
    delivery_ignoring_opt_out: DeliveryState = DeliveryState.QUEUED
    sightings: tuple[Sighting, ...] = ()
    seats: tuple[SeatRequest, ...] = ()
    last_entry: int = 0
    least: int | None = None
    adults: int | None = None
    children: int | None = None
    proxy_to: str = ""
    to_glance: tuple[int, ...] = ()

    @property
    def glance(self) -> bool:
        """Return whether an entry was recorded that staff may look over."""
        return bool(self.to_glance)

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
    """One line of the attendance list: a person, where they stand, and how far the campaign has come with them."""

    person: Person
    standing: Standing
    state: PersonState = PersonState.LISTED

    @property
    def contact(self) -> Contact:
        """Return the names and the address of the person."""
        return self.person.contact

    @property
    def presence(self) -> Presence | None:
        """Return whether they attended, if that was noted."""
        return self.standing.presence

    @property
    def party_size(self) -> int | None:
        """Return how many come with this line, the person included; None if no number was given or nobody comes.

        It is 0 where people of one address say a smaller number than there are.
        """
        said = self.standing.partstat
        if said is PartStat.NEEDS_ACTION:
            return None
        comes = said in (PartStat.ACCEPTED, PartStat.TENTATIVE)
        return self.standing.headcount if comes else self.standing.headcount or None

    @property
    def least(self) -> int | None:
        """Return the lower end of the number of people, where a range was said; else None."""
        return self.standing.least if self.party_size else None

    @property
    def party_range(self) -> str:
        """Return both ends of a range that was said: ``3-4``; empty without one."""
        return "" if self.least is None else f"{self.least}-{self.party_size}"

    @property
    def is_off(self) -> bool:
        """Return whether nobody is expected any more: the meeting is cancelled, or the invitation taken back."""
        return self.standing.cancelled_at is not None


@dataclass(frozen=True, slots=True)
class ReturnedRow:
    """One line of an attendance table that staff corrected and gave back.

    `cells` has the values by the machine-readable name of their column, for the columns that were found and
    could be read; answers and presence are machine-readable, too. `reference` (a person's, or in older tables an
    invitee's with the `place` among its people, counted from 1) and `last_entry` come from the reference column; empty
    and 0 without one. `exact` says that the table has different words for excused, represented and absent.
    """

    number: int
    cells: Mapping[str, str]
    reference: str = ""
    place: int = 0
    last_entry: int = 0
    exact: bool = True


@dataclass(frozen=True, slots=True)
class PendingReview:
    """An entry that waits for a decision of staff, with the reason (a code) and the most likely answer.

    `standing` is where the person stands until then. `person` is their reference where the entry is about others of their
    address, too, so that it is decided for this one alone; else empty.
    """

    entry: Entry
    standing: Standing
    why: str
    proposal: Answer | None = None
    person: str = ""


@dataclass(frozen=True, slots=True)
class Counters:
    """The totals of a campaign.

    `contacts`, `delivery`, `answers`, `states`, `presence`, `unreachable`, `untold` and `review` count people,
    `addresses` the addresses written to, and `letters` the letters that left, acknowledgements included. `headcount`
    counts the seats needed for every yes, with companions and confirmed delegates; `headcount_least` takes the lower
    end where a range was said. `headcount_perhaps` is what those add who answered tentatively or delegated, and `headcount_instead`
    is how many of these would come instead of somebody, which nobody has confirmed. `review`
    counts who has something that waits for staff, and each mail of nobody. `glance` counts
    answers read from words that staff may look over. `unreachable` are people whom no mail
    reached and who did not answer, `untold` those who hold something older than the present revision of the meeting.
    """

    contacts: int
    addresses: int
    delivery: Mapping[str, int]
    answers: Mapping[str, int]
    states: Mapping[str, int]
    presence: Mapping[str, int]
    headcount: int
    headcount_least: int
    headcount_perhaps: int
    letters: int
    unreachable: int
    untold: int
    review: int
    headcount_instead: int = 0
    glance: int = 0

    @property
    def turnout(self) -> tuple[int, int]:
        """Return the smallest and the largest number of people to expect."""
        return self.headcount_least, self.headcount + self.headcount_perhaps


@dataclass(frozen=True, slots=True)
class Places:
    """How many places each person has (`confirmed`) or waits for (`waiting`, in order), by reference.

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
