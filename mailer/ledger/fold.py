"""Fold ledger entries into the standing of each person.

Theory of operation. What concerns one invitation folds from its own entries and the announcements of the meeting,
nothing else. An `InvitationDraft` has one `StandingDraft` for each member, which keeps every statement that can still
matter, what staff decided about it, and who was seen. `take` adds an entry to those whom it concerns and reads nothing
that is derived; `settle` then derives the rest anew. So the order in which mails are read makes no difference, a
decision can be taken back, and folding all entries at once or one by one gives the same result.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import assert_never

from mailer.ledger.draft import StandingDraft
from mailer.ledger.revisions import Revisions
from mailer.ledger.settle import NOBODY, settle
from mailer.ledger.told import Letters, add_delivery
from mailer.ledger.waiting import remark
from mailer.model.address import normal
from mailer.model.attendance import DeliveryState, RecordedClaim, ReviewDecision, Sighting, Standing
from mailer.model.entry import (
    Announced,
    Attended,
    Channel,
    Delivery,
    Entry,
    Gone,
    Heard,
    Placed,
    Reviewed,
    Trust,
)
from mailer.model.finding import (
    TASKS,
    Answer,
    CalendarLine,
    Claim,
    MailKind,
    OptOut,
    PartStat,
    Unattended,
    Unclear,
    Undeliverable,
)
from mailer.model.invitation import Kind, MessageKey
from mailer.model.outcome import State
from mailer.model.people import Invitee, Register, Why
from mailer.model.told import Told

CHALLENGE = "challenge"
"""The rule that recognises a filter which keeps our letter until somebody confirms it (`classify.challenge`)."""

_DELIVERY = {
    State.QUEUED: DeliveryState.QUEUED,
    State.CLAIMED: DeliveryState.QUEUED,
    State.DEFERRED: DeliveryState.DEFERRED,
    State.SENT: DeliveryState.SENT,
    State.FAILED: DeliveryState.FAILED,
    State.IN_DOUBT: DeliveryState.IN_DOUBT,
    State.VOID: DeliveryState.QUEUED,
}


def attendance(
    entries: Iterable[Entry],
    register: Register,
    announced: Iterable[Entry] = (),
    letters: Letters | None = None,
) -> dict[str, Standing]:
    """Fold `entries`, oldest first, into one standing for each person of the register that they concern, by reference.

    `announced` are the entries that announce the meeting, where `entries` are only those of some invitations, and `letters`
    those to each invitee, where these are known (see `correspondence`).
    Messages to review that belong to no invitee are under the empty reference.
    """
    revisions = Revisions(announced)
    known = register.invitees
    drafts: dict[str, InvitationDraft] = {}
    for entry in entries:
        ref, fact = entry.invitee, entry.fact
        if isinstance(fact, Announced):
            revisions.take(entry)
            continue
        draft = drafts.get(ref)
        if draft is None:
            counted = isinstance(fact, _COUNTED) or (isinstance(fact, Placed) and fact.revision)
            if not counted or (ref != NOBODY and ref not in known):
                continue
            draft = drafts[ref] = InvitationDraft(
                known.get(ref), revisions, None if letters is None else letters.get(ref)
            )
        draft.take(entry)
    standings = {}
    for ref in list(drafts):
        for one in drafts.pop(
            ref
        ).settle():  # freed one by one, which the collector of cycles thanks with speed
            standings[one.person] = one
    return standings


_COUNTED = (Delivery, Heard, Attended, Reviewed, Gone)


class InvitationDraft:
    """The members of one invitation while entries are added; without an invitee, the mails of nobody.

    `sent` are the letters to the address; those that are known from the start are not gathered from the entries.
    """

    __slots__ = ("gathers", "members", "revisions", "sent")

    def __init__(
        self, invitee: Invitee | None, revisions: Revisions, letters: dict[MessageKey, Told] | None = None
    ) -> None:
        self.revisions = revisions
        self.sent = letters or {}
        self.gathers = not letters
        self.members = (
            [StandingDraft(invitee.ref, one.ref, one.since, one.until, self.sent) for one in invitee.members]
            if invitee
            else [StandingDraft(NOBODY)]
        )

    def take(self, entry: Entry) -> None:
        """Add one entry to the members whom it concerns."""
        fact, person = entry.fact, entry.person
        if self.gathers and isinstance(fact, Delivery):
            add_delivery(self.sent, entry, fact, self.revisions)
        members: Sequence[StandingDraft] = self.members
        if person:
            members = [one for one in members if one.person == person]
        elif isinstance(fact, Delivery) and fact.persons:
            members = [one for one in members if one.person in fact.persons]
        elif len(members) > 1 or members[0].since:
            members = [
                one
                for one in members
                if one.since <= entry.number and not (one.until and entry.number > one.until)
            ]
        shared = not person and len(members) > 1
        for one in members:
            _take(one, entry, self.revisions, shared=shared)

    def settle(self) -> list[Standing]:
        """Return the standing of every member."""
        return settle(self.members, self.revisions)


def _take(draft: StandingDraft, entry: Entry, revisions: Revisions, *, shared: bool) -> None:
    """Add one entry to the draft of a person whom it concerns."""
    match entry.fact:
        case Delivery() as delivery:
            _delivered(draft, entry, delivery, revisions)
        case Heard() as heard:
            _heard(draft, entry, heard, shared=shared)
        case Attended(presence, headcount):
            draft.sightings.append(Sighting(entry.number, presence, headcount))
        case Reviewed() as reviewed:
            _reviewed(draft, entry, reviewed)
        case Gone(Why.WITHDRAWN):
            draft.withdrawn_at = entry.recorded_at
        case Placed() as placed:
            draft.told_before = max(draft.told_before, placed.revision)
            if placed.why not in (Why.ADDED, Why.UNDONE):
                return  # who is invited says nothing of an answer
            draft.withdrawn_at = None
        case _:
            return  # who is invited says nothing of an answer
    if entry.number > draft.last_entry:
        draft.last_entry = entry.number
    if entry.note:
        # A new staff note replaces the previous one; a blank note removes it.
        draft.note = entry.note.strip()


def _delivered(draft: StandingDraft, entry: Entry, delivery: Delivery, revisions: Revisions) -> None:
    """Record what became of a letter to the person; one that takes back their invitation alone asks for no answer."""
    key, state = delivery.key, delivery.state
    if not key.kind.is_invitation:
        return  # a letter does not tell whether the invitation arrived
    draft.delivery_ignoring_opt_out = _DELIVERY[state]
    succeeded = state is State.SENT
    draft.delivery_detail = delivery.reply.text if delivery.reply and not succeeded else ""
    draft.told_at = draft.told_at or entry.recorded_at
    if key.kind is not Kind.CANCEL:
        draft.withdrawn_at = None if key.sequence > draft.withdrawn_sequence else draft.withdrawn_at
    elif not revisions.cancels(revisions.of_letter(entry.number, key.sequence)):
        draft.withdrawn_at = draft.withdrawn_at or entry.recorded_at
        draft.withdrawn_sequence = key.sequence


def _heard(draft: StandingDraft, entry: Entry, heard: Heard, *, shared: bool) -> None:
    """Record an incoming message if it can affect the standing."""
    claim = heard.finding.claim
    _arrived(draft, entry, heard)
    match claim:
        case Answer(partstat=PartStat.NEEDS_ACTION) if heard.trust is not Trust.STAFF:
            pass
        case Undeliverable() as notice if not heard.held:
            _undelivered(draft, notice)
        case Unattended():
            draft.absence = heard.finding.note or draft.absence
            draft.kept_back = draft.kept_back or heard.finding.rule == CHALLENGE
        case Answer() | Undeliverable() | OptOut() | Unclear():
            draft.statements.append(_statement(entry, heard, shared=shared))
            if heard.finding.rule == CHALLENGE:
                draft.challenges.append(entry.number)
        case other:
            assert_never(other)


def _arrived(draft: StandingDraft, entry: Entry, heard: Heard) -> None:
    """Mark a delivery in doubt as sent: whoever answers our message has received it (RFC 1047)."""
    by_mail = entry.channel in (Channel.CALENDAR, Channel.TEXT) and heard.trust >= Trust.CAPABILITY
    bounced = isinstance(heard.finding.claim, Undeliverable)
    is_answer = isinstance(heard.finding.claim, Answer | Unclear) and heard.finding.rule != CHALLENGE
    if by_mail and is_answer:
        draft.kept_back = False
        draft.challenges.clear()
    if draft.delivery_ignoring_opt_out is DeliveryState.IN_DOUBT and by_mail and not bounced:
        draft.delivery_ignoring_opt_out, draft.delivery_detail = DeliveryState.SENT, ""


def _undelivered(draft: StandingDraft, notice: Undeliverable) -> None:
    """Record a bounce: it leaves the answer as it is, and a delay notice does not change the delivery state."""
    draft.delivery_detail = notice.status
    if not notice.delayed:
        draft.delivery_ignoring_opt_out = DeliveryState.BOUNCED


def _statement(entry: Entry, heard: Heard, *, shared: bool) -> RecordedClaim:
    """Return the parts of an entry that can still change the standing."""
    finding, line = heard.finding, heard.finding.calendar or _NO_LINE
    claim: Claim = finding.claim
    why = heard.why
    if isinstance(claim, Unclear):
        known = claim.why if claim.why in TASKS else "unclear"
        why = why or ("counter" if finding.kind is MailKind.CALENDAR_COUNTER else known)
        claim = claim.proposal or claim
    return RecordedClaim(
        entry=entry.number,
        claim=claim,
        channel=entry.channel,
        trust=heard.trust,
        said_at=heard.said_at,
        recorded_at=entry.recorded_at,
        held=heard.held or isinstance(finding.claim, Unclear),
        why=why,
        sequence=line.sequence,
        dtstamp=line.dtstamp,
        attendee=line.attendee,
        delegated_to=line.delegated_to,
        delegated_from=line.delegated_from,
        comment=remark(heard),
        shared=shared,
        sender=normal(heard.sender),
        arrived_at=heard.arrived_at,
        dated_at=heard.dated_at,
        letter=heard.letter,
    )


_NO_LINE = CalendarLine("", "")


def _reviewed(draft: StandingDraft, entry: Entry, reviewed: Reviewed) -> None:
    """Record a staff decision.

    Refusing an entry about presence removes it; an accepted bounce counts from the time of the decision. One about a
    decision takes that back.
    """
    taken_back = next((one for one in draft.decisions if one.number == reviewed.entry), None)
    if taken_back is not None:
        draft.decisions.remove(taken_back)
        if taken_back.before and draft.delivery_ignoring_opt_out is DeliveryState.BOUNCED:
            draft.delivery_ignoring_opt_out, draft.delivery_detail = taken_back.before
        return
    if not reviewed.applied and any(seen.entry == reviewed.entry for seen in draft.sightings):
        draft.sightings = [seen for seen in draft.sightings if seen.entry != reviewed.entry]
        return
    before = None
    for said in draft.statements:
        if said.entry == reviewed.entry and reviewed.applied and isinstance(said.claim, Undeliverable):
            before = draft.delivery_ignoring_opt_out, draft.delivery_detail
            _undelivered(draft, said.claim)
    draft.decisions.append(
        ReviewDecision(
            reviewed.entry, reviewed.applied, entry.recorded_at, bool(entry.person), entry.number, before
        )
    )
