"""What the pages on the schedule show is what the program reads."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from mailer import campaign as campaigns
from tests.campaign.test_appointments import CAMPAIGN, reminder

DOCS = Path(__file__).parents[2] / "docs"


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_example_is_read(language: str) -> None:
    """The table of the page is a valid one, with five appointments, and every key of it is explained below."""
    page = (DOCS / f"schedule.{language}.md").read_text("utf-8")
    example = page.partition("```toml\n[schedule]\n")[2].partition("```")[0]
    read = campaigns.read("x", "x.toml", (CAMPAIGN + example).encode())

    assert len(read.schedule.appointments) == 5
    for key in re.findall(r"^(\w+) =", example, re.MULTILINE):
        assert f"`{key}`" in page


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_distances_are_read(language: str) -> None:
    """Every distance the page names can be written so."""
    page = (DOCS / f"schedule.{language}.md").read_text("utf-8")
    named = re.findall(r"`((?:\d|une |a |la |the |J|D)[^`{]*(?:avant|before|veille|[JD]-)[^`]*)`", page)

    assert len(named) >= 5
    for written in named:
        if "lendemain" not in written:
            assert reminder(written)
