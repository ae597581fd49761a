"""Send a message to oneself, find it in the mailbox, and delete it there."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from html import escape

from mailer.jobs.deliver import deliver_one
from mailer.mime.write import EncodedFiles, HeaderFields, assemble
from mailer.model.address import Mailbox
from mailer.model.invitation import Kind, MessageKey
from mailer.model.message import OutgoingMessage
from mailer.model.outcome import Reply
from mailer.wire import MailboxAdapter, MailboxReader, Sender

PATIENCE = 60.0
"""Seconds within which the message has to arrive."""

PAUSE = 2.0
"""Seconds between two looks at the mailbox."""


@dataclass(frozen=True, slots=True)
class RoundTrip:
    """What became of the message: the reply to it, and the folder it arrived in, "" if it did not arrive.

    `junk` says that this is the folder for unwanted mail, `removed` that it was deleted from there.
    """

    reply: Reply
    folder: str = ""
    junk: bool = False
    removed: bool = False


def to_oneself(
    sender: Mailbox, recipient: str, *, subject: str, text: str, token: str, now: datetime
) -> OutgoingMessage:
    """Return the message; `token` is what cannot be guessed in its Message-ID.

    It says that a machine wrote it (RFC 3834), so that nobody's absence is answered to it.
    """
    message_id = f"<try.{token}@{sender.domain}>"
    heading = HeaderFields(
        sender,
        Mailbox(recipient),
        subject,
        now,
        message_id,
        tokens={"Auto-Submitted": "auto-generated"},
    )
    content = assemble(EncodedFiles(), heading, text=f"{text}\n", html=f"<p>{escape(text)}</p>\n")
    key = MessageKey(Kind.INVITATION, 0, 0)
    return OutgoingMessage("", "", key, message_id, sender.address, recipient, content)


def there_and_back(
    mailbox: MailboxAdapter,
    sender: Sender,
    message: OutgoingMessage,
    *,
    pause: Callable[[float], None],
    patience: float = PATIENCE,
) -> RoundTrip:
    """Send a message to the owner of a mailbox, and wait for it there. Raises WireError.

    The mailbox is opened first: where that fails, nothing is sent. `pause` waits so many seconds.
    """
    with mailbox.open() as reader:
        before = {folder: reader.examine(folder).uidnext for folder in reader.folders()}
        reply = asyncio.run(deliver_one(sender, message))
        waited = 0.0
        while reply.code // 100 == 2:
            for folder, uidnext in before.items():
                if (uid := _found(reader, folder, uidnext, message.message_id.encode())) is not None:
                    junk = folder != next(iter(before))
                    return RoundTrip(reply, folder, junk=junk, removed=reader.remove(uid))
            if waited >= patience:
                break
            pause(PAUSE)
            waited += PAUSE
        return RoundTrip(reply)


def _found(reader: MailboxReader, folder: str, uidnext: int, message_id: bytes) -> int | None:
    """Return the UID of the message, if it is among those that came since; Outlook.com keeps its name in another field."""
    reader.examine(folder)
    for uid in reader.uids(max(uidnext - 1, 0)):
        fetched = reader.fetch(uid)
        if fetched and fetched.content and message_id in fetched.content:
            return uid
    return None
