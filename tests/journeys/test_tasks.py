"""What mails tell staff besides answers, the whole way from the mailbox to what staff see."""

from __future__ import annotations

from mailer.demo import clients
from tests.journeys.conftest import A_WEEK_LATER, SLUG, Desk
from tests.journeys.test_hellemmes import AT, MARIE, PAUL, attendance, letters

ROSE = "Mme;Petit;Rose;;rose.petit@example.org"
MARIES, PAULS, ROSES = "marie.dupont@example.org", "paul.martin@example.net", "rose.petit@example.org"

FILTER = (
    "Votre message est en attente : ma messagerie est protégée par un anti-spam. Merci de cliquer pour prouver que vous "
    "n'êtes pas un robot : https://filtre.example/abc"
)
PASSED_ON = (
    "From: Remi Vasse <rvasse@mairie-lille.example>\r\nTo: cjulien@mairie-lille.example\r\nSubject: TR: Réunion\r\n"
    "Date: Fri, 14 Mar 2025 11:00:00 +0100\r\nMessage-ID: <remi@mairie-lille.example>\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"
    "-------- Message transféré --------\r\nSujet : Re: Réunion\r\nDate : Fri, 14 Mar 2025 10:00:00 +0100\r\n"
    "De : Paul Martin <paul.martin@example.net>\r\nPour : Remi Vasse <rvasse@mairie-lille.example>\r\n\r\nJe viendrai avec plaisir.\r\n"
)


def test_tasks_wait_under_whom_they_concern_and_answers_count(desk: Desk) -> None:
    """A filter keeps Marie's letter, a colleague passes on what Paul wrote, and Rose types beside her button."""
    desk.invite(MARIE, PAUL, ROSE)
    desk.type("send", SLUG, "--yes")
    ((marie,), (rose,)) = letters(desk, MARIES), letters(desk, ROSES)
    desk.office.post(MARIES, clients.written(marie, AT, FILTER))
    desk.office.post("rvasse@mairie-lille.example", PASSED_ON.encode())
    said = "Rose Petit a accepté votre invitation.\r\n\r\nNous serons trois, après le train de 14 h 20."
    reply = clients.claws(rose, AT, "ACCEPTED")
    head, blank, calendar = reply.partition(b"\r\n\r\n")
    kept = [
        line for line in head.split(b"\r\n") if not line.lower().startswith((b"content-", b"mime-", b" "))
    ]
    typed = b"\r\n".join(
        [
            *kept,
            b"MIME-Version: 1.0",
            b"Content-Type: multipart/mixed; boundary=typed",
            b"",
            b"--typed",
            b"Content-Type: text/plain; charset=utf-8",
            b"",
            said.encode(),
            b"--typed",
            *[line for line in head.split(b"\r\n") if line.lower().startswith(b"content-")],
            b"",
            calendar,
            b"--typed--",
        ]
    )
    assert blank
    desk.office.post(ROSES, typed)

    desk.type("read", now=A_WEEK_LATER)
    rows = attendance(desk)
    _, waiting = desk.type("review", SLUG, "--list")

    assert (rows[MARIES]["answer"], rows[MARIES]["state"], rows[MARIES]["review"]) == (
        "none",
        "held",
        "held-by-a-filter",
    )
    assert (rows[PAULS]["answer"], bool(rows[PAULS]["review"])) == ("none", True)
    assert (rows[ROSES]["answer"], rows[ROSES]["party_size"], rows[ROSES]["review"]) == ("accepted", "3", "")
    assert rows[ROSES]["comment"] == "Nous serons trois, après le train de 14 h 20."
    shown = " ".join(waiting.split())
    assert "un filtre retient notre lettre" in shown
    assert "quelqu’un a transféré ce que cette personne a écrit" in shown
    assert "Je viendrai avec plaisir." in shown
    assert "Rose Petit" not in shown
    assert len(rows) == 3
