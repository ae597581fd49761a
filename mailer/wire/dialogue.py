"""SMTP mail transactions over a connection that is open, encrypted and logged in (RFC 5321 section 3.3).

Where the server offers PIPELINING (RFC 2920), MAIL, RCPT and DATA are sent together: two round trips for a
message instead of four. (aiosmtplib cannot do that: it loses the replies after the first.) The content is
sent after reply 354 only. The stage is tracked exactly: a connection lost after the final dot means that the
message may have been delivered, one lost before means that it was not.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections import deque
from dataclasses import dataclass
from functools import lru_cache

from mailer.model.outcome import Reply, Stage

MAX_REPLY = 64 * 1024
"""Octets of one reply; whatever sends more is no SMTP server."""

MAX_REPLY_TEXT = 1000
SERVICE_CLOSING = 421
MAX_SINGLE_WRITE = 64 * 1024
"""Octets up to which content and final dot are sent in one write."""

ENVELOPE_COMMANDS = ((Stage.MAIL, 2), (Stage.RCPT, 2), (Stage.DATA, 3))
"""The commands before the content, each with the first digit of the reply that accepts it."""

_LINE = re.compile(rb"([2-5]\d\d)(?:([ -])(.*))?")
_STATUS = re.compile(r"[245]\.\d{1,3}\.\d{1,3}\s+")


@dataclass(frozen=True, slots=True)
class Timeouts:
    """How long to wait for replies, in seconds, RFC 5321 section 4.5.3.2.

    After the final dot it is ten minutes: a client that gives up earlier, and tries again, delivers twice
    (RFC 1047).
    """

    connect: float = 60.0
    command: float = 300.0
    data: float = 120.0
    block: float = 180.0
    dot: float = 600.0
    quit: float = 2.0


class ConnectionLost(Exception):  # noqa: N818 - what happened, not an error of ours
    """The connection was lost, timed out, or is not to an SMTP server."""


class Dialogue(asyncio.Protocol):
    """A connection to an SMTP server on which messages are sent one after the other.

    `extensions` are the keywords of the EHLO reply, in lower case; `most_octets` is the value of SIZE (RFC 1870), 0 for
    none; `transactions` counts the messages so far.
    """

    def __init__(
        self,
        transport: asyncio.Transport,
        extensions: frozenset[str],
        timeouts: Timeouts,
        *,
        most_octets: int = 0,
    ) -> None:
        self.extensions = extensions
        self.most_octets = most_octets
        self.transactions = 0
        self._transport = transport
        self._timeouts = timeouts
        self._stage = Stage.MAIL
        self._received = bytearray()
        self._text: list[str] = []
        self._replies: deque[tuple[int, str]] = deque()
        self._content_after_354 = b""
        self._loop = asyncio.get_running_loop()
        self._waiter: asyncio.Future[None] | None = None
        self._deadline = 0.0
        self._timer: asyncio.TimerHandle | None = None
        self._writable = asyncio.Event()
        self._writable.set()
        self._lost_because = ""
        transport.set_protocol(self)

    @property
    def usable(self) -> bool:
        """Return whether another transaction can begin: the connection is open and has no unread data."""
        return not (self._lost_because or self._replies or self._received or self._transport.is_closing())

    async def transact(self, mail: bytes, rcpt: bytes, content: bytes) -> Reply:
        """Run one transaction and return the reply that ended it.

        The commands have no line ends; `content` is in the form of RFC 5321 section 4.5.2 (`wire.content`).
        """
        self.transactions += 1
        self._stage = Stage.MAIL
        try:
            if "pipelining" in self.extensions:
                refused = await self._pipelined(mail, rcpt, content)
            else:
                refused = await self._one_by_one(mail, rcpt)
            if refused:
                await self._reset(refused)
                return refused
            if self._stage is not Stage.DOT:
                await self._send_content(content)
            code, text = await self._reply(self._timeouts.dot)
        except ConnectionLost as lost:
            self.close()
            return Reply(self._stage, 0, str(lost))
        if code == SERVICE_CLOSING:
            self.close()
        return Reply(Stage.DOT, code, text)

    async def probe(self, mail: bytes, rcpt: bytes) -> Reply | None:
        """Send these commands, then RSET; return the first refusal, or None. No message is sent."""
        try:
            for stage, command in ((Stage.MAIL, mail), (Stage.RCPT, rcpt)):
                self._stage = stage
                self._transport.write(command + b"\r\n")
                if refused := await self._refusal(stage):
                    await self._reset(refused)
                    return refused
            await self._reset(Reply(Stage.RCPT, 250, ""))
        except ConnectionLost as lost:
            self.close()
            return Reply(self._stage, 0, str(lost))
        return None

    async def quit(self) -> None:
        """Send QUIT and close the connection."""
        if self.usable:
            self._transport.write(b"QUIT\r\n")
            with contextlib.suppress(ConnectionLost):
                await self._reply(self._timeouts.quit)
        self.close()

    def close(self) -> None:
        """Close the connection without QUIT."""
        self._lost_because = self._lost_because or "connection closed"
        if self._timer:
            self._timer.cancel()
        self._transport.close()

    # -- the transaction -----------------------------------------------------------------------------
    async def _one_by_one(self, mail: bytes, rcpt: bytes) -> Reply | None:
        """Send each command after the reply to the one before; return the first refusal, or None."""
        for (stage, _), command in zip(ENVELOPE_COMMANDS, (mail, rcpt, b"DATA"), strict=True):
            self._stage = stage
            self._transport.write(command + b"\r\n")
            if refused := await self._refusal(stage):
                return refused
        return None

    async def _pipelined(self, mail: bytes, rcpt: bytes, content: bytes) -> Reply | None:
        """Send the three commands at once, and small content if they are accepted; return the first refusal.

        A server that refused the recipient may still accept DATA; it then expects a dot (RFC 2920 section
        3.1).
        """
        self._content_after_354 = content if len(content) <= MAX_SINGLE_WRITE else b""
        self._transport.write(b"%b\r\n%b\r\nDATA\r\n" % (mail, rcpt))
        try:
            await self._wait(self._timeouts.command)
        except ConnectionLost:
            if self._stage is not Stage.DOT:
                self._stage = ENVELOPE_COMMANDS[min(len(self._replies), 2)][0]
            raise
        if self._stage is Stage.DOT:
            return None
        first: Reply | None = None
        for stage, _ in ENVELOPE_COMMANDS:
            if first is None:
                self._stage = stage
                first = await self._refusal(stage)
                continue
            try:
                if await self._refusal(stage) is None and stage is Stage.DATA:
                    self._transport.write(b".\r\n")
                    await self._reply(self._timeouts.command)
            except ConnectionLost:
                self.close()
                break
        return first

    async def _refusal(self, stage: Stage) -> Reply | None:
        """Read the reply to a command; return it if it is a refusal."""
        data = stage is Stage.DATA
        code, text = await self._reply(self._timeouts.data if data else self._timeouts.command)
        return None if code // 100 == (3 if data else 2) else Reply(stage, code, text)

    async def _send_content(self, content: bytes) -> None:
        """Send the content and the final dot, after which nobody can know if a lost message was delivered."""
        if self._replies:
            self._fail("the server answers what it was not asked")
            raise ConnectionLost(self._lost_because)
        if len(content) <= MAX_SINGLE_WRITE:
            self._send_in_one_write(content)
            return
        self._stage = Stage.DATA
        self._transport.write(content)
        await self._wait_until_written()
        self._stage = Stage.DOT
        self._transport.write(b".\r\n")

    def _send_in_one_write(self, content: bytes) -> None:
        self._stage = Stage.DOT
        self._deadline = self._loop.time() + self._timeouts.dot
        self._transport.write(content + b".\r\n")

    async def _reset(self, refused: Reply) -> None:
        """Send RSET, or close the connection; else the server refuses the next message (503 nested MAIL)."""
        if refused.code == SERVICE_CLOSING or not self.usable:
            self.close()
            return
        self._transport.write(b"RSET\r\n")
        try:
            code, _ = await self._reply(self._timeouts.command)
        except ConnectionLost:
            self.close()
        else:
            if code // 100 != 2:
                self.close()

    # -- waiting ---------------------------------------------------------------------------------------
    async def _reply(self, seconds: float) -> tuple[int, str]:
        if not self._replies:
            await self._wait(seconds)
        return self._replies.popleft()

    async def _wait(self, seconds: float) -> None:
        if self._lost_because:
            raise ConnectionLost(self._lost_because)
        self._waiter = self._loop.create_future()
        self._deadline = self._loop.time() + seconds
        if self._timer is None or self._timer.when() > self._deadline:
            self._set_timer()
        try:
            await self._waiter
        finally:
            self._waiter = None

    def _set_timer(self) -> None:
        """Set the timer to the deadline; one timer serves many waits, since most end long before it."""
        if self._timer:
            self._timer.cancel()
        self._timer = self._loop.call_at(self._deadline, self._check_deadline)

    def _check_deadline(self) -> None:
        self._timer = None
        if self._waiter is None:
            return
        if self._loop.time() >= self._deadline:
            self._fail("no answer in time")
        else:
            self._set_timer()

    async def _wait_until_written(self) -> None:
        """Wait until the content is written; raise if none of it was taken for `Timeouts.block` seconds."""
        while not self._writable.is_set():
            left = self._transport.get_write_buffer_size()
            try:
                await asyncio.wait_for(self._writable.wait(), self._timeouts.block)
            except TimeoutError:
                if self._transport.get_write_buffer_size() >= left:
                    raise ConnectionLost("content not taken in time") from None
        if self._lost_because:
            raise ConnectionLost(self._lost_because)

    # -- what the transport calls ----------------------------------------------------------------------
    def data_received(self, data: bytes) -> None:
        """Split received data into replies."""
        *lines, rest = (bytes(self._received) + data).split(b"\n")
        self._received[:] = rest
        for line in lines:
            if not self._lost_because:
                self._add_line(line)
        if len(rest) + sum(map(len, self._text)) > MAX_REPLY:
            self._fail("the server does not speak SMTP")
        elif self._replies and not (self._content_after_354 and self._continues()):
            self._wake()

    def _add_line(self, line: bytes) -> None:
        read = _parse_line(line)
        if read is None:
            self._fail("the server does not speak SMTP")
            return
        code, text, last = read
        self._text.append(_STATUS.sub("", text, count=1) if self._text else text)
        if not last:
            return
        self._replies.append((code, " ".join(self._text)[:MAX_REPLY_TEXT]))
        self._text = []

    def _continues(self) -> bool:
        """Send the content once all commands are accepted; return whether to wait for more replies."""
        replies = self._replies
        if len(replies) > len(ENVELOPE_COMMANDS) or any(
            code // 100 != good for (code, _), (_, good) in zip(replies, ENVELOPE_COMMANDS, strict=False)
        ):
            self._content_after_354 = b""
            return False
        if len(replies) == len(ENVELOPE_COMMANDS):
            replies.clear()
            content, self._content_after_354 = self._content_after_354, b""
            self._send_in_one_write(content)
        return True

    def _wake(self) -> None:
        if self._waiter and not self._waiter.done():
            self._waiter.set_result(None)

    def connection_lost(self, exc: Exception | None) -> None:
        """Note why the connection was lost, and make the waiting call raise."""
        self._fail(str(exc) if exc else "the server closed the connection")

    def pause_writing(self) -> None:
        """Wait before writing more; the transport's buffer is full."""
        self._writable.clear()

    def resume_writing(self) -> None:
        """Allow writing again."""
        self._writable.set()

    def _fail(self, why: str) -> None:
        self._lost_because = self._lost_because or why
        self._writable.set()
        if self._waiter and not self._waiter.done():
            self._waiter.set_exception(ConnectionLost(self._lost_because))
        self._transport.close()


@lru_cache(maxsize=64)
def _parse_line(line: bytes) -> tuple[int, str, bool] | None:
    """Return code and text of a line of a reply, and whether it is the last; None if it is not SMTP.

    Cached, since servers send few different lines.
    """
    match = _LINE.fullmatch(line.rstrip(b"\r"))
    if match is None:
        return None
    text = (match[3] or b"").decode("utf-8", "replace").strip()
    return int(match[1]), _printable(text), match[2] != b"-"


def _printable(text: str) -> str:
    if text.isprintable():
        return text
    return "".join(letter if letter.isprintable() else " " for letter in text).strip()
