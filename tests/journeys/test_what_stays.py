"""What somebody has answered, and what is shown of it, after staff changed the meeting, an address or a decision."""

from __future__ import annotations

import pytest

from mailer.demo.received import open_letter
from tests.journeys.conftest import SLUG, Desk
from tests.journeys.test_rules import answer, by_first_name

LATER = ('starts = "2025-03-31 14:00"', 'starts = "2025-03-31 13:00"')
COUPLE = ("M.;Moreau;Jean;;moreau@example.org", "Mme;Moreau;Claire;;moreau@example.org")
PAUL = "M.;Martin;Paul;;paul@example.net"


@pytest.mark.parametrize("options", [("--keep-answers",), ()])
def test_the_letter_about_a_new_hour_asks_again_only_where_answers_do_not_count(
    desk: Desk, options: tuple[str, ...]
) -> None:
    """With --keep-answers it says that they stand; without, it asks, and does not say so."""
    desk.invite(PAUL)
    desk.type("send", SLUG, "--yes")
    desk.office.delivered.clear()
    desk.rewrite(*LATER)
    assert desk.type("update", SLUG, *options, "--yes")[0] == 0

    text = open_letter(desk.office.delivered[0]).text
    assert ("Merci de nous dire si vous pourrez venir" in text) == (not options)
    assert ("votre réponse reste valable" in text) == bool(options)


def test_who_leaves_a_shared_address_keeps_the_answer_to_the_new_date(desk: Desk) -> None:
    """The letter to the new address does not make it an answer to the old date; the other one's stays, too."""
    desk.invite(*COUPLE)
    desk.type("send", SLUG, "--yes")
    desk.rewrite(*LATER)
    desk.type("update", SLUG, "--yes")
    answer(desk, "moreau@example.org", "Oui, nous viendrons tous les deux.", "Famille Moreau")
    desk.type("read", now="2025-03-14T11:00+01:00")
    assert (
        desk.type("move", SLUG, "Claire Moreau", "claire@example.org", now="2025-03-14T12:00+01:00")[0] == 0
    )
    desk.type("send", SLUG, "--yes", now="2025-03-14T12:30+01:00")

    assert desk.office.delivered[-1].recipient == "claire@example.org"
    rows = by_first_name(desk)
    assert [(rows[name]["answer"], rows[name]["review"]) for name in ("Claire", "Jean")] == [
        ("accepted", ""),
        ("accepted", ""),
    ]


def test_who_was_never_reached_is_cancelled_with_the_meeting(desk: Desk) -> None:
    """Refused, or on the list only since: nobody is shown as to be invited; who was told is cancelled, too."""
    desk.invite(PAUL, *COUPLE)
    desk.type("send", SLUG, "--only", "paul@example.net", "--yes")
    desk.type("cancel", SLUG, "--yes")
    file = desk.path / "exports" / "now.csv"
    desk.type("export", SLUG, str(file))

    lines = file.read_text("utf-8-sig").splitlines()
    assert [("annulé" in line, "à envoyer" in line, "à inviter" in line) for line in lines[1:]] == [
        (True, False, False)
    ] * 3
    assert {row["state"] for row in by_first_name(desk).values()} == {"cancelled"}
