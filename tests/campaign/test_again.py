"""Settings of a campaign file made from another campaign."""

from __future__ import annotations

import tomllib
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from mailer import campaign as campaigns
from mailer.campaign.moments import moment

SAMPLE = (Path(__file__).parents[2] / "config/campaigns/restitution-hellemmes.toml").read_text("utf-8")


def again(text: str = SAMPLE, starts: str = "2026-01-09 18:30", ends: str = "") -> dict[str, str]:
    """Return the settings for another meeting at the same place."""
    source = campaigns.read("x", "x.toml", text.encode())
    other = campaigns.Another("Vœux du maire", starts, ends, source.meeting.place)
    return campaigns.again(source, tomllib.loads(text)["schedule"], other, "voeux")


def test_dates_become_distances() -> None:
    """A date in the schedule becomes a distance from the meeting; a distance stays as it is."""
    told = {name: text for name, text in again().items() if name.startswith("schedule.")}

    assert told == {
        "schedule.answer_by": "5 jours avant la réunion",
        "schedule.invitation": "18 jours avant la réunion à 9 h 30",
        "schedule.reminders": "7 jours avant la date limite à 9 h 30\n5 jours avant la réunion à 9 h 30",
        "schedule.details": "la veille à 10 h",
        "schedule.thanks": "le lendemain à 10 h",
    }


@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_distance_is_the_moment_it_was(language: str) -> None:
    """Read back in the same file, each distance is the very moment that was written as a date."""
    text = SAMPLE.replace('language = "fr"', f'language = "{language}"')
    text = text.replace('"la veille à 10 h"', '"2025-03-31 9:05"').replace(
        '"le lendemain à 10 h"', '"2025-04-01 10:00"'
    )
    told = again(text)
    for key in ("answer_by", "invitation", "details", "thanks"):
        written = tomllib.loads(text)["schedule"][key]
        text = text.replace(f'{key} = "{written}"', f'{key} = "{told[f"schedule.{key}"]}"')
        assert moment(written, ZoneInfo("Europe/Paris"))
    before, after = (campaigns.read("x", "x.toml", one.encode()).schedule for one in (SAMPLE, text))

    assert before.answer_by == after.answer_by
    assert [one.at for one in before.appointments][:3] == [one.at for one in after.appointments][:3]


def test_what_is_bound_to_the_meeting_goes() -> None:
    """The poll and the cancellation belong to the old meeting and are dropped; the room is dropped with the place."""
    told = again()
    assert {"poll": "", "meeting.cancelled": "false"}.items() <= told.items()
    assert "meeting.room" not in told

    source = campaigns.read("x", "x.toml", SAMPLE.encode())
    elsewhere = campaigns.again(
        source, {}, campaigns.Another("Vœux", "2026-01-09 18:30", "", "ailleurs"), "voeux"
    )
    assert elsewhere["meeting.room"] == ""


@pytest.mark.parametrize(
    ("starts", "ends", "expected"),
    [
        ("2026-01-09 18:30", "", "2026-01-09 20:30"),
        ("9 janvier 2026 à 18 h 30", "", "2026-01-09 20:30"),
        ("2026-01-09 18:30", "2026-01-09 19:00", "2026-01-09 19:00"),
        ("2026-01-09", "", "2026-01-09"),
        ("bientôt", "", ""),
    ],
)
def test_it_is_as_long_as_the_other_one(starts: str, ends: str, expected: str) -> None:
    """If no end is given, the new meeting is as long as the old one."""
    assert expected == again(starts=starts, ends=ends)["meeting.ends"]


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Vœux du maire", "voeux-du-maire"),
        ("  L'Été, à l'École !", "l-ete-a-l-ecole"),
        ("会议", "campaign"),
        ("a" * 60, "a" * 40),
    ],
)
def test_names(title: str, expected: str) -> None:
    """A name is the title in plain small letters."""
    assert expected == campaigns.slug(title)


def test_a_name_that_is_taken_gets_its_year_then_its_day_then_a_number() -> None:
    """A name that is taken gets the year, then the date, then a number."""
    day, taken, found = date(2026, 1, 9), set[str](), []
    for _ in range(5):
        found.append(campaigns.free_slug("Vœux", day, taken))
        taken.add(found[-1])

    assert found == ["voeux", "voeux-2026", "voeux-2026-01-09", "voeux-2026-01-09-2", "voeux-2026-01-09-3"]
