"""The schedule of a campaign file."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from mailer import campaign as campaigns
from mailer.campaign.appointments import is_quiet
from mailer.campaign.days_off import is_day_off
from mailer.errors import ConfigError
from mailer.model.entry import Kept
from mailer.model.invitation import Kind
from mailer.model.meeting import Meeting
from mailer.model.schedule import Appointment, Schedule

PARIS = ZoneInfo("Europe/Paris")
CAMPAIGN = """
subject = "Réunion"
host = "Ville"
lists = "contacts/a.csv"
[meeting]
title = "Réunion"
starts = "2025-03-31 14:00"
ends = "2025-03-31 16:00"
place = "Mairie"
[organizer]
address = "camille@example.org"
[notice]
omitted = true
[schedule]
"""


def local(month: int, day: int, hour: int, minute: int = 0) -> datetime:
    """A moment of 2025 in Paris."""
    return datetime(2025, month, day, hour, minute, tzinfo=PARIS)


def schedule(text: str) -> Schedule:
    """Read one `[schedule]` table of a meeting on Monday 31 March 2025, 14:00, the day after the clock change."""
    return campaigns.read("x", "x.toml", (CAMPAIGN + text).encode()).schedule


def reminder(written: str) -> datetime:
    """When the one reminder written so leaves."""
    return schedule(f'answer_by = "2025-03-26"\nreminders = ["{written}"]').appointments[0].at


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("2025-03-12 9:30", local(3, 12, 9, 30)),
        ("le 12 mars 2025", local(3, 12, 9)),
        ("J-7", local(3, 24, 9)),
        ("J - 10 à 11 h", local(3, 21, 11)),
        ("D-7 9:15", local(3, 24, 9, 15)),
        ("7 jours avant la réunion à 10 h 30", local(3, 24, 10, 30)),
        ("une semaine avant", local(3, 24, 9)),
        ("2 weeks before the meeting at 9:00", local(3, 17, 9)),
        ("5 jours avant la date limite", local(3, 21, 9)),
        ("2 days before the deadline, at 17:00", local(3, 24, 17)),
        ("3 jours avant l’échéance à 9h", local(3, 21, 9)),
        ("5 heures avant", local(3, 31, 9)),
    ],
)
def test_moments_are_read_as_people_write_them(written: str, expected: datetime) -> None:
    """Dates, distances from the meeting and from the last day for answers, in French and in English."""
    assert reminder(written) == expected


def test_the_hour_stays_the_same_across_the_change_of_the_clock() -> None:
    """Days before the meeting are days of the calendar; hours before it are hours, of which the night had one less."""
    by_days = schedule('working_days = false\nreminders = "2 jours avant à 14 h"').appointments[0].at
    by_hours = schedule(
        'working_days = false\nquiet_from = "0:00"\nquiet_until = "0:00"\nreminders = "48 heures avant"'
    )

    assert by_days == datetime(2025, 3, 29, 14, tzinfo=PARIS)
    assert by_hours.appointments[0].at == datetime(2025, 3, 29, 13, tzinfo=PARIS)
    assert datetime(2025, 3, 31, 14, tzinfo=PARIS).astimezone(UTC) - by_days.astimezone(UTC) == timedelta(
        hours=47
    )


@pytest.mark.parametrize(
    ("key", "written", "expected"),
    [
        ("reminders", "la veille à 10 h", local(3, 28, 10)),
        ("details", "2 jours avant à 10 h", local(3, 28, 10)),
        ("thanks", "5 jours après à 10 h", local(4, 7, 10)),
        ("reminders", "4 jours avant à 22 h", local(3, 28, 8)),
        ("reminders", "4 jours avant à 6 h", local(3, 27, 8)),
    ],
)
def test_quiet_hours_and_days_off_are_avoided(key: str, written: str, expected: datetime) -> None:
    """A distance that ends on a day off is kept the working day before, thanks the one after; at night, in the morning."""
    one = schedule(f'{key} = "{written}"').appointments[0]

    assert one.at == expected
    assert one.moved


def test_the_night_before_an_early_meeting_is_the_evening_before() -> None:
    """Where the end of the quiet hours comes too late, the message leaves before they begin."""
    early = CAMPAIGN.replace("2025-03-31 14:00", "2025-04-02 07:00").replace(
        "2025-03-31 16:00", "2025-04-02 09:00"
    )
    read = campaigns.read("x", "x.toml", f'{early}details = "2 heures avant"'.encode())

    assert read.schedule.appointments[0].at == datetime(2025, 4, 1, 19, tzinfo=PARIS)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ('reminders = "hier"', "schedule-unreadable"),
        ('reminders = "3 jours avant la lune"', "schedule-unreadable"),
        ("reminders = 7", "schedule-unreadable"),
        ('reminders = "3 jours avant la date limite"', "schedule-no-deadline"),
        ('reminders = "2025-03-09 10:00"', "schedule-day-off"),
        ('reminders = "2025-03-10 22:00"', "schedule-quiet"),
        ('reminders = "1 jour après"', "schedule-after-start"),
        ('thanks = "2 heures avant"', "schedule-before-end"),
        ('answer_by = "2025-04-02"', "schedule-after-start"),
        ('invitation = "2025-03-13 9:00"\nreminders = "2025-03-12 9:00"', "schedule-before-invitation"),
        ('reminders = ["2025-03-12 9:00", "2025-03-12 15:00"]', "schedule-same-day"),
        ("reminders = [" + "'J-3'," * 6 + "]", "schedule-too-many"),
        ('working_days = false\nreminders = "2025-03-30 2:30"', "moment-at-clock-change"),
        ('quiet_from = "minuit"', "hour-unreadable"),
        ('reminder = "J-3"', "setting-unknown"),
    ],
)
def test_what_makes_no_sense_is_refused_with_its_line(text: str, code: str) -> None:
    """Every mistake is named by file, line and key."""
    with pytest.raises(ConfigError) as caught:
        schedule(text)

    assert caught.value.code == code
    assert caught.value.line >= CAMPAIGN.count("\n") + 1
    assert caught.value.values["name"].startswith("schedule.")  # type: ignore[attr-defined]


def test_an_emptied_moment_is_none() -> None:
    """What an officer has emptied and not taken out does not leave by itself."""
    assert schedule('invitation = ""\nreminders = []\ndetails = ""\nthanks = ""').appointments == ()


def test_reminders_are_numbered_by_time() -> None:
    """The order they were written in makes no difference."""
    found = schedule('reminders = ["J-3", "J-10", "J-7"]').appointments

    assert [(one.number, one.at.day) for one in found] == [(1, 21), (2, 24), (3, 28)]


def test_public_holidays() -> None:
    """The eleven days of the Code du travail, the movable ones included, and no others but weekends."""
    holidays = [
        day
        for day in (date(2025, 1, 1) + timedelta(days=n) for n in range(365))
        if is_day_off(day) and day.weekday() < 5
    ]

    assert [f"{day:%d/%m}" for day in holidays] == [
        "01/01", "21/04", "01/05", "08/05", "29/05", "09/06", "14/07", "15/08", "11/11", "25/12",
    ]  # fmt: skip
    assert is_day_off(date(2025, 11, 1))


@pytest.mark.parametrize(
    ("at", "begin", "end", "quiet"),
    [
        (time(21), time(20), time(8), True),
        (time(7, 59), time(20), time(8), True),
        (time(8), time(20), time(8), False),
        (time(13), time(12), time(14), True),
        (time(14), time(12), time(14), False),
        (time(3), time(0), time(0), False),
    ],
)
def test_quiet_hours(at: time, begin: time, end: time, quiet: bool) -> None:
    """They may go over midnight; equal times are none."""
    assert is_quiet(at, begin, end) is quiet


MEETING = Meeting(
    "Réunion",
    datetime(2025, 3, 31, 14, tzinfo=PARIS),
    datetime(2025, 3, 31, 16, tzinfo=PARIS),
    "Europe/Paris",
    "Mairie",
)


def test_the_silence_ends_in_the_morning_also_when_the_clock_changes() -> None:
    """In the night of 30 March 2025 the quiet hours are an hour shorter, and still end at eight."""
    asleep = datetime(2025, 3, 29, 21, tzinfo=PARIS)

    assert campaigns.silent_until(Schedule(), MEETING, asleep) == datetime(2025, 3, 30, 8, tzinfo=PARIS)
    assert campaigns.silent_until(Schedule(), MEETING, asleep.replace(hour=19)) is None


FIRST = Appointment(
    Kind.REMINDER, 1, datetime(2025, 3, 10, 9, tzinfo=PARIS), datetime(2025, 3, 10, 9, tzinfo=PARIS)
)
SECOND = Appointment(
    Kind.REMINDER, 2, datetime(2025, 3, 20, 9, tzinfo=PARIS), datetime(2025, 3, 20, 9, tzinfo=PARIS)
)


@pytest.mark.parametrize(
    ("now", "kept", "expected"),
    [
        (datetime(2025, 3, 9, tzinfo=PARIS), [], "ahead ahead"),
        (datetime(2025, 3, 10, 9, tzinfo=PARIS), [], "due ahead"),
        (datetime(2025, 3, 10, 14, 59, tzinfo=PARIS), [], "due ahead"),
        (datetime(2025, 3, 10, 15, tzinfo=PARIS), [], "missed ahead"),
        (datetime(2025, 3, 10, 15, tzinfo=PARIS), [FIRST.at], "kept ahead"),
        (datetime(2025, 3, 20, 9, 1, tzinfo=PARIS), [FIRST.at], "kept due"),
        (datetime(2025, 3, 20, 9, 1, tzinfo=PARIS), [SECOND.at], "missed kept"),
        (datetime(2025, 3, 20, 9, 1, tzinfo=PARIS), [FIRST.at - timedelta(hours=2)], "kept due"),
        (datetime(2025, 3, 20, 9, 1, tzinfo=PARIS), [FIRST.at, FIRST.at - timedelta(days=1)], "kept kept"),
    ],
)
def test_how_appointments_stand(now: datetime, kept: list[datetime], expected: str) -> None:
    """Due within the grace, missed after it; what was kept stays kept though its date was changed afterwards."""
    schedule = Schedule((FIRST, SECOND))
    stands = campaigns.stands(schedule, [Kept(Kind.REMINDER, at, 3) for at in kept], now)

    assert " ".join(one.stand.value for one in stands) == expected
