"""The meeting people are invited to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Meeting:
    """One meeting.

    `starts` and `ends` are aware, in the zone `zone` (an IANA name) they were written in. Where `all_day`,
    both are midnights and `ends` is the first midnight after the last day. `place` is a full postal address
    on one line.
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
