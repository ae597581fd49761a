"""Derive the standing of an invitee from statements, staff decisions and presence.

An answer to an older revision of the meeting, a held one or an unclear one waits for review; the others are weighed,
and `precedence` chooses the current one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from mailer.ledger.draft import StandingDraft
from mailer.ledger.precedence import in_lieu, latest, places_asked
from mailer.ledger.presence import presence
from mailer.ledger.weigh import Weighed, is_outdated, rank, weigh
from mailer.model.attendance import DeliveryState, RecordedClaim, ReviewDecision, SeatRequest, Standing
from mailer.model.entry import Trust
from mailer.model.finding import Answer, OptOut, PartStat

NOBODY = ""
"""Reference for mails that could not be matched to an invitee."""

UNINVITED = "uninvited"
"""Reason code: answer from a person the invitation was forwarded to.

It never becomes the invitee's own answer; accepting it puts a new invitee on the roll.
"""


def settle(draft: StandingDraft) -> Standing:
    """Derive the complete standing from a draft."""
    decisions = {decision.entry: decision for decision in draft.decisions}
    waits: dict[int, str] = {}
    if draft.invitee == NOBODY:
        waits = {
            said.entry: said.why or "unmatched" for said in draft.statements if said.entry not in decisions
        }
        return _standing(draft, waits)
    opted_out = _opted_out(draft.statements, decisions, waits)
    own, delegates = _counting(draft, decisions, waits)
    refusals = [said.moment for said in delegates if said.answer.partstat is PartStat.DECLINED]
    stands, seats = latest(own, refusals, waits)
    stands, partstat, headcount = in_lieu(stands, delegates, waits)
    answered = stands if partstat is not PartStat.NEEDS_ACTION else None
    calendar = max((said for said in own if said.statement.sequence is not None), key=rank, default=None)
    return _standing(
        draft,
        waits,
        partstat=partstat,
        headcount=headcount,
        answered=answered,
        calendar=calendar.statement if calendar else None,
        seats=places_asked(seats, answered, partstat, headcount),
        opted_out=opted_out,
    )


def _standing(
    draft: StandingDraft,
    waits: Mapping[int, str],
    *,
    partstat: PartStat = PartStat.NEEDS_ACTION,
    headcount: int | None = None,
    answered: Weighed | None = None,
    calendar: RecordedClaim | None = None,
    seats: tuple[SeatRequest, ...] = (),
    opted_out: bool = False,
) -> Standing:
    """Build the standing from the draft and the derived values."""
    return Standing(
        invitee=draft.invitee,
        delivery=DeliveryState.SUPPRESSED if opted_out else draft.delivery_ignoring_opt_out,
        delivery_detail=draft.delivery_detail,
        partstat=partstat,
        headcount=headcount,
        delegate=answered.answer.delegate or answered.statement.delegated_to if answered else "",
        channel=answered.statement.channel if answered else None,
        trust=answered.trust if answered else Trust.NOTHING,
        said_at=answered.moment if answered else None,
        answered_at=answered.moment if answered else None,
        sequence=calendar.sequence if calendar else None,
        dtstamp=calendar.dtstamp if calendar else None,
        asked_sequence=draft.asked_sequence,
        comment=answered.comment if answered else "",
        note=draft.note,
        presence=presence(draft.sightings) if draft.sightings else None,
        to_review=tuple(sorted(waits)),
        opted_out=opted_out,
        whys=tuple(waits[entry] for entry in sorted(waits)),
        absence=draft.absence,
        told_at=draft.told_at,
        asked_again_at=draft.asked_again_at,
        cancelled_at=draft.cancelled_at,
        delivery_ignoring_opt_out=draft.delivery_ignoring_opt_out,
        statements=tuple(draft.statements),
        decisions=tuple(draft.decisions),
        sightings=tuple(draft.sightings),
        seats=seats,
        last_entry=draft.last_entry,
    )


def _opted_out(
    statements: Iterable[RecordedClaim], decisions: Mapping[int, ReviewDecision], waits: dict[int, str]
) -> bool:
    """Return whether the invitee opted out: at once if the request is surely theirs, else when staff confirm it."""
    opted_out = False
    for said in statements:
        if isinstance(said.claim, OptOut):
            decision = decisions.get(said.entry)
            if decision is None and said.held:
                waits[said.entry] = said.why
            opted_out |= decision.applied if decision else not said.held
    return opted_out


def _counting(
    draft: StandingDraft, decisions: Mapping[int, ReviewDecision], waits: dict[int, str]
) -> tuple[list[Weighed], list[Weighed]]:
    """Return the answers that count, the invitee's own and their delegates', and add the others to `waits`."""
    own: list[Weighed] = []
    delegates: list[Weighed] = []
    outdated: dict[int, str] = {}
    for said in draft.statements:
        decided = decisions.get(said.entry)
        if isinstance(said.claim, OptOut) or (decided and not _counts(said, decided)):
            continue
        if not isinstance(said.claim, Answer):
            if decided is None and not _is_stale_counter(said, draft):
                waits[said.entry] = said.why
            continue
        weighed = weigh(said, said.claim, decided, draft)
        if draft.cancelled_at and weighed.moment > draft.cancelled_at:
            continue
        if is_outdated(weighed, draft):
            if draft.asked_again_at and said.recorded_at > draft.asked_again_at:
                outdated[said.entry] = "older-version"
        elif said.delegated_from:
            delegates.append(weighed)
        elif said.held and decided is None:
            waits[said.entry] = said.why
        else:
            own.append(weighed)
            if said.claim.asks and decided is None:
                waits[said.entry] = "asks"
    if not own:
        waits.update(outdated)
    return own, delegates


def _counts(said: RecordedClaim, decided: ReviewDecision) -> bool:
    """Return whether staff accepted the statement as the invitee's own."""
    return decided.applied and said.why != UNINVITED


def _is_stale_counter(said: RecordedClaim, draft: StandingDraft) -> bool:
    """Return whether a counter-proposal is about an earlier revision of the meeting.

    Thunderbird also accepts a COUNTER only if its SEQUENCE equals that of the invitation.
    """
    return said.why == "counter" and said.sequence is not None and said.sequence < draft.asked_sequence
