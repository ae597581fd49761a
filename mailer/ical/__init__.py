"""The meeting as calendars exchange it: iTIP out, iTIP in."""

from mailer.ical.read import MAX_SIZE, Attendee, CalendarObject, read
from mailer.ical.read_back import span
from mailer.ical.write import cancel, decline_counter, own_lines, publish, request

__all__ = [
    "MAX_SIZE",
    "Attendee",
    "CalendarObject",
    "cancel",
    "decline_counter",
    "own_lines",
    "publish",
    "read",
    "request",
    "span",
]
