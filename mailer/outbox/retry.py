"""When a message that could not be delivered is tried again, and when it is given up.

RFC 5321 section 4.5.4.1 asks for at least 30 minutes between tries, two in the first hour, then one every two or
three hours, for four or five days. An invitation is useless once the meeting has begun, so it ends before that.
Servers that make strangers wait (greylisting) let the second try pass after a few minutes.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from mailer.model.meeting import Meeting

FIRST_HOUR = (timedelta(minutes=30), timedelta(minutes=30))
LATER = timedelta(hours=2, minutes=30)
GREYLISTED = timedelta(minutes=10)
AT_LEAST = timedelta(minutes=30)
MOST_TRIES = 40
"""Four days of tries."""

BEFORE_THE_MEETING = timedelta(hours=1)
AFTER_THE_MEETING = timedelta(days=7)


def retry_at(attempts: int, now: datetime, deadline: datetime, *, soon: bool = False) -> datetime | None:
    """Return the moment of the next try after `attempts` of them; None where the deadline leaves no time.

    `soon`: the server only makes strangers wait.
    """
    if attempts >= MOST_TRIES:
        return None
    if soon and attempts <= 1:
        delay = GREYLISTED
    elif attempts <= len(FIRST_HOUR):
        delay = FIRST_HOUR[max(attempts, 1) - 1]
    else:
        delay = LATER
    if now + delay < deadline:
        return now + delay
    left = deadline - now
    return now + left / 2 if left >= 2 * AT_LEAST else None


def deadline(meeting: Meeting, now: datetime, *, late: bool = False) -> datetime:
    """When to stop trying: an hour before the meeting; in its last hour, such as for a cancellation, when it begins.

    `late`: what leaves is for after the meeting, and loses its sense a week later.
    """
    if late:
        return meeting.ends + AFTER_THE_MEETING
    early = meeting.starts - BEFORE_THE_MEETING
    return early if now < early else meeting.starts
