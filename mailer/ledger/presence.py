"""Who was seen at the meeting, person by person."""

from __future__ import annotations

from collections.abc import Sequence

from mailer.model.attendance import Sighting
from mailer.model.entry import Presence


def presence(sightings: Sequence[Sighting], place: int = 0) -> Presence | None:
    """What was last said of the person at `place`, or with 0 of the invitee: one who is there is enough."""
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
