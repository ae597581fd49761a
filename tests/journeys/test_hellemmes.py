"""Test the Hellemmes campaign from contact list to attendance, over real SMTP and IMAP connections."""

from __future__ import annotations

import csv
import email
import email.policy
import io
from datetime import datetime

import pytest

from mailer.cli.demo import differences
from mailer.demo import clients
from mailer.demo.cast import CAST, REFUSED, answer
from mailer.demo.received import ReceivedInvitation, open_letter
from tests.journeys.conftest import A_WEEK_LATER, SLUG, Desk

MARIE = "Mme;Dupont;Marie;Club des aînés;marie.dupont@example.org"
PAUL = "M.;Martin;Paul;;paul.martin@example.net"
AT = datetime.fromisoformat("2025-03-14T10:00:00+01:00")


def letters(desk: Desk, address: str) -> list[ReceivedInvitation]:
    """The invitations that lie in somebody's letterbox."""
    return [open_letter(one) for one in desk.office.delivered if one.recipient == address]


def attendance(desk: Desk) -> dict[str, dict[str, str]]:
    """The attendance as a program reads it, by address."""
    target = desk.path / "exports" / "a.csv"
    assert desk.type("export", SLUG, str(target), "--machine")[0] == 0
    rows = csv.DictReader(io.StringIO(target.read_text("utf-8"), newline=""))
    return {row["email"]: row for row in rows}


def test_the_sample_campaign(desk: Desk) -> None:
    """Twenty invitees answer in every way there is, and the ledger says what each of them meant."""
    desk.office.unknown.add(REFUSED)
    status, shown = desk.type("send", SLUG, "--yes")
    assert status == 1, shown
    assert len(desk.office.delivered) == len(CAST) - 1

    list(answer(desk.office, AT))
    assert desk.type("read", now="2025-03-23T09:00+01:00")[0] == 1
    assert desk.type("record", SLUG, "Odile Quénelle", "accepted", "--party", "1")[0] == 0

    target = desk.path / "exports" / "a.csv"
    desk.type("export", SLUG, str(target), "--machine")
    assert differences(target.read_bytes()) == []


def test_running_send_again_sends_only_what_is_missing(desk: Desk) -> None:
    """Nobody is written to twice, and whoever was added to the list is written to."""
    desk.invite(MARIE)
    assert desk.type("send", SLUG, "--yes")[0] == 0
    assert desk.type("send", SLUG, "--yes")[0] == 0
    assert len(desk.office.delivered) == 1

    desk.invite(MARIE, PAUL)
    assert desk.type("send", SLUG, "--yes")[0] == 0
    assert [one.recipient for one in desk.office.delivered] == [
        "marie.dupont@example.org",
        "paul.martin@example.net",
    ]


def test_reading_again_changes_nothing(desk: Desk) -> None:
    """A second reading of the same mailbox records nothing, and a copy of a mail is not a second answer."""
    desk.invite(MARIE)
    desk.type("send", SLUG, "--yes")
    (letter,) = letters(desk, "marie.dupont@example.org")
    mail = clients.thunderbird(letter, AT, "ACCEPTED")
    for _ in range(2):
        desk.office.post("marie.dupont@example.org", mail)
    desk.type("read")
    before = attendance(desk)
    desk.type("read")

    assert before == attendance(desk)
    assert before["marie.dupont@example.org"]["answer"] == "accepted"
    _, shown = desk.type("why", SLUG, "marie.dupont@example.org")
    assert shown.count("réponse d'agenda") + shown.count("réponse d’agenda") == 1


def test_a_stranger_cannot_decline_for_marie(desk: Desk) -> None:
    """A calendar answer of somebody else, to whom the invitation was forwarded, changes nothing and waits for a person."""
    desk.invite(MARIE)
    desk.type("send", SLUG, "--yes")
    (letter,) = letters(desk, "marie.dupont@example.org")
    forged = clients.thunderbird(letter, AT, "DECLINED").replace(b"marie.dupont@", b"somebody.else@")
    forged = forged.replace(b"Marie Dupont", b"Somebody Else").replace(b"Marie_Dupont", b"Somebody_Else")
    desk.office.post("somebody.else@example.org", forged)
    assert desk.type("read")[0] == 1

    row = attendance(desk)["marie.dupont@example.org"]
    assert (row["answer"], bool(row["review"])) == ("none", True)


def test_the_meeting_moves(desk: Desk) -> None:
    """A new hour is announced at the next SEQUENCE, once per person, and everybody is asked again."""
    desk.invite(MARIE, PAUL)
    desk.type("send", SLUG, "--yes")
    marie = "marie.dupont@example.org"
    desk.office.post(marie, clients.thunderbird(letters(desk, marie)[0], AT, "ACCEPTED"))
    desk.type("read")
    assert attendance(desk)[marie]["answer"] == "accepted"

    desk.rewrite('starts = "2025-03-31 14:00"', 'starts = "2025-03-31 15:00"')
    desk.rewrite('ends = "2025-03-31 16:00"', 'ends = "2025-03-31 17:00"')
    status, shown = desk.type("send", SLUG, "--yes")
    assert status == 2
    assert "mailer update" in shown
    assert desk.type("update", SLUG, "--yes")[0] == 0
    first, second = letters(desk, marie)
    assert (first.uid, 0, 1) == (second.uid, first.sequence, second.sequence)
    assert second.starts.hour == 13
    assert attendance(desk)[marie]["answer"] == "none"

    assert desk.type("update", SLUG, "--yes")[0] == 0
    assert len(letters(desk, marie)) == 2
    desk.office.post(marie, clients.thunderbird(second, AT.replace(day=15), "DECLINED"))
    desk.type("read")
    assert attendance(desk)[marie]["answer"] == "declined"


def test_a_reminder_goes_to_the_silent(desk: Desk) -> None:
    """Not within a day of the invitation; who answered is left in peace; UID and SEQUENCE stay the same."""
    desk.invite(MARIE, PAUL)
    desk.type("send", SLUG, "--yes")
    marie, paul = "marie.dupont@example.org", "paul.martin@example.net"
    desk.office.post(marie, clients.thunderbird(letters(desk, marie)[0], AT, "DECLINED"))
    desk.type("read")
    status, shown = desk.type("remind", SLUG, "--yes")
    assert (status, len(letters(desk, paul))) == (0, 1)
    assert "Martin" in shown
    assert desk.type("remind", SLUG, "--yes", now=A_WEEK_LATER)[0] == 0

    assert len(letters(desk, marie)) == 1
    first, reminder = letters(desk, paul)
    assert (first.uid, first.sequence) == (reminder.uid, reminder.sequence)
    assert first.message_id != reminder.message_id


def test_the_meeting_is_called_off(desk: Desk) -> None:
    """Everybody who holds an invitation hears of it, those who declined too, and nothing is sent afterwards."""
    desk.invite(MARIE, PAUL)
    desk.type("send", SLUG, "--yes")
    assert desk.type("cancel", SLUG, "--yes")[0] == 0
    cancelled = [one for one in desk.office.delivered if b"method=CANCEL" in one.content]

    assert len(cancelled) == 2
    assert desk.type("cancel", SLUG, "--yes")[0] == 0
    assert len(desk.office.delivered) == 4
    status, shown = desk.type("remind", SLUG, "--yes")
    assert status == 2
    assert "annulée" in shown


def test_what_has_changed_is_named_in_the_persons_language(desk: Desk) -> None:
    """Before a change is announced, nothing is sent, and the fields are named as people call them."""
    desk.invite(MARIE)
    desk.type("send", SLUG, "--yes")
    desk.rewrite("16 bis rue des Travailleurs", "18 rue des Travailleurs")
    status, shown = desk.type("remind", SLUG, "--yes")

    assert status == 2
    assert "(lieu)" in shown


def test_a_mistyped_address_is_not_said_to_be_erased_without_a_word(desk: Desk) -> None:
    """Forgetting an address that nobody has asks whether it is typed correctly, and leaves everybody as they were."""
    desk.invite(MARIE)
    desk.type("send", SLUG, "--yes")
    status, shown = desk.type("forget", "marie.dupont@example.net", "--yes")

    assert status == 1
    assert "Est-elle bien écrite" in shown
    assert set(attendance(desk)) == {"marie.dupont@example.org"}


def test_a_test_leaves_no_trace(desk: Desk) -> None:
    """A test message is marked, its answer is recognised as a test, and the ledger stays empty."""
    desk.invite(MARIE)
    assert desk.type("send", SLUG, "--test", "camille@example.org")[0] == 0
    (letter,) = letters(desk, "camille@example.org")
    assert "test" in letter.subject.casefold() or "essai" in letter.subject.casefold()

    desk.type("send", SLUG, "--yes")
    desk.office.post("camille@example.org", clients.thunderbird(letter, AT, "ACCEPTED"))
    _, shown = desk.type("read")
    assert "essai" in shown
    assert set(attendance(desk)) == {"marie.dupont@example.org"}


def test_a_test_shows_the_letter_of_whoever_is_named(desk: Desk) -> None:
    """With --only the tester gets that person's letter; several are refused, and so is somebody who is not listed."""
    assert desk.type("send", SLUG, "--test", "camille@example.org", "--only", "O'Connor")[0] == 0
    (letter,) = letters(desk, "camille@example.org")
    assert "O'Connor" in letter.name

    assert (
        desk.type("send", SLUG, "--test", "c@example.org", "--only", "O'Connor", "--only", "D'Haene")[0] == 2
    )
    assert desk.type("send", SLUG, "--test", "c@example.org", "--only", "Nemo")[0] == 2
    assert letters(desk, "c@example.org") == []


@pytest.mark.parametrize(
    ("break_it", "file", "said"),
    [
        pytest.param(
            lambda d: (d.path / f"templates/{SLUG}/invitation.txt").write_text(
                "Objet : x\n\n{{ nom_de_famile }}", "utf-8"
            ),
            "invitation.txt",
            "nom_de_famile",
            id="missing-template-variable",
        ),
        pytest.param(
            lambda d: (d.path / "contacts/invites.csv").write_text("Nom;Prénom\nDupont;Marie\n", "utf-8"),
            "invites.csv",
            "Prénom",
            id="no-email-column",
        ),
        pytest.param(
            lambda d: (d.path / "contacts/invites.csv").write_text("", "utf-8"),
            "invites.csv",
            "",
            id="empty-list",
        ),
        pytest.param(
            lambda d: d.rewrite('ends = "2025-03-31 16:00"', 'ends = "2025-03-31 13:00"'),
            f"{SLUG}.toml, ligne",
            "13:00",
            id="end-before-start",
        ),
        pytest.param(
            lambda d: d.rewrite('starts = "2025-03-31 14:00"', 'starts = "lundi prochain"'),
            f"{SLUG}.toml, ligne",
            "lundi prochain",
            id="a-date-that-does-not-parse",
        ),
        pytest.param(
            lambda d: d.rewrite("[[lists]]", '[[lists]]\ncolumns = { "Colonne absente" = "email" }'),
            "",
            "Colonne absente",
            id="unknown-column",
        ),
    ],
)
def test_bad_input_is_said_and_nothing_is_sent(desk: Desk, break_it: object, file: str, said: str) -> None:
    """One clear sentence with file, line and what was read; exit 2; nothing leaves."""
    assert callable(break_it)
    break_it(desk)
    status, shown = desk.type("send", SLUG, "--yes")

    assert status == 2, shown
    assert file in shown
    assert said in shown
    assert "Traceback" not in shown
    assert desk.office.delivered == []


def test_servers_that_cannot_be_used(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """An SMTP server that is not there and a wrong password are said, and nothing is lost."""
    desk.invite(MARIE)
    monkeypatch.setenv("MAILER_IMAP__PASSWORD", "wrong")
    desk.type("send", SLUG, "--yes")
    status, shown = desk.type("read")
    assert status == 2
    assert "mot de passe" in shown

    desk.invite(MARIE, PAUL)
    monkeypatch.setenv("MAILER_SMTP__PORT", "1")
    status, shown = desk.type("send", SLUG, "--yes")
    assert status == 2
    assert "127.0.0.1:1" in shown

    monkeypatch.delenv("MAILER_SMTP__PORT")
    assert desk.type("send", SLUG, "--yes")[0] == 0
    assert len(letters(desk, "paul.martin@example.net")) == 1


def test_nothing_is_sent_without_a_word(desk: Desk) -> None:
    """Without a terminal and without --yes nothing happens, and --dry-run only shows."""
    desk.invite(MARIE)

    assert desk.type("send", SLUG)[0] == 2
    assert desk.type("send", SLUG, "--dry-run")[0] == 0
    assert desk.office.delivered == []


def test_too_late(desk: Desk) -> None:
    """Once the meeting has begun nothing is sent for it."""
    status, shown = desk.type("send", SLUG, "--yes", now="2025-03-31T14:30+02:00")

    assert status == 2
    assert "a commencé" in shown
    assert desk.office.delivered == []


def test_a_cancellation_in_the_last_hour_still_leaves(desk: Desk) -> None:
    """Half an hour before the meeting everybody can still be told that it does not take place."""
    desk.invite(MARIE)
    desk.type("send", SLUG, "--yes")
    status, shown = desk.type("cancel", SLUG, "--yes", now="2025-03-31T13:30+02:00")

    assert status == 0, shown
    assert len(desk.office.delivered) == 2


def test_a_cancellation_names_the_meeting_as_it_was_announced(desk: Desk) -> None:
    """The hour is changed in the file, then the meeting is called off after all: nobody reads an hour they were never told."""
    desk.invite(MARIE)
    desk.type("send", SLUG, "--yes")
    desk.rewrite('starts = "2025-03-31 14:00"', 'starts = "2025-03-31 15:00"')
    assert desk.type("cancel", SLUG, "--yes")[0] == 0

    sent = [
        email.message_from_bytes(one.content, policy=email.policy.default) for one in desk.office.delivered
    ]
    calendars = [
        part.get_content() for mail in sent for part in mail.walk() if "calendar" in part.get_content_type()
    ]
    moments = {line for calendar in calendars for line in str(calendar).splitlines() if "DTSTART" in line}
    assert (len(sent), moments) == (2, {"DTSTART:20250331T120000Z"})


def test_a_rehearsal_stays_on_this_machine(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """With a made-up moment nothing is sent to a server elsewhere."""
    monkeypatch.setenv("MAILER_SMTP__HOST", "smtp.example.org")
    status, shown = desk.type("send", SLUG, "--yes")

    assert status == 2
    assert "fictive" in shown
