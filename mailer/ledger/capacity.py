"""Places and waiting list of a meeting with limited capacity, served in the order people asked.

Theory of operation. Nothing is stored: places follow from the answers and the capacity, so no code path can give out
more places than there are. Every yes asks for seats at the time it was given; a later, larger headcount asks for the
additional seats at the later time. Requests are served in that order and not split. The first request that does
not fit makes all later ones wait, so nobody is overtaken, and nobody who has a place loses it to a later request.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from mailer.model.attendance import Places, SeatRequest, Standing
from mailer.model.people import Invitee


@dataclass(frozen=True, slots=True)
class _Request:
    asked_at: datetime
    invitee: str
    heads: int


def places(roll: Sequence[Invitee], standings: Mapping[str, Standing], capacity: int) -> Places:
    """Assign places to the accepted answers; capacity 0 means no limit.

    A yes without a headcount asks for one place for each person behind the address.
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
    """Return the references that were on the waiting list and now have all their places, in waiting order."""
    return [ref for ref in before.waiting if ref not in after.waiting and ref in after.confirmed]


def _requests(roll: Sequence[Invitee], standings: Mapping[str, Standing]) -> list[_Request]:
    requests: list[_Request] = []
    for invitee in roll:
        standing = standings.get(invitee.ref)
        if standing and standing.seats and not standing.cancelled_at:
            requests += _of_one(invitee, standing.seats)
    return requests


def _of_one(invitee: Invitee, seats: Sequence[SeatRequest]) -> list[_Request]:
    """Turn an invitee's successive totals into requests for the seats each one added.

    A lower total gives back the seats that were asked for last.
    """
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
