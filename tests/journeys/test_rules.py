"""The rules of people and letters, as staff meet them at the terminal."""

from __future__ import annotations

import csv
from email.message import EmailMessage
from pathlib import Path

import pytest

from mailer.demo.received import open_letter
from tests.journeys.conftest import A_WEEK_LATER, SLUG, Desk
from tests.journeys.test_hellemmes import attendance, letters

LIST = tuple(f"Mme;Nom{n};Prénom{n};;p{n}@example.org" for n in range(10))
COUPLE = ("M.;Moreau;Jean;;moreau@example.org", "Mme;Moreau;Lucie;;moreau@example.org")


def answer(desk: Desk, address: str, text: str, name: str) -> None:
    """Answer the last letter to an address in words."""
    letter = open_letter(next(one for one in reversed(desk.office.delivered) if one.recipient == address))
    mail = EmailMessage()
    mail["From"] = f"{name} <{address}>"
    mail["To"] = letter.organizer
    mail["Subject"] = f"Re: {letter.subject}"
    mail["Date"] = "Fri, 14 Mar 2025 10:00:00 +0100"
    mail["Message-ID"] = f"<{len(text)}.{address}>"
    mail["In-Reply-To"] = letter.message_id
    mail.set_content(text)
    desk.office.post(address, mail.as_bytes())


def by_first_name(desk: Desk) -> dict[str, dict[str, str]]:
    """The attendance, by first name."""
    file = desk.path / "exports" / "now.csv"
    assert desk.type("export", SLUG, str(file), "--machine", now="2025-03-15T09:00+01:00")[0] == 0
    return {row["first_name"]: row for row in csv.DictReader(file.read_text("utf-8").splitlines())}


# -- more people than can be believed --------------------------------------------------------------------------------


def test_more_than_twenty_want_a_word_of_their_own(desk: Desk) -> None:
    """Twenty are recorded as said, more only with --sure; what was refused changes nothing."""
    desk.invite(*LIST)
    desk.type("send", SLUG, "--yes")

    assert desk.type("record", SLUG, "p1@example.org", "oui", "--party", "20")[0] == 0
    status, shown = desk.type("record", SLUG, "p2@example.org", "oui", "--party", "21")
    assert (status, "--sure" in shown) == (2, True)
    assert attendance(desk)["p2@example.org"]["answer"] == "none"

    assert desk.type("record", SLUG, "p2@example.org", "oui", "--party", "21", "--sure")[0] == 0
    assert attendance(desk)["p2@example.org"]["party_size"] == "21"
    assert attendance(desk)["p1@example.org"]["party_size"] == "20"


def test_a_mail_for_more_than_twenty_waits(desk: Desk) -> None:
    """A person looks at it; a number that can be believed is recorded."""
    desk.invite(*LIST)
    desk.type("send", SLUG, "--yes")
    answer(desk, "p1@example.org", "Oui, nous serons 45.", "Prénom1 Nom1")
    answer(desk, "p2@example.org", "Oui, nous serons 4.", "Prénom2 Nom2")
    desk.type("read", now="2025-03-15T09:00+01:00")

    rows = attendance(desk)
    assert (rows["p1@example.org"]["answer"], bool(rows["p1@example.org"]["review"])) == ("none", True)
    assert (rows["p2@example.org"]["answer"], rows["p2@example.org"]["party_size"]) == ("accepted", "4")


def test_a_line_of_a_table_for_more_than_twenty_is_left_out_and_named(desk: Desk, tmp_path: Path) -> None:
    """The other lines of the same table count."""
    desk.invite(*LIST)
    desk.type("send", SLUG, "--yes")
    table = tmp_path / "table.csv"
    table.write_text(
        "Nom;Prénom;Courriel;Réponse;Nombre de personnes\n"
        "Nom1;Prénom1;p1@example.org;oui;450\nNom2;Prénom2;p2@example.org;oui;4\n",
        "utf-8-sig",
    )

    _status, shown = desk.type("correct", SLUG, str(table), "--yes")

    assert "Nom1" in shown
    rows = attendance(desk)
    assert rows["p1@example.org"]["answer"] == "none"
    assert rows["p2@example.org"]["party_size"] == "4"


# -- lists that shrink -----------------------------------------------------------------------------------------------


def test_many_who_left_the_list_want_a_word_of_their_own(desk: Desk) -> None:
    """Nothing is sent and nobody is taken off without it; --yes is not that word. The letter to the others goes on with it."""
    desk.invite(*LIST)
    desk.type("send", SLUG, "--yes")
    desk.invite(*LIST[:5])

    status, shown = desk.type("remind", SLUG, "--yes", now=A_WEEK_LATER)
    assert (status, "--sure" in shown) == (2, True)
    assert len(desk.office.delivered) == 10

    assert desk.type("remind", SLUG, "--yes", "--sure", now=A_WEEK_LATER)[0] == 0
    assert {one.recipient for one in desk.office.delivered[10:]} == {f"p{n}@example.org" for n in range(5)}
    assert [attendance(desk)[f"p{n}@example.org"]["state"] for n in (4, 5)] == ["reached", "unlisted"]


# -- letters that differ ---------------------------------------------------------------------------------------------


def test_the_check_says_that_people_hold_another_letter(desk: Desk) -> None:
    """Once the letter is edited after it was sent, and not before; the letter of reminders is another one."""
    desk.invite(*LIST)
    desk.type("send", SLUG, "--yes")
    assert "mailer update" not in desk.type("check", SLUG)[1]
    folder = desk.path / "templates" / SLUG
    for name, differs in (("reminder.txt", False), ("invitation.txt", True)):
        file = folder / name
        file.write_text(file.read_text("utf-8").replace("Madame", "Chère Madame") + "\nMerci.\n", "utf-8")
        assert ("mailer update" in desk.type("check", SLUG)[1]) is differs, name


# -- two at one address ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "name", "expected"),
    [
        ("Je viendrai.", "Lucie Moreau", ("none", "accepted")),
        ("Non merci, Lucie ne vient pas.", "Famille Moreau", ("none", "declined")),
        ("Oui.", "Famille Moreau", ("accepted", "accepted")),
        ("Oui, nous serons 3.", "Jean Moreau", ("accepted", "accepted")),
    ],
)
def test_an_answer_counts_for_whom_it_speaks(
    desk: Desk, text: str, name: str, expected: tuple[str, str]
) -> None:
    """For one of two by name, for both without."""
    desk.invite(*COUPLE, *LIST)
    desk.type("send", SLUG, "--yes")
    assert len(letters(desk, "moreau@example.org")) == 1
    answer(desk, "moreau@example.org", text, name)
    desk.type("read", now="2025-03-15T09:00+01:00")

    rows = by_first_name(desk)

    assert (rows["Jean"]["answer"], rows["Lucie"]["answer"]) == expected
    if "3" in text:
        assert (rows["Jean"]["party_size"], rows["Lucie"]["party_size"]) == ("2", "1")
