"""What a plan is made from, and what it consists of."""

from __future__ import annotations

import enum
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from mailer.model.attendance import Standing
from mailer.model.invitation import UNANSWERED, Answered, Kind, MessageKey
from mailer.model.outcome import State
from mailer.model.people import Invitee
from mailer.model.told import Correspondence


class Left(enum.Enum):
    """Why a person gets no message now."""

    NO_ADDRESS = "no-address"
    SUPPRESSED = "suppressed"
    NOT_CHOSEN = "not-chosen"
    SHARED = "shared"
    WITHDRAWN = "withdrawn"
    UNLISTED = "unlisted"
    UNSETTLED = "unsettled"
    SENT = "sent"
    RECENT = "recent"
    NEXT_ROUND = "next-round"
    ON_ITS_WAY = "on-its-way"
    PROMISED = "promised"
    REFUSED = "refused"
    IN_DOUBT = "in-doubt"
    BOUNCED = "bounced"
    NEVER_INVITED = "never-invited"
    ANSWERED = "answered"
    CANCELLED = "cancelled"
    NOT_COMING = "not-coming"
    NO_PLACE = "no-place"
    NOT_SEEN = "not-seen"
    NOTHING_TO_ACKNOWLEDGE = "nothing-to-acknowledge"


@dataclass(frozen=True, slots=True)
class Due:
    """One message to be sent; `invitee` has only those members whom it is for."""

    invitee: Invitee
    kind: Kind
    sequence: int
    number: int
    answered: Answered = UNANSWERED

    @property
    def key(self) -> MessageKey:
        """Return the key the message will have."""
        return MessageKey(self.kind, self.sequence, self.number)

    @property
    def persons(self) -> tuple[str, ...]:
        """Return the references of those whom the message is for."""
        return tuple([member.ref for member in self.invitee.members])


@dataclass(frozen=True, slots=True)
class Plan:
    """The messages to be sent, in roll order, and the people left out, each with the reason."""

    kind: Kind
    due: tuple[Due, ...] = ()
    left: tuple[tuple[Invitee, Left], ...] = ()


@dataclass(frozen=True, slots=True)
class OpenRound:
    """A round that has not ended: the number of its entry, and the persons it was asked for."""

    entry: int
    persons: frozenset[str]


@dataclass(frozen=True, slots=True)
class Known:
    """The facts that a plan is made from; what goes by reference goes by that of the invitee unless it says person.

    `standings`: where each person stands, by the person's reference. `sent`: what each invitee was sent. `waiting`: the
    state of each message in the queue, by its key. `barred`: invitees who object to mail. `unsettled`: persons of whom it
    has to be asked first who they are. `asking`: invitees whose calendar asked for the meeting again (REFRESH) or
    answered an outdated revision. `sequence` and `revision`: the SEQUENCE of the meeting to send, and how many times it was
    announced, this time included. `sequences`: the SEQUENCE of each announcement so far. `whole`: a cancellation calls the meeting off for everybody; otherwise it goes to those
    whose invitation was taken back. `chosen`: plan only these invitees or persons; None means everybody. `again`: those
    who have it are written to once more; `refused`: those who were refused, too. `turn`: number of the scheduled
    reminder being planned, 0 for a reminder sent by hand. `going_on`: the round that goes on, if one does.
    `without_place`: persons on the waiting list. `unacknowledged`: answers that may be acknowledged.
    """

    roll: Sequence[Invitee]
    standings: Mapping[str, Standing]
    sent: Mapping[str, Correspondence]
    now: datetime
    waiting: Mapping[str, Mapping[MessageKey, State]] = field(default_factory=dict)
    barred: Collection[str] = ()
    unsettled: Collection[str] = ()
    asking: Collection[str] = ()
    sequence: int = 0
    revision: int = 1
    sequences: Sequence[int] = ()
    whole: bool = True
    chosen: Collection[str] | None = None
    again: bool = False
    refused: bool = False
    turn: int = 0
    going_on: OpenRound | None = None
    without_place: Collection[str] = ()
    unacknowledged: Mapping[str, Answered] = field(default_factory=dict)
