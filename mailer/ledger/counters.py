"""Count a campaign's answers, deliveries, presences and open decisions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence

from mailer.ledger.rows import rows
from mailer.model.attendance import Counters, DeliveryState, Row, Standing
from mailer.model.entry import Presence
from mailer.model.finding import PartStat
from mailer.model.people import Invitee

_LOST = (DeliveryState.FAILED, DeliveryState.BOUNCED)


def count(
    roll: Sequence[Invitee], standings: Mapping[str, Standing], suppressed: Collection[str] = ()
) -> Counters:
    """Count deliveries, answers, presence and pending reviews over everybody on the roll."""
    waiting = sum(len(standing.to_review) for standing in standings.values())
    return tally(rows(roll, standings, suppressed), len(roll), waiting)


def tally(people: Sequence[Row], addresses: int, waiting: int) -> Counters:
    """Count attendance rows; `addresses` is the number of invitees and `waiting` that of entries to review."""
    delivery = Counter(row.standing.delivery for row in people)
    answers = Counter(row.standing.partstat for row in people)
    presence = Counter(row.presence for row in people)
    sure = sum(map(heads, people))
    return Counters(
        contacts=len(people),
        addresses=addresses,
        delivery={state.value: delivery[state] for state in DeliveryState},
        answers={partstat.word: answers[partstat] for partstat in _ANSWERS},
        presence={seen.value: presence[seen] for seen in Presence},
        headcount=sure,
        turnout=(sure, sure + sum(map(_perhaps, people))),
        unreachable=sum(map(is_unreachable, people)),
        review=waiting,
    )


_ANSWERS = (
    PartStat.ACCEPTED,
    PartStat.DECLINED,
    PartStat.TENTATIVE,
    PartStat.DELEGATED,
    PartStat.NEEDS_ACTION,
)


def heads(row: Row) -> int:
    """Return the number of seats a row asks for: its share of the headcount, or one for a yes without a number."""
    if row.standing.cancelled_at or row.standing.partstat is PartStat.TENTATIVE:
        return 0
    if row.standing.partstat is PartStat.ACCEPTED and row.standing.headcount is None:
        return 1
    return row.party_size or 0


def _perhaps(row: Row) -> int:
    """Return how many more people a row may bring."""
    standing = row.standing
    if standing.cancelled_at:
        return 0
    if standing.partstat is PartStat.TENTATIVE:
        return 1 if standing.headcount is None else row.party_size or 0
    sends_somebody = standing.partstat in (PartStat.DELEGATED, PartStat.DECLINED) and standing.delegate
    return 1 if sends_somebody and not standing.headcount and row.place == 1 else 0


def is_unreachable(row: Row) -> bool:
    """Return whether no mail reaches the person and they have not answered either."""
    if row.standing.partstat is not PartStat.NEEDS_ACTION:
        return False
    return row.standing.delivery in _LOST or not row.contact.email
