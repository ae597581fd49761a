"""An SMTP server that delivers everybody's mail into a Dovecot, where the town hall and the invitees find it."""

from __future__ import annotations

import asyncio
import imaplib
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from mailer.demo.post_office import PASSWORD, Delivered
from tests.clients.dovecot import Dovecot
from tests.servers.ports import HOST

ARRIVAL = 120.0


class _AnyPort(Controller):
    """A server on whatever port the system gives."""

    def _trigger_server(self) -> None:
        assert isinstance(self.server, asyncio.Server)
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()  # type: ignore[no-untyped-call]  # aiosmtpd has annotations in part


class MailWorld:
    """Where the product and real mail programs meet; what went through stands in `delivered`, in order.

    A mail for user+tag@domain lies in the INBOX of user@domain. Everybody's password is that of the post office.
    """

    def __init__(self, owner: str, base: Path) -> None:
        self.owner = owner
        self.delivered: list[Delivered] = []
        self._news = threading.Condition()
        self._dovecot = Dovecot(base, PASSWORD)
        self.imap_port = self._dovecot.port
        self._smtp = _AnyPort(self, hostname=HOST, port=0, enable_SMTPUTF8=True, ready_timeout=ARRIVAL)
        self._smtp.start()
        self.smtp_port = int(self._smtp.port)

    def close(self) -> None:
        """Stop both servers."""
        self._smtp.stop()
        self._dovecot.stop()

    def to(self, recipient: str) -> list[Delivered]:
        """What was delivered to somebody so far."""
        return [one for one in self.delivered if one.recipient == recipient]

    def arrival(self, recipient: str, count: int) -> Delivered:
        """Wait until somebody has got `count` mails, and give the last of these."""
        with self._news:
            assert self._news.wait_for(lambda: len(self.to(recipient)) >= count, ARRIVAL), "nothing arrived"
        return self.to(recipient)[count - 1]

    async def handle_DATA(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        """Deliver a message."""
        content = envelope.original_content or b""
        for recipient in envelope.rcpt_tos:
            one = Delivered(envelope.mail_from or "", recipient, content)
            await asyncio.get_running_loop().run_in_executor(None, self._deliver, one)
        return "250 2.0.0 Taken over"

    def _deliver(self, one: Delivered) -> None:
        local, _, domain = one.recipient.casefold().rpartition("@")
        head = f"Return-Path: <{one.envelope_from}>\r\nDelivered-To: {one.recipient}\r\n".encode()
        with imaplib.IMAP4(HOST, self.imap_port, timeout=ARRIVAL) as box:
            box.login(f"{local.partition('+')[0]}@{domain}", PASSWORD)
            status, answer = box.append("INBOX", "", "", head + one.content)
            if status != "OK":
                raise OSError(f"APPEND: {answer!r}")
        with self._news:
            self.delivered.append(one)
            self._news.notify_all()


@contextmanager
def mail_world(owner: str) -> Iterator[MailWorld]:
    """Run a mail world as long as the block lasts, in a folder that Dovecot's own users may enter."""
    with tempfile.TemporaryDirectory(prefix="mailworld-") as folder:
        base = Path(folder)
        base.chmod(0o755)
        world = MailWorld(owner, base)
        try:
            yield world
        finally:
            world.close()
