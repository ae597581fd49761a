"""The meeting that people are invited to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Meeting:
    """A meeting with its time and place.

    `starts` and `ends` are aware, in `zone` (an IANA name). Where `all_day`, both are midnights, and `ends`
    is the one after the last day. `place` is a full postal address on one line, since calendar programs
    ignore GEO.
    """

    title: str
    starts: datetime
    ends: datetime
    zone: str
    place: str
    description: str = ""
    agenda: tuple[str, ...] = ()
    room: str = ""
    url: str = ""
    all_day: bool = False
    cancelled: bool = False
