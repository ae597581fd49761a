"""Mail transactions over a connection that is open, secured and logged in (RFC 5321 section 3.3).

Where the server offers PIPELINING (RFC 2920), MAIL, RCPT and DATA go out together: two round trips for a message,
not four. The content never goes before the server asked for it with 354, and how far the dialogue had come is
known at every moment, because a connection lost after the final dot leaves a doubt and one lost before does not.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections import deque
from dataclasses import dataclass
from functools import lru_cache

from mailer.model.outcome import Reply, Stage

MOST_REPLY = 64 * 1024
"""Octets of one reply, beyond which it is no SMTP server that speaks."""

MOST_TEXT = 1000
AT_ONE_GO = 64 * 1024
"""Octets up to which content and final dot are one write."""

_LINE = re.compile(rb"([2-5]\d\d)(?:([ -])(.*))?")
_STATUS = re.compile(r"[245]\.\d{1,3}\.\d{1,3}\s+")
_LONE = re.compile(rb"\r\n|\n|\r")


@dataclass(frozen=True, slots=True)
class Timeouts:
    """How long to wait, in seconds, RFC 5321 section 4.5.3.2.

    After the final dot it is ten minutes: whoever gives up earlier delivers twice (RFC 1047).
    """

    connect: float = 60.0
    command: float = 300.0
    data: float = 120.0
    block: float = 180.0
    dot: float = 600.0
    quit: float = 2.0


class Lost(Exception):  # noqa: N818 - what happened, not an error of ours
    """The connection broke off, the server fell silent, or it does not speak SMTP."""


class Dialogue(asyncio.Protocol):
    """One connection. `extensions` are the keywords of the EHLO reply, in lower case."""

    def __init__(self, transport: asyncio.Transport, extensions: frozenset[str], timeouts: Timeouts) -> None:
        self.extensions = extensions
        self.carried = 0
        self._transport = transport
        self._timeouts = timeouts
        self._stage = Stage.MAIL
        self._received = bytearray()
        self._text: list[str] = []
        self._replies: deque[tuple[int, str]] = deque()
        self._loop = asyncio.get_running_loop()
        self._waiter: asyncio.Future[None] | None = None
        self._until = 0.0
        self._alarm: asyncio.TimerHandle | None = None
        self._writable = asyncio.Event()
        self._writable.set()
        self._lost = ""
        transport.set_protocol(self)

    @property
    def usable(self) -> bool:
        """Whether another transaction can begin: the server neither left nor said anything unasked."""
        return not (self._lost or self._replies or self._received or self._transport.is_closing())

    async def transact(self, mail: bytes, rcpt: bytes, content: bytes) -> Reply:
        """Run one transaction with these commands, without line ends, and return the reply that ended it."""
        self.carried += 1
        self._stage = Stage.MAIL
        try:
            opening = self._together if "pipelining" in self.extensions else self._in_turn
            refused = await opening(mail, rcpt)
            if refused:
                await self._reset(refused)
                return refused
            return await self._give(content)
        except Lost as lost:
            self.close()
            return Reply(self._stage, 0, str(lost))

    async def quit(self) -> None:
        """Take leave, as far as the server waits for it."""
        if self.usable:
            self._transport.write(b"QUIT\r\n")
            with contextlib.suppress(Lost):
                await self._reply(self._timeouts.quit)
        self.close()

    def close(self) -> None:
        """Let go of the connection."""
        self._lost = self._lost or "connection closed"
        if self._alarm:
            self._alarm.cancel()
        self._transport.close()

    # -- the transaction -------------------------------------------------------------------------------------
    async def _in_turn(self, mail: bytes, rcpt: bytes) -> Reply | None:
        """Wait for each reply before the next command; return the first refusal."""
        for stage, command in ((Stage.MAIL, mail), (Stage.RCPT, rcpt), (Stage.DATA, b"DATA")):
            self._stage = stage
            self._transport.write(command + b"\r\n")
            if refused := await self._refusal(stage):
                return refused
        return None

    async def _together(self, mail: bytes, rcpt: bytes) -> Reply | None:
        """Send the three commands at once; return the first refusal.

        A server that refused the recipient may still say 354, and then wants its dot (RFC 2920 section 3.1).
        """
        self._transport.write(b"%b\r\n%b\r\nDATA\r\n" % (mail, rcpt))
        if not self._replies:
            await self._wait(self._timeouts.command)
        if [code // 100 for code, _ in self._replies] == [2, 2, 3]:
            self._replies.clear()
            return None
        first: Reply | None = None
        for stage in (Stage.MAIL, Stage.RCPT, Stage.DATA):
            if first is None:
                self._stage = stage
                first = await self._refusal(stage)
                continue
            try:
                if await self._refusal(stage) is None and stage is Stage.DATA:
                    self._transport.write(b".\r\n")
                    await self._reply(self._timeouts.command)
            except Lost:
                self.close()
                break
        return first

    async def _refusal(self, stage: Stage) -> Reply | None:
        """Read the reply to a command; return it unless it says to go on."""
        data = stage is Stage.DATA
        code, text = await self._reply(self._timeouts.data if data else self._timeouts.command)
        return None if code // 100 == (3 if data else 2) else Reply(stage, code, text)

    async def _give(self, content: bytes) -> Reply:
        """Send the content up to its final dot; from then on a loss is a doubt."""
        content = stuffed(content)
        if len(content) <= AT_ONE_GO:
            self._stage = Stage.DOT
            self._transport.write(content + b".\r\n")
        else:
            self._stage = Stage.DATA
            self._transport.write(content)
            await self._drained()
            self._stage = Stage.DOT
            self._transport.write(b".\r\n")
        code, text = await self._reply(self._timeouts.dot)
        if code == 421:
            self.close()
        return Reply(Stage.DOT, code, text)

    async def _reset(self, refused: Reply) -> None:
        """Clear the transaction, so that the next message does not suffer for this one."""
        if refused.code == 421 or not self.usable:
            self.close()
            return
        self._transport.write(b"RSET\r\n")
        try:
            code, _ = await self._reply(self._timeouts.command)
        except Lost:
            self.close()
        else:
            if code // 100 != 2:
                self.close()

    # -- waiting -----------------------------------------------------------------------------------------------
    async def _reply(self, seconds: float) -> tuple[int, str]:
        if not self._replies:
            await self._wait(seconds)
        return self._replies.popleft()

    async def _wait(self, seconds: float) -> None:
        if self._lost:
            raise Lost(self._lost)
        self._waiter = self._loop.create_future()
        self._until = self._loop.time() + seconds
        if self._alarm is None or self._alarm.when() > self._until:
            self._set_alarm()
        try:
            await self._waiter
        finally:
            self._waiter = None

    def _set_alarm(self) -> None:
        """Look at the clock when the time is over; one alarm serves for many waits, since most end long before."""
        if self._alarm:
            self._alarm.cancel()
        self._alarm = self._loop.call_at(self._until, self._look_at_the_clock)

    def _look_at_the_clock(self) -> None:
        self._alarm = None
        if self._waiter is None:
            return
        if self._loop.time() >= self._until:
            self._fail("no answer in time")
        else:
            self._set_alarm()

    async def _drained(self) -> None:
        """Wait until the content is out of our hands, as long as it keeps flowing."""
        while not self._writable.is_set():
            left = self._transport.get_write_buffer_size()
            try:
                await asyncio.wait_for(self._writable.wait(), self._timeouts.block)
            except TimeoutError:
                if self._transport.get_write_buffer_size() >= left:
                    raise Lost("content not taken in time") from None
        if self._lost:
            raise Lost(self._lost)

    # -- what the transport calls ------------------------------------------------------------------------------
    def data_received(self, data: bytes) -> None:
        """Cut replies out of what comes."""
        *lines, rest = (bytes(self._received) + data).split(b"\n")
        self._received[:] = rest
        for line in lines:
            if not self._lost:
                self._line(line)
        if len(self._received) + sum(map(len, self._text)) > MOST_REPLY:
            self._fail("the server does not speak SMTP")

    def _line(self, line: bytes) -> None:
        read = _read(line)
        if read is None:
            self._fail("the server does not speak SMTP")
            return
        code, text, last = read
        self._text.append(_STATUS.sub("", text, count=1) if self._text else text)
        if not last:
            return
        self._replies.append((code, " ".join(self._text)[:MOST_TEXT]))
        self._text = []
        if self._waiter and not self._waiter.done():
            self._waiter.set_result(None)

    def connection_lost(self, exc: Exception | None) -> None:
        """Remember why, and wake whoever waits."""
        self._fail(str(exc) if exc else "the server closed the connection")

    def pause_writing(self) -> None:
        """The transport has enough."""
        self._writable.clear()

    def resume_writing(self) -> None:
        """The transport takes more."""
        self._writable.set()

    def _fail(self, why: str) -> None:
        self._lost = self._lost or why
        self._writable.set()
        if self._waiter and not self._waiter.done():
            self._waiter.set_exception(Lost(self._lost))
        self._transport.close()


def stuffed(content: bytes) -> bytes:
    """Bring content into the form of RFC 5321 section 4.5.2: whole CRLF lines, leading dots doubled.

    A lone CR or LF would let a message smuggle another one past some servers.
    """
    # Both tests take a third of the time of counting, and of replacing what is not there.
    if content.replace(b"\r", b"").replace(b"\n", b"\r\n") != content:
        content = _LONE.sub(b"\r\n", content)
    if not content.endswith(b"\r\n"):
        content += b"\r\n"
    if content.rfind(b"\r\n.") >= 0:
        content = content.replace(b"\r\n.", b"\r\n..")
    return b"." + content if content.startswith(b".") else content


@lru_cache(maxsize=64)
def _read(line: bytes) -> tuple[int, str, bool] | None:
    """Read one line of a reply: its code, its words, and whether it is the last. Most are the same all day."""
    match = _LINE.fullmatch(line.rstrip(b"\r"))
    if match is None:
        return None
    text = (match[3] or b"").decode("utf-8", "replace").strip()
    return int(match[1]), _printable(text), match[2] != b"-"


def _printable(text: str) -> str:
    if text.isprintable():
        return text
    return "".join(letter if letter.isprintable() else " " for letter in text).strip()
