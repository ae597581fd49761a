"""Which of the answers that count stands.

Theory of operation. They are put in one order, by the moment they were given, and gone through: a later one wins,
unless it contradicts a surer one; then it waits for a person. The order is made here, so that it does not matter in
which order mails were read.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from mailer.ledger.weigh import COMES, Weighed, is_delegation, rank
from mailer.model.address import normal
from mailer.model.attendance import RecordedClaim, SeatRequest
from mailer.model.entry import Trust
from mailer.model.finding import Answer, PartStat


def latest(
    own: Sequence[Weighed], refusals: Sequence[datetime], waits: dict[int, str]
) -> tuple[Weighed | None, list[SeatRequest]]:
    """Go through the invitee's own answers, oldest first; return the one that stands and the places it asks for.

    An answer a person let through although it contradicts a surer one counts from then on as theirs. `refusals` are
    when delegates declined: from then on the place of the one they stood for is free.
    """
    stands: Weighed | None = None
    seats: list[SeatRequest] = []
    overruled: list[Weighed] = []
    for said in sorted(own, key=rank):
        if stands and said.trust < stands.trust and said.contradicts(stands):
            if said.decided:
                promoted = replace(said, moment=said.decided.at, trust=Trust.STAFF)
                return latest([promoted if other is said else other for other in own], refusals, waits)
            overruled.append(said)
            continue
        overruled.clear()
        if stands and is_delegation(stands.answer) and any(moment < said.moment for moment in refusals):
            seats.clear()
        stands = _merged(stands, said)
        if stands is None or not _keeps_seats(stands.answer):
            seats.clear()
        elif stands.answer.partstat is PartStat.ACCEPTED:
            _ask(seats, said.moment, stands.headcount)
    waits.update((said.statement.entry, "lower-trust") for said in overruled)
    return stands, seats


def _keeps_seats(answer: Answer) -> bool:
    """Whoever comes instead takes the place of the one who had it."""
    return answer.partstat is PartStat.ACCEPTED or is_delegation(answer)


def _ask(seats: list[SeatRequest], moment: datetime, heads: int | None) -> None:
    if not seats or seats[-1].heads != heads:
        seats.append(SeatRequest(moment, heads))


def places_asked(
    seats: list[SeatRequest], answered: Weighed | None, partstat: PartStat, headcount: int | None
) -> tuple[SeatRequest, ...]:
    """The places asked for in the end; a place stays kept while it is not sure whether a delegate comes."""
    if answered is None or partstat is PartStat.TENTATIVE:
        return ()
    if partstat is not PartStat.ACCEPTED and headcount:
        _ask(seats, answered.moment, headcount)
    return tuple(seats)


def _merged(before: Weighed | None, said: Weighed) -> Weighed | None:
    """Let a later answer stand; where it gives no number, the number given before holds."""
    if said.answer.partstat is PartStat.NEEDS_ACTION:
        return None
    if before is None:
        return said
    both_come = before.answer.partstat in COMES and said.answer.partstat in COMES
    headcount = before.headcount if said.headcount is None and both_come else said.headcount
    if said.contradicts(before):
        return replace(said, headcount=headcount)
    surer = said if said.trust >= before.trust else before
    return replace(surer, headcount=headcount, comment=said.comment or before.comment)


def in_lieu(
    stands: Weighed | None, delegates: Sequence[Weighed], waits: dict[int, str]
) -> tuple[Weighed | None, PartStat, int | None]:
    """Let a delegate speak for the invitee who named them (RFC 5546 section 3.2.2.3); others wait.

    The delegate replaces the invitee and is not in addition. One who declines leaves the invitee to be asked again.
    """
    announced = stands if stands and stands.answer.partstat is PartStat.DELEGATED else None
    last: Weighed | None = None
    for said in sorted(delegates, key=rank):
        if said.decided or (announced and _is_named(announced, said.statement)):
            last = said
        else:
            waits[said.statement.entry] = said.statement.why or "delegate-unannounced"
    if last and (announced or last.decided):
        return _spoken_for(announced or last, last)
    if stands is None:
        return None, PartStat.NEEDS_ACTION, None
    if is_delegation(stands.answer) and not stands.confirmed:
        waits[stands.statement.entry] = "names-a-delegate"
    return stands, stands.answer.partstat, stands.headcount


def _spoken_for(stands: Weighed, delegate: Weighed) -> tuple[Weighed, PartStat, int | None]:
    match delegate.answer.partstat:
        case PartStat.ACCEPTED:
            return stands, PartStat.DELEGATED, delegate.answer.headcount or 1
        case PartStat.DECLINED:
            return stands, PartStat.NEEDS_ACTION, None
        case _:
            return stands, PartStat.DELEGATED, 0


def _is_named(announced: Weighed, delegate: RecordedClaim) -> bool:
    """Whether the invitee named this delegate; some programs name nobody."""
    named = announced.statement.delegated_to
    return not named or normal(named) == normal(delegate.attendee)
