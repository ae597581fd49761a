"""Test what staff do: correct a spreadsheet, decide doubtful answers, record a poll, print the sign-in sheet."""

from __future__ import annotations

import csv
import io
import re
import shlex
from pathlib import Path

import openpyxl
import pytest

from mailer.demo import clients
from tests.journeys.conftest import SLUG, Desk
from tests.journeys.test_hellemmes import AT, MARIE, PAUL, attendance, letters

ADDRESS = "marie.dupont@example.org"


@pytest.fixture
def invited(desk: Desk) -> Desk:
    """Marie and Paul have their invitations."""
    desk.invite(MARIE, PAUL)
    desk.type("send", SLUG, "--yes")
    return desk


def exported(desk: Desk, name: str, *options: str) -> Path:
    """A file as `mailer export` writes it."""
    target = desk.path / "exports" / name
    assert desk.type("export", SLUG, str(target), *options)[0] == 0
    return target


def test_a_corrected_spreadsheet_comes_back(invited: Desk) -> None:
    """One cell changed in the CSV is one entry of its author; the rest of the table changes nothing."""
    target = exported(invited, "presences.csv")
    text = target.read_text("utf-8-sig")
    assert invited.type("correct", SLUG, str(target), "--yes")[1].strip() == "Rien n’a été modifié."
    rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=";"))
    answer = rows[0].index("Réponse")
    marie = next(row for row in rows if ADDRESS in row)
    marie[answer] = "oui"
    buffer = io.StringIO(newline="")
    csv.writer(buffer, delimiter=";").writerows([rows[0], *reversed(rows[1:])])
    target.write_bytes(buffer.getvalue().encode("cp1252"))
    status, shown = invited.type("correct", SLUG, str(target), "--yes")

    assert status == 0, shown
    after = attendance(invited)
    assert (after[ADDRESS]["answer"], after[ADDRESS]["channel"]) == ("accepted", "staff")
    assert after["paul.martin@example.net"]["answer"] == "none"


def test_a_workbook_comes_back(invited: Desk) -> None:
    """The same with XLSX, as a spreadsheet program saves it."""
    target = exported(invited, "presences.xlsx")
    book = openpyxl.load_workbook(target)
    sheet = book.active
    assert sheet is not None
    headings = [cell.value for cell in sheet[1]]
    for row in sheet.iter_rows(min_row=2):
        if any(cell.value == ADDRESS for cell in row):
            row[headings.index("Réponse")].value = "non"
    book.save(target)
    assert invited.type("correct", SLUG, str(target), "--yes")[0] == 0

    assert attendance(invited)[ADDRESS]["answer"] == "declined"


def test_doubtful_answers_are_decided_in_a_list(invited: Desk) -> None:
    """The list of what waits is filled in like any table and read back."""
    (letter,) = letters(invited, ADDRESS)
    invited.office.post(
        ADDRESS, clients.written(letter, AT, "Je verrai si je peux me libérer, y a-t-il un parking ?")
    )
    assert invited.type("read")[0] == 1
    target = invited.path / "exports" / "a-revoir.csv"
    assert invited.type("review", SLUG, "--csv", str(target))[0] == 1
    rows = list(csv.reader(io.StringIO(target.read_text("utf-8-sig"), newline=""), delimiter=";"))
    rows[1][rows[0].index("Décision")] = "oui"
    buffer = io.StringIO(newline="")
    csv.writer(buffer, delimiter=";").writerows(rows)
    target.write_bytes(buffer.getvalue().encode("utf-8-sig"))
    status, shown = invited.type("review", SLUG, "--from", str(target))

    assert status == 0, shown
    row = attendance(invited)[ADDRESS]
    assert (row["answer"], row["review"]) == ("accepted", "")


def test_a_poll_is_taken_in_once(invited: Desk) -> None:
    """Names are matched to invitees, a stranger waits for a person, and the same file again changes nothing."""
    poll = invited.path / "sondage.csv"
    poll.write_bytes(
        ',"31/03/2025",\r\n,"14h-16h",\r\n"Marie DUPONT","Oui",\r\n"M. Paul Martin","Non",\r\n"Zoé","Oui",\r\n'.encode()
    )
    status, shown = invited.type("poll", SLUG, str(poll), "--yes")
    assert status == 1, shown
    rows = attendance(invited)
    assert (rows[ADDRESS]["answer"], rows[ADDRESS]["channel"]) == ("accepted", "poll")
    assert rows["paul.martin@example.net"]["answer"] == "declined"
    assert set(rows) == {ADDRESS, "paul.martin@example.net"}

    status, shown = invited.type("poll", SLUG, str(poll), "--yes")
    assert status == 0
    assert "Rien de nouveau" in shown


@pytest.mark.parametrize(
    ("name", "options", "beginning"),
    [
        ("presences.csv", (), b"\xef\xbb\xbf"),
        ("presences.xlsx", (), b"PK"),
        ("presences.ods", (), b"PK"),
        ("bilan.html", (), b"<!doctype html"),
        ("feuille.html", ("--sheet",), b"<!doctype html"),
        ("feuille.pdf", ("--sheet", "--everybody"), b"%PDF-"),
        ("reunion.ics", (), b"BEGIN:VCALENDAR"),
    ],
)
def test_every_export_is_what_its_name_says(
    invited: Desk, name: str, options: tuple[str, ...], beginning: bytes
) -> None:
    """Each ending gives its kind of file, and the meeting for the website names nobody."""
    content = exported(invited, name, *options).read_bytes()

    assert content[:15].lower().startswith(beginning.lower())
    if name.endswith(".ics"):
        assert b"METHOD:PUBLISH" in content
        assert b"ORGANIZER" not in content
        assert b"ATTENDEE" not in content


def test_a_wrong_ending_is_said(invited: Desk) -> None:
    """What cannot be written is named with what can."""
    status, shown = invited.type("export", SLUG, str(invited.path / "x.docx"))

    assert status == 2
    assert ".xlsx" in shown


def test_presence_is_noted_at_the_entrance(invited: Desk) -> None:
    """Who came is a fact of its own beside the answer."""
    assert invited.type("record", SLUG, "dupont", "present")[0] == 0
    assert invited.type("record", SLUG, "Paul Martin", "absent")[0] == 0

    rows = attendance(invited)
    assert (rows[ADDRESS]["presence"], rows[ADDRESS]["answer"]) == ("present", "none")
    assert rows["paul.martin@example.net"]["presence"] == "absent"


def test_names_that_are_nobodys_or_two_peoples(desk: Desk) -> None:
    """A name that fits nobody, or several, is said and changes nothing."""
    desk.invite(MARIE, "M.;Dupont;Jean;;jean.dupont@example.net")
    desk.type("send", SLUG, "--yes")
    status, shown = desk.type("record", SLUG, "Dupont", "accepted")
    assert status == 2
    assert "Marie Dupont" in shown
    assert "Jean Dupont" in shown
    assert desk.type("record", SLUG, "Durand", "accepted")[0] == 2


def test_the_duties_of_a_public_body(invited: Desk) -> None:
    """What is kept of one person, and the register entry, are pages to hand over; each names whom it should."""
    access = invited.path / "exports" / "marie.html"
    assert invited.type("why", SLUG, ADDRESS, "--save", str(access))[0] == 0
    assert ADDRESS in access.read_text("utf-8")
    assert "paul.martin" not in access.read_text("utf-8")

    register = exported(invited, "registre.html", "--register").read_text("utf-8")
    assert "Mairie d'Hellemmes" in register.replace("&#x27;", "'")
    assert ADDRESS not in register


def test_places_run_out(invited: Desk) -> None:
    """With one place, the second yes waits, and moves up when the first declines."""
    invited.rewrite('language = "fr"', 'language = "fr"\ncapacity = 1')
    for who in (ADDRESS, "paul.martin@example.net"):
        invited.type("record", SLUG, who, "accepted", "--party", "1")
    _, shown = invited.type("status", SLUG)
    assert "1 prises sur 1" in shown
    assert "liste d’attente : Paul Martin" in shown

    invited.type("record", SLUG, ADDRESS, "declined", now="2025-03-14T09:00+01:00")
    _, shown = invited.type("status", SLUG)
    assert "liste d’attente" not in shown


def commands(shown: str) -> list[list[str]]:
    """The commands that were advised, without the program's name."""
    return [
        shlex.split(each)
        for each in re.findall(rf"mailer ((?:move|record) {SLUG} .*?)(?= \S+\.csv|$)", shown)
    ]


def edited(target: Path, address: str, **cells: str) -> None:
    """Change cells of one person's line, by the heading."""
    rows = list(csv.reader(io.StringIO(target.read_text("utf-8-sig"), newline=""), delimiter=";"))
    line = next(row for row in rows if address in row)
    for heading, text in cells.items():
        line[rows[0].index(heading)] = text
    buffer = io.StringIO(newline="")
    csv.writer(buffer, delimiter=";").writerows(rows)
    target.write_text(buffer.getvalue(), "utf-8-sig")


def test_another_address_on_a_line_is_named_with_the_command(invited: Desk) -> None:
    """The command moves them, and after it the same table has nothing to say; the other line's change counts."""
    target = exported(invited, "presences.csv")
    edited(target, ADDRESS, Courriel="marie@example.net")
    edited(target, "paul.martin@example.net", Réponse="non")
    status, shown = invited.type("correct", SLUG, str(target), "--yes")
    (move,) = commands(shown.split(" Nom ")[0])

    assert (status, move) == (1, ["move", SLUG, ADDRESS, "marie@example.net"])
    assert attendance(invited)["paul.martin@example.net"]["answer"] == "declined"
    assert invited.type(*move, "--yes")[0] == 0
    assert invited.type("correct", SLUG, str(target), "--yes")[0] == 0
    assert "marie@example.net" in attendance(invited)


def test_an_older_table_does_not_move_anybody_back(invited: Desk) -> None:
    """The address it has is the one from before, and nobody changed it there."""
    target = exported(invited, "presences.csv")
    invited.type("move", SLUG, ADDRESS, "marie@example.net", "--yes")

    assert invited.type("correct", SLUG, str(target), "--yes")[0] == 0


def test_many_people_want_a_word_once(invited: Desk) -> None:
    """The command that was advised records them; a table that says the same then is left alone."""
    status, shown = invited.type("record", SLUG, ADDRESS, "oui", "--party", "25")
    (sure,) = commands(shown)
    assert (status, sure[-3:]) == (2, ["--party", "25", "--sure"])
    target = exported(invited, "before.csv")
    edited(target, ADDRESS, **{"Réponse": "oui", "Nombre de personnes": "25"})
    status, shown = invited.type("correct", SLUG, str(target), "--yes")
    assert (status, "laissée de côté" in shown) == (1, True)
    assert commands(shown.replace(" Rien n", ".csv "))[0][:4] == ["record", SLUG, ADDRESS, "accepted"]
    assert invited.type(*sure)[0] == 0
    assert attendance(invited)[ADDRESS]["party_size"] == "25"

    assert invited.type("correct", SLUG, str(target), "--yes")[0] == 0
    assert invited.type("correct", SLUG, str(exported(invited, "after.csv")), "--yes")[0] == 0


FORM = (
    "Horodateur,Adresse e-mail,Nom,Venez-vous ?\r\n14/03/2025 09:41:22,marie.dupont@example.org,Marie Dupont,Formule B\r\n"
    "14/03/2025 09:50:00,paul.martin@example.net,Paul Martin,Je ne viens pas\r\n14/03/2025 09:55:00,zoe@example.net,Zoé Inconnue,Je viens\r\n"
)


def test_an_answer_nobody_can_know_is_asked_once(invited: Desk) -> None:
    """Without a terminal its words and its column are said, and nothing is recorded for its lines; what it means is then kept."""
    form, campaign = invited.path / "form.csv", invited.path / "config" / "campaigns" / f"{SLUG}.toml"
    form.write_text(FORM, "utf-8", newline="")
    before = campaign.read_bytes()
    status, shown = invited.type("poll", SLUG, str(form), "--yes")
    assert status == 1
    assert all(
        word in " ".join(shown.split())
        for word in ("« Formule B »", "« Venez-vous ? »", "--means", "Zoé Inconnue")
    )
    rows = attendance(invited)
    assert (rows[ADDRESS]["answer"], rows["paul.martin@example.net"]["answer"]) == ("none", "declined")
    assert campaign.read_bytes() == before

    assert invited.type("poll", SLUG, str(form), "--yes", "--means", "Formule B=oui")[0] == 0
    assert attendance(invited)[ADDRESS]["answer"] == "accepted"
    assert campaign.read_bytes() != before
    form.write_text(
        FORM.replace("09:50:00", "09:51:00").replace("Je ne viens pas", "Formule B"), "utf-8", newline=""
    )
    status, shown = invited.type("poll", SLUG, str(form), "--yes")
    assert "--means" not in shown
    assert attendance(invited)["paul.martin@example.net"]["answer"] == "accepted"


def test_a_question_that_does_not_tell_is_asked_for(invited: Desk) -> None:
    """Its columns are named and nothing is recorded; once it is named, it is known for the next time."""
    form = invited.path / "form.csv"
    form.write_text(FORM.replace("Venez-vous ?", "Ok pour le 31 ?"), "utf-8", newline="")
    status, shown = invited.type("poll", SLUG, str(form), "--yes")
    assert status == 2
    assert "Ok pour le 31 ?" in " ".join(shown.split())
    assert attendance(invited)["paul.martin@example.net"]["answer"] == "none"

    assert invited.type("poll", SLUG, str(form), "--yes", "--column", "le 31")[0] == 1
    assert attendance(invited)["paul.martin@example.net"]["answer"] == "declined"
    assert "Ok pour le 31 ?" not in invited.type("poll", SLUG, str(form), "--yes", "--means", "x=y")[1]
    assert "Rien de nouveau" in invited.type("poll", SLUG, str(form), "--yes")[1]


def test_who_answers_a_form_before_anything_was_sent(desk: Desk) -> None:
    """Whoever is on a list is known by it; the answer counts, the others are not taken in, and all are still invited."""
    desk.invite(MARIE, PAUL)
    form = desk.path / "form.csv"
    form.write_text(FORM.replace("Formule B", "Je viens"), "utf-8", newline="")
    status, shown = desk.type("poll", SLUG, str(form), "--yes")
    assert status == 1, shown  # Zoé waits for a person
    rows = attendance(desk)
    assert (rows[ADDRESS]["answer"], rows["paul.martin@example.net"]["answer"]) == ("accepted", "declined")

    assert desk.type("send", SLUG, "--yes")[0] == 0
    assert len(letters(desk, ADDRESS)) == 1
    assert attendance(desk)[ADDRESS]["answer"] == "accepted"
