"""What a person reads before a password would go in clear, and that check says it beforehand."""

from __future__ import annotations

import pytest

from tests.journeys.conftest import SLUG, Desk

SECRET = "Zq7-planted-word"


def settle(desk: Desk, smtp: str, imap: str, store: str = "") -> None:
    """Write settings with these hosts, without encryption, and a password for both servers."""
    (desk.path / "config" / "mailer.toml").write_text(
        f'[smtp]\nhost = "{smtp}"\nport = {desk.office.smtp_port}\nsecurity = "none"\nusername = "camille"\n'
        f'[imap]\nhost = "{imap}"\nport = {desk.office.imap_port}\nsecurity = "none"\nusername = "{desk.office.owner}"\n'
        + (f'[store]\nurl = "{store}"\n' if store else ""),
        "utf-8",
    )
    for name in ("smtp_password", "imap_password"):
        (desk.path / "config" / "secrets" / name).write_text(SECRET, "utf-8")


def test_84_check_says_beforehand_which_password_would_go_in_clear(desk: Desk) -> None:
    """Each server is named with its setting, though a rehearsal sends nothing there; a server on this machine is not."""
    (desk.path / "config" / "secrets").mkdir(exist_ok=True)
    settle(desk, "0.0.0.0", "192.0.2.1")
    status, said = desk.type("check", SLUG)
    assert status == 1
    assert "mot de passe serait envoyé sans chiffrement à 192.0.2.1" in said

    settle(desk, "127.0.0.1", "localhost")
    assert "sans chiffrement" not in desk.type("check", SLUG)[1]


@pytest.mark.parametrize("command", [["status", SLUG], ["check", SLUG], ["send", SLUG, "--yes"], ["read"]])
def test_84_every_command_says_what_the_database_needs(desk: Desk, command: list[str]) -> None:
    """A PostgreSQL elsewhere without encryption is refused with what to add to store.url, and the URL is not shown."""
    (desk.path / "config" / "secrets").mkdir(exist_ok=True)
    settle(desk, "127.0.0.1", "127.0.0.1", f"postgresql://mailer:{SECRET}@db.invalid/mailer")
    status, said = desk.type(*command)

    assert status in (1, 2)
    assert "sslmode=verify-full" in said
    assert SECRET not in said
