"""Read start and end of the meeting back from a calendar object of ours, so that they can be compared with what was meant."""

from __future__ import annotations

from datetime import date, datetime

from icalendar import Calendar, Event


def start_and_end(content: bytes) -> tuple[datetime | date, datetime | date] | None:
    """Return start and end of the only VEVENT, as dates for whole days, else as datetimes; None if they cannot be read."""
    try:
        events = [event for event in Calendar.from_ical(content).walk("VEVENT") if isinstance(event, Event)]
        starts, ends = events[0].start, events[0].end
    except (ValueError, LookupError):
        return None
    return (starts, ends) if len(events) == 1 else None
