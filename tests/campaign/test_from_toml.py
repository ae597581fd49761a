"""The campaign file."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer import campaign as campaigns
from mailer.errors import ConfigError
from mailer.model.campaign import Campaign, Uninvited

SAMPLE = Path(__file__).parents[2] / "config" / "campaigns" / "restitution-hellemmes.toml"
NAME = "config/campaigns/fete.toml"

SOUND = """\
subject = "Fête"
host = "Mairie"
lists = ["contacts/a.csv"]

[meeting]
title = "Fête des voisins"
starts = "2025-06-01 14:00"
ends = "2025-06-01 16:00"
place = "Place de la Mairie, 59260 Hellemmes"

[organizer]
name = "Camille Julien"
address = "cjulien@mairie-lille.example"

[notice]
omitted = true
"""


def read(text: str) -> Campaign:
    """Read a campaign file from a text."""
    return campaigns.read("fete", NAME, text.encode())


def test_the_sample_holds_the_facts() -> None:
    """The sample campaign is the meeting of Monday 31 March 2025, 12:00Z to 14:00Z, public, three items."""
    campaign = campaigns.read("restitution-hellemmes", "x.toml", SAMPLE.read_bytes())

    assert datetime(2025, 3, 31, 12, tzinfo=UTC) == campaign.meeting.starts
    assert datetime(2025, 3, 31, 14, tzinfo=UTC) == campaign.meeting.ends
    assert campaign.meeting.place == "16 bis rue des Travailleurs, 59260 Hellemmes"
    assert len(campaign.meeting.agenda) == 3
    assert campaign.inviter == "Mabrouk Zouareg"
    assert campaign.organizer.address == "cjulien@mairie-lille.example"
    assert campaign.sender == campaign.organizer
    assert campaign.poll == "https://framadate.org/aNbvBf94i4wdiBHw"
    assert campaign.uninvited is Uninvited.ACCEPT
    assert campaign.lists[0].collected_on == "2025-02-24"


def test_a_short_file_is_enough() -> None:
    """What is not said has a sensible value."""
    campaign = read(SOUND)

    assert campaign.language == "fr"
    assert campaign.templates == "templates/fete"
    assert campaign.inviter == "Camille Julien"
    assert campaign.meeting.zone == "Europe/Paris"
    assert [source.path for source in campaign.lists] == ["contacts/a.csv"]


def test_whole_days() -> None:
    """Days without hours last to the midnight after the last one."""
    campaign = read(
        SOUND.replace('"2025-06-01 14:00"', "2025-06-01").replace('"2025-06-01 16:00"', "2025-06-02")
    )

    assert campaign.meeting.all_day
    assert campaign.meeting.ends.isoformat() == "2025-06-03T00:00:00+02:00"


@pytest.mark.parametrize(
    ("before", "after", "code", "line", "said"),
    [
        ('ends = "2025-06-01 16:00"', 'ends = "2025-06-01 13:00"', "end-before-start", 8, "2025-06-01 13:00"),
        ('starts = "2025-06-01 14:00"', 'starts = "demain"', "moment-unreadable", 7, "demain"),
        (
            'starts = "2025-06-01 14:00"',
            'starts = "2025-03-30 02:30"',
            "moment-at-clock-change",
            7,
            "2025-03-30 02:30",
        ),
        ('starts = "2025-06-01 14:00"', "", "setting-missing", 5, ""),
        ('ends = "2025-06-01 16:00"', 'ends = "2025-06-01"', "end-not-like-start", 8, "2025-06-01"),
        ('title = "Fête des voisins"', "title = 3", "setting-not-text", 6, "3"),
        ("place = ", 'lieu = "x"\nplace = ', "setting-unknown", 9, "meeting.lieu"),
        (
            'address = "cjulien@mairie-lille.example"',
            'address = "cjulien"',
            "address-unusable",
            13,
            "cjulien",
        ),
        ('lists = ["contacts/a.csv"]', "", "lists-missing", 0, ""),
        ('subject = "Fête"', 'subject = "Fête', "toml-syntax", 1, 'subject = "Fête'),
        ('subject = "Fête"', 'subject = "Fête"\nlanguage = "de"', "setting-not-a-choice", 2, "de"),
        ('subject = "Fête"', 'subject = "Fête"\ncapacity = -3', "setting-not-number", 2, "-3"),
        ("[notice]\nomitted = true", '[notice]\ncontroller = "M"', "notice-incomplete", 15, ""),
        ("[meeting]", '[meeting]\nzone = "Europe/Lille"', "zone-unknown", 6, "Europe/Lille"),
        ("[organizer]", "[organisateur]", "table-missing", 0, ""),
    ],
    ids=lambda value: value if isinstance(value, str) and "-" in value and " " not in value else "",
)
def test_what_is_wrong_is_named(before: str, after: str, code: str, line: int, said: str) -> None:
    """Every fault names the file, the line, and what was read there."""
    with pytest.raises(ConfigError) as caught:
        read(SOUND.replace(before, after))

    error = caught.value
    assert (NAME, line, code, said) == (error.file, error.line, error.code, error.read)


def test_a_misspelt_setting_gets_a_proposal() -> None:
    """“statrs” may have been meant for “starts”."""
    with pytest.raises(ConfigError) as caught:
        read(SOUND.replace("place =", 'plaze = "x"\nplace ='))

    assert caught.value.values["proposal"] == "place"


@given(st.binary(max_size=400))
def test_any_bytes_are_a_campaign_or_a_complaint(content: bytes) -> None:
    """No file makes the reader fail in any other way."""
    with pytest.raises(ConfigError):
        campaigns.read("x", NAME, content)
