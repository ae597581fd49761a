"""Queue a test campaign and send it in a process that tests can kill: ``python sending.py URL PORT CONNECTIONS``.

The process waits for a line on its standard input, so that it can be killed at any instant of its work.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from mailer.jobs.deliver import DeliveryTerms, deliver
from mailer.model.account import Account, Security
from mailer.model.invitation import Kind, MessageKey
from mailer.model.message import OutgoingMessage
from mailer.store import Promise, Queued
from mailer.store.sql import open_store
from mailer.wire.smtp import SmtpSender

FAR = datetime(2100, 1, 1, tzinfo=UTC)
NOW = datetime(2025, 3, 13, 9, tzinfo=UTC)


KEY = MessageKey(Kind.INVITATION, 0, 1)


def items(n: int, key: MessageKey = KEY) -> Iterator[Promise]:
    """A promise for each of `n` people."""
    for i in range(n):
        message_id = f"<{key}.{i}@mairie.example>"
        yield Promise("c", f"r{i}", key, (f"r{i}-1",), 0, "", NOW, message_id, "example.org")


class Letters:
    """Short letters, owed whatever the ledger says; `envelope` gives their return path."""

    def __init__(self, envelope: str = "mairie@mairie.example") -> None:
        self.envelope = envelope

    def owed(self, claimed: Sequence[Queued]) -> list[Queued]:
        """Everything is owed."""
        return list(claimed)

    def compose(self, promises: Sequence[Promise]) -> list[OutgoingMessage]:
        """The letters of promises."""
        return [self.letter(one) for one in promises]

    def letter(self, promise: Promise) -> OutgoingMessage:
        """The letter of one promise."""
        recipient = f"p{promise.invitee.removeprefix('r')}@example.org"
        body = f"Message-ID: {promise.message_id}\r\nTo: {recipient}\r\n\r\n" + "Bonjour\r\n" * 30
        return OutgoingMessage(
            "c", promise.invitee, promise.key, promise.message_id, self.envelope, recipient, body.encode()
        )


def main(url: str, port: str, connections: str) -> None:
    """Send what is due."""
    store = open_store(url)
    sender = SmtpSender(Account("127.0.0.1", int(port), Security.NONE))
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()
    asyncio.run(
        deliver(
            store,
            sender,
            "c",
            Letters(),
            DeliveryTerms(FAR, int(connections)),
            clock=lambda: datetime.now(UTC),
        )
    )
    store.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
