"""Copy sent messages to the mailbox's folder for sent mail."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from mailer.errors import ConfigError, UserError, WireError
from mailer.model.message import OutgoingMessage
from mailer.store import Promise
from mailer.wire import MailboxAdapter, MailboxReader


@dataclass(frozen=True, slots=True)
class SentMessages:
    """Messages that were sent, each composed again where it is needed: byte for byte what left."""

    promises: tuple[Promise, ...] = ()
    compose: Callable[[Promise], OutgoingMessage] | None = None

    def __len__(self) -> int:
        return len(self.promises)

    def __iter__(self) -> Iterator[bytes]:
        for promise in self.promises:
            assert self.compose is not None
            yield self.compose(promise).content


NONE = SentMessages()


def try_to_copy(
    mailbox: Callable[[], MailboxAdapter],
    folder: str,
    sent: SentMessages,
    progress: Callable[[int, int], None],
) -> UserError | None:
    """Open the mailbox and put the copies into it; return the error that prevented it, None if there was none."""
    if not sent:
        return None
    try:
        with mailbox().open() as opened:
            put_copies(opened, folder, sent, progress)
    except (WireError, ConfigError) as error:
        return error
    return None


def put_copies(
    mailbox: MailboxReader,
    folder: str,
    sent: SentMessages,
    progress: Callable[[int, int], None] = lambda *_: None,
) -> int:
    """Put a copy of each of these messages into a folder; return how many. Raises WireError."""
    for done, content in enumerate(sent, 1):
        mailbox.append(folder, content)
        progress(done, len(sent))
    return len(sent)
