"""Derive the standings of those who share an invitation from statements, staff decisions and presence.

An answer to an older revision of the meeting, a held one or an unclear one waits for review; the others are weighed,
a number that was said for several is shared out, and `precedence` chooses the current answer of each.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from mailer.ledger.draft import StandingDraft
from mailer.ledger.precedence import in_lieu, latest, places_asked
from mailer.ledger.revisions import Revisions
from mailer.ledger.shares import share_out
from mailer.ledger.weigh import COMES, NO_NUMBER, Weighed, is_outdated, rank, weigh
from mailer.model.attendance import DeliveryState, RecordedClaim, ReviewDecision, Standing
from mailer.model.entry import Trust
from mailer.model.finding import Answer, OptOut, PartStat

NOBODY = ""
"""Reference for mails that could not be matched to an invitee."""

UNINVITED = "uninvited"

BEYOND = "uninvited-many"
"""Reason code: the group of those who were not invited had all it takes in a day, so that this one is decided by itself."""

MOST_IN_A_DAY = 100
"""How many people who were not invited join the group of a campaign in a day: a decision for all is one for so many."""
"""Reason code: answer from a person the invitation was forwarded to.

It never becomes the invitee's own answer; accepting it puts a new invitee on the roll.
"""

REACTION = "reaction"
"""Reason code: an emoji that somebody put on our letter, which answers nothing."""


@dataclass(slots=True)
class _Sorted:
    """The statements about one person, sorted: answers of their own, answers of delegates, and what waits."""

    draft: StandingDraft
    waits: dict[int, str]
    decisions: Mapping[int, ReviewDecision]
    own: list[Weighed] = field(default_factory=list)
    delegates: list[Weighed] = field(default_factory=list)
    set_aside: list[Weighed] = field(default_factory=list)
    opted_out: bool = False


def settle(members: Sequence[StandingDraft], revisions: Revisions) -> list[Standing]:
    """Derive the complete standings of the members of one invitation from their drafts."""
    if members[0].invitee == NOBODY:
        return [_of_nobody(members[0])]
    people = [_sorted(draft, revisions) for draft in members]
    few: Collection[int] = ()
    if len(people) > 1:
        shared = share_out([one.own for one in people])
        few = shared.too_few
        for one, own in zip(people, shared.answers, strict=True):
            one.own = own
    return [_settled(one, revisions, few) for one in people]


def _of_nobody(draft: StandingDraft) -> Standing:
    """Return what waits of the mails that could not be matched to an invitee."""
    decided = {decision.entry for decision in draft.decisions}
    waits = {said.entry: said.why or "unmatched" for said in draft.statements if said.entry not in decided}
    return Standing(
        NOBODY,
        to_review=tuple(sorted(waits)),
        whys=tuple(waits[entry] for entry in sorted(waits)),
        last_entry=draft.last_entry,
    )


def _sorted(draft: StandingDraft, revisions: Revisions) -> _Sorted:
    one = _Sorted(draft, {}, {decision.entry: decision for decision in draft.decisions})
    one.opted_out = _opted_out(draft.statements, one.decisions, one.waits)
    _count(one, revisions)
    return one


def _settled(one: _Sorted, revisions: Revisions, few: Collection[int]) -> Standing:
    draft, waits = one.draft, one.waits
    refusals = [said.moment for said in one.delegates if said.answer.partstat is PartStat.DECLINED]
    stands, seats = latest(one.own, refusals, waits)
    if stands and stands.number.entry in few and stands.number.entry not in one.decisions:
        waits.setdefault(stands.number.entry, "number-to-check")
    for said in _numberless(one, stands):
        waits.setdefault(said.statement.entry, "number-to-check")
    glance = _to_glance(one, stands)
    stands, partstat, headcount = in_lieu(stands, one.delegates, waits)
    answered = stands if partstat is not PartStat.NEEDS_ACTION else None
    calendar = max((said for said in one.own if said.statement.sequence is not None), key=rank, default=None)
    entries = tuple(sorted(waits))
    number = answered.number if answered and headcount == answered.headcount else NO_NUMBER
    return Standing(
        invitee=draft.invitee,
        person=draft.person,
        delivery=DeliveryState.SUPPRESSED if one.opted_out else draft.delivery_ignoring_opt_out,
        delivery_detail=draft.delivery_detail,
        partstat=partstat,
        headcount=headcount,
        least=number.least,
        adults=number.adults,
        children=number.children,
        proxy_to=answered.proxy_to if answered else "",
        delegate=answered.answer.delegate or answered.statement.delegated_to if answered else "",
        channel=answered.statement.channel if answered else None,
        trust=answered.trust if answered else Trust.NOTHING,
        said_at=answered.moment if answered else None,
        answered_at=answered.moment if answered else None,
        sequence=calendar.statement.sequence if calendar else None,
        dtstamp=calendar.statement.dtstamp if calendar else None,
        comment=answered.comment if answered else "",
        note=draft.note,
        presence=draft.sightings[-1].presence if draft.sightings else None,
        to_review=entries,
        opted_out=one.opted_out,
        whys=tuple([waits[entry] for entry in entries]),
        absence=draft.absence,
        kept_back=draft.kept_back or any(entry not in one.decisions for entry in draft.challenges),
        told=draft.told,
        told_at=draft.told_at,
        asked_again="" if answered else _former(one.set_aside),
        cancelled_at=_cancelled_at(draft, revisions),
        withdrawn=draft.withdrawn_at is not None,
        delivery_ignoring_opt_out=draft.delivery_ignoring_opt_out,
        sightings=tuple(draft.sightings),
        seats=places_asked(seats, answered, partstat, headcount),
        last_entry=max(draft.last_entry, revisions.last_entry),
        to_glance=tuple(sorted(glance - waits.keys())) if answered else (),
    )


def _numberless(one: _Sorted, stands: Weighed | None) -> list[Weighed]:
    """Return the answers that name people whose number is not known, of somebody who comes and has told no number since."""
    if stands is None or stands.answer.partstat not in COMES:
        return []
    told = max((rank(said) for said in one.own if said.statement.entry == stands.number.entry), default=None)
    return [
        said
        for said in one.own
        if said.answer.number_to_check and not said.confirmed and (told is None or rank(said) >= told)
    ]


def _to_glance(one: _Sorted, stands: Weighed | None) -> set[int]:
    """Return the entries that staff may look over: what counts and is not certain, and every question nobody has answered.

    What staff wrote down of the person since has settled it.
    """
    if stands is None:
        return set()
    written = max((said.statement.entry for said in one.own if said.trust is Trust.STAFF), default=0)
    counts = {stands.statement.entry, stands.number.entry}
    return {
        said.statement.entry
        for said in one.own
        if not said.confirmed
        and said.statement.entry > written
        and (
            said.answer.asks
            or (said.statement.entry in counts and (said.answer.glance or said.asked_nothing))
        )
    }


def _former(set_aside: Sequence[Weighed]) -> str:
    """Return the word of the answer that a change of the meeting set aside; empty if there was none."""
    former = latest(set_aside, (), {})[0] if set_aside else None
    return former.answer.partstat.word if former else ""


def _cancelled_at(draft: StandingDraft, revisions: Revisions) -> datetime | None:
    whole, own = revisions.cancelled_at, draft.withdrawn_at
    return min(whole, own) if whole and own else whole or own


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


def _count(one: _Sorted, revisions: Revisions) -> None:
    """Sort the answers: those that count, those set aside by a change of the meeting, and those that wait."""
    draft, decisions, waits = one.draft, one.decisions, one.waits
    cancelled_at = _cancelled_at(draft, revisions)
    outdated: list[Weighed] = []
    for said in draft.statements:
        decided = decisions.get(said.entry)
        if isinstance(said.claim, OptOut) or (decided and not _counts(said, decided)):
            continue
        if not isinstance(said.claim, Answer):
            if decided is None and not _is_stale_counter(said, revisions):
                waits[said.entry] = said.why
            continue
        weighed = weigh(said, said.claim, decided, draft, revisions)
        if cancelled_at and weighed.moment > cancelled_at:
            continue
        if is_outdated(weighed, draft, revisions):
            if revisions.asked_again_at and said.recorded_at > revisions.asked_again_at:
                outdated.append(weighed)
            elif not said.delegated_from and (decided or not said.held):
                one.set_aside.append(weighed)
        elif said.delegated_from:
            one.delegates.append(weighed)
        elif said.held and decided is None:
            waits[said.entry] = said.why
        else:
            one.own.append(weighed)
            if said.claim.delegate and not weighed.confirmed:
                waits[said.entry] = "names-a-delegate"
    newest = max((said.moment for said in one.own), default=None)
    for late in outdated:
        # A calendar program may send an old answer again; a person who writes after their answer has changed their mind.
        if newest is None or (late.statement.sequence is None and late.moment > newest):
            waits[late.statement.entry] = "older-version"
    if one.own:
        for said in draft.statements:
            if said.why == REACTION:  # it was seen, and more is known already
                waits.pop(said.entry, None)


def _counts(said: RecordedClaim, decided: ReviewDecision) -> bool:
    """Return whether staff accepted the statement as the person's own."""
    return decided.applied and said.why != UNINVITED


def _is_stale_counter(said: RecordedClaim, revisions: Revisions) -> bool:
    """Return whether a counter-proposal is about an earlier revision of the meeting.

    Thunderbird also accepts a COUNTER only if its SEQUENCE equals that of the invitation.
    """
    return said.why == "counter" and said.sequence is not None and said.sequence < revisions.sequence
