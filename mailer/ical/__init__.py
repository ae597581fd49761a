"""Writing and reading of iCalendar objects (iTIP, RFC 5546), the calendar part of invitations and answers."""

from mailer.ical.read import MAX_SIZE, Attendee, CalendarObject, read
from mailer.ical.read_back import start_and_end
from mailer.ical.write import cancel, decline_counter, mailto, publish, request
from mailer.ical.write_lines import folded, parameter_value, text_value, unfolded, utc_value

__all__ = [
    "MAX_SIZE",
    "Attendee",
    "CalendarObject",
    "cancel",
    "decline_counter",
    "folded",
    "mailto",
    "parameter_value",
    "publish",
    "read",
    "request",
    "start_and_end",
    "text_value",
    "unfolded",
    "utc_value",
]
