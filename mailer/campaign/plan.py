"""Decide for each message kind who gets a message now, and why the others get none."""

from __future__ import annotations

import enum
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from mailer.model.attendance import DeliveryState, Standing
from mailer.model.entry import Presence
from mailer.model.finding import PartStat
from mailer.model.invitation import UNANSWERED, Answered, Kind, MessageKey
from mailer.model.meeting import Meeting
from mailer.model.outcome import State
from mailer.model.people import Invitee


class Left(enum.Enum):
    """Why somebody on the roll gets no message now."""

    NO_ADDRESS = "no-address"
    SUPPRESSED = "suppressed"
    NOT_CHOSEN = "not-chosen"
    SENT = "sent"
    ON_ITS_WAY = "on-its-way"
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
    """One message to be sent."""

    invitee: Invitee
    kind: Kind
    sequence: int
    number: int
    answered: Answered = UNANSWERED

    @property
    def key(self) -> MessageKey:
        """Return the key the message will have."""
        return MessageKey(self.kind, self.sequence, self.number)


@dataclass(frozen=True, slots=True)
class Plan:
    """The messages to be sent, in roll order, and the invitees left out, with the reason."""

    kind: Kind
    due: tuple[Due, ...] = ()
    left: tuple[tuple[Invitee, Left], ...] = ()


@dataclass(frozen=True, slots=True)
class Known:
    """The facts that a plan is made from.

    `outbox`: for each invitee's reference, the state of every message by its key. `suppressed`:
    references of those who opted out. `withdrawn`: references of those whose own invitation was cancelled. `asking`:
    references of those whose calendar asked for the meeting again (REFRESH) or answered an outdated revision.
    `sequence`: the SEQUENCE of the meeting to send. `edition`: how often something was announced at that SEQUENCE,
    from 1. `chosen`: plan only these references; None means everybody. `turn`: number of the scheduled reminder being
    planned, 0 for a reminder sent by hand. `without_place`: references of those on the waiting list.
    `unacknowledged`: answers that may be acknowledged, by reference. `noted`: whether anybody was checked in at the
    meeting; `plan` computes it.
    """

    roll: Sequence[Invitee]
    standings: Mapping[str, Standing]
    outbox: Mapping[str, Mapping[MessageKey, State]]
    suppressed: Collection[str]
    withdrawn: Collection[str] = ()
    asking: Collection[str] = ()
    sequence: int = 0
    edition: int = 1
    chosen: Collection[str] | None = None
    turn: int = 0
    without_place: Collection[str] = ()
    unacknowledged: Mapping[str, Answered] = field(default_factory=dict)
    noted: bool = False


Judge = Callable[[Invitee, Known], "Left | int"]
"""Returns why an invitee gets no message, or the number of the message they get."""


def plan(kind: Kind, known: Known) -> Plan:
    """Plan the messages of one kind for everybody on the roll."""
    judge = _JUDGES[kind]
    known = replace(known, noted=any(one.presence is Presence.PRESENT for one in known.standings.values()))
    due: list[Due] = []
    left: list[tuple[Invitee, Left]] = []
    for invitee in known.roll:
        verdict = _barred(invitee, known) or judge(invitee, known)
        if isinstance(verdict, Left):
            left.append((invitee, verdict))
        else:
            due.append(Due(invitee, kind, known.sequence, verdict, _answered(kind, invitee, known)))
    return Plan(kind, tuple(due), tuple(left))


def _answered(kind: Kind, invitee: Invitee, known: Known) -> Answered:
    """Return the answer that the letter may mention; invitations never mention one."""
    if kind is Kind.ACKNOWLEDGEMENT:
        return known.unacknowledged[invitee.ref]
    standing = known.standings.get(invitee.ref)
    if kind.is_invitation or standing is None:
        return UNANSWERED
    return Answered(standing.partstat, standing.headcount, standing.presence is Presence.PRESENT)


def _barred(invitee: Invitee, known: Known) -> Left | None:
    """Return the reason why an invitee gets no message of any kind, or None."""
    if known.chosen is not None and invitee.ref not in known.chosen:
        return Left.NOT_CHOSEN
    if not invitee.email:
        return Left.NO_ADDRESS
    if invitee.ref in known.suppressed:
        return Left.SUPPRESSED
    return None


_STATES = {
    State.QUEUED: Left.ON_ITS_WAY,
    State.CLAIMED: Left.ON_ITS_WAY,
    State.DEFERRED: Left.ON_ITS_WAY,
    State.SENT: Left.SENT,
    State.FAILED: Left.REFUSED,
    State.IN_DOUBT: Left.IN_DOUBT,
}


def _messages(invitee: Invitee, known: Known, kind: Kind) -> dict[MessageKey, State]:
    return {key: s for key, s in known.outbox.get(invitee.ref, {}).items() if key.kind is kind}


def _invitation(invitee: Invitee, known: Known) -> Left | int:
    """Plan one invitation for everybody, whatever its SEQUENCE, and another on request (RFC 5546 section 3.2.6)."""
    sent = _messages(invitee, known, Kind.INVITATION)
    if not sent:
        return 1
    if invitee.ref in known.asking and all(state is State.SENT for state in sent.values()):
        return 1 + sum(key.sequence == known.sequence for key in sent)
    return _STATES[next(iter(sent.values()))]


def _unreached(invitee: Invitee, known: Known) -> Left | None:
    """Return why the invitee has no valid invitation, or None."""
    states = list(_messages(invitee, known, Kind.INVITATION).values())
    if not states:
        return Left.NEVER_INVITED
    if State.SENT not in states and State.IN_DOUBT not in states:
        return _STATES[states[0]]
    standing = known.standings.get(invitee.ref)
    if standing and standing.delivery is DeliveryState.BOUNCED:
        return Left.BOUNCED
    if invitee.ref in known.withdrawn:
        return Left.CANCELLED
    return None


def _reminder(invitee: Invitee, known: Known) -> Left | int:
    """Plan a reminder for those who were reached and have not answered, unless one is still in the outbox."""
    if left := _unreached(invitee, known):
        return left
    standing = known.standings.get(invitee.ref)
    if standing and (
        standing.partstat is not PartStat.NEEDS_ACTION or standing.review or standing.presence is not None
    ):
        return Left.ANSWERED  # who is noted as excused or represented has answered, too
    sent = _messages(invitee, known, Kind.REMINDER)
    waiting = [state for state in sent.values() if state is not State.SENT]
    if known.turn:
        # A scheduled reminder is numbered by its turn, so that planning it twice gives the same message.
        same = [state for key, state in sent.items() if key.number >= known.turn]
        return _STATES[(waiting or same)[0]] if waiting or same else known.turn
    return _STATES[waiting[0]] if waiting else _highest(sent) + 1


def _highest(sent: Mapping[MessageKey, State]) -> int:
    return max((key.number for key in sent), default=0)


def _once(kind: Kind) -> Judge:
    """Return a judge that plans one message per announcement for everybody who has a valid invitation."""

    def judge(invitee: Invitee, known: Known) -> Left | int:
        if left := _unreached(invitee, known):
            return left
        state = _messages(invitee, known, kind).get(MessageKey(kind, known.sequence, known.edition))
        return known.edition if state is None else _STATES[state]

    return judge


def _details(invitee: Invitee, known: Known) -> Left | int:
    """Plan the practical details for those who come, once for each revision of the meeting."""
    if left := _absent(invitee, known):
        return left
    return _only_once(invitee, known, Kind.DETAILS)


def _absent(invitee: Invitee, known: Known) -> Left | None:
    """Return why the invitee is not expected or cannot be reached, or None."""
    standing = known.standings.get(invitee.ref)
    if standing is None or standing.partstat is not PartStat.ACCEPTED:
        return Left.NOT_COMING
    if standing.delivery is DeliveryState.BOUNCED:
        return Left.BOUNCED
    if invitee.ref in known.without_place:
        return Left.NO_PLACE
    return Left.CANCELLED if invitee.ref in known.withdrawn else None


def _only_once(invitee: Invitee, known: Known, kind: Kind) -> Left | int:
    state = _messages(invitee, known, kind).get(MessageKey(kind, known.sequence, 1))
    return 1 if state is None else _STATES[state]


def _thanks(invitee: Invitee, known: Known) -> Left | int:
    """Plan thanks for those who were checked in; if nobody was, for those who said they would come."""
    standing = known.standings.get(invitee.ref)
    if known.noted and (standing is None or standing.presence is not Presence.PRESENT):
        return Left.NOT_SEEN
    if standing and standing.presence not in (None, Presence.PRESENT):
        return Left.NOT_SEEN
    if not known.noted and (left := _absent(invitee, known)):
        return left
    return _only_once(invitee, known, Kind.THANKS)


def _acknowledgement(invitee: Invitee, known: Known) -> Left | int:
    """Plan an acknowledgement for a new answer, once per answer and revision (RFC 3834 section 2).

    The message number stands for the answer.
    """
    answered = known.unacknowledged.get(invitee.ref)
    if answered is None:
        return Left.NOTHING_TO_ACKNOWLEDGE
    number = 1 + list(PartStat).index(answered.partstat)
    state = _messages(invitee, known, Kind.ACKNOWLEDGEMENT).get(
        MessageKey(Kind.ACKNOWLEDGEMENT, known.sequence, number)
    )
    return number if state is None else _STATES[state]


_JUDGES: dict[Kind, Judge] = {
    Kind.INVITATION: _invitation,
    Kind.REMINDER: _reminder,
    Kind.UPDATE: _once(Kind.UPDATE),
    Kind.CANCEL: _once(Kind.CANCEL),
    Kind.DETAILS: _details,
    Kind.THANKS: _thanks,
    Kind.ACKNOWLEDGEMENT: _acknowledgement,
}


@dataclass(frozen=True, slots=True)
class MeetingChange:
    """The fields that differ from what the invitees were told; a `material` change asks them to answer again."""

    fields: tuple[str, ...] = ()
    material: bool = False


MATERIAL = ("starts", "ends", "all_day", "place", "cancelled")
"""Fields whose change may invalidate an answer (RFC 5546 section 2.1.4); a new address may be in another town."""

WORDING = ("title", "description", "agenda", "room", "url", "zone")


def change(told: Meeting, true: Meeting) -> MeetingChange:
    """Compare the meeting as the invitees were told with the meeting as it is now."""
    material = tuple(name for name in MATERIAL if _differs(told, true, name))
    wording = tuple(name for name in WORDING if _differs(told, true, name))
    return MeetingChange(material + wording, bool(material))


def _differs(told: Meeting, true: Meeting, name: str) -> bool:
    before, after = getattr(told, name), getattr(true, name)
    if isinstance(before, str) and isinstance(after, str):
        return " ".join(before.split()) != " ".join(after.split())
    return bool(before != after)


def is_late(meeting: Meeting, now: datetime) -> bool:
    """Return whether the meeting has begun, so that nothing is sent for it any more."""
    return now >= meeting.starts
