"""Mail transactions over a connection that is open, secured and logged in (RFC 5321 section 3.3).

Where the server offers PIPELINING (RFC 2920), MAIL, RCPT and DATA go out together: two round trips for a message,
not four. The content never goes before the server asked for it with 354; it goes the moment it did. How far the
dialogue had come is known at every moment, because a connection lost after the final dot leaves a doubt and one lost
before does not.
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
CLOSING = 421
AT_ONE_GO = 64 * 1024
"""Octets up to which content and final dot are one write."""

OPENING = ((Stage.MAIL, 2), (Stage.RCPT, 2), (Stage.DATA, 3))
"""The commands that open a transaction, and the first digit of the reply that goes on with it."""

_LINE = re.compile(rb"([2-5]\d\d)(?:([ -])(.*))?")
_STATUS = re.compile(r"[245]\.\d{1,3}\.\d{1,3}\s+")


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
        self._asked = b""
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
        """Run one transaction and return the reply that ended it.

        The commands are without line ends, `content` in the form of RFC 5321 section 4.5.2 (`wire.content`).
        """
        self.carried += 1
        self._stage = Stage.MAIL
        try:
            if "pipelining" in self.extensions:
                refused = await self._together(mail, rcpt, content)
            else:
                refused = await self._in_turn(mail, rcpt)
            if refused:
                await self._reset(refused)
                return refused
            if self._stage is not Stage.DOT:
                await self._give(content)
            code, text = await self._reply(self._timeouts.dot)
        except Lost as lost:
            self.close()
            return Reply(self._stage, 0, str(lost))
        if code == CLOSING:
            self.close()
        return Reply(Stage.DOT, code, text)

    async def probe(self, mail: bytes, rcpt: bytes) -> Reply | None:
        """Open a transaction with these commands and let it go; return the first refusal. Nothing is sent."""
        try:
            for stage, command in ((Stage.MAIL, mail), (Stage.RCPT, rcpt)):
                self._stage = stage
                self._transport.write(command + b"\r\n")
                if refused := await self._refusal(stage):
                    await self._reset(refused)
                    return refused
            await self._reset(Reply(Stage.RCPT, 250, ""))
        except Lost as lost:
            self.close()
            return Reply(self._stage, 0, str(lost))
        return None

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
        for (stage, _), command in zip(OPENING, (mail, rcpt, b"DATA"), strict=True):
            self._stage = stage
            self._transport.write(command + b"\r\n")
            if refused := await self._refusal(stage):
                return refused
        return None

    async def _together(self, mail: bytes, rcpt: bytes, content: bytes) -> Reply | None:
        """Send the three commands at once, and the content where they are all accepted; return the first refusal.

        A server that refused the recipient may still say 354, and then wants its dot (RFC 2920 section 3.1).
        """
        self._asked = content if len(content) <= AT_ONE_GO else b""
        self._transport.write(b"%b\r\n%b\r\nDATA\r\n" % (mail, rcpt))
        try:
            await self._wait(self._timeouts.command)
        except Lost:
            if self._stage is not Stage.DOT:
                self._stage = OPENING[min(len(self._replies), 2)][0]
            raise
        if self._stage is Stage.DOT:
            return None
        first: Reply | None = None
        for stage, _ in OPENING:
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

    async def _give(self, content: bytes) -> None:
        """Send the content up to its final dot; from then on a loss is a doubt."""
        if self._replies:
            self._fail("the server answers what it was not asked")
            raise Lost(self._lost)
        if len(content) <= AT_ONE_GO:
            self._give_at_one_go(content)
            return
        self._stage = Stage.DATA
        self._transport.write(content)
        await self._drained()
        self._stage = Stage.DOT
        self._transport.write(b".\r\n")

    def _give_at_one_go(self, content: bytes) -> None:
        self._stage = Stage.DOT
        self._until = self._loop.time() + self._timeouts.dot
        self._transport.write(content + b".\r\n")

    async def _reset(self, refused: Reply) -> None:
        """Clear the transaction, so that the next message does not suffer for this one."""
        if refused.code == CLOSING or not self.usable:
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
        if len(rest) + sum(map(len, self._text)) > MOST_REPLY:
            self._fail("the server does not speak SMTP")
        elif self._replies and not (self._asked and self._goes_on()):
            self._wake()

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

    def _goes_on(self) -> bool:
        """Give the content as soon as all that opens the transaction is accepted; say whether there is more to wait for."""
        replies = self._replies
        if len(replies) > len(OPENING) or any(
            code // 100 != good for (code, _), (_, good) in zip(replies, OPENING, strict=False)
        ):
            self._asked = b""
            return False
        if len(replies) == len(OPENING):
            replies.clear()
            content, self._asked = self._asked, b""
            self._give_at_one_go(content)
        return True

    def _wake(self) -> None:
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
