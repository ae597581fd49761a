"""Copies of what was sent, put into the mailbox's folder for sent mail."""

from __future__ import annotations

from collections.abc import Callable, Collection

from mailer.store import Store
from mailer.wire import MailboxReader

Key = tuple[str, str]
"""An invitee's reference, and which of their messages it is."""


def put_copies(
    store: Store,
    mailbox: MailboxReader,
    campaign: str,
    folder: str,
    sent: Collection[Key],
    progress: Callable[[int, int], None] = lambda *_: None,
) -> int:
    """Put a copy of each of these messages into a folder; return how many there were.

    The bytes are those that left; the store keeps them until the next run. Raises WireError.
    """
    done = 0
    for queued in store.outbox(campaign):
        message = queued.message
        if (message.invitee, message.key) in sent and message.content:
            mailbox.append(folder, message.content)
            done += 1
            progress(done, len(sent))
    return done
