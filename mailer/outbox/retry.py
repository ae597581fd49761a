"""When a message that was refused temporarily is tried again, and when it is given up.

RFC 5321 section 4.5.4.1 asks for at least 30 minutes between tries, two in the first hour, then one every two
or three hours, for four or five days. Tries end before the meeting, after which an invitation is useless.
Servers with greylisting refuse the first message of an unknown sender and accept the second after a few
minutes.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from mailer.model.meeting import Meeting
from mailer.model.outcome import Reply, Stage

FIRST_HOUR = (timedelta(minutes=30), timedelta(minutes=30))
LATER = timedelta(hours=2, minutes=30)
GREYLISTED = timedelta(minutes=10)
AT_LEAST = timedelta(minutes=30)
GIVEN_BACK = timedelta(minutes=30)
"""When a message is tried again by itself whose refusal may be about the account or the server."""
MOST_TRIES = 40
"""Four days of tries at these intervals."""

BEFORE_THE_MEETING = timedelta(hours=1)
AFTER_THE_MEETING = timedelta(days=7)


def retry_at(attempts: int, now: datetime, deadline: datetime, *, soon: bool = False) -> datetime | None:
    """Return the time of the next try after `attempts` tries; None if there is none before the deadline.

    `soon` says that the server does greylisting.
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


def given_back_until(reply: Reply, now: datetime, pause: datetime) -> datetime | None:
    """Return when a message is tried again whose refusal may be about the account; `pause` is how long sending pauses.

    None means at once: a refusal of the connection is about no message.
    """
    if reply.stage in (Stage.CONNECT, Stage.AUTH) or reply.code < 400:
        return None
    return now + GIVEN_BACK if reply.code >= 500 else max(pause, now + timedelta(microseconds=1))


def deadline(meeting: Meeting, now: datetime, *, late: bool = False) -> datetime:
    """Return when to stop trying: an hour before the meeting, or its start if that hour has begun.

    A message for after the meeting (`late`) is tried until a week after its end.
    """
    if late:
        return meeting.ends + AFTER_THE_MEETING
    early = meeting.starts - BEFORE_THE_MEETING
    return early if now < early else meeting.starts
