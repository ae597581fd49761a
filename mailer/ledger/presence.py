"""Presence of an invitee's people at the meeting."""

from __future__ import annotations

from collections.abc import Sequence

from mailer.model.attendance import Sighting
from mailer.model.entry import Presence


def presence(sightings: Sequence[Sighting], place: int = 0) -> Presence | None:
    """Return the last presence noted for the person at `place`; 0 stands for the invitee, present if anyone is."""
    last: dict[int, Sighting] = {}
    for seen in sightings:
        if seen.place == 0:
            last.clear()
        last[seen.place] = seen
    if place:
        told = last.get(place) or last.get(0)
        return told.presence if told else None
    if any(seen.presence is Presence.PRESENT for seen in last.values()):
        return Presence.PRESENT
    return next((seen.presence for seen in reversed(last.values())), None)
