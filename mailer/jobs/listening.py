"""The service's connection to the mailbox: opened when it is needed, and listened to in between."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import AsyncIterator, Callable

from mailer.errors import MailerError, WireError
from mailer.wire import MailboxAdapter, MailboxReader

SPELL = 60.0
"""Seconds of one IDLE, so that a connection that died in silence is noticed."""

HUSH = 5.0
"""Seconds in which listening comes to its end."""

TICK = 0.05


class Mailbox:
    """A mailbox that stays open. `folder` is where answers come to; `ending` is set when all is to end."""

    def __init__(self, door: MailboxAdapter, folder: str, ending: threading.Event) -> None:
        self._door = door
        self._folder = folder
        self._ending = ending
        self._reader: MailboxReader | None = None
        self._open = contextlib.ExitStack()

    @property
    def opened(self) -> MailboxReader | None:
        """The open mailbox, if it is."""
        return self._reader

    def reader(self) -> MailboxReader:
        """Open the mailbox, unless it is. Raises WireError where it cannot be."""
        if self._reader is None:
            self._reader = self._open.enter_context(self._door.open())
        return self._reader

    def close(self) -> None:
        """Let go of the mailbox; a connection that is broken may complain."""
        self._reader = None
        with contextlib.suppress(MailerError, OSError):
            self._open.close()

    @contextlib.asynccontextmanager
    async def listening(self, news: asyncio.Event, lost: Callable[[WireError], None]) -> AsyncIterator[None]:
        """Listen in a thread of its own while the block runs: `news` is set where there may be some.

        Nothing else may use the mailbox meanwhile. `lost` is called where the connection broke.
        """
        thread = self._listen(news, lost) if self._reader else None
        try:
            yield
        finally:
            if thread:
                await self._hush(thread, news)

    def _listen(self, news: asyncio.Event, lost: Callable[[WireError], None]) -> threading.Thread:
        reader, loop = self.reader(), asyncio.get_running_loop()

        def enough() -> bool:
            return news.is_set() or self._ending.is_set()

        def listen() -> None:
            with contextlib.suppress(RuntimeError):  # the loop may be gone, if the process ends
                try:
                    reader.examine(self._folder)
                    while not enough() and not reader.wait(SPELL, enough):
                        pass
                except WireError as error:
                    loop.call_soon_threadsafe(lost, error)
                loop.call_soon_threadsafe(news.set)

        thread = threading.Thread(target=listen, name="mailbox", daemon=True)
        thread.start()
        return thread

    async def _hush(self, listening: threading.Thread, news: asyncio.Event) -> None:
        """Let the listener come to its end; one whose server has fallen silent is left behind with its connection."""
        news.set()
        end = asyncio.get_running_loop().time() + HUSH
        while listening.is_alive() and asyncio.get_running_loop().time() < end:
            await asyncio.sleep(TICK)
        if listening.is_alive():
            self._reader = None
            self._open.pop_all()
