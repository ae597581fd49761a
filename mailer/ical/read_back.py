"""When an object we wrote says the meeting is, as a library we did not write reads it."""

from __future__ import annotations

from datetime import date, datetime

from icalendar import Calendar, Event


def span(content: bytes) -> tuple[datetime | date, datetime | date] | None:
    """Read start and end of the one VEVENT: instants, or dates for whole days; None where they cannot be read."""
    try:
        events = [event for event in Calendar.from_ical(content).walk("VEVENT") if isinstance(event, Event)]
        starts, ends = events[0].start, events[0].end
    except (ValueError, LookupError):
        return None
    return (starts, ends) if len(events) == 1 else None
