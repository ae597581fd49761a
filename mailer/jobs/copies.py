"""Copy sent messages to the mailbox's folder for sent mail."""

from __future__ import annotations

from collections.abc import Callable, Collection

from mailer.errors import ConfigError, UserError, WireError
from mailer.model.invitation import MessageKey
from mailer.store import Store
from mailer.wire import MailboxAdapter, MailboxReader

SentMessage = tuple[str, MessageKey]
"""An invitee's reference, and the key of the message."""


def try_to_copy(
    store: Store,
    mailbox: Callable[[], MailboxAdapter],
    campaign: str,
    folder: str,
    sent: Collection[SentMessage],
    progress: Callable[[int, int], None],
) -> UserError | None:
    """Open the mailbox and put the copies into it; return the error that prevented it, None if there was none."""
    if not sent:
        return None
    try:
        with mailbox().open() as opened:
            put_copies(store, opened, campaign, folder, sent, progress)
    except (WireError, ConfigError) as error:
        return error
    return None


def put_copies(
    store: Store,
    mailbox: MailboxReader,
    campaign: str,
    folder: str,
    sent: Collection[SentMessage],
    progress: Callable[[int, int], None] = lambda *_: None,
) -> int:
    """Put a copy of each of these messages into a folder; return how many.

    The copies are byte for byte what was sent. Raises WireError.
    """
    done = 0
    for invitee, key in sent:
        content = store.octets(campaign, invitee, key)
        if content is not None:
            mailbox.append(folder, content)
            done += 1
            progress(done, len(sent))
    return done
