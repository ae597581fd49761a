"""A real Gnus is invited, and the ledger says what its owner pressed or wrote."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.clients import gnus
from tests.clients.conftest import Invitee, TownHall, sequence
from tests.clients.gnus import Gnus

pytestmark = pytest.mark.clients

BUTTONS = ("[ Accept ]", "[ Tentative ]", "[ Decline ]")
JURGEN = Invitee("Jürgen Müller", "juergen.mueller@example.net")
MINH = Invitee("Minh Nguyễn", "minh.nguyen@example.net")
BENOIT = Invitee("Benoît D'Haene", "b.dhaene@example.net")
SEAN = Invitee("Sean O'Connor", "sean.oconnor@example.org")

StartGnus = Callable[[Invitee], Gnus]


@pytest.fixture
def start_gnus(town_hall: TownHall, tmp_path: Path) -> StartGnus:
    """Give somebody a Gnus in the mail world."""
    if gnus.PROGRAM is None:
        pytest.skip("Emacs, and so Gnus, is not installed")
    return lambda invitee: Gnus(tmp_path / invitee.address, town_hall.world, invitee.name, invitee.address)


@pytest.mark.parametrize(
    ("invitee", "first", "answered", "second", "answered_again"),
    [
        pytest.param(JURGEN, "accept", "accepted", "tentative", "tentative", id="accepts-then-hesitates"),
        pytest.param(MINH, "decline", "declined", "accept", "accepted", id="declines-then-accepts"),
        pytest.param(BENOIT, "tentative", "tentative", "decline", "declined", id="hesitates-then-declines"),
    ],
)
def test_the_life_of_an_invitation(
    town_hall: TownHall,
    start_gnus: StartGnus,
    invitee: Invitee,
    first: str,
    answered: str,
    second: str,
    answered_again: str,
) -> None:
    """Invited, asked again when the meeting moves, told when it is off: Gnus offers what fits, the ledger follows."""
    client = start_gnus(invitee)

    seen = client.answer(town_hall.letter(invitee.address, 1)["Message-ID"], first)
    assert all(button in seen for button in BUTTONS)
    assert f"<{town_hall.year}-03-31 14:00-16:00>" in seen
    assert "16 bis rue des Travailleurs" in seen
    assert sequence(town_hall.answer(1)) == 0
    row = town_hall.attendance(invitee.address)
    assert (row["answer"], row["channel"], row["review"]) == (answered, "calendar", "")

    town_hall.put_off()
    assert town_hall.attendance(invitee.address)["answer"] == "none"
    seen = client.answer(town_hall.letter(invitee.address, 2)["Message-ID"], second)
    assert all(button in seen for button in BUTTONS)
    assert f"<{town_hall.year}-03-31 15:00-17:00>" in seen
    assert sequence(town_hall.answer(2)) == 1
    row = town_hall.attendance(invitee.address)
    assert (row["answer"], row["channel"], row["review"]) == (answered_again, "calendar", "")

    town_hall.run("cancel", "--yes")
    seen = client.look(town_hall.letter(invitee.address, 3)["Message-ID"])
    assert "CANCEL" in seen
    assert not any(button in seen for button in BUTTONS)
    assert town_hall.attendance(invitee.address)["answer"] == answered_again


def test_a_written_reply(town_hall: TownHall, start_gnus: StartGnus) -> None:
    """Words above the quoted invitation are read, and the buttons that Gnus quotes with it are not."""
    letter = town_hall.letter(SEAN.address, 1)

    start_gnus(SEAN).reply(
        letter["Message-ID"], "Bonjour,\n\nje ne pourrai malheureusement pas être là.\n\nSean"
    )
    mail = town_hall.answer(1)
    assert letter["Message-ID"] in mail["In-Reply-To"]
    assert BUTTONS[0] in mail.get_content()
    row = town_hall.attendance(SEAN.address)
    assert (row["answer"], row["channel"], row["review"]) == ("declined", "text", "")
