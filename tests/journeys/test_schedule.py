"""Test ``mailer schedule`` and the messages that follow the invitation, typed as commands."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.journeys.conftest import Desk

SLUG = "restitution-hellemmes"


def test_the_schedule_is_listed_in_words(desk: Desk) -> None:
    """Each moment with its state and number, in French; what was moved says why; nothing changes."""
    status, shown = desk.type("schedule", SLUG, now="2025-03-10T08:00:00+01:00")

    assert status == 1
    assert f"mailer schedule {SLUG} --yes" in shown
    assert "jeudi 13 mars 2025, 9 h 30" in shown
    assert "à venir" in shown
    assert "vendredi 28 mars 2025, 10 h, derniers détails : déplacé" in shown
    assert not (desk.path / "data").exists()


def test_what_was_missed_says_what_to_type(desk: Desk) -> None:
    """A moment that passed is missed, with the command that sends it by hand; the exit status says so."""
    status, shown = desk.type("schedule", now="2025-03-18T08:00:00+01:00")

    assert status == 1
    assert f"mailer send {SLUG}" in shown


def test_the_schedule_for_programs(desk: Desk) -> None:
    """JSON holds moments with their offset, states, numbers and opaque references."""
    _status, shown = desk.type("schedule", SLUG, "--json", now="2025-03-10T08:00:00+01:00")
    found = json.loads(shown)

    first = found["appointments"][0]
    assert (found["campaign"], first["kind"], first["state"]) == (SLUG, "invitation", "ahead")
    assert first["at"] == "2025-03-13T09:30:00+01:00"
    assert first["messages"] == len(first["invitees"]) > 10
    assert "@" not in shown


def test_details_and_thanks_leave_by_hand(desk: Desk) -> None:
    """Those who said yes get the details before the meeting and the thanks after it, by letters without a calendar."""
    desk.invite("Mme;Martin;Nora;APU;nora@example.org", "M.;Petit;Paul;;paul@example.org")
    desk.type("send", SLUG, "--yes")
    desk.type("record", SLUG, "nora@example.org", "accepted", "--party", "2")
    desk.office.delivered.clear()

    status, shown = desk.type("details", SLUG, "--yes", now="2025-03-28T10:00:00+01:00")
    assert status == 0, shown
    refused, why = desk.type("thank", SLUG, "--yes", now="2025-03-31T15:00:00+02:00")
    assert refused == 2
    assert "lundi 31 mars 2025, 16 h" in why
    status, shown = desk.type("thank", SLUG, "--yes", now="2025-04-01T10:00:00+02:00")
    assert status == 0, shown

    assert [one.recipient for one in desk.office.delivered] == ["nora@example.org"] * 2
    assert all(b"text/calendar" not in one.content for one in desk.office.delivered)


def test_after_the_meeting_no_command_is_offered_that_would_refuse(desk: Desk) -> None:
    """What was missed for a meeting that has begun cannot be sent any more; only thanks can."""
    _status, shown = desk.type("schedule", SLUG, now="2025-04-03T08:00:00+02:00")

    assert "la réunion a commencé" in shown
    assert f"mailer send {SLUG}" not in shown
    assert f"mailer thank {SLUG}" in shown


def test_a_confirmation_says_that_it_was_one(desk: Desk) -> None:
    """Looking confirms nothing; where nothing is scheduled, nothing is said to be confirmed."""
    assert "Confirmé" not in desk.type("schedule", SLUG)[1]
    assert "Confirmé : ce qui est prévu partira" in desk.type("schedule", SLUG, "--yes")[1]
    without = re.sub(r"(?ms)^\[schedule\].*?(?=^\[|\Z)", "", desk.campaign())
    (desk.path / "config" / "campaigns" / f"{SLUG}.toml").write_text(without, "utf-8")
    assert "Confirmé" not in desk.type("schedule", SLUG, "--yes")[1]
