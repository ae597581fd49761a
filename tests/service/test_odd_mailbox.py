"""The service on a mailbox with oddities: what cannot be read is told once, and nothing is taken for a lost connection."""

from __future__ import annotations

import asyncio
import threading
from contextlib import ExitStack
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from mailer.cli.run import HeldCampaigns, adapters
from mailer.cli.service_log import Log
from mailer.errors import WireError
from mailer.jobs.listening import MailboxConnection
from mailer.jobs.serve import Service
from mailer.jobs.service_interface import Event
from mailer.wire import imap
from mailer.wire.imap import ImapAdapter
from mailer.workspace import Workspace
from tests.servers.odd_imap import GIVE, REFUSE, USUAL, OddImap
from tests.workspaces import sample, typed

MAIL = b"From: %s@example.org\r\nDate: Fri, 14 Mar 2025 10:00:00 +0100\r\nSubject: Re: x\r\n\r\nOui.\r\n"
NOW = datetime.fromisoformat("2025-03-15T09:00:00+01:00")


def workspace(path: Path, server: OddImap) -> Path:
    """A workspace whose mailbox is this server, with a ledger that has begun."""
    sample(path)
    (path / "config" / "mailer.toml").write_text(
        '[smtp]\nhost = "127.0.0.1"\nport = 1\nsecurity = "none"\n[imap]\nhost = "127.0.0.1"\n'
        f'port = {server.port}\nsecurity = "none"\nusername = "{server.username}"\ndone_folder = "Traités"\n',
        "utf-8",
    )
    (path / "config" / "secrets").mkdir(exist_ok=True)
    (path / "config" / "secrets" / "imap_password").write_text(server.password, "utf-8")
    typed(path, NOW - timedelta(days=1), "add", "restitution-hellemmes", "ana@example.org", "--yes")
    return path


def turns(path: Path, hours: list[float]) -> list[Event]:
    """Let the service look at these hours, and return what it told."""
    told: list[Event] = []
    opened = Workspace(path)
    clock = [NOW]
    with opened.store() as store, ExitStack() as holds:
        held = HeldCampaigns(opened, store, Log(opened, as_json=True, addresses=False), holds, "")
        service = Service(
            replace(
                adapters(opened, store, held, Log(opened, as_json=True, addresses=False)),
                campaigns=list,
                clock=lambda: clock[0],
                tell=told.append,
            )
        )
        for hour in hours:
            clock[0] = NOW + timedelta(hours=hour)
            asyncio.run(service.turn())
        service.close()
    return told


def test_what_cannot_be_read_or_moved_is_told_once(tmp_path: Path) -> None:
    """A mail that is withheld, for as long as it stays so, then that it waits; and a move that is refused."""
    server = OddImap(
        {"INBOX": {9: MAIL % b"ana", 10: MAIL % b"bea"}},
        treat=lambda uid: REFUSE if uid == 10 else GIVE,
        refused={"CREATE": "[NOPERM] no"},
    )
    with server.running():
        told = turns(workspace(tmp_path / "w", server), [0, 0.2, 0.4, 1.5])

    codes = [event.code if event.error is None else event.error.code for event in told]
    assert codes == ["mail-withheld", "imap-move-refused", "read", "mail-withheld", "mail-given-up", "read"]
    assert server.logins == 1


@pytest.mark.parametrize("capabilities", [USUAL.replace(" IDLE", ""), USUAL])
def test_a_mailbox_without_idle_is_no_lost_connection(
    capabilities: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """There may be news after a moment, and nothing is wrong; with IDLE there is none until something comes."""
    monkeypatch.setattr(imap, "LOOK_SECONDS", 0.3)
    server = OddImap({"INBOX": {9: MAIL % b"ana"}}, capabilities=capabilities)
    lost: list[WireError] = []
    news_came = []

    async def listen() -> None:
        connection = MailboxConnection(ImapAdapter(server.account), "INBOX", threading.Event())
        connection.reader()
        for _again in range(2):
            news = asyncio.Event()
            async with connection.listening(news, lost.append):
                for _moment in range(20):
                    await asyncio.sleep(0.1)
                    if news.is_set():
                        break
                news_came.append(news.is_set())
        connection.close()

    with server.running():
        asyncio.run(listen())

    assert lost == []
    assert news_came == ["IDLE" not in capabilities] * 2
    assert server.logins == 1
