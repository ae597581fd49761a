"""Judge for each kind of message who is owed one, person by person, and put those of one address into one message."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from mailer.due.known import Due, Known, Left, Plan
from mailer.model.attendance import DeliveryState, Standing
from mailer.model.entry import Presence
from mailer.model.finding import PartStat
from mailer.model.invitation import UNANSWERED, Answered, Kind, MessageKey
from mailer.model.outcome import Stage, State
from mailer.model.people import Invitee, Person
from mailer.model.told import NOTHING_SENT, Correspondence, Told

RECENTLY = timedelta(hours=24)
"""Who had a letter so short a time ago is not reminded."""

MOST_NOTICES = 2
"""Who was not delivered to so many times is not told of a change."""


def plan(kind: Kind, known: Known) -> Plan:
    """Plan the messages of one kind for everybody on the roll."""
    judges = _Judges(known)
    due: list[Due] = []
    left: list[tuple[Invitee, Left]] = []
    for invitee in known.roll:
        owed: dict[Kind, list[Person]] = {}
        for member in invitee.members:
            if member.erased:
                continue
            verdict = judges.judge(kind, invitee, member)
            if isinstance(verdict, Left):
                left.append((replace(invitee, members=(member,)), verdict))
            else:
                owed.setdefault(verdict, []).append(member)
        due += [judges.due(each, replace(invitee, members=tuple(owed[each]))) for each in owed]
    return Plan(kind, tuple(due), tuple(left))


class _Judges:
    """The rules for each kind of message; each returns the kind that is owed to a person, or why none is."""

    def __init__(self, known: Known) -> None:
        self._known = known
        self._chosen = None if known.chosen is None else frozenset(known.chosen)
        self._noted = any(one.presence is Presence.PRESENT for one in known.standings.values())
        self._by_kind: dict[Kind, Callable[[Invitee, Person], Left | Kind]] = {
            Kind.INVITATION: self._invitation,
            Kind.REMINDER: self._reminder,
            Kind.UPDATE: self._update,
            Kind.CANCEL: self._cancel,
            Kind.DETAILS: self._details,
            Kind.THANKS: self._thanks,
            Kind.ACKNOWLEDGEMENT: self._acknowledgement,
        }

    def judge(self, kind: Kind, invitee: Invitee, member: Person) -> Left | Kind:
        """Return the kind of message that a person is owed, or why they are owed none."""
        known = self._known
        if self._chosen is not None and self._chosen.isdisjoint((invitee.ref, member.ref)):
            return Left.NOT_CHOSEN
        if member.has_no_address:
            return Left.NO_ADDRESS
        if invitee.ref in known.barred:
            return Left.SUPPRESSED
        if member.ref in known.unsettled:
            return Left.UNSETTLED
        return self._by_kind[kind](invitee, member)

    def due(self, kind: Kind, invitee: Invitee) -> Due:
        """Return the message of a kind to the members of an invitee.

        It is numbered after those that are settled, and after those put off that told an older revision.
        """
        known, sent = self._known, self._sent(invitee)
        older = [put_off for put_off in sent.put_off if put_off.revision < known.revision]
        keys = [told.key for told in (*sent.told, *older) if told.key.kind is kind]
        sequence = self._sequence(kind, invitee)
        number = 1 + max((key.number for key in keys if key.sequence == sequence), default=0)
        if kind is Kind.REMINDER and self._known.turn:
            number = self._known.turn
        if kind is Kind.ACKNOWLEDGEMENT:
            number = self._acknowledged_as(invitee)
        return Due(invitee, kind, sequence, number, self._answered(kind, invitee))

    def _sequence(self, kind: Kind, invitee: Invitee) -> int:
        """Return the SEQUENCE of a message to an invitee (RFC 5546 section 2.1.4).

        It is that of the meeting. Whose own invitation was cancelled and who is invited again is ahead of it: each
        calendar has to take the next message for newer than the last.
        """
        known = self._known
        told = [one for one in self._sent(invitee).told if one.key.kind.is_invitation]
        reached = [one for one in told if one.state is not State.FAILED and one.revision]
        if not kind.is_invitation or not reached or len(known.sequences) < reached[-1].revision:
            return known.sequence
        last = reached[-1]
        ahead = max(0, last.key.sequence - known.sequences[last.revision - 1])
        again = last.key.kind is Kind.CANCEL and kind is Kind.INVITATION
        return known.sequence + ahead + again

    def _answered(self, kind: Kind, invitee: Invitee) -> Answered:
        """Return the answer that the letter may mention; invitations never mention one."""
        if kind is Kind.ACKNOWLEDGEMENT:
            return self._known.unacknowledged[invitee.ref]
        if kind.is_invitation:
            return UNANSWERED
        standings = [self._standing(member) for member in invitee.members]
        seats = [one.headcount for one in standings if one.headcount is not None]
        present = any(one.presence is Presence.PRESENT for one in standings)
        return Answered(standings[0].partstat, sum(seats) if seats else None, present)

    # -- what is known of a person ---------------------------------------------------------------------------------
    def _sent(self, invitee: Invitee) -> Correspondence:
        return self._known.sent.get(invitee.ref, NOTHING_SENT)

    def _standing(self, member: Person) -> Standing:
        return self._known.standings.get(member.ref) or Standing("", member.ref)

    def _told(self, invitee: Invitee, member: Person) -> list[Told]:
        """Return the messages with a calendar part that were for a person."""
        return [
            told
            for told in self._sent(invitee).told
            if told.key.kind.is_invitation and told.concerns(member.ref, member.since)
        ]

    def _reached(self, invitee: Invitee, member: Person) -> list[Told]:
        """Return those of them that were, or may have been, received."""
        return [told for told in self._told(invitee, member) if told.state is not State.FAILED]

    def _waits(self, invitee: Invitee, *kinds: Kind) -> list[State]:
        """Return the states of the messages of these kinds that wait for an invitee."""
        waiting = self._known.waiting.get(invitee.ref, {})
        return [state for key, state in waiting.items() if key.kind in kinds]

    def _unreachable(self, invitee: Invitee, member: Person) -> bool:
        """Return whether letters to the present address came back twice, or the server said that nobody has it."""
        notices = [entry for entry in self._sent(invitee).notices if entry > member.readdressed]
        here = [told for told in self._told(invitee, member) if told.entry > member.readdressed]
        last = here[-1].reply if here and here[-1].state is State.FAILED else None
        nobody = last is not None and last.stage is Stage.RCPT and last.text.startswith("5.1.")
        return len(notices) >= MOST_NOTICES or nobody

    # -- the rules -------------------------------------------------------------------------------------------------
    def _invitation(self, invitee: Invitee, member: Person) -> Left | Kind:
        """Invite whoever has no invitation yet, and once more on request (RFC 5546 section 3.2.6)."""
        if member.withdrawn:
            return Left.WITHDRAWN
        if member.unlisted:
            return Left.UNLISTED
        for state in self._waits(invitee, Kind.INVITATION):
            if state in _UNDER_WAY:
                return _UNDER_WAY[state]
        told = self._told(invitee, member)
        here = [one for one in told if one.entry > member.readdressed]
        reached = [one for one in here if one.state is not State.FAILED]
        if reached:
            return self._reached_before(invitee, reached)
        if here:
            return Kind.INVITATION if self._known.refused or self._known.again else Left.REFUSED
        if any(one.state is not State.FAILED for one in told) and self._has_answered(member):
            return Kind.INVITATION if self._known.again else Left.ANSWERED
        return Kind.INVITATION

    def _reached_before(self, invitee: Invitee, reached: list[Told]) -> Left | Kind:
        if reached[-1].key.kind is Kind.CANCEL:
            # After a cancellation of the whole meeting, the update about a new date invites again.
            promised = self._waits(invitee, Kind.UPDATE)
            return _UNDER_WAY.get(promised[-1], Left.PROMISED) if promised else Kind.INVITATION
        asks = invitee.ref in self._known.asking and all(one.state is State.SENT for one in reached)
        if self._known.again or asks:
            return Kind.INVITATION
        return Left.IN_DOUBT if all(one.state is State.IN_DOUBT for one in reached) else Left.SENT

    def _holds_none(self, invitee: Invitee, member: Person) -> Left | None:
        """Return why a person holds no invitation that is still valid, or None."""
        told = self._told(invitee, member)
        if not any(one.state is not State.FAILED for one in told):
            return Left.REFUSED if told else Left.NEVER_INVITED
        if member.withdrawn:
            return Left.WITHDRAWN
        if [one for one in told if one.state is not State.FAILED][-1].key.kind is Kind.CANCEL:
            return Left.CANCELLED
        if self._standing(member).delivery is DeliveryState.BOUNCED:
            return Left.BOUNCED
        return None

    def _has_answered(self, member: Person) -> bool:
        """Return whether an answer is recorded or waits, or staff noted who comes (excused, represented)."""
        one = self._standing(member)
        return one.partstat is not PartStat.NEEDS_ACTION or one.review or one.presence is not None

    def _reminder(self, invitee: Invitee, member: Person) -> Left | Kind:
        """Remind whoever was reached and has not answered, and had no letter within a day."""
        if left := self._holds_none(invitee, member):
            return left
        if member.unlisted:
            return Left.UNLISTED
        if self._has_answered(member):
            return Left.ANSWERED
        known = self._known
        sent = [
            told
            for told in self._sent(invitee).told
            if told.concerns(member.ref, member.since) and told.key.kind is not Kind.ACKNOWLEDGEMENT
        ]
        reminders = [told for told in sent if told.key.kind is Kind.REMINDER]
        if any(told.state is State.IN_DOUBT for told in reminders):
            return Left.IN_DOUBT
        if known.turn and any(told.key.number >= known.turn for told in reminders):
            return Left.SENT
        if known.going_on:
            if any(told.round == known.going_on.entry for told in reminders):
                return Left.SENT
            return Kind.REMINDER if member.ref in known.going_on.persons else Left.NEXT_ROUND
        recent = any(told.state is State.SENT and known.now - told.at < RECENTLY for told in sent)
        return Left.RECENT if recent and not known.again and not known.turn else Kind.REMINDER

    def _update(self, invitee: Invitee, member: Person) -> Left | Kind:
        """Tell whoever holds an older revision; who was promised an invitation gets it as the meeting is now."""
        reached = self._reached(invitee, member)
        holds = bool(reached) and reached[-1].key.kind is not Kind.CANCEL
        if self._waits(invitee, Kind.INVITATION) and not holds:
            return Left.UNLISTED if member.unlisted else Kind.INVITATION
        return self._older(invitee, member, Kind.UPDATE)

    def _cancel(self, invitee: Invitee, member: Person) -> Left | Kind:
        """Tell whoever holds an invitation that the meeting is called off, or for them alone that they are not invited.

        Who shares the address with somebody who stays invited is not told: their calendars show one event.
        """
        if self._known.whole:
            return self._older(invitee, member, Kind.CANCEL)
        if not member.withdrawn:
            return Left.NOT_CHOSEN
        if not all(one.withdrawn for one in invitee.members):
            return Left.SHARED
        reached = self._reached(invitee, member)
        if not reached:
            return Left.NEVER_INVITED
        return Left.SENT if reached[-1].key.kind is Kind.CANCEL else Kind.CANCEL

    def _older(self, invitee: Invitee, member: Person, kind: Kind) -> Left | Kind:
        told = self._told(invitee, member)
        reached = [one for one in told if one.state is not State.FAILED]
        if not reached:
            return Left.REFUSED if told else Left.NEVER_INVITED
        if member.withdrawn:
            return Left.WITHDRAWN
        if self._unreachable(invitee, member):
            return Left.BOUNCED
        known, last = self._known, told[-1]
        refused = last.state is State.FAILED and last.entry > member.readdressed
        refused = refused and not (known.again or known.refused)
        if known.going_on is not None:
            if any(one.round == known.going_on.entry for one in reached):
                return Left.SENT
            if member.ref not in known.going_on.persons:
                return Left.NEXT_ROUND
            return Left.REFUSED if refused and last.round == known.going_on.entry else kind
        newest = max(one.revision for one in reached)
        if newest < known.revision or known.again:
            return Left.REFUSED if refused and last.revision == known.revision else kind
        return Left.IN_DOUBT if reached[-1].state is State.IN_DOUBT else Left.SENT

    def _expected(self, member: Person) -> Left | None:
        """Return why a person is not expected or cannot be reached, or None."""
        standing = self._standing(member)
        if standing.partstat is not PartStat.ACCEPTED:
            return Left.NOT_COMING
        if standing.delivery is DeliveryState.BOUNCED:
            return Left.BOUNCED
        if member.ref in self._known.without_place:
            return Left.NO_PLACE
        return Left.WITHDRAWN if member.withdrawn else None

    def _details(self, invitee: Invitee, member: Person) -> Left | Kind:
        """Write the practical details to whoever comes, once for each revision of the meeting."""
        return self._expected(member) or self._once(invitee, member, Kind.DETAILS)

    def _once(self, invitee: Invitee, member: Person, kind: Kind) -> Left | Kind:
        for told in self._sent(invitee).told:
            about = (told.key.kind, told.key.sequence) == (kind, self._known.sequence)
            if about and told.concerns(member.ref, member.since) and not self._known.again:
                return _SETTLED[told.state]
        return kind

    def _thanks(self, invitee: Invitee, member: Person) -> Left | Kind:
        """Thank those who were checked in; if nobody was, those who said they would come."""
        presence = self._standing(member).presence
        if presence is not Presence.PRESENT and (self._noted or presence is not None):
            return Left.NOT_SEEN
        if not self._noted and (left := self._expected(member)):
            return left
        return self._once(invitee, member, Kind.THANKS)

    def _acknowledgement(self, invitee: Invitee, member: Person) -> Left | Kind:  # noqa: ARG002 - a rule like the others
        """Acknowledge a new answer, once per answer and revision (RFC 3834 section 2)."""
        if invitee.ref not in self._known.unacknowledged:
            return Left.NOTHING_TO_ACKNOWLEDGE
        key = MessageKey(Kind.ACKNOWLEDGEMENT, self._known.sequence, self._acknowledged_as(invitee))
        for told in self._sent(invitee).told:
            if told.key == key:
                return _SETTLED[told.state]
        return Kind.ACKNOWLEDGEMENT

    def _acknowledged_as(self, invitee: Invitee) -> int:
        """Return the number of an acknowledgement, which stands for the answer."""
        return 1 + list(PartStat).index(self._known.unacknowledged[invitee.ref].partstat)


_UNDER_WAY = {State.CLAIMED: Left.ON_ITS_WAY, State.IN_DOUBT: Left.IN_DOUBT}
_SETTLED = {State.SENT: Left.SENT, State.FAILED: Left.REFUSED, State.IN_DOUBT: Left.IN_DOUBT}
