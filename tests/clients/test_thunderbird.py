"""A real Thunderbird is invited, and the ledger says what its owner clicked."""

from __future__ import annotations

from dataclasses import replace
from email.message import EmailMessage
from pathlib import Path

import pytest

from tests.clients.conftest import Invitee, StartThunderbird, TownHall, sequence
from tests.clients.thunderbird import Seen, Thunderbird

pytestmark = pytest.mark.clients

ACCEPT, TENTATIVE, DECLINE = "imipAcceptButton", "imipTentativeButton", "imipDeclineButton"
DELETE = "imipDeleteButton"
LINKS = {"Je viens": "accepted", "Je ne viens pas": "declined", "Peut-être": "tentative"}
ELODIE = Invitee("Élodie Lefèvre", "elodie.lefevre@example.org")
AWA = Invitee("Awa N'Guessan", "awa.nguessan@example.org")
FRANCOISE = Invitee("Françoise Castelain-Wójcik", "francoise.castelain@example.org")
ZEYNEP = Invitee("Zeynep Öztürk", "zeynep.ozturk@example.org")


@pytest.mark.parametrize(
    ("invitee", "first", "answered", "second", "answered_again"),
    [
        pytest.param(ELODIE, ACCEPT, "accepted", DECLINE, "declined", id="accepts-then-declines"),
        pytest.param(AWA, DECLINE, "declined", TENTATIVE, "tentative", id="declines-then-hesitates"),
        pytest.param(FRANCOISE, TENTATIVE, "tentative", ACCEPT, "accepted", id="hesitates-then-accepts"),
    ],
)
def test_the_life_of_an_invitation(
    town_hall: TownHall,
    start_thunderbird: StartThunderbird,
    tmp_path: Path,
    invitee: Invitee,
    first: str,
    answered: str,
    second: str,
    answered_again: str,
) -> None:
    """Invited, asked again when the meeting moves, told when it is off: Thunderbird offers what fits, the ledger follows."""
    client = start_thunderbird(invitee)

    seen = look(client, town_hall.letter(invitee.address, 1), tmp_path)
    assert {ACCEPT, TENTATIVE, DECLINE} <= set(seen.buttons)
    assert f"31 mars {town_hall.year}, 14:00 – 16:00" in seen.details
    assert "16 bis rue des Travailleurs" in seen.details
    assert "J'ai le plaisir de vous inviter" in seen.text
    assert "Serez-vous des nôtres ?" in seen.text

    client.press(first)
    assert sequence(town_hall.answer(1)) == 0
    row = town_hall.attendance(invitee.address)
    assert (row["answer"], row["channel"], row["review"]) == (answered, "calendar", "")

    town_hall.put_off()
    assert town_hall.attendance(invitee.address)["answer"] == "none"
    seen = look(client, town_hall.letter(invitee.address, 2), tmp_path)
    assert {ACCEPT, TENTATIVE, DECLINE} <= set(seen.buttons)
    assert f"31 mars {town_hall.year}, 15:00 – 17:00" in seen.details

    client.press(second)
    assert sequence(town_hall.answer(2)) == 1
    row = town_hall.attendance(invitee.address)
    assert (row["answer"], row["channel"], row["review"]) == (answered_again, "calendar", "")

    town_hall.run("cancel", "--yes")
    seen = look(client, town_hall.letter(invitee.address, 3), tmp_path)
    assert seen.buttons == (DELETE,)
    assert "annulation" in seen.bar
    assert town_hall.attendance(invitee.address)["answer"] == answered_again


def test_the_answer_links(town_hall: TownHall, start_thunderbird: StartThunderbird, tmp_path: Path) -> None:
    """The ready mail that a link opens says nothing of the invitation in its headers, and comes home all the same."""
    client = start_thunderbird(ZEYNEP)
    look(client, town_hall.letter(ZEYNEP.address, 1), tmp_path)

    for number, (label, answered) in enumerate(LINKS.items(), start=1):
        client.follow_link(label)
        mail = town_hall.answer(number)
        assert mail.get_content_type() == "text/plain"
        assert mail["In-Reply-To"] is None
        assert mail["References"] is None
        row = town_hall.attendance(ZEYNEP.address)
        assert (row["answer"], row["channel"], row["review"]) == (answered, "text", "")


def test_a_written_reply(town_hall: TownHall, start_thunderbird: StartThunderbird, tmp_path: Path) -> None:
    """Words typed above the quoted invitation, and Thunderbird's own table in it, are told from the quotation."""
    letter = town_hall.letter(ELODIE.address, 1)
    client = start_thunderbird(ELODIE)
    look(client, letter, tmp_path)

    client.reply("Bonjour,\nJe viendrai avec plaisir, nous serons deux.\nÉlodie")
    assert town_hall.answer(1)["In-Reply-To"] == letter["Message-ID"]
    row = town_hall.attendance(ELODIE.address)
    assert (row["answer"], row["party_size"], row["channel"], row["review"]) == ("accepted", "2", "text", "")


def look(client: Thunderbird, letter: EmailMessage, folder: Path) -> Seen:
    """Open a letter and see what is shown, every space a plain one; the picture is kept beside the workspace."""
    number = len(list(folder.glob("*.png"))) + 1
    seen = client.open(letter["Message-ID"], folder / f"seen-{number}.png")
    return replace(seen, details=" ".join(seen.details.split()), text=" ".join(seen.text.split()))
