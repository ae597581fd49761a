"""Attendance rows: one per person, in the order of the lists."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace

from mailer.ledger.presence import presence
from mailer.model.attendance import DeliveryState, Row, Standing
from mailer.model.finding import PartStat
from mailer.model.people import Invitee


def rows(
    roll: Sequence[Invitee], standings: Mapping[str, Standing], suppressed: Collection[str] = ()
) -> list[Row]:
    """Return one row for every person on the roll.

    `suppressed` are the references of those who objected in an earlier campaign. Where several people share an
    address, their headcount is split: one each, and the rest goes to the first.
    """
    return [row for invitee in roll for row in _people(invitee, _standing(invitee, standings, suppressed))]


def _standing(invitee: Invitee, standings: Mapping[str, Standing], suppressed: Collection[str]) -> Standing:
    standing = standings.get(invitee.ref) or Standing(invitee.ref)
    barred = invitee.ref in suppressed and standing.delivery is DeliveryState.QUEUED
    return replace(standing, delivery=DeliveryState.SUPPRESSED) if barred else standing


def _people(invitee: Invitee, standing: Standing) -> Iterator[Row]:
    shares = _shares(standing, len(invitee.people))
    for place, (person, share) in enumerate(zip(invitee.people, shares, strict=True), 1):
        seen = presence(standing.sightings, place) if standing.sightings else None
        yield Row(person, standing, share, seen, place)


def _shares(standing: Standing, people: int) -> list[int | None]:
    """Split a headcount over the people of an address: 3 for a couple is 2 and 1, and 1 is 1 and 0."""
    heads = standing.headcount
    if heads is None or standing.partstat is PartStat.NEEDS_ACTION:
        return [None] * people
    if heads == 0:
        return [None] * people
    shares = [1 if place < heads else 0 for place in range(people)]
    shares[0] += max(0, heads - people)
    return list(shares)
