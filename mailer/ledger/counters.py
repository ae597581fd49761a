"""Count a campaign's answers, deliveries, presences and open decisions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from mailer.ledger.settle import NOBODY
from mailer.model.attendance import Counters, DeliveryState, PersonState, Row, Standing
from mailer.model.entry import Presence, Trust
from mailer.model.finding import PartStat

_LOST = (DeliveryState.FAILED, DeliveryState.BOUNCED)
_OUT_OF_REACH = (PersonState.WITHDRAWN, PersonState.CANCELLED)


def count(people: Sequence[Row], standings: Mapping[str, Standing], revision: int = 0) -> Counters:
    """Count the attendance rows of everybody on the roll; `revision` is the present one of the meeting, 0 for none."""
    delivery = Counter(row.standing.delivery for row in people)
    answers = Counter(row.standing.partstat for row in people)
    presence = Counter(row.presence for row in people)
    states = Counter(row.state for row in people)
    instead = _instead(people)
    nobody = standings.get(NOBODY)
    return Counters(
        contacts=len(people),
        addresses=len({row.standing.invitee for row in people}),
        delivery={state.value: delivery[state] for state in DeliveryState},
        answers={partstat.word: answers[partstat] for partstat in _ANSWERS},
        states={state.value: states[state] for state in PersonState},
        presence={seen.value: presence[seen] for seen in Presence},
        headcount=sum(map(heads, people)),
        headcount_least=sum(map(_least, people)),
        headcount_perhaps=_perhaps(people) + instead,
        headcount_instead=instead,
        letters=len(
            {(row.standing.invitee, one.key) for row in people for one in row.standing.told if one.is_held}
        ),
        unreachable=sum(map(is_unreachable, people)),
        untold=sum(is_untold(row, revision) for row in people),
        glance=sum(row.standing.glance for row in people),
        review=sum(row.standing.review for row in people) + (len(nobody.to_review) if nobody else 0),
    )


_ANSWERS = (
    PartStat.ACCEPTED,
    PartStat.DECLINED,
    PartStat.TENTATIVE,
    PartStat.DELEGATED,
    PartStat.NEEDS_ACTION,
)


def heads(row: Row) -> int:
    """Return the number of seats a row asks for: the number that was said, or one for a yes without a number."""
    if row.is_off or row.standing.partstat is PartStat.TENTATIVE:
        return 0
    if row.standing.partstat is PartStat.ACCEPTED and row.standing.headcount is None:
        return 1
    return row.party_size or 0


def _least(row: Row) -> int:
    """Return the smallest number of seats a row asks for."""
    return heads(row) if row.least is None else min(row.least, heads(row))


def _perhaps(people: Sequence[Row]) -> int:
    """Return how many those bring who said that they may come."""
    may = [row.standing for row in people if row.standing.partstat is PartStat.TENTATIVE and not row.is_off]
    return sum(1 if one.headcount is None else one.headcount for one in may)


def _instead(people: Sequence[Row]) -> int:
    """Return how many are said to come instead of somebody, which nobody has confirmed.

    Who is sent for several of one address is counted once. Whom staff gave a line of their own is counted there.
    """
    sent = [
        row.standing
        for row in people
        if row.standing.partstat in (PartStat.DELEGATED, PartStat.DECLINED) and not row.is_off
    ]
    return len(
        {
            (one.invitee, one.delegate)
            for one in sent
            if one.delegate and not one.headcount and one.trust is not Trust.STAFF
        }
    )


def is_unreachable(row: Row) -> bool:
    """Return whether no mail reaches the person and they have not answered either."""
    if row.standing.partstat is not PartStat.NEEDS_ACTION:
        return False
    return row.standing.delivery in _LOST or row.person.has_no_address


def is_untold(row: Row, revision: int) -> bool:
    """Return whether the person holds a letter that speaks of an earlier revision of the meeting than this one.

    Who is not written to any more does not count, nor who was erased, nor who had one letter, which came back.
    """
    if not revision:
        return False
    letters = [one for one in row.standing.told if one.is_held and one.key.kind.is_invitation]
    came_back = row.standing.delivery_ignoring_opt_out is DeliveryState.BOUNCED
    if row.person.erased or row.state in _OUT_OF_REACH or not letters or (came_back and len(letters) == 1):
        return False
    return max(one.revision for one in letters) < revision
