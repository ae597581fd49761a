"""Who has a place and who waits for one: first come, first served.

Theory of operation. Nothing is stored: places follow from the answers and the capacity, whatever changed either, so no
path can give out more than there are. Every yes asks for seats at its moment; more companions ask for more seats when
they are announced, behind those who asked before. Requests are served in that order and not split; the first that does
not fit makes all later ones wait, so nobody is overtaken, and who has a place keeps it whatever others ask later.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from mailer.model.attendance import Places, SeatRequest, Standing
from mailer.model.invitation import Invitee


@dataclass(frozen=True, slots=True)
class _Request:
    asked_at: datetime
    invitee: str
    heads: int


def places(roll: Sequence[Invitee], standings: Mapping[str, Standing], capacity: int) -> Places:
    """Give out the places; capacity 0 is no limit.

    A yes without a number asks for one place for each person behind the address.
    """
    confirmed: dict[str, int] = {}
    waiting: dict[str, int] = {}
    left = capacity
    for request in sorted(_requests(roll, standings), key=lambda request: request.asked_at):
        if waiting or (capacity and request.heads > left):
            waiting[request.invitee] = waiting.get(request.invitee, 0) + request.heads
        else:
            confirmed[request.invitee] = confirmed.get(request.invitee, 0) + request.heads
            left -= request.heads
    return Places(capacity, confirmed, waiting)


def promoted(before: Places, after: Places) -> list[str]:
    """Name those who waited and now have all their places, in the order they waited."""
    return [ref for ref in before.waiting if ref not in after.waiting and ref in after.confirmed]


def _requests(roll: Sequence[Invitee], standings: Mapping[str, Standing]) -> list[_Request]:
    requests: list[_Request] = []
    for invitee in roll:
        standing = standings.get(invitee.ref)
        if standing and standing.seats and not standing.cancelled_at:
            requests += _of_one(invitee, standing.seats)
    return requests


def _of_one(invitee: Invitee, seats: Sequence[SeatRequest]) -> list[_Request]:
    """Turn totals into what each added; who wants fewer gives back what was asked for last."""
    requests: list[_Request] = []
    total = 0
    for seat in seats:
        wanted = len(invitee.people) if seat.heads is None else seat.heads
        while requests and total > wanted:
            last = requests.pop()
            total -= last.heads
            if total < wanted:
                requests.append(_Request(last.asked_at, invitee.ref, wanted - total))
                total = wanted
        if wanted > total:
            requests.append(_Request(seat.asked_at, invitee.ref, wanted - total))
            total = wanted
    return requests
