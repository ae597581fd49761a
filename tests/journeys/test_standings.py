"""What staff see of each person, from the command line."""

from __future__ import annotations

import csv
import json

from tests.journeys.conftest import SLUG, Desk
from tests.journeys.test_hellemmes import letters

JEAN, LUCIE = "M.;Moreau;Jean;;moreau@example.org", "Mme;Moreau;Lucie;;moreau@example.org"


def rows(desk: Desk) -> dict[str, dict[str, str]]:
    """The table for programs, by first name."""
    target = desk.path / "exports" / "a.csv"
    assert desk.type("export", SLUG, str(target), "--machine")[0] == 0
    return {row["first_name"]: row for row in csv.DictReader(target.read_text("utf-8").splitlines())}


def test_each_of_two_at_an_address_has_a_line_of_their_own(desk: Desk) -> None:
    """One letter; what staff write down of one changes nothing of the other, in table, numbers and history."""
    desk.invite(JEAN, LUCIE)
    desk.type("send", SLUG, "--yes")
    assert len(letters(desk, "moreau@example.org")) == 1
    assert desk.type("record", SLUG, "Jean Moreau", "oui")[0] == 0
    assert desk.type("record", SLUG, "Lucie Moreau", "non")[0] == 0

    found = rows(desk)
    assert (found["Jean"]["answer"], found["Lucie"]["answer"]) == ("accepted", "declined")
    assert found["Jean"]["state"] == found["Lucie"]["state"] == "reached"
    assert len({one["person"] for one in found.values()}) == 2
    told = json.loads(desk.type("status", SLUG, "--json")[1])
    assert (told["headcount"], told["headcount_least"], told["headcount_perhaps"]) == (1, 1, 0)
    assert (told["letters"], told["untold"], told["glance"], told["states"]["reached"]) == (1, 0, 0, 2)
    assert "Lucie" not in desk.type("why", SLUG, found["Jean"]["person"])[1]


def test_what_changes_nothing_is_not_said_to_be_recorded(desk: Desk) -> None:
    """Staff note a yes of somebody whose invitation was taken back: they are told so; of the other one it counts."""
    desk.invite(JEAN, "M.;Martin;Paul;;paul@example.net")
    desk.type("send", SLUG, "--yes")
    assert desk.type("cancel", SLUG, "--only", "Jean Moreau", "--yes")[0] == 0

    status, shown = desk.type("record", SLUG, "Jean Moreau", "oui")
    assert (status, "ne change rien" in shown) == (1, True)
    status, shown = desk.type("record", SLUG, "Paul Martin", "oui")
    assert (status, "ne change rien" in shown) == (0, False)
    found = rows(desk)
    assert (found["Jean"]["answer"], found["Paul"]["answer"]) == ("none", "accepted")
