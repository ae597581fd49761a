"""Read a mailbox that is not the user's own, or has other addresses, on a real Dovecot."""

from __future__ import annotations

import imaplib
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from mailer.demo import clients
from mailer.demo.post_office import PASSWORD
from mailer.workspace.opening import Workspace
from tests.clients import dovecot as dovecots
from tests.clients.dovecot import dovecot
from tests.journeys.conftest import SLUG, Desk
from tests.journeys.test_hellemmes import AT, MARIE, attendance, letters
from tests.journeys.test_replies import ADDRESS

SHARED = "cjulien@mairie-lille.example"
DELEGATE = "claude@mairie-lille.example"
pytestmark = [
    pytest.mark.servers,
    pytest.mark.skipif(dovecots.why_not() is not None, reason=str(dovecots.why_not())),
]


def put(port: int, user: str, mail: bytes) -> None:
    """Have a mail arrive in somebody's mailbox."""
    with imaplib.IMAP4("127.0.0.1", port) as box:
        box.login(user, PASSWORD)
        box.append("INBOX", "", "", mail)


@pytest.fixture
def port(desk: Desk) -> Iterator[int]:
    """A Dovecot where Claude, and nobody else, may open every mailbox."""
    with tempfile.TemporaryDirectory(prefix="masters-") as folder:
        Path(folder).chmod(0o755)
        masters = Path(folder) / "masters"
        masters.write_text(f"{DELEGATE}:{{PLAIN}}{PASSWORD}\n")
        masters.chmod(0o644)
        more = f"auth_master_user_separator = *\npassdb {{\n driver = passwd-file\n args = {masters}\n master = yes\n}}\n"
        with dovecot(PASSWORD, more) as box:
            desk.invite(MARIE)
            file = desk.path / "config" / "mailer.toml"
            text = file.read_text("utf-8").replace(
                f"port = {desk.office.imap_port}\n", f"port = {box.port}\n"
            )
            file.write_text(text, "utf-8")
            yield box.port


def settle(desk: Desk, *imap: str) -> None:
    """Write these lines under [imap] instead of the user name."""
    file = desk.path / "config" / "mailer.toml"
    text = re.sub(r"^username = .*$", lambda _: "\n".join(imap), file.read_text("utf-8"), flags=re.MULTILINE)
    file.write_text(text, "utf-8")


@pytest.mark.parametrize(
    "lines",
    [(f'username = "{DELEGATE}"', f'mailbox = "{SHARED}"'), (f'username = "{SHARED}*{DELEGATE}"',)],
    ids=["identity", "user-name"],
)
def test_a_shared_mailbox_is_read(desk: Desk, port: int, lines: tuple[str, ...]) -> None:
    """A delegate reads the mailbox that invites, as authorization identity or by the user name, and not their own."""
    settle(desk, *lines)
    assert desk.type("check", SLUG)[0] == 0
    assert desk.type("send", SLUG, "--yes")[0] == 0
    (letter,) = letters(desk, ADDRESS)
    put(port, SHARED, clients.thunderbird(letter, AT, "ACCEPTED"))
    put(port, DELEGATE, clients.thunderbird(letter, AT, "DECLINED"))
    status, shown = desk.type("read", now="2025-03-20T09:00+01:00")

    assert status == 0, shown
    assert "1 nouveau courriel" in shown
    assert attendance(desk)[ADDRESS]["answer"] == "accepted"


@pytest.mark.usefixtures("port")
def test_a_mailbox_that_is_not_given_is_told(desk: Desk) -> None:
    """Who was not given access gets a sentence with both names and the settings, and the exit status of what could not be done."""
    settle(desk, 'username = "paul@mairie-lille.example"', f'mailbox = "{SHARED}"')
    status, shown = desk.type("read")

    assert status == 2
    assert f"ne laisse pas « paul@mairie-lille.example » ouvrir la boîte « {SHARED} »" in shown
    assert PASSWORD not in shown


@pytest.mark.usefixtures("port")
def test_a_mailbox_of_somebody_else_is_not_taken_for_the_organizers(desk: Desk) -> None:
    """Without the setting a delegate's own mailbox would be read: that stops sending, and `aliases` is named as a way out."""
    settle(desk, f'username = "{DELEGATE}"')
    status, shown = desk.type("check", SLUG)
    assert status == 1
    assert f'aliases = ["{SHARED}"]' in shown

    settle(
        desk, f'username = "{DELEGATE}"', f'aliases = ["accueil@mairie-lille.example", "{SHARED.upper()}"]'
    )
    status, shown = desk.type("check", SLUG)
    assert status == 0, shown


ADDRESSES = [
    ({"USERNAME": DELEGATE}, DELEGATE),
    ({"USERNAME": DELEGATE, "MAILBOX": SHARED}, SHARED),
    ({"USERNAME": DELEGATE, "ALIASES": f'["{SHARED}"]'}, SHARED),
    ({"USERNAME": DELEGATE, "ALIASES": '["accueil@mairie-lille.example"]'}, DELEGATE),
    ({"USERNAME": "claude"}, SHARED),
    ({"USERNAME": "MAIRIE\\claude\\evenements"}, SHARED),
    ({"USERNAME": f"{DELEGATE}\\evenements"}, SHARED),
    ({"USERNAME": f"evenements@mairie-lille.example*{DELEGATE}"}, SHARED),
]


@pytest.mark.parametrize(("settings", "address"), ADDRESSES)
def test_whose_mail_is_read(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, settings: dict[str, str], address: str
) -> None:
    """It is the mailbox's address, or the organizer's where its mail is said, or has to be assumed, to arrive there."""
    for name, value in settings.items():
        monkeypatch.setenv(f"MAILER_IMAP__{name}", value)
    workspace = Workspace(desk.path)

    assert workspace.mailbox_address(workspace.campaign(SLUG)) == address
