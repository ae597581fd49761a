"""Where mail goes that nothing links to an invitation."""

from __future__ import annotations

import re
from email.message import EmailMessage

import pytest

from tests.journeys.conftest import SLUG, Desk
from tests.journeys.test_rules import LIST

NOW = "2025-03-15T09:00+01:00"


@pytest.mark.parametrize("end", ["", "cancelled", "over"])
def test_mail_of_strangers_goes_where_it_can_still_be_answered(desk: Desk, end: str) -> None:
    """Into the latest campaign that is neither cancelled nor over, and reading says which; the ledger of the other stays."""
    desk.invite(*LIST[:2])
    assert desk.type("send", SLUG, "--yes")[0] == 0
    file = desk.path / "config" / "campaigns" / "fete.toml"
    file.write_text(desk.campaign(), "utf-8")
    assert desk.type("send", "fete", "--yes")[0] == 0
    if end == "over":
        text = re.sub(r"(?ms)^\[schedule\].*?(?=^\[|\Z)", "", desk.campaign())
        file.write_text(text.replace("2025-03-31", "2025-03-14"), "utf-8")
    if end == "cancelled":
        assert desk.type("cancel", "fete", "--yes")[0] == 0
    mail = EmailMessage()
    mail["From"] = "Zoé Blanc <zoe@example.net>"
    mail["To"] = "cjulien@mairie-lille.example"
    mail["Subject"] = "Présentation du diagnostic territorial d'Hellemmes"
    mail["Date"] = "Fri, 14 Mar 2025 20:00:00 +0100"
    mail["Message-ID"] = "<zoe@example.net>"
    mail.set_content("Bonjour, je voudrais venir à la présentation. Puis-je m'inscrire ?")
    desk.office.post("zoe@example.net", mail.as_bytes())

    _, shown = desk.type("read", now=NOW)
    expected, other = (SLUG, "fete") if end else ("fete", SLUG)
    assert f"« mailer review {expected} »" in shown
    assert f"« mailer review {other} »" not in shown
    assert "CAMPAGNE" not in shown
    assert "zoe@example.net" in desk.type("review", expected, "--list", now=NOW)[1]
    assert "zoe@example.net" not in desk.type("review", other, "--list", now=NOW)[1]
