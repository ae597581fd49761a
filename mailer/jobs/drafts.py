"""Plan which messages of one kind a campaign would send now, and to whom."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from mailer import campaign as campaigns
from mailer import due, ledger
from mailer.due import Due, Known, Left, OpenRound, Plan
from mailer.errors import ConfigError
from mailer.jobs.standings import Record
from mailer.model.campaign import Campaign
from mailer.model.contact import NO_VALUES
from mailer.model.entry import Announced
from mailer.model.finding import PartStat
from mailer.model.invitation import Invitation, Kind, MessageKey
from mailer.model.meeting import Meeting
from mailer.model.outcome import State
from mailer.model.people import Invitee, Person
from mailer.people import Question, Reconciled

READS_LISTS = (Kind.INVITATION, Kind.REMINDER, Kind.UPDATE)
"""The kinds for which the contact lists are read again: who is new, who left, who has another address."""

STALE = timedelta(days=2)
"""How long after it was read an answer is still acknowledged."""

GIVEN_UP = timedelta(days=3)
"""How long a round that was stopped can be gone on with."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What a person asks for besides the kind of message.

    `chosen`: only these invitees or persons; None for everybody. `again`: those who have it get it once more.
    `refused`: those whom a server refused are tried again. `parts`: what the letter is made of now (`compose.parts`).
    `sure`: many people have left the lists, and that is meant. `line`: a sentence of their own that goes into each letter.
    `keep_answers`: a changed meeting asks nobody to answer again. `turn`: the number of a scheduled reminder.
    `automatic`: it leaves by itself, at its moment.
    """

    chosen: frozenset[str] | None = None
    again: bool = False
    refused: bool = False
    line: str = ""
    keep_answers: bool = False
    turn: int = 0
    automatic: bool = False
    sure: bool = False
    parts: Mapping[str, str] = field(default_factory=lambda: NO_VALUES, hash=False)


PLAIN = Wish()


NAMED = (Left.SHARED, Left.NO_ADDRESS, Left.UNSETTLED, Left.RECENT, Left.SUPPRESSED, Left.UNLISTED)
"""The reasons for which those who get no message are named, not only counted."""


@dataclass(frozen=True, slots=True)
class Draft:
    """The messages a campaign would send now, with all that is needed to queue them.

    `roll` is everybody the campaign has ever invited. `announcement` is the meeting as the messages announce it, where
    that is new. `change` is set for an update, and `asked_again` counts the answers it makes void. `waiting` counts
    messages of other kinds that are not sent yet: they are sent too. `doubtful` counts messages that may or may not
    have arrived. `previous` is the meeting as it was announced before, and `keep_answers` says that what changed since asks
    nobody to answer again. `reconciled` is what the lists change, where they
    were read. `void` are the messages in the queue that are not owed any more. `going_on` is the round
    that goes on. `withdrawn` are those whose invitation is taken back by it. `to_call` are people who said yes or perhaps
    (each with that word) and whom no letter tells of the change. `uninvited` counts those refused who hold no invitation, `said_before`
    those who were sent the same line already.
    """

    campaign: Campaign
    roll: tuple[Invitee, ...]
    plan: Plan
    announcement: Announced | None
    change: campaigns.MeetingChange
    waiting: int
    doubtful: int
    wish: Wish = PLAIN
    previous: Meeting | None = None
    keep_answers: bool = False
    asked_again: int = 0
    reconciled: Reconciled | None = None
    void: tuple[tuple[str, MessageKey], ...] = ()
    going_on: int = 0
    withdrawn: tuple[Invitee, ...] = ()
    to_call: tuple[tuple[Invitee, str], ...] = ()
    uninvited: int = 0
    said_before: int = 0
    newest: int = 0
    """The newest round or announcement when it was planned."""

    def named(self) -> Iterator[tuple[Left, list[Invitee]]]:
        """Yield the reasons for which people get no message and are to be named, with these people."""
        for reason in NAMED:
            if found := [one for one, why in self.plan.left if why is reason]:
                yield reason, found

    @property
    def taken_back(self) -> list[Invitee]:
        """Return the people whose invitation is taken back by this draft, one by one."""
        return [
            replace(invitee, members=(member,))
            for invitee in self.withdrawn
            for member in invitee.members
            if member.withdrawn == NOT_YET
        ]

    @property
    def changes_anything(self) -> bool:
        """Return whether confirming the draft changes the ledger even where no message is due."""
        return bool(self.announcement or self.withdrawn) and self.plan.kind is not Kind.INVITATION

    def invitations(self, secret: bytes) -> Iterator[Invitation]:
        """Yield the identity (UID, token, Message-ID) of every planned message, in roll order."""
        return (self.invitation(secret, due) for due in self.plan.due)

    def invitation(self, secret: bytes, due: Due) -> Invitation:
        """Return the identity (UID, token, Message-ID) of one planned message."""
        invitation = campaigns.invitation(
            secret, self.campaign, due.invitee, due.kind, due.sequence, due.number, due.answered
        )
        return replace(invitation, line=self.wish.line)


def draft_invitation(campaign: Campaign, record: Record, wish: Wish, now: datetime) -> Draft:
    """Plan the invitation of everybody who has none.

    Raises ConfigError ``meeting-has-begun``, ``meeting-cancelled``, or ``meeting-changed`` if the campaign file
    differs from what earlier invitees were told.
    """
    _refuse_late(campaign, now)
    if record.told is None:
        return _draft(campaign, record, Kind.INVITATION, wish, now, Announced(0, campaign.meeting))
    _refuse_changed(campaign, record.told)
    return _draft(campaign, record, Kind.INVITATION, wish, now)


def draft_reminder(campaign: Campaign, record: Record, wish: Wish, now: datetime) -> Draft:
    """Plan a reminder for everybody who was reached and did not answer (same UID and SEQUENCE: RFC 5546 3.2.2.7).

    A round of reminders that was stopped goes on, unless that was `GIVEN_UP` ago or another is asked for.
    """
    _refuse_late(campaign, now)
    _refuse_changed(campaign, _told(campaign, record))
    stopped = [
        one
        for one in record.rounds
        if one.round.kind is Kind.REMINDER and now - one.at < GIVEN_UP and not wish.again and not wish.turn
    ]
    return _draft(campaign, record, Kind.REMINDER, wish, now, going_on=stopped[-1] if stopped else None)


def draft_update(campaign: Campaign, record: Record, wish: Wish, now: datetime) -> Draft:
    """Plan an update for everybody who holds an older revision (RFC 5546 section 3.2.2.1).

    Where nothing of the meeting changed, a line of one's own (`Wish.line`) goes to everybody whose letter differs from
    what it would be now, or to everybody if none does. Raises ConfigError ``letter-differs`` if it does and there is no
    line, ``nothing-changed`` if there is nobody to tell and nothing to say.
    """
    _refuse_late(campaign, now)
    told = _told(campaign, record)
    change = campaigns.change(told.meeting, campaign.meeting)
    if campaign.meeting.cancelled:
        raise ConfigError("use-cancel", campaign=campaign.slug)
    if not change.fields:
        return _draft_same_meeting(campaign, record, wish, now)
    material = change.material and not wish.keep_answers
    announcement = Announced(told.sequence + change.material, campaign.meeting, wish.keep_answers)
    asked_again = 0
    if material:
        asked_again = sum(1 for one in record.standings.values() if one.answered_at is not None)
    draft = _draft(campaign, record, Kind.UPDATE, wish, now, announcement)
    return replace(draft, change=replace(change, material=material), asked_again=asked_again)


def _draft_same_meeting(campaign: Campaign, record: Record, wish: Wish, now: datetime) -> Draft:
    """Plan an update though the meeting is as announced: a round that was stopped, or a line of one's own."""
    stopped = [one for one in record.rounds if one.round.kind is Kind.UPDATE and now - one.at < GIVEN_UP]
    if stopped and wish.line in ("", stopped[-1].round.line):
        wish = replace(wish, line=stopped[-1].round.line)
        return _draft(campaign, record, Kind.UPDATE, wish, now, going_on=stopped[-1])
    differs = {ref: names for ref in record.sent if (names := record.differing(ref, wish.parts))}
    if wish.line:
        chosen = frozenset(differs) if differs and wish.chosen is None else wish.chosen
        return _draft(campaign, record, Kind.UPDATE, replace(wish, again=True, chosen=chosen), now)
    draft = _draft(campaign, record, Kind.UPDATE, wish, now)
    if draft.plan.due:
        return draft
    if differs:
        names = tuple(dict.fromkeys(name for found in differs.values() for name in found))
        raise ConfigError("letter-differs", campaign=campaign.slug, n=len(differs), fields=names)
    if len(record.announced) == 1:
        raise ConfigError("nothing-changed", campaign=campaign.slug)
    return draft


def draft_cancel(campaign: Campaign, record: Record, wish: Wish, now: datetime) -> Draft:
    """Plan the cancellation of the whole meeting for everybody who holds an invitation, or for those withdrawn.

    SEQUENCE is incremented (RFC 5546 section 3.2.5), for the whole meeting only once: a second call plans those who did
    not get the first cancellation yet. The letters name the meeting as it was announced, since nobody was
    told of a later change of the campaign file.
    """
    _refuse_late(campaign, now)
    told = _told(campaign, record)
    campaign = replace(campaign, meeting=replace(told.meeting, cancelled=campaign.meeting.cancelled))
    if wish.chosen is not None:
        taken_back = tuple(_withdrawn(record.roll, wish.chosen))
        invitees = {**record.register.invitees, **{one.ref: one for one in taken_back}}
        meant = replace(record, register=replace(record.register, invitees=invitees))
        draft = _draft(campaign, meant, Kind.CANCEL, wish, now)
        return replace(draft, withdrawn=taken_back, void=_waiting_for(record, taken_back))
    if told.meeting.cancelled:
        return _draft(campaign, record, Kind.CANCEL, wish, now)
    announcement = Announced(told.sequence + 1, replace(campaign.meeting, cancelled=True))
    return _draft(campaign, record, Kind.CANCEL, wish, now, announcement)


NOT_YET = 1
"""Stands for the entry of a withdrawal that is planned."""


def _withdrawn(roll: Iterable[Invitee], chosen: frozenset[str]) -> Iterator[Invitee]:
    """Yield the invitees with a chosen member who is not withdrawn yet, with those members withdrawn."""
    for invitee in roll:
        members = tuple(
            replace(one, withdrawn=NOT_YET) if not one.withdrawn and chosen & {invitee.ref, one.ref} else one
            for one in invitee.members
        )
        if members != invitee.members:
            yield replace(invitee, members=members)


def _waiting_for(record: Record, invitees: Iterable[Invitee]) -> tuple[tuple[str, MessageKey], ...]:
    """Return what waits in the queue for invitees all of whose members are withdrawn."""
    over = [one.ref for one in invitees if all(member.withdrawn for member in one.members)]
    return tuple(
        (ref, key) for ref in over for key, state in record.waiting.get(ref, {}).items() if state in _WAITS
    )


def draft_details(campaign: Campaign, record: Record, wish: Wish, now: datetime) -> Draft:
    """Plan the last practical details for everybody who comes and has a place."""
    _refuse_late(campaign, now)
    _refuse_changed(campaign, _told(campaign, record))
    return _draft(campaign, record, Kind.DETAILS, wish, now)


def draft_thanks(campaign: Campaign, record: Record, wish: Wish, now: datetime) -> Draft:
    """Plan the thanks to everybody who came. Raises ConfigError ``meeting-not-over`` before the end of the meeting."""
    told = _told(campaign, record)
    if told.meeting.cancelled or campaign.meeting.cancelled:
        raise ConfigError("meeting-cancelled", campaign=campaign.slug)
    if now < campaign.meeting.ends:
        raise ConfigError("meeting-not-over", file=campaign.file, ends=campaign.meeting.ends)
    return _draft(campaign, record, Kind.THANKS, wish, now)


def draft_acknowledgement(campaign: Campaign, record: Record, wish: Wish, now: datetime) -> Draft:
    """Plan the acknowledgement of every answer that was read less than `STALE` ago; a later one would confuse."""
    _refuse_late(campaign, now)
    _told(campaign, record)
    return _draft(campaign, record, Kind.ACKNOWLEDGEMENT, wish, now)


Drafter = Callable[[Campaign, Record, Wish, datetime], Draft]

DRAFTERS: dict[Kind, Drafter] = {
    Kind.INVITATION: draft_invitation,
    Kind.REMINDER: draft_reminder,
    Kind.UPDATE: draft_update,
    Kind.CANCEL: draft_cancel,
    Kind.DETAILS: draft_details,
    Kind.THANKS: draft_thanks,
    Kind.ACKNOWLEDGEMENT: draft_acknowledgement,
}


def known(
    campaign: Campaign,
    record: Record,
    kind: Kind,
    wish: Wish,
    now: datetime,
    announcement: Announced | None = None,
    going_on: ledger.AskedRound | None = None,
) -> Known:
    """Return what a plan of one kind is made from; `announcement` is the one that it would make."""
    capacity = campaign.capacity if kind in (Kind.DETAILS, Kind.THANKS) else 0
    facts = record.known(now, wish.chosen, capacity=capacity)
    if announcement is not None:
        facts = replace(facts, sequence=announcement.sequence, revision=len(record.announced) + 1)
    whole = (
        kind is not Kind.CANCEL or bool(announcement) or bool(record.told and record.told.meeting.cancelled)
    )
    return replace(
        facts,
        sequence=facts.sequence if whole else facts.sequence + 1,
        whole=whole,
        again=wish.again,
        refused=wish.refused,
        turn=wish.turn,
        going_on=OpenRound(going_on.entry, frozenset(going_on.round.persons)) if going_on else None,
        unacknowledged={ref: answered for ref, (answered, at) in record.fresh.items() if now - at < STALE},
    )


def _draft(
    campaign: Campaign,
    record: Record,
    kind: Kind,
    wish: Wish,
    now: datetime,
    announcement: Announced | None = None,
    going_on: ledger.AskedRound | None = None,
) -> Draft:
    reconciled = record.reconciled
    if reconciled and reconciled.blocked and not wish.sure:
        raise ConfigError(reconciled.blocked, n=len(reconciled.gone))
    plan = due.plan(kind, known(campaign, record, kind, wish, now, announcement, going_on))
    asked = tuple((lone(one), Left.UNSETTLED) for one in reconciled.questions) if reconciled else ()
    # Whom a message that waits tells the same is counted with what waits, and not once more among those left out.
    left = tuple(one for one in plan.left if one[1] is not Left.PROMISED)
    plan = replace(plan, left=left + asked)
    states = [state for messages in record.waiting.values() for state in messages.values()]
    void = tuple(_void(record, plan, anew=announcement is not None, chosen=wish.chosen))
    wanted = {(one.invitee.ref, one.key) for one in plan.due} | set(void)
    others = [
        key
        for ref, messages in record.waiting.items()
        for key, state in messages.items()
        if state in (State.QUEUED, State.DEFERRED) and (ref, key) not in wanted
    ]
    return Draft(
        campaign=campaign,
        roll=record.roll,
        plan=plan,
        announcement=announcement,
        change=campaigns.MeetingChange(),
        waiting=len(others),
        doubtful=sum(state in (State.IN_DOUBT, State.CLAIMED) for state in states),
        wish=wish,
        previous=_previous(record, announcement),
        keep_answers=bool((told := announcement or record.told) and told.keep_answers),
        reconciled=record.reconciled,
        void=void,
        going_on=going_on.entry if going_on else 0,
        newest=max((*record.asked, *(one.number for one in record.announcements)), default=0),
        to_call=tuple(_to_call(record, plan)) if kind in (Kind.UPDATE, Kind.CANCEL) else (),
        said_before=_said_before(record, wish.line, plan, going_on),
        uninvited=sum(why is Left.REFUSED and not _holds_one(record, one) for one, why in plan.left),
    )


_WAITS = (State.QUEUED, State.DEFERRED)
"""The states of what can be taken out of the queue: what is in doubt stays there until somebody or something tells."""

_MAY_COME = (PartStat.ACCEPTED.word, PartStat.TENTATIVE.word)
_UNTOLD = (Left.NO_ADDRESS, Left.SUPPRESSED, Left.REFUSED, Left.BOUNCED, Left.NEVER_INVITED)


def _to_call(record: Record, plan: Plan) -> Iterator[tuple[Invitee, str]]:
    """Yield the people who said yes or perhaps, with that word, and whom no letter reaches.

    A word counts also where a change has set it aside.
    """
    for invitee, why in plan.left:
        member = invitee.members[0]
        if why not in _UNTOLD or member.withdrawn or not (standing := record.standings.get(member.ref)):
            continue
        said = (standing.partstat.word, standing.asked_again)
        if comes := next((word for word in _MAY_COME if word in said), ""):
            yield invitee, comes


def _said_before(record: Record, line: str, plan: Plan, going_on: ledger.AskedRound | None) -> int:
    """Return how many of those who are due were asked to be sent the same line by an earlier round."""
    if not line:
        return 0
    known = {
        person
        for entry, asked in record.asked.items()
        if asked.line == line and not (going_on and going_on.entry == entry)
        for person in asked.persons
    }
    return sum(not known.isdisjoint(one.persons) for one in plan.due)


def _holds_one(record: Record, invitee: Invitee) -> bool:
    """Return whether a letter with the invitation reached a person, or may have."""
    member = invitee.members[0]
    return any(
        told.is_held and told.key.kind.is_invitation and told.concerns(member.ref, member.since)
        for told in record.sent_to(invitee.ref).told
    )


def lone(question: Question) -> Invitee:
    """Return the line of a question as an invitee, to be shown."""
    return Invitee("", question.line.email, (Person(question.person, question.line),))


def _void(
    record: Record, plan: Plan, *, anew: bool, chosen: frozenset[str] | None
) -> Iterator[tuple[str, MessageKey]]:
    """Yield the messages in the queue that are not owed any more once this plan is confirmed.

    A new announcement makes all older ones void; another plan those of its own kind that are not in it.
    """
    wanted = {(one.invitee.ref, one.key) for one in plan.due}
    for ref, messages in record.waiting.items():
        for key, state in messages.items():
            if state not in _WAITS or (ref, key) in wanted:
                continue
            if anew or (key.kind is plan.kind and chosen is None):
                yield ref, key


def _previous(record: Record, announcement: Announced | None) -> Meeting | None:
    """Return the meeting as announced before this draft; a draft without a new announcement repeats the last one."""
    before = record.announced if announcement else record.announced[:-1]
    return before[-1].meeting if before else None


def _told(campaign: Campaign, record: Record) -> Announced:
    if record.told is None:
        raise ConfigError("nothing-announced", campaign=campaign.slug)
    return record.told


def _refuse_late(campaign: Campaign, now: datetime) -> None:
    if campaigns.is_late(campaign.meeting, now):
        raise ConfigError("meeting-has-begun", file=campaign.file, starts=campaign.meeting.starts)


def _refuse_changed(campaign: Campaign, told: Announced) -> None:
    if told.meeting.cancelled:
        raise ConfigError("meeting-cancelled", campaign=campaign.slug)
    change = campaigns.change(told.meeting, campaign.meeting)
    if change.fields:
        raise ConfigError("meeting-changed", file=campaign.file, campaign=campaign.slug, fields=change.fields)
