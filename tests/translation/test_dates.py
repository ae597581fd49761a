"""How days, hours and spans of time are written."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest

from mailer.translation import dates

N = "\u00a0"


def at(written: str) -> datetime:
    """Return a moment on the clock of Paris in summer."""
    return datetime.fromisoformat(f"{written}+02:00")


@pytest.mark.parametrize(
    ("starts", "ends", "all_day", "expected"),
    [
        pytest.param(
            "2025-03-31T14:00",
            "2025-03-31T16:00",
            False,
            f"lundi 31 mars 2025 de 14{N}h à 16{N}h",
            id="the sample",
        ),
        pytest.param(
            "2025-04-01T09:30",
            "2025-04-01T12:05",
            False,
            f"mardi 1er avril 2025 de 9{N}h{N}30 à 12{N}h{N}05",
            id="1er",
        ),
        pytest.param(
            "2025-12-31T22:00",
            "2026-01-01T02:00",
            False,
            f"du mercredi 31 décembre 2025 à 22{N}h au jeudi 1er janvier 2026 à 2{N}h",
            id="across midnight",
        ),
        pytest.param(
            "2025-08-15T00:00",
            "2025-08-16T00:00",
            True,
            "vendredi 15 août 2025, toute la journée",
            id="one whole day",
        ),
        pytest.param(
            "2025-02-28T00:00",
            "2025-03-03T00:00",
            True,
            "du vendredi 28 février au dimanche 2 mars 2025",
            id="days",
        ),
        pytest.param(
            "2025-12-31T00:00",
            "2026-01-02T00:00",
            True,
            "du mercredi 31 décembre 2025 au jeudi 1er janvier 2026",
            id="days of two years",
        ),
    ],
)
def test_french_span(starts: str, ends: str, all_day: bool, expected: str) -> None:
    """A moment is written as French has it."""
    assert expected == dates.span(at(starts), at(ends), "fr", all_day=all_day)


@pytest.mark.parametrize(
    ("starts", "ends", "all_day", "expected"),
    [
        ("2025-03-31T14:00", "2025-03-31T16:30", False, "Monday 31 March 2025 from 14:00 to 16:30"),
        (
            "2025-03-31T22:00",
            "2025-04-01T02:00",
            False,
            "from Monday 31 March 2025 at 22:00 to Tuesday 1 April 2025 at 2:00",
        ),
        ("2025-03-31T00:00", "2025-04-01T00:00", True, "Monday 31 March 2025, all day"),
        ("2025-03-31T00:00", "2025-04-02T00:00", True, "from Monday 31 March 2025 to Tuesday 1 April 2025"),
    ],
)
def test_english_span(starts: str, ends: str, all_day: bool, expected: str) -> None:
    """A moment is written as English has it."""
    assert expected == dates.span(at(starts), at(ends), "en", all_day=all_day)


@pytest.mark.parametrize(
    ("language", "first", "months"),
    [
        (
            "fr",
            "mercredi 1er janvier 2025",
            "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
        ),
        (
            "en",
            "Wednesday 1 January 2025",
            "January February March April May June July August September October November December",
        ),
    ],
)
def test_every_day_of_a_year_has_its_names(language: str, first: str, months: str) -> None:
    """The names from CLDR are those that letters have always had."""
    year = [date(2025, 1, 1) + timedelta(days=days) for days in range(365)]
    named = list(dict.fromkeys(dates.date_of(day, language).split(" ")[1] for day in year))

    assert first == dates.day(year[0], language)
    assert months.split() == named
    assert len({dates.day(day, language).split(" ")[0] for day in year}) == 7


@pytest.mark.parametrize(
    ("hour", "french", "english"),
    [
        (time(9), f"9{N}h", "9:00"),
        (time(9, 5), f"9{N}h{N}05", "9:05"),
        (time(0, 30), f"0{N}h{N}30", "0:30"),
    ],
)
def test_hours(hour: time, french: str, english: str) -> None:
    """French letters leave out the minutes of a full hour."""
    assert (french, english) == (dates.time(hour, "fr"), dates.time(hour, "en"))
