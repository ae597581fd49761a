"""The adapter to mail servers: the protocols that the SMTP and IMAP implementations fulfil."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from contextlib import AbstractAsyncContextManager, AbstractContextManager
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Protocol

from mailer.model.message import OutgoingMessage
from mailer.model.outcome import Reply

SENT = "\\Sent"
"""The special use of the folder for sent mail (RFC 6154), in place of its name."""


class Connection(Protocol):
    """An SMTP session, connected, encrypted and logged in."""

    @property
    def most_octets(self) -> int:
        """Return the size of the largest message that the server takes (SIZE, RFC 1870); 0 if it names none."""
        ...

    async def send(self, message: OutgoingMessage) -> Reply:
        """Run one mail transaction and return the reply that ended it.

        A refusal is returned, too. A connection lost or timed out is a `Reply` with code 0 and the stage at
        which it was lost. Nothing that a server does raises. The object stays usable: it sends RSET after a
        refusal, and connects again at the next call after a loss.
        """
        ...

    async def probe(self, envelope_from: str, recipient: str) -> Reply | None:
        """Return the server's refusal of this sender or recipient, or None; no message is sent."""
        ...


class Sender(Protocol):
    """An SMTP server with an account on it."""

    def connect(self) -> AbstractAsyncContextManager[Connection]:
        """Open a session. Raises WireError if that fails."""
        ...


@dataclass(frozen=True, slots=True)
class Folder:
    """A mailbox folder with its UIDVALIDITY and UIDNEXT, RFC 9051 section 2.3.1.1."""

    name: str
    uidvalidity: int
    uidnext: int


@dataclass(frozen=True, slots=True)
class Fetched:
    """A message of the mailbox; `content` is None if its `size` in octets is over the limit.

    `withheld` is what the server says, perhaps nothing, where it has the message and does not give it; `content` is then
    the header, where that could be had. Otherwise it is None.
    """

    uid: int
    size: int
    arrived: datetime
    content: bytes | None = field(repr=False)
    withheld: str | None = None


class MailboxReader(Protocol):
    """An open mailbox, in which nothing is marked, moved or deleted except by `move` and `remove`."""

    def folders(self) -> Sequence[str]:
        """Return the names of the folders that may hold answers: those in the settings, then junk."""
        ...

    def other_folders(self) -> Sequence[str]:
        """Return the names of the other folders, but for those that hold sent mail, drafts, or all mail at once."""
        ...

    def examine(self, folder: str) -> Folder:
        """Open a folder read-only."""
        ...

    def uids(self, above: int, since: date | None = None, without: Collection[int] = ...) -> Sequence[int]:
        """Return the UIDs above `above` in the open folder, ascending, of messages received since then, but for some."""
        ...

    def answering(self, domains: Collection[str], since: date | None = None) -> Sequence[int]:
        """Return the UIDs in the open folder of messages that answer one whose Message-ID has one of these domains."""
        ...

    def fetch(self, uid: int) -> Fetched | None:
        """Fetch a message without marking it as read; None if it is gone."""
        ...

    def wait(self, seconds: float, enough: Callable[[], bool] = ...) -> bool:
        """Wait for new mail, at most `seconds` or until `enough()`; return whether there may be some."""
        ...

    def move(self, uids: Sequence[int], folder: str) -> None:
        """Move messages of the open folder to another, which is created if missing. Raises WireError if that fails."""
        ...

    def remove(self, uid: int) -> bool:
        """Delete one message of the open folder; return whether the server can delete one without any other."""
        ...

    def append(self, folder: str, content: bytes) -> None:
        """Store a message in a folder, marked as read; `SENT` is whichever folder of the mailbox holds sent mail."""
        ...


class MailboxAdapter(Protocol):
    """A mailbox that can be opened."""

    def open(self) -> AbstractContextManager[MailboxReader]:
        """Connect and log in. Raises WireError if it cannot."""
        ...
