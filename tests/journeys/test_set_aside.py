"""A mail that takes more than a mail may: the others are read, and staff see it wherever they look."""

from __future__ import annotations

from datetime import timedelta

import pytest

from mailer.bounded import Allowance
from mailer.demo import clients
from mailer.jobs import understand_many
from tests.hostile import filled
from tests.journeys.conftest import A_WEEK_LATER, SLUG, Desk
from tests.journeys.test_hellemmes import AT, MARIE, PAUL, attendance, letters

MARIES, PAULS = "marie.dupont@example.org", "paul.martin@example.net"


@pytest.fixture
def narrow(monkeypatch: pytest.MonkeyPatch) -> None:
    """A budget that a page of a quarter of a million letters does not keep."""
    monkeypatch.setattr(understand_many, "BUDGET", Allowance(0.08, 60.0, understand_many.BUDGET.octets))


@pytest.mark.usefixtures("narrow")
def test_a_heavy_mail_waits_and_is_not_tried_again(desk: Desk) -> None:
    """Attacks 38 to 42: what is heavy waits with its subject and the reason, once; the answer behind it counts."""
    desk.invite(MARIE, PAUL)
    desk.type("send", SLUG, "--yes")
    ((marie,), (paul,)) = letters(desk, MARIES), letters(desk, PAULS)
    plain = clients.written(marie, AT, "Je viens.", subject="Au sujet du 31 mars")
    head, _, _ = plain.partition(b"\r\n\r\n")
    kept = [line for line in head.split(b"\r\n") if not line.lower().startswith((b"content-", b"mime-"))]
    heavy = b"\r\n".join(
        [*kept, b"MIME-Version: 1.0", b"Content-Type: text/html", b"", filled("<p>a<br>", 900_000)]
    )
    desk.office.post(MARIES, heavy)
    desk.office.post(paul.recipient, clients.written(paul, AT + timedelta(hours=1), "Je viens."))

    status, said = desk.type("read", now=A_WEEK_LATER)
    again, nothing = desk.type("read", now=A_WEEK_LATER)
    _, waiting = desk.type("review", SLUG, "--list")
    _, why = desk.type("why", SLUG, MARIES)
    _, counts = desk.type("status", SLUG)
    rows = attendance(desk)

    assert (status, again) == (1, 0)
    assert "1 courriel n’a pas pu être lu dans le temps et la mémoire accordés" in said
    assert "0 nouveau" in nothing
    assert "bien plus longtemps que pour un courriel normal" in waiting
    assert "Au sujet du 31 mars" in waiting
    assert "Au sujet du 31 mars" in why
    assert "1" in counts
    assert (rows[paul.recipient]["answer"], rows[paul.recipient]["review"]) == ("accepted", "")
    assert rows[MARIES]["answer"] == "none"
    assert rows[MARIES]["review"]


def test_the_same_mail_within_the_budget_is_an_answer(desk: Desk) -> None:
    """What stays: a long page with a yes at its beginning is read, where a mail may take what it may."""
    desk.invite(MARIE)
    desk.type("send", SLUG, "--yes")
    (letter,) = letters(desk, MARIES)
    plain = clients.written(letter, AT, "Je viens.")
    desk.office.post(MARIES, replace_body(plain))
    desk.type("read", now=A_WEEK_LATER)

    assert attendance(desk)[MARIES]["answer"] == "accepted"


def replace_body(plain: bytes) -> bytes:
    """Make a mail a page that begins with the words and goes on with an earlier mail."""
    head, _, _ = plain.partition(b"\r\n\r\n")
    kept = [line for line in head.split(b"\r\n") if not line.lower().startswith((b"content-", b"mime-"))]
    page = b"<p>Je viens.</p><blockquote type=cite>" + filled("<p>a<br>", 100_000)
    return b"\r\n".join([*kept, b"MIME-Version: 1.0", b"Content-Type: text/html", b"", page])
