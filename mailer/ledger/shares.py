"""Share out a number of people that was said for everybody at one address.

One each for those who come with that answer, and the rest on the first of them, so that the lines add up to the number.
Who has a number by name keeps it. What each gets depends on what was said until then, not on what is said later: a
later word about one of them changes nobody else's number.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from mailer.ledger.precedence import latest
from mailer.ledger.weigh import COMES, Weighed, rank


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
        shares, coming = _shares(number, answers)
        entry = number.statement.entry
        if coming > (number.headcount or 0) and number.answer.partstat in COMES:
            too_few.add(entry)
        answers = [_with_number(own, entry, shares.get(place)) for place, own in enumerate(answers)]
    return Shared(answers, frozenset(too_few))


def _shares(number: Weighed, people: Sequence[list[Weighed]]) -> tuple[Mapping[int, int], int]:
    """Return how many each of those who come gets, by their place, and how many of them there are."""
    heads = number.headcount or 0
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
    return shares | by_name, len(coming)


def _known(own: Sequence[Weighed], number: Weighed) -> int | None:
    """Return how many somebody said by name before, 0 if nothing; None if they do not come with this answer."""
    said = next((one for one in own if one.statement.entry == number.statement.entry), None)
    if said is None:
        return None
    before = [one for one in own if rank(one) < rank(said)]
    after, _ = latest([*before, replace(said, headcount=None)], (), {})
    if after is None or after.answer.partstat is not said.answer.partstat:
        return None
    stands, _ = latest(before, (), {})
    if stands is None or stands.statement.shared or stands.answer.partstat is not said.answer.partstat:
        return 0
    return stands.answer.headcount or 0


def _with_number(own: Sequence[Weighed], entry: int, share: int | None) -> list[Weighed]:
    return [
        replace(one, headcount=share, number_of=0 if share is None else entry)
        if one.statement.entry == entry
        else one
        for one in own
    ]
