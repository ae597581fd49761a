"""Fold ledger entries into the standing of each invitee.

Theory of operation. A `StandingDraft` keeps every statement that can still matter, what staff decided about them, and
who was seen. `_take` adds an entry to the draft and reads nothing that is derived; `settle` then derives the
rest anew. So the order in which mails are read makes no difference, a decision can be taken back, and folding all
entries at once or one by one gives the same result.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import assert_never

from mailer.ledger.draft import StandingDraft
from mailer.ledger.settle import settle
from mailer.model.attendance import DeliveryState, RecordedClaim, ReviewDecision, Sighting, Standing
from mailer.model.entry import Attended, Channel, Delivery, Entry, Heard, Reviewed, Trust
from mailer.model.finding import (
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
from mailer.model.invitation import Kind
from mailer.model.outcome import State

_DELIVERY = {
    State.QUEUED: DeliveryState.QUEUED,
    State.CLAIMED: DeliveryState.QUEUED,
    State.DEFERRED: DeliveryState.DEFERRED,
    State.SENT: DeliveryState.SENT,
    State.FAILED: DeliveryState.FAILED,
    State.IN_DOUBT: DeliveryState.IN_DOUBT,
}


def attendance(entries: Iterable[Entry]) -> dict[str, Standing]:
    """Fold `entries`, oldest first, into one standing per invitee reference.

    Messages to review that belong to no invitee are under the empty reference.
    """
    drafts: dict[str, StandingDraft] = {}
    for entry in entries:
        if isinstance(entry.fact, Delivery | Heard | Attended | Reviewed):
            draft = drafts.get(entry.invitee)
            if draft is None:
                draft = drafts[entry.invitee] = StandingDraft(entry.invitee)
            _take(draft, entry)
    return {invitee: settle(draft) for invitee, draft in drafts.items()}


def apply(before: Standing, entry: Entry) -> Standing:
    """Return the standing after one more entry."""
    draft = StandingDraft.of(before)
    _take(draft, entry)
    return settle(draft)


def _take(draft: StandingDraft, entry: Entry) -> None:
    """Add one entry to the draft."""
    draft.last_entry = max(draft.last_entry, entry.number)
    if entry.note:
        # A new staff note replaces the previous one; a blank note removes it.
        draft.note = entry.note.strip()
    match entry.fact:
        case Delivery() as delivery:
            _delivered(draft, entry, delivery)
        case Heard() as heard:
            _heard(draft, entry, heard)
        case Attended(presence, headcount, place):
            draft.sightings.append(Sighting(entry.number, presence, place, headcount))
        case Reviewed() as reviewed:
            _reviewed(draft, entry, reviewed)
        case _:
            pass  # facts about the campaign or about who is invited say nothing of an answer


def _delivered(draft: StandingDraft, entry: Entry, delivery: Delivery) -> None:
    """Record the delivery state of a message to the invitee.

    A cancellation asks for no answer; a higher revision asks again (RFC 5546 section 2.1.4).
    """
    kind = delivery.key.kind
    if not kind.is_invitation:
        return  # a letter does not tell whether the invitation arrived
    draft.delivery_ignoring_opt_out = _DELIVERY[delivery.state]
    succeeded = draft.delivery_ignoring_opt_out is DeliveryState.SENT
    draft.delivery_detail = delivery.reply.text if delivery.reply and not succeeded else ""
    draft.told_at = draft.told_at or entry.recorded_at
    if kind is Kind.CANCEL:
        draft.cancelled_at = draft.cancelled_at or entry.recorded_at
    elif delivery.sequence > draft.asked_sequence:
        draft.asked_again_at = entry.recorded_at if draft.asked_sequence >= 0 else None
        draft.asked_sequence = delivery.sequence
        draft.cancelled_at = None


def _heard(draft: StandingDraft, entry: Entry, heard: Heard) -> None:
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
        case Answer() | Undeliverable() | OptOut() | Unclear():
            draft.statements.append(_statement(entry, heard))
        case other:
            assert_never(other)


def _arrived(draft: StandingDraft, entry: Entry, heard: Heard) -> None:
    """Mark a delivery in doubt as sent: whoever answers our message has received it (RFC 1047)."""
    by_mail = entry.channel in (Channel.CALENDAR, Channel.TEXT) and heard.trust >= Trust.CAPABILITY
    bounced = isinstance(heard.finding.claim, Undeliverable)
    if draft.delivery_ignoring_opt_out is DeliveryState.IN_DOUBT and by_mail and not bounced:
        draft.delivery_ignoring_opt_out, draft.delivery_detail = DeliveryState.SENT, ""


def _undelivered(draft: StandingDraft, notice: Undeliverable) -> None:
    """Record a bounce: it leaves the answer as it is, and a delay notice does not change the delivery state."""
    draft.delivery_detail = notice.status
    if not notice.delayed:
        draft.delivery_ignoring_opt_out = DeliveryState.BOUNCED


def _statement(entry: Entry, heard: Heard) -> RecordedClaim:
    """Return the parts of an entry that can still change the standing."""
    finding, line = heard.finding, heard.finding.calendar or _NO_LINE
    claim: Claim = finding.claim
    why = heard.why
    if isinstance(claim, Unclear):
        why = why or ("counter" if finding.kind is MailKind.CALENDAR_COUNTER else "unclear")
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
        comment=line.comment.strip(),
    )


_NO_LINE = CalendarLine("", "")


def _reviewed(draft: StandingDraft, entry: Entry, reviewed: Reviewed) -> None:
    """Record a staff decision.

    Refusing an entry about presence removes it; an accepted bounce counts from the time of the decision.
    """
    if not reviewed.applied and any(seen.entry == reviewed.entry for seen in draft.sightings):
        draft.sightings = [seen for seen in draft.sightings if seen.entry != reviewed.entry]
        return
    for said in draft.statements:
        if said.entry == reviewed.entry and reviewed.applied and isinstance(said.claim, Undeliverable):
            _undelivered(draft, said.claim)
    draft.decisions.append(ReviewDecision(reviewed.entry, reviewed.applied, entry.recorded_at))
