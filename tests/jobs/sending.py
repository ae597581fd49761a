"""Queue a test campaign and send it in a process that tests can kill: ``python sending.py URL PORT CONNECTIONS``.

The process waits for a line on its standard input, so that it can be killed at any instant of its work.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterator
from datetime import UTC, datetime

from mailer.jobs.deliver import DeliveryTerms, deliver
from mailer.model.account import Account, Security
from mailer.model.invitation import Kind, MessageKey
from mailer.model.message import OutgoingMessage
from mailer.store import Issued
from mailer.store.sql import open_store
from mailer.wire.smtp import SmtpSender

FAR = datetime(2100, 1, 1, tzinfo=UTC)


KEY = MessageKey(Kind.INVITATION, 0, 1)


def items(n: int, key: MessageKey = KEY) -> Iterator[tuple[OutgoingMessage, Issued]]:
    """A message for each of `n` people."""
    for i in range(n):
        message_id = f"<{key}.{i}@mairie.example>"
        body = f"Message-ID: {message_id}\r\nTo: p{i}@example.org\r\n\r\n" + "Bonjour\r\n" * 30
        yield (
            OutgoingMessage(
                "c", f"r{i}", key, message_id, "mairie@mairie.example", f"p{i}@example.org", body.encode()
            ),
            Issued("c", f"r{i}", key, 0, f"u{i}", f"t{i}", message_id),
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
            DeliveryTerms(FAR, int(connections)),
            clock=lambda: datetime.now(UTC),
        )
    )
    store.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
