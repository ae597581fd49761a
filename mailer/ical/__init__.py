"""Writing and reading of iCalendar objects (iTIP, RFC 5546), the calendar part of invitations and answers."""

from mailer.ical.read import MAX_SIZE, Attendee, CalendarObject, read
from mailer.ical.read_back import start_and_end
from mailer.ical.write import cancel, decline_counter, invitee_lines, publish, request

__all__ = [
    "MAX_SIZE",
    "Attendee",
    "CalendarObject",
    "cancel",
    "decline_counter",
    "invitee_lines",
    "publish",
    "read",
    "request",
    "start_and_end",
]
