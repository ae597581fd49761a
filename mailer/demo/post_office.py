"""An SMTP server (aiosmtpd) that delivers into an IMAP server (pymap), both in this process and on loopback only."""

from __future__ import annotations

import asyncio
import imaplib
import logging
import socket
import threading
from argparse import Namespace
from collections.abc import Iterator
from contextlib import AsyncExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from pymap.backend.dict import DictBackend
from pymap.imap import IMAPService

HOST = "127.0.0.1"
PASSWORD = "rehearsal"  # noqa: S105 - of a server that lives for a few seconds on this machine
START_SECONDS = 15.0


@dataclass(frozen=True, slots=True)
class Delivered:
    """A message that the SMTP server accepted: envelope and octets."""

    envelope_from: str
    recipient: str
    content: bytes = field(repr=False)


class PostOffice:
    """The SMTP and IMAP servers of one mailbox, that of `owner`.

    Mail to `owner` is put into their IMAP inbox; mail to anybody else is kept in `delivered`. A recipient in `unknown`
    is refused with 550 5.1.1 at RCPT. `ports` are those of SMTP and IMAP, free ones by default.
    """

    def __init__(self, owner: str, ports: tuple[int, int] | None = None) -> None:
        self.owner = owner
        self.unknown: set[str] = set()
        self.delivered: list[Delivered] = []
        self.smtp_port, self.imap_port = ports or (_free_port(), _free_port())
        self._smtp = Controller(_Handler(self), hostname=HOST, port=self.smtp_port, enable_SMTPUTF8=True)
        self._imap = _ImapThread(owner, self.imap_port)

    def open(self) -> None:
        """Start both servers."""
        logging.getLogger("mail.log").setLevel(logging.ERROR)
        self._imap.begin()
        self._smtp.start()

    def close(self) -> None:
        """Stop both servers."""
        self._smtp.stop()
        self._imap.end()

    def post(self, sender: str, content: bytes) -> None:
        """Put a mail into the owner's inbox, as the SMTP server does with mail to them."""
        with self._mailbox() as box:
            head = f"Return-Path: <{sender}>\r\nDelivered-To: {self.owner}\r\n".encode()
            status, answer = box.append("INBOX", "", "", head + content)
            if status != "OK":
                raise OSError(f"APPEND: {answer!r}")

    @contextmanager
    def _mailbox(self) -> Iterator[imaplib.IMAP4]:
        with imaplib.IMAP4(HOST, self.imap_port, timeout=START_SECONDS) as box:
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


class _ImapThread:
    """The IMAP server (pymap) in a thread with its own event loop."""

    def __init__(self, user: str, port: int) -> None:
        self._arguments = Namespace(
            demo_data=False,
            demo_user=user,
            demo_password=PASSWORD,
            host=[HOST],
            port=str(port),
            cert=None,
            key=None,
            tls=False,
            inherited_sockets=None,
            proxy_protocol=None,
            skip_services=[],
            passlib_cfg=None,
            debug=False,
        )
        self._loop = asyncio.new_event_loop()
        self._loop.set_task_factory(self._keep)
        self._tasks: set[asyncio.Future[Any]] = set()
        self._ready = threading.Event()
        self._stop: asyncio.Event | None = None
        self._failure: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name="imap", daemon=True)

    def _keep(self, loop: asyncio.AbstractEventLoop, work: Any, **options: Any) -> asyncio.Future[Any]:
        """Make a task that is kept until it is done: asyncio itself does not, and Python 3.13 lost connections of pymap."""
        task: asyncio.Future[Any] = asyncio.Task(work, loop=loop, **options)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    def begin(self) -> None:
        """Start the server and wait until it accepts connections."""
        self._thread.start()
        if not self._ready.wait(START_SECONDS) or self._failure is not None:
            raise OSError(f"the IMAP server did not start: {self._failure}")

    def end(self) -> None:
        """Stop the server and wait until it has ended."""
        if self._stop is not None:
            self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(START_SECONDS)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_until_complete(self._serve())
        except BaseException as error:  # noqa: BLE001 - raised in the thread that waits
            self._failure = error
        finally:
            self._ready.set()
            with suppress(RuntimeError):
                self._loop.close()

    async def _serve(self) -> None:
        self._stop = asyncio.Event()
        backend, config = await DictBackend.init(self._arguments)
        config.apply_context()
        async with AsyncExitStack() as stack:
            await backend.start(stack)
            await IMAPService(backend, config).start(stack)
            self._ready.set()
            await self._stop.wait()
            # Before the server is closed: since Python 3.12 that waits for its connections.
            own = asyncio.current_task()
            rest = [task for task in asyncio.all_tasks() if task is not own]
            for task in rest:
                task.cancel()
            await asyncio.gather(*rest, return_exceptions=True)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


@contextmanager
def post_office(owner: str) -> Iterator[PostOffice]:
    """Run the mail servers of `owner` while the block runs."""
    office = PostOffice(owner)
    office.open()
    try:
        yield office
    finally:
        office.close()


UNLIMITED = "per_minute = 0\nper_hour = 0\n"


def settle_in(path: Path, office: PostOffice, delivery: str = UNLIMITED) -> None:
    """Write the settings of a workspace for these servers; `delivery` is the text of its ``[delivery]`` table."""
    (path / "config" / "mailer.toml").write_text(
        'language = "fr"\n'
        f'[smtp]\nhost = "127.0.0.1"\nport = {office.smtp_port}\nsecurity = "none"\n'
        f'[imap]\nhost = "127.0.0.1"\nport = {office.imap_port}\nsecurity = "none"\nusername = "{office.owner}"\n'
        f"[delivery]\n{delivery}",
        "utf-8",
    )
    secret = path / "config" / "secrets" / "imap_password"
    secret.parent.mkdir(exist_ok=True)
    secret.write_text(PASSWORD, "utf-8")
