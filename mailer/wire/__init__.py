"""The door to the mail servers: what a sender and a mailbox must be able to do."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager, AbstractContextManager
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Protocol

from mailer.model.message import OutgoingMessage
from mailer.model.outcome import Reply


class Connection(Protocol):
    """An SMTP dialogue, connected, secured and logged in."""

    async def send(self, message: OutgoingMessage) -> Reply:
        """Run one mail transaction and return the reply that ended it.

        A refusal is a `Reply` like any other. A connection lost or timed out is a `Reply` with code 0 at the
        stage it was lost. Never raises for what a server does. The connection stays usable: a refused
        transaction is followed by RSET, a lost one by a new connection at the next call.
        """
        ...

    async def probe(self, envelope_from: str, recipient: str) -> Reply | None:
        """Ask whether a message of this sender to this recipient would be taken; return the refusal. Nothing is sent."""
        ...


class Sender(Protocol):
    """What opens SMTP dialogues."""

    def connect(self) -> AbstractAsyncContextManager[Connection]:
        """Open one dialogue. Raises WireError where there is none to be had."""
        ...


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder as the server describes it, RFC 9051 sections 2.3.1.1 and 7.3.1."""

    name: str
    uidvalidity: int
    uidnext: int


@dataclass(frozen=True, slots=True)
class Fetched:
    """A message as it lies in the mailbox. `content` is None where `size` (octets) is over the bound."""

    uid: int
    size: int
    arrived: datetime
    content: bytes | None = field(repr=False)


class MailboxReader(Protocol):
    """A mailbox, opened to be read. It never marks, moves or deletes unless `move` is called."""

    def folders(self) -> Sequence[str]:
        """Name the folders answers may lie in: the inbox, then junk."""
        ...

    def examine(self, folder: str) -> Folder:
        """Open `folder` read-only."""
        ...

    def uids(self, above: int, since: date | None = None) -> Sequence[int]:
        """List the UIDs greater than `above` in the opened folder, ascending, of what came on `since` or later."""
        ...

    def fetch(self, uid: int) -> Fetched | None:
        """Fetch one message without marking it; None where it is gone."""
        ...

    def wait(self, seconds: float, enough: Callable[[], bool] = ...) -> bool:
        """Wait for something new (IDLE), at most `seconds` and until `enough` says so; say whether there may be."""
        ...

    def move(self, uid: int, folder: str) -> None:
        """Move one message to another folder, made if it is missing."""
        ...

    def append(self, folder: str, content: bytes) -> None:
        """Put a message into a folder, marked as read."""
        ...


class MailboxDoor(Protocol):
    """What opens mailboxes."""

    def open(self) -> AbstractContextManager[MailboxReader]:
        """Connect and log in. Raises WireError where it cannot."""
        ...
