"""Sending limits, and the time a campaign takes within them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from mailer.model.pace import Limit, Pace
from mailer.outbox import duration, limits
from mailer.providers import CAUTIOUS

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def test_limits_are_the_windows_that_are_set() -> None:
    """A 0 is no limit; a domain's limit is a minute's."""
    pace = Pace(per_minute=20, per_day=1440, per_domain={"orange.example": 5, "free.example": 0})

    assert limits(pace) == (Limit(MINUTE, 20), Limit(DAY, 1440), Limit(MINUTE, 5, "orange.example"))


DURATIONS = [
    (400, CAUTIOUS, 2 * HOUR),
    (20, CAUTIOUS, timedelta(0)),
    (21, CAUTIOUS, MINUTE),
    (180, CAUTIOUS, 8 * MINUTE),
    (181, CAUTIOUS, HOUR),
    (1441, Pace(per_day=1440), DAY),
    (10_000, Pace(), timedelta(0)),
    (0, CAUTIOUS, timedelta(0)),
]


@pytest.mark.parametrize(
    ("n", "pace", "least"), DURATIONS, ids=[f"{n}-{p.per_hour}" for n, p, _ in DURATIONS]
)
def test_duration(n: int, pace: Pace, least: timedelta) -> None:
    """The last message leaves when every window has room for it."""
    assert least <= duration(["a.example"] * n, pace) < least + 10 * MINUTE


def test_a_slow_domain_decides() -> None:
    """The domain with the narrowest limit takes longest, where enough of the list is there."""
    pace = Pace(per_minute=60, per_domain={"orange.example": 5})

    assert duration(["orange.example"] * 30 + ["a.example"] * 30, pace) == 5 * MINUTE
    assert duration(["orange.example"] * 5 + ["a.example"] * 30, pace) == timedelta(0)
