"""An SMTP server that fails on demand: at any stage, in any way, for anybody, at the nth time."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import enum
import ssl
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from mailer.model.account import Account, Security
from mailer.wire.dialogue import Timeouts


class Break(enum.Enum):
    """What a server may do instead of answering."""

    DROP = "drop"
    HANG = "hang"
    GARBAGE = "garbage"
    SLOW = "slow"


@dataclass
class Fault:
    """At a stage (greeting ehlo starttls auth mail rcpt data content dot rset), a reply or a break.

    `to` narrows it to recipients whose address begins so; `after` lets that many pass first; `times` is how often it
    happens.
    """

    stage: str
    does: str | Break
    to: str = ""
    after: int = 0
    times: int = 1_000_000

    def strikes(self, stage: str, recipient: str) -> bool:
        """Whether it happens now."""
        if stage != self.stage or not recipient.startswith(self.to):
            return False
        if self.after > 0:
            self.after -= 1
            return False
        self.times -= 1
        return self.times >= 0


@dataclass(frozen=True)
class Received:
    """A message the server read up to its final dot."""

    sender: str
    recipient: str
    content: bytes


@dataclass
class FaultServer:
    """The server; `received` is what was read whole, `accepted` what was answered with 250.

    An `eager` one says 354 even where it has refused the recipient (RFC 2920 section 3.1).
    """

    faults: Sequence[Fault] = ()
    extensions: tuple[str, ...] = ("PIPELINING", "SIZE 10240000", "8BITMIME", "ENHANCEDSTATUSCODES")
    security: Security = Security.NONE
    tls: ssl.SSLContext | None = None
    login: tuple[str, str] | None = None
    mechanisms: str = "PLAIN LOGIN XOAUTH2"
    refusal: str = "535 5.7.8 wrong password"
    accepts: Callable[[str], bool] | None = None
    most_connections: int = 1000
    eager: bool = False
    received: list[Received] = field(default_factory=list)
    accepted: list[Received] = field(default_factory=list)
    commands: list[str] = field(default_factory=list)
    connections: int = 0
    open_now: int = 0
    address: str = "127.0.0.1"
    port: int = 0
    _server: asyncio.Server | None = None
    _sessions: set[asyncio.Task[None]] = field(default_factory=set)

    @property
    def patience(self) -> Timeouts:
        """How long a client waits: briefly where this server will not answer, else as long as usual."""
        hung = {fault.stage for fault in self.faults if fault.does is Break.HANG}
        if not hung:
            return Timeouts()
        if hung & {"greeting", "ehlo"}:
            return Timeouts(connect=1)
        return Timeouts(command=1, data=1, block=1, dot=1, quit=0.2)

    @property
    def account(self) -> Account:
        """How to reach it."""
        username, password = self.login or ("", "")
        return Account("localhost", self.port, self.security, username, password)

    async def __aenter__(self) -> Self:
        implicit = self.tls if self.security is Security.TLS else None
        self._server = await asyncio.start_server(
            self._meet, self.address, self.port, ssl=implicit, limit=1 << 24
        )
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._server is not None
        self._server.close()
        for session in self._sessions:
            session.cancel()
        await asyncio.gather(*self._sessions, return_exceptions=True)

    @contextlib.contextmanager
    def in_a_thread(self) -> Iterator[FaultServer]:
        """Serve from a thread of its own, for callers that are other processes."""
        loop = asyncio.new_event_loop()
        ready, over = threading.Event(), asyncio.Event()

        async def serve() -> None:
            async with self:
                ready.set()
                await over.wait()
            # A handshake that the client broke off ends in the next turns of the loop.
            await asyncio.sleep(0.05)

        thread = threading.Thread(target=loop.run_until_complete, args=(serve(),))
        thread.start()
        ready.wait()
        try:
            yield self
        finally:
            loop.call_soon_threadsafe(over.set)
            thread.join()
            loop.close()

    async def _meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._sessions.add(task)
        self.connections += 1
        self.open_now += 1
        try:
            await Session(self, reader, writer).run()
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError, ssl.SSLError):
            pass
        finally:
            self.open_now -= 1
            self._sessions.discard(task)
            writer.transport.abort()


class SessionOverError(ConnectionError):
    """The session ends here."""


class Session:
    """One connection."""

    def __init__(
        self, server: FaultServer, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self.server = server
        self.reader = reader
        self.writer = writer
        self.secured = server.security is Security.TLS
        self.sender = ""
        self.recipient = ""

    async def run(self) -> None:
        """Greet, and serve until the client leaves."""
        if self.server.open_now > self.server.most_connections:
            await self.say("421 4.3.2 too many connections")
        await self.answer("greeting", "220 fault.example ESMTP")
        while line := await self.reader.readline():
            command = line.decode("utf-8", "replace").rstrip("\r\n")
            self.server.commands.append(command)
            verb = command.split(" ")[0].split(":")[0].upper()
            await getattr(self, f"do_{verb.lower()}", self.unknown)(command)

    async def answer(self, stage: str, normal: str) -> bool:
        """Give the normal answer, or fail as told; say whether it was the normal one."""
        fault = next((f for f in self.server.faults if f.strikes(stage, self.recipient)), None)
        match fault.does if fault else None:
            case None:
                await self.say(normal)
                return True
            case Break.DROP:
                self.writer.transport.abort()
                raise SessionOverError
            case Break.HANG:
                await asyncio.sleep(3600)
            case Break.GARBAGE:
                await self.say("\x00\x7fHTTP/1.1 400 Bad Request")
            case Break.SLOW:
                for octet in normal.encode() + b"\r\n":
                    self.writer.write(bytes([octet]))
                    await asyncio.sleep(0.002)
                return True
            case str(reply):
                await self.say(reply)
        return False

    async def say(self, text: str) -> None:
        """Write a reply; a 421 is the last."""
        self.writer.write(text.replace("\n", "\r\n").encode() + b"\r\n")
        await self.writer.drain()
        if text.startswith("421"):
            self.writer.close()
            raise SessionOverError

    async def unknown(self, command: str) -> None:
        """Know no such command."""
        await self.say("500 5.5.2 unknown command")

    async def do_ehlo(self, command: str) -> None:
        """Tell what is on offer."""
        offers = list(self.server.extensions)
        if self.server.security is Security.STARTTLS and not self.secured:
            offers.append("STARTTLS")
        if self.server.login:
            offers.append(f"AUTH {self.server.mechanisms}")
        lines = ["fault.example", *offers]
        marks = ["250-"] * (len(lines) - 1) + ["250 "]
        await self.answer("ehlo", "\n".join(mark + line for mark, line in zip(marks, lines, strict=True)))

    async def do_starttls(self, command: str) -> None:
        """Begin TLS."""
        if await self.answer("starttls", "220 2.0.0 go ahead"):
            assert self.server.tls is not None
            await self.writer.start_tls(self.server.tls)
            self.secured = True

    async def do_auth(self, command: str) -> None:
        """Check the login; a wrong token gets its challenge first, and what answers it must be right."""
        _, mechanism, *initial = command.split(" ")
        assert self.server.login is not None
        if mechanism not in self.server.mechanisms.split():
            await self.say("504 5.5.4 unrecognized authentication type")
            return
        username, password = self.server.login
        wanted = {
            "XOAUTH2": f"user={username}\x01auth=Bearer {password}\x01\x01",
            "OAUTHBEARER": f"n,a={username},\x01host=localhost\x01port={self.server.port}\x01auth=Bearer {password}\x01\x01",
            "PLAIN": f"\0{username}\0{password}",
            "LOGIN": f"{username}\n{password}",
        }[mechanism]
        if mechanism == "LOGIN":
            name = base64.b64decode(initial[0]).decode() if initial else await self.ask("VXNlcm5hbWU6")
            given = f"{name}\n{await self.ask('UGFzc3dvcmQ6')}"
        elif initial:
            given = base64.b64decode(initial[0]).decode()
        else:
            given = await self.ask("")
        begun, _bearer, token = given.rstrip("\x01").partition("auth=Bearer ")
        if given == wanted or (self.server.accepts and begun in wanted and self.server.accepts(token)):
            await self.answer("auth", "235 2.7.0 welcome")
        elif mechanism in ("XOAUTH2", "OAUTHBEARER"):
            answer = await self.ask("eyJzdGF0dXMiOiI0MDEifQ==")
            right = answer == ("" if mechanism == "XOAUTH2" else "\x01")
            await self.say("535 5.7.8 token refused" if right else "501 5.5.2 no answer to the challenge")
        else:
            await self.say(self.server.refusal)

    async def ask(self, challenge: str) -> str:
        """Send a challenge; return the answer."""
        await self.say(f"334 {challenge}")
        line = (await self.reader.readline()).decode().rstrip("\r\n")
        self.server.commands.append(line)
        return base64.b64decode(line).decode()

    async def do_mail(self, command: str) -> None:
        """Begin a transaction."""
        if self.sender:
            await self.say("503 5.5.1 nested MAIL")
            return
        sender = command.partition("<")[2].partition(">")[0]
        if await self.answer("mail", "250 2.1.0 sender ok"):
            self.sender = sender or "<>"

    async def do_rcpt(self, command: str) -> None:
        """Name the recipient."""
        if not self.sender:
            await self.say("503 5.5.1 MAIL first")
            return
        self.recipient = command.partition("<")[2].partition(">")[0]
        if not await self.answer("rcpt", "250 2.1.5 recipient ok"):
            self.recipient = ""

    async def do_data(self, command: str) -> None:
        """Read the content."""
        if not self.recipient and self.server.eager:
            await self.say("354 go on")
            await self.reader.readuntil(b".\r\n")
            await self.say("554 5.5.1 no valid recipients")
            return
        if not self.recipient:
            await self.say("554 5.5.1 no valid recipients" if self.sender else "503 5.5.1 MAIL first")
            return
        if not await self.answer("data", "354 go on"):
            return
        await self.read_content()

    async def read_content(self) -> None:
        """Read up to the final dot, or break off in the middle."""
        middle = next((f for f in self.server.faults if f.strikes("content", self.recipient)), None)
        if middle:
            await self.reader.read(100)
            self.writer.transport.abort()
            raise SessionOverError
        lines = []
        while (line := await self.reader.readline()) != b".\r\n":
            if not line:
                raise SessionOverError
            lines.append(line[1:] if line.startswith(b".") else line)
        message = Received(self.sender, self.recipient, b"".join(lines))
        self.server.received.append(message)
        if await self.answer("dot", "250 2.0.0 queued"):
            self.server.accepted.append(message)
        self.sender = self.recipient = ""

    async def do_rset(self, command: str) -> None:
        """Forget the transaction."""
        self.sender = self.recipient = ""
        await self.answer("rset", "250 2.0.0 reset")

    async def do_noop(self, command: str) -> None:
        """Do nothing."""
        await self.say("250 2.0.0 ok")

    async def do_quit(self, command: str) -> None:
        """Part."""
        self.writer.write(b"221 2.0.0 bye\r\n")
        self.writer.close()
        raise SessionOverError
