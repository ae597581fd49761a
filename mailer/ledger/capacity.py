"""Places and waiting list of a meeting with limited capacity, served in the order people asked.

Theory of operation. Nothing is stored: places follow from the answers and the capacity, so no code path can give out
more places than there are. Every yes asks for seats at the time it was given; a later, larger headcount asks for the
additional seats at the later time. Requests are served in that order and not split. The first request that does
not fit makes all later ones wait, so nobody is overtaken, and nobody who has a place loses it to a later request.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from mailer.model.attendance import Places, SeatRequest, Standing
from mailer.model.people import Invitee


@dataclass(frozen=True, slots=True)
class _Request:
    asked_at: datetime
    heads: int


@dataclass(frozen=True, slots=True)
class _Party:
    """What the people of one address ask for together: the heads of each, by reference."""

    asked_at: datetime
    heads: Mapping[str, int]

    @property
    def total(self) -> int:
        return sum(self.heads.values())


def places(roll: Iterable[Invitee], standings: Mapping[str, Standing], capacity: int) -> Places:
    """Assign places to the accepted answers; capacity 0 means no limit.

    A yes without a headcount asks for one place. People of one address who ask with one answer get their places together.
    """
    confirmed: dict[str, int] = {}
    waiting: dict[str, int] = {}
    left = capacity
    for party in sorted(_parties(roll, standings), key=lambda party: party.asked_at):
        waits = waiting or (capacity and party.total > left)
        given = waiting if waits else confirmed
        for person, heads in party.heads.items():
            given[person] = given.get(person, 0) + heads
        left -= 0 if waits else party.total
    return Places(capacity, confirmed, waiting)


def promoted(before: Places, after: Places) -> list[str]:
    """Return the references that were on the waiting list and now have all their places, in waiting order."""
    return [ref for ref in before.waiting if ref not in after.waiting and ref in after.confirmed]


def _parties(roll: Iterable[Invitee], standings: Mapping[str, Standing]) -> list[_Party]:
    parties: list[_Party] = []
    for invitee in roll:
        together: dict[datetime, dict[str, int]] = defaultdict(dict)
        for person in invitee.members:
            standing = standings.get(person.ref)
            if standing and standing.seats and not standing.cancelled_at:
                for request in _of_one(standing.seats):
                    heads = together[request.asked_at]
                    heads[person.ref] = heads.get(person.ref, 0) + request.heads
        parties += [_Party(at, heads) for at, heads in together.items()]
    return parties


def _of_one(seats: Sequence[SeatRequest]) -> list[_Request]:
    """Turn a person's successive totals into requests for the seats each one added.

    A lower total gives back the seats that were asked for last.
    """
    requests: list[_Request] = []
    total = 0
    for seat in seats:
        wanted = 1 if seat.heads is None else seat.heads
        while requests and total > wanted:
            last = requests.pop()
            total -= last.heads
            if total < wanted:
                requests.append(_Request(last.asked_at, wanted - total))
                total = wanted
        if wanted > total:
            requests.append(_Request(seat.asked_at, wanted - total))
            total = wanted
    return requests
