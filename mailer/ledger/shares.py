"""Share out a number of people that was said for everybody at one address.

One each for those who come with that answer, and the rest on the first of them, so that the lines add up to the number:
children, too, since the members are taken for adults. Both ends of a range are shared out.
Who has a number by name keeps it. What each gets depends on what was said until then, not on what is said later: a
later word about one of them changes nobody else's number.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from mailer.ledger.precedence import latest
from mailer.ledger.weigh import COMES, NO_NUMBER, Number, Weighed, rank


@dataclass(frozen=True, slots=True)
class Shared:
    """The answers of each person with their own numbers, and the entries whose number is too small for all who come."""

    answers: Sequence[list[Weighed]]
    too_few: frozenset[int]


def share_out(people: Sequence[list[Weighed]]) -> Shared:
    """Replace each number said for several by everybody's share of it; `people` has the answers of each."""
    answers = list(people)
    numbers = {
        said.statement.entry: said
        for own in people
        for said in own
        if said.statement.shared and said.headcount
    }
    too_few: set[int] = set()
    for number in sorted(numbers.values(), key=rank):
        said, entry = number.number, number.statement.entry
        shares, coming, others = _shares(number, answers, said.heads or 0)
        least = _shares(number, answers, said.least)[0] if said.least else {}
        if coming > (said.heads or 0) and number.answer.partstat in COMES:
            too_few.add(entry)
        apart = {place: _apart(said, shares[place], first=turn == 0) for turn, place in enumerate(others)}
        for place, own in enumerate(answers):
            heads, low = shares.get(place), least.get(place)
            adults, children = apart.get(place, (None, None))
            share = Number(heads, low if low != heads else None, adults, children, entry)
            answers[place] = _with_number(own, entry, NO_NUMBER if heads is None else share)
    return Shared(answers, frozenset(too_few))


def _apart(said: Number, heads: int, *, first: bool) -> tuple[int | None, int | None]:
    """Return how many of the people on one line are adults and how many children, where these were told apart."""
    children = said.children if first else None
    if (children or 0) > heads - 1 or said.least is not None:
        return None, None
    return heads - (children or 0) if said.adults else None, children


def _shares(
    number: Weighed, people: Sequence[list[Weighed]], heads: int
) -> tuple[Mapping[int, int], int, Sequence[int]]:
    """Return how many of `heads` each of those who come gets, by their place, how many of them there are, and who of them has none by name."""
    known = [_known(own, number) for own in people]
    coming = [place for place, one in enumerate(known) if one is not None]
    by_name = {place: one for place, one in enumerate(known) if one}
    others = [place for place in coming if place not in by_name]
    rest = heads - sum(by_name.values())
    if rest < len(others) or (rest and not others):
        by_name, others, rest = {}, coming, heads  # both cannot be true: the answers by name will contradict
    shares = {place: 1 if turn < rest else 0 for turn, place in enumerate(others)}
    if others:
        shares[others[0]] += max(0, rest - len(others))
    return shares | by_name, len(coming), others


def _known(own: Sequence[Weighed], number: Weighed) -> int | None:
    """Return how many somebody said by name before, 0 if nothing; None if they do not come with this answer."""
    said = next((one for one in own if one.statement.entry == number.statement.entry), None)
    if said is None:
        return None
    before = [one for one in own if rank(one) < rank(said)]
    after, _ = latest([*before, replace(said, number=NO_NUMBER)], (), {})
    if after is None or after.answer.partstat is not said.answer.partstat:
        return None
    stands, _ = latest(before, (), {})
    if stands is None or stands.statement.shared or stands.answer.partstat is not said.answer.partstat:
        return 0
    return stands.answer.headcount or 0


def _with_number(own: Sequence[Weighed], entry: int, share: Number) -> list[Weighed]:
    return [replace(one, number=share) if one.statement.entry == entry else one for one in own]
