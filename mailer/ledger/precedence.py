"""Choose which of an invitee's answers is the current one.

Theory of operation. Answers are sorted by the time they were given and read in that order. A later answer replaces an
earlier one, unless it contradicts one of higher trust, or names nobody and contradicts one by name, or comes from an
address that is not the person's and has not answered for them before; then it waits for staff to review it. Because of
the sorting, the order in which mails were read does not matter. Times are the sender's: an answer that came in after the
one that counts, says something else, and is the earlier by its own clock alone waits, too: it may be an old one, sent again.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime

from mailer.ledger.waiting import together
from mailer.ledger.weigh import COMES, Weighed, confirm, is_delegation, rank
from mailer.model.address import normal
from mailer.model.attendance import RecordedClaim, SeatRequest
from mailer.model.entry import Trust
from mailer.model.finding import Answer, PartStat


def latest(
    own: Sequence[Weighed], refusals: Sequence[datetime], waits: dict[int, str]
) -> tuple[Weighed | None, list[SeatRequest]]:
    """Return the current one of the invitee's own answers, and the seats it asks for.

    An answer that staff accepted although it contradicts one of higher trust counts as given by staff at the time of
    their decision. `refusals` are the times at which delegates declined; the represented person's seat is free from
    then.
    """
    stands: Weighed | None = None
    seats: list[SeatRequest] = []
    overruled: list[Weighed] = []
    senders: set[str] = set()
    for said in sorted(own, key=rank):
        if stands and _is_overruled(said, stands, senders):
            if said.decided and (said.is_own or not stands.is_own):
                promoted = confirm(said)
                return latest([promoted if other is said else other for other in own], refusals, waits)
            overruled.append(said)
            continue
        overruled.clear()
        senders.add(said.statement.sender)
        if stands and is_delegation(stands.answer) and any(moment < said.moment for moment in refusals):
            seats.clear()
        stands = _merged(stands, said)
        if stands is None or not _keeps_seats(stands.answer):
            seats.clear()
        elif stands.answer.partstat is PartStat.ACCEPTED:
            _ask(seats, said.moment, stands.headcount)
    waits.update((said.statement.entry, _why(said, stands)) for said in overruled)
    if stands is not None:
        waits.update((said.statement.entry, "earlier-by-date") for said in own if _came_later(said, stands))
    return stands, seats


def _is_overruled(said: Weighed, stands: Weighed, senders: Collection[str]) -> bool:
    """Return whether an answer waits since another stands; `senders` are those who answered for the person so far."""
    if not said.contradicts(stands):
        return False
    if _is_dated_earlier(said, stands):
        return True
    if said.asked_nothing:
        return True
    if stands.is_own and not said.is_own:
        return True
    if said.trust is Trust.CAPABILITY and said.statement.sender and stands.trust is not Trust.STAFF:
        return said.statement.sender not in senders
    return said.trust < stands.trust


def _came_later(said: Weighed, stands: Weighed) -> bool:
    """Return whether an answer that another one replaced came in after that one, and says something else."""
    if said.decided or said.arrived is None or stands.arrived is None:
        return False
    # What comes in within the same second is read in the order of the mailbox, and recorded in that order.
    later = (said.arrived, said.statement.entry) > (stands.arrived, stands.statement.entry)
    return later and rank(said) < rank(stands) and said.contradicts(stands)


def _is_dated_earlier(said: Weighed, stands: Weighed) -> bool:
    dated = said.statement.dated_at
    return dated is not None and dated < stands.moment and said.trust is not Trust.STAFF


def _why(said: Weighed, stands: Weighed | None) -> str:
    if stands and _is_dated_earlier(said, stands):
        return "earlier-by-date"
    if said.asked_nothing:
        return "asked-nothing"
    return "shared-contradicts" if stands and stands.is_own and not said.is_own else "lower-trust"


def _keeps_seats(answer: Answer) -> bool:
    """Return whether the answer keeps the seats asked for so far: a yes, or a delegate who takes the invitee's place.

    A delegate with a line of their own asks for a seat there.
    """
    return answer.partstat is PartStat.ACCEPTED or (is_delegation(answer) and answer.headcount != 0)


def _ask(seats: list[SeatRequest], moment: datetime, heads: int | None) -> None:
    if not seats or seats[-1].heads != heads:
        seats.append(SeatRequest(moment, heads))


def places_asked(
    seats: list[SeatRequest], answered: Weighed | None, partstat: PartStat, headcount: int | None
) -> tuple[SeatRequest, ...]:
    """Return the seats asked for in the end; a seat stays reserved while a delegate has not confirmed."""
    if answered is None or partstat is PartStat.TENTATIVE:
        return ()
    if partstat is not PartStat.ACCEPTED and headcount:
        _ask(seats, answered.moment, headcount)
    return tuple(seats)


def _merged(before: Weighed | None, said: Weighed) -> Weighed | None:
    """Combine two successive answers.

    A later one without a number keeps the earlier number, and one that says the same answer keeps what was remarked before, and
    who holds the proxy.
    """
    if said.answer.partstat is PartStat.NEEDS_ACTION:
        return None
    if before is None:
        return said
    both_come = before.answer.partstat in COMES and said.answer.partstat in COMES
    number = before if said.headcount is None and both_come else said
    if said.answer.partstat is not before.answer.partstat:
        return replace(said, number=number.number)
    surer = said if (said.is_own, said.trust) >= (before.is_own, before.trust) else before
    return replace(
        said if said.contradicts(before) else surer,
        number=number.number,
        comment=together(before.comment, said.comment),
        proxy_to=said.proxy_to or before.proxy_to,
    )


def in_lieu(
    stands: Weighed | None, delegates: Sequence[Weighed], waits: dict[int, str]
) -> tuple[Weighed | None, PartStat, int | None]:
    """Apply the answers of delegates for the invitee who named them (RFC 5546 section 3.2.2.3); others wait for review.

    A delegate comes in place of the invitee. If the delegate declines, the invitee has to be asked again.
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
    """Return whether the invitee named this delegate; some calendar programs send a delegation without a name."""
    named = announced.statement.delegated_to
    return not named or normal(named) == normal(delegate.attendee)
