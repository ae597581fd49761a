"""The limits that a pace sets for rolling windows, and how long a campaign takes at that pace."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable
from datetime import timedelta

from mailer.model.pace import Limit, Pace

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def limits(pace: Pace) -> tuple[Limit, ...]:
    """Return the limits of a pace; a 0 sets none."""
    overall = ((MINUTE, pace.per_minute), (HOUR, pace.per_hour), (DAY, pace.per_day))
    return (
        *(Limit(window, at_most) for window, at_most in overall if at_most),
        *(Limit(MINUTE, at_most, domain) for domain, at_most in pace.per_domain.items() if at_most),
    )


def duration(domains: Iterable[str], pace: Pace) -> timedelta:
    """Return how long messages to these domains take at least, if none were sent in the last windows.

    The time that the server needs for each message is not included.
    """
    counts = Counter(domains)
    found = limits(pace)
    overall = [limit for limit in found if not limit.domain]
    waits = [_wait(counts.total(), overall)]
    waits += [_wait(counts[limit.domain], [limit]) for limit in found if limit.domain]
    return max(waits)


def _wait(n: int, windows: list[Limit]) -> timedelta:
    """Return when the last of `n` messages can be sent, if each is sent as soon as every limit allows it."""
    gone: list[deque[timedelta]] = [deque(maxlen=window.at_most) for window in windows]
    at = timedelta()
    for _ in range(n):
        for window, times in zip(windows, gone, strict=True):
            if len(times) == window.at_most:
                at = max(at, times[0] + window.window)
        for times in gone:
            times.append(at)
    return at
