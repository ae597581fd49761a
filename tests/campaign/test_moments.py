"""Moments as officers write them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.campaign.moments import moment

PARIS = ZoneInfo("Europe/Paris")
TWO = datetime(2025, 3, 31, 14, 0, tzinfo=PARIS)


@pytest.mark.parametrize(
    "written",
    [
        "2025-03-31 14:00",
        "2025-03-31T14:00",
        "2025-03-31T14:00:00",
        "31/03/2025 14:00",
        "31/03/2025 à 14h",
        "31/03/2025 14 h",
        "31/03/2025 14 h 00",
        "31.03.2025, 14h00",
        "31 mars 2025 14 heures",
        "lundi 31 mars 2025 à 14 h",
        "31 March 2025 at 14:00",
        "2025-03-31T12:00:00Z",
        "2025-03-31T14:00:00+02:00",
        datetime(2025, 3, 31, 14, 0),  # noqa: DTZ001 - TOML's local date-time
    ],
    ids=str,
)
def test_one_moment_in_many_spellings(written: str | datetime) -> None:
    """Every spelling is two in the afternoon in Paris, twelve in UTC: the clock has changed the day before."""
    read = moment(written, PARIS)

    assert read == TWO
    assert isinstance(read, datetime)
    assert read.astimezone(UTC).hour == 12


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("1er avril 2025", date(2025, 4, 1)),
        ("2025-12-31", date(2025, 12, 31)),
        ("3 août 2025", date(2025, 8, 3)),
        ("14 févr. 2026", date(2026, 2, 14)),
        (date(2025, 3, 31), date(2025, 3, 31)),
    ],
    ids=str,
)
def test_a_day_without_an_hour(written: str | date, day: date) -> None:
    """A day alone is a day, for meetings that last all day."""
    assert moment(written, PARIS) == day


@pytest.mark.parametrize(
    "written",
    [
        "",
        "bientôt",
        "2025-02-30 14:00",
        "31/13/2025 14:00",
        "2025-03-31 25:00",
        "31 marz 2025 14 h",
        "2025-03-30 02:30",
        "2025-10-26 02:30",
        "2025-03-31 14",
    ],
)
def test_what_is_no_moment(written: str) -> None:
    """Nothing is guessed, and an hour the clock skips or passes twice is refused."""
    with pytest.raises((ValueError, KeyError)):
        moment(written, PARIS)


@given(st.text(max_size=60))
def test_any_text_is_a_moment_or_refused(written: str) -> None:
    """Whatever stands there, it is read or refused, and nothing else happens."""
    try:
        read = moment(written, PARIS)
    except (ValueError, KeyError):
        return
    assert isinstance(read, date)


@given(st.datetimes(min_value=datetime(1990, 1, 1), max_value=datetime(2090, 1, 1)))  # noqa: DTZ001
def test_what_is_written_is_read_back(local: datetime) -> None:
    """A moment written in ISO form comes back to the minute, unless the clock changes over it."""
    local = local.replace(second=0, microsecond=0)
    clocks = {local.replace(tzinfo=PARIS, fold=fold).utcoffset() for fold in (0, 1)}
    if len(clocks) > 1:
        with pytest.raises(ValueError, match="change of the clock"):
            moment(f"{local:%Y-%m-%d %H:%M}", PARIS)
        return
    read = moment(f"{local:%Y-%m-%d %H:%M}", PARIS)
    assert isinstance(read, datetime)
    assert read.replace(tzinfo=None) == local
