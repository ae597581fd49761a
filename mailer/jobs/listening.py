"""Keep the service's connection to the mailbox open, and wait for new mail over it (IMAP IDLE)."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import AsyncIterator, Callable

from mailer.errors import MailerError, WireError
from mailer.wire import MailboxAdapter, MailboxReader

IDLE_SECONDS = 60.0
"""How long one IDLE lasts, so that a connection that broke without a word is noticed."""

STOP_SECONDS = 5.0
"""How long the listening thread is given to end."""

TICK = 0.05


class MailboxConnection:
    """A connection to the mailbox that is opened when it is needed and kept.

    `folder` is the one that is listened to; setting `stopping` ends listening.
    """

    def __init__(self, mailbox: MailboxAdapter, folder: str, stopping: threading.Event) -> None:
        self._mailbox = mailbox
        self._folder = folder
        self._stopping = stopping
        self._reader: MailboxReader | None = None
        self._open = contextlib.ExitStack()

    @property
    def opened(self) -> MailboxReader | None:
        """Return the mailbox if it is open, else None."""
        return self._reader

    def reader(self) -> MailboxReader:
        """Return the mailbox, opened if need be. Raises WireError if it cannot be opened."""
        if self._reader is None:
            self._reader = self._open.enter_context(self._mailbox.open())
        return self._reader

    def close(self) -> None:
        """Close the connection; errors of one that is broken are ignored."""
        self._reader = None
        with contextlib.suppress(MailerError, OSError):
            self._open.close()

    @contextlib.asynccontextmanager
    async def listening(self, news: asyncio.Event, lost: Callable[[WireError], None]) -> AsyncIterator[None]:
        """Listen in a thread while the block runs: `news` is set if there may be new mail.

        Nothing else may use the mailbox meanwhile. `lost` is called where the connection broke.
        """
        thread = self._listen(news, lost) if self._reader else None
        try:
            yield
        finally:
            if thread:
                await self._end(thread, news)

    def _listen(self, news: asyncio.Event, lost: Callable[[WireError], None]) -> threading.Thread:
        reader, loop = self.reader(), asyncio.get_running_loop()

        def enough() -> bool:
            return news.is_set() or self._stopping.is_set()

        def listen() -> None:
            with contextlib.suppress(RuntimeError):  # the event loop may be closed when the process ends
                try:
                    reader.examine(self._folder)
                    while not enough() and not reader.wait(IDLE_SECONDS, enough):
                        pass
                except WireError as error:
                    loop.call_soon_threadsafe(lost, error)
                loop.call_soon_threadsafe(news.set)

        thread = threading.Thread(target=listen, name="mailbox", daemon=True)
        thread.start()
        return thread

    async def _end(self, listening: threading.Thread, news: asyncio.Event) -> None:
        """Let the listening thread end; where its server no longer answers, give the connection up."""
        news.set()
        end = asyncio.get_running_loop().time() + STOP_SECONDS
        while listening.is_alive() and asyncio.get_running_loop().time() < end:
            await asyncio.sleep(TICK)
        if listening.is_alive():
            self._reader = None
            self._open.pop_all()
