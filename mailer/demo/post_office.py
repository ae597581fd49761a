"""An SMTP server (aiosmtpd) that delivers into an IMAP server (pymap), both in this process and on loopback only."""

from __future__ import annotations

import asyncio
import imaplib
import logging
import socket
import threading
from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope, Session
from proxyprotocol.reader import ProxyProtocolReader
from pymap.backend.dict import DictBackend
from pymap.imap import IMAPServer
from pysasl.hashing import Cleartext

from mailer import files, mime

HOST = "127.0.0.1"
PASSWORD = "rehearsal"  # noqa: S105 - of a server that lives for a few seconds on this machine
PATIENCE = 60.0


@dataclass(frozen=True, slots=True)
class Delivered:
    """A message that the SMTP server accepted: envelope and octets."""

    envelope_from: str
    recipient: str
    content: bytes = field(repr=False)


class PostOffice:
    """The SMTP and IMAP servers of one mailbox, that of `owner`.

    Mail to `owner` is put into their IMAP inbox; mail to anybody else is kept in `delivered`. A recipient in `unknown`
    is refused with 550 5.1.1 at RCPT. `ports` are those of SMTP and IMAP; 0 stands for a free one, known once the
    servers are open.
    """

    def __init__(self, owner: str, ports: tuple[int, int] = (0, 0)) -> None:
        self.owner = owner
        self.unknown: set[str] = set()
        self.delivered: list[Delivered] = []
        self.smtp_port, self.imap_port = ports
        self._servers = _Servers(self)

    def open(self) -> None:
        """Start both servers."""
        logging.getLogger("mail.log").setLevel(logging.ERROR)
        self._servers.begin()

    def close(self) -> None:
        """Stop both servers."""
        self._servers.end()

    def post(self, sender: str, content: bytes, arrived: datetime | None = None) -> None:
        """Put a mail into the owner's inbox, as the SMTP server does with mail to them.

        It arrives at the moment of its Date unless the caller says otherwise: the time of a demonstration is made up.
        """
        with self._mailbox() as box:
            head = f"Return-Path: <{sender}>\r\nDelivered-To: {self.owner}\r\n".encode()
            moment = arrived or mime.read(content).date
            internal = imaplib.Time2Internaldate(moment) if moment else ""
            status, answer = box.append("INBOX", "", internal, head + content)
            if status != "OK":
                raise OSError(f"APPEND: {answer!r}")

    @contextmanager
    def _mailbox(self) -> Iterator[imaplib.IMAP4]:
        with imaplib.IMAP4(HOST, self.imap_port, timeout=PATIENCE) as box:
            # Without this an APPEND waits 40 ms for a delayed acknowledgement of its literal.
            box.socket().setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            box.login(self.owner, PASSWORD)
            yield box


class _Handler:
    """The handler of the SMTP server, with the method names of aiosmtpd."""

    def __init__(self, office: PostOffice) -> None:
        self._office = office

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self,
        server: SMTP,  # noqa: ARG002
        session: Session,  # noqa: ARG002
        envelope: Envelope,
        address: str,
        rcpt_options: list[str],  # noqa: ARG002
    ) -> str:
        """Accept a recipient unless it is in `PostOffice.unknown`."""
        if address.casefold() in self._office.unknown:
            return "550 5.1.1 No such user here"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 Recipient OK"

    async def handle_DATA(  # noqa: N802
        self,
        server: SMTP,  # noqa: ARG002
        session: Session,  # noqa: ARG002
        envelope: Envelope,
    ) -> str:
        """Accept a message and deliver it to each recipient."""
        content = envelope.original_content or b""
        sender = (envelope.mail_from or "").strip("<>")
        for recipient in envelope.rcpt_tos:
            local, _, domain = recipient.casefold().rpartition("@")
            if f"{local.partition('+')[0]}@{domain}" == self._office.owner.casefold():
                await asyncio.get_running_loop().run_in_executor(None, self._office.post, sender, content)
            else:
                self._office.delivered.append(Delivered(sender, recipient, content))
        return "250 2.0.0 Taken over"


class _Servers:
    """aiosmtpd and pymap in a thread with its own event loop."""

    def __init__(self, office: PostOffice) -> None:
        self._office = office
        self._ready = threading.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop = asyncio.Event()
        self._failure: BaseException | None = None
        self._tasks: set[asyncio.Future[Any]] = set()
        self._thread = threading.Thread(target=self._run, name="post office", daemon=True)

    def _keep(self, loop: asyncio.AbstractEventLoop, work: Any, **options: Any) -> asyncio.Future[Any]:
        """Make a task that is kept until it is done: asyncio itself does not, and Python 3.13 lost connections of pymap."""
        task: asyncio.Future[Any] = asyncio.Task(work, loop=loop, **options)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    def begin(self) -> None:
        """Start the servers and wait until they accept connections."""
        self._thread.start()
        self._ready.wait()
        if self._failure is not None:
            raise OSError(f"the mail servers did not start: {self._failure}")

    def end(self) -> None:
        """Stop the servers and wait until they have ended."""
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._stop.set)
            self._loop = None
            self._thread.join()

    def _run(self) -> None:
        try:
            asyncio.run(self._serve())
        except BaseException as error:  # noqa: BLE001 - raised in the thread that waits
            self._failure = error
        finally:
            self._ready.set()

    async def _serve(self) -> None:
        loop = asyncio.get_running_loop()
        loop.set_task_factory(self._keep)
        # The password is known to everybody; a slow hash of it would cost more than the rest of a login.
        backend, config = await DictBackend.init(_arguments(self._office.owner), hash_context=Cleartext())
        config.apply_context()
        take = ProxyProtocolReader(config.proxy_protocol).get_callback(IMAPServer(backend.login, config))
        handler = _Handler(self._office)
        imap = await asyncio.start_server(take, HOST, self._office.imap_port)
        smtp = await loop.create_server(
            lambda: SMTP(handler, hostname=HOST, enable_SMTPUTF8=True, loop=loop),
            HOST,
            self._office.smtp_port,
        )
        self._office.imap_port, self._office.smtp_port = (
            int(server.sockets[0].getsockname()[1]) for server in (imap, smtp)
        )
        self._loop = loop
        self._ready.set()
        await self._stop.wait()
        imap.close()
        smtp.close()


def _arguments(user: str) -> Namespace:
    """Return what pymap's command line would have read."""
    return Namespace(
        demo_data=False,
        demo_user=user,
        demo_password=PASSWORD,
        host=[HOST],
        port="0",
        cert=None,
        key=None,
        tls=False,
        inherited_sockets=None,
        proxy_protocol=None,
        skip_services=[],
        passlib_cfg=None,
        debug=False,
    )


@contextmanager
def post_office(owner: str) -> Iterator[PostOffice]:
    """Run a post office for `owner` as long as the block lasts."""
    office = PostOffice(owner)
    office.open()
    try:
        yield office
    finally:
        office.close()


UNLIMITED = "per_minute = 0\nper_hour = 0\n"


def settle_in(
    path: Path, office: PostOffice, delivery: str = UNLIMITED, beginning: str = 'language = "fr"\n'
) -> None:
    """Write the servers of a post office into the settings of a workspace, and the password into its secrets.

    `delivery` are the lines of the table of that name, `beginning` those above the first table.
    """
    settings = (
        f"{beginning}"
        f'[smtp]\nhost = "127.0.0.1"\nport = {office.smtp_port}\nsecurity = "none"\n'
        f'[imap]\nhost = "127.0.0.1"\nport = {office.imap_port}\nsecurity = "none"\nusername = "{office.owner}"\n'
        f"[delivery]\n{delivery}"
    )
    files.rewrite(path / "config" / "mailer.toml", settings.encode())
    files.write(path / "config" / "secrets" / "imap_password", PASSWORD.encode())
