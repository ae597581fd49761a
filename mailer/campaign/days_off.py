"""Weekends and French public holidays, on which no scheduled message is sent."""

from __future__ import annotations

from datetime import date, timedelta

_FIXED = {(1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25)}
_AFTER_EASTER = (1, 39, 50)
"""Days from Easter Sunday to Easter Monday, Ascension and Whit Monday."""


def is_day_off(day: date) -> bool:
    """Return whether `day` is a Saturday, a Sunday, or a public holiday (Code du travail, article L3133-1)."""
    if day.weekday() >= 5 or (day.month, day.day) in _FIXED:
        return True
    return day - _easter(day.year) in {timedelta(days=days) for days in _AFTER_EASTER}


def _easter(year: int) -> date:
    """Return the date of Easter Sunday, by Butcher's computus in Meeus, *Astronomical Algorithms*, chapter 8."""
    a, b, c = year % 19, year // 100, year % 100
    h = (19 * a + b - b // 4 - (b - (b + 8) // 25 + 1) // 3 + 15) % 30
    k = (32 + 2 * (b % 4) + 2 * (c // 4) - h - c % 4) % 7
    m = (a + 11 * h + 22 * k) // 451
    month, day = divmod(h + k - 7 * m + 114, 31)
    return date(year, month, day + 1)
