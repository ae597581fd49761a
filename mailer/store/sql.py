"""A store in a SQL database: SQLite by default, PostgreSQL where several machines share one."""

from __future__ import annotations

import contextlib
import secrets
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import TypeVar

from sqlalchemy.engine import Connection, Engine

from mailer.model.entry import Entry
from mailer.model.invitation import Invitee, MessageKey
from mailer.model.message import OutgoingMessage
from mailer.model.outcome import State
from mailer.model.pace import Limit
from mailer.store import Breach, Issued, Mark, Queued, Read, Settled, claims, erase, marks, queue, roll
from mailer.store import entries as ledger
from mailer.store.engine import READING, explained, open_engine, scrub
from mailer.store.hold import file_hold, session_hold
from mailer.store.worker import FileWorker, SessionWorker, Worker

T = TypeVar("T")

BATCH = 100
"""How many messages one transaction queues: composing them must not keep others from writing."""


def open_store(url: str) -> SqlStore:
    """Open a store, made if there is none: ``sqlite:///path`` or ``postgresql://user@host/name``.

    Raises StoreError where it cannot be opened, or is newer than this program.
    """
    engine = open_engine(url)
    worker: Worker
    if engine.dialect.name == "postgresql":
        worker = SessionWorker(engine)
    else:
        worker = FileWorker(Path(str(engine.url.database)))
    return SqlStore(engine, worker)


class SqlStore:
    """The ledger, the outbox and the memory of what was read; see `mailer.store.Store`.

    Every method is one transaction, or, where it yields, one for each page. May be used from several threads.
    """

    def __init__(self, engine: Engine, worker: Worker) -> None:
        self._engine = engine
        self._worker = worker
        self._library = queue.Library()
        self._secret = b""

    def secret(self) -> bytes:
        if not self._secret:
            with self._read() as connection:
                self._secret = roll.kept_secret(connection)
        if not self._secret:
            with self._write() as connection:
                self._secret = roll.secret(connection, secrets.token_bytes(32))
        return self._secret

    # -- the roll ------------------------------------------------------------------------------------------------
    def enrol(self, campaign: str, invitees: Iterable[Invitee], now: datetime) -> None:
        with self._write() as connection:
            roll.enrol(connection, campaign, invitees, now)
            marks.note_change(connection)

    def roll(self, campaign: str) -> list[Invitee]:
        with self._read() as connection:
            return roll.roll(connection, campaign)

    def campaigns(self) -> list[str]:
        with self._read() as connection:
            return roll.campaigns(connection)

    # -- the outbox ----------------------------------------------------------------------------------------------
    def enqueue(self, items: Iterable[tuple[OutgoingMessage, Issued]], now: datetime) -> int:
        remaining, new = iter(items), 0
        while batch := list(islice(remaining, BATCH)):
            try:
                with self._write() as connection:
                    new += queue.enqueue(connection, self._library, batch, now)
            except BaseException:
                self._library.undo()
                raise
        return new

    def claim(
        self,
        campaign: str,
        n: int,
        now: datetime,
        lease: timedelta,
        *,
        account: str = "",
        limits: Sequence[Limit] = (),
        settled: Iterable[Settled] = (),
    ) -> list[Queued]:
        with self._write() as connection:
            claims.settle(connection, list(settled), now)
            order = claims.Order(campaign, n, now, lease, account, limits)
            return claims.claim(connection, self._library, self._worker, order)

    def settle(self, settled: Iterable[Settled], now: datetime) -> None:
        with self._write() as connection:
            claims.settle(connection, list(settled), now)

    def expire(self, campaign: str, now: datetime) -> int:
        with self._write() as connection:
            queue.sweep(connection)
            return claims.expire(connection, self._worker, campaign, now)

    def next_due(
        self, campaign: str, now: datetime, account: str = "", limits: Sequence[Limit] = ()
    ) -> datetime | None:
        with self._read() as connection:
            return claims.next_due(connection, campaign, now, account, limits)

    def mark(self, campaign: str) -> Mark:
        with self._read() as connection:
            return marks.mark(connection, campaign)

    def counts(self, campaign: str) -> Mapping[State, int]:
        with self._read() as connection:
            return queue.counts(connection, campaign)

    def release(self, campaign: str, now: datetime) -> int:
        with self._write() as connection:
            return claims.release(connection, campaign, now)

    def outbox(self, campaign: str) -> Iterator[Queued]:
        return self._paged(lambda connection, above: queue.page(connection, self._library, campaign, above))

    def states(self, campaign: str) -> Iterator[tuple[str, MessageKey, State]]:
        return self._paged(lambda connection, above: queue.states_page(connection, campaign, above))

    def issued(self, campaign: str | None = None) -> Iterator[Issued]:
        return self._paged(lambda connection, above: queue.issued_page(connection, campaign, above))

    # -- the ledger ----------------------------------------------------------------------------------------------
    def append(self, entries: Iterable[Entry]) -> list[Entry]:
        with self._write() as connection:
            return ledger.append(connection, entries)

    def entries(self, campaign: str, invitee: str | None = None, *, above: int = 0) -> Iterator[Entry]:
        def page(connection: Connection, above: int) -> list[tuple[int, Entry]]:
            return [(entry.number, entry) for entry in ledger.page(connection, campaign, invitee, above)]

        return self._paged(page, above)

    def verify(self, campaign: str) -> Breach | None:
        with self._read() as connection:
            return ledger.verify(connection, campaign)

    # -- what was read -------------------------------------------------------------------------------------------
    def last_uid(self, folder: str, uidvalidity: int) -> int:
        with self._read() as connection:
            return roll.last_uid(connection, folder, uidvalidity)

    def known(self, digests: Collection[str]) -> set[str]:
        with self._read() as connection:
            return roll.known(connection, digests)

    def record(self, readings: Sequence[tuple[Read, Sequence[Entry]]]) -> list[Entry]:
        with self._write() as connection:
            firsts = roll.note_reads(connection, [read for read, _ in readings])
            new = [
                entry for (_, given), first in zip(readings, firsts, strict=True) if first for entry in given
            ]
            return ledger.append(connection, new)

    # -- suppression and erasure ---------------------------------------------------------------------------------
    def suppress(self, address: str, now: datetime, why: str) -> None:
        key = self.secret()
        with self._write() as connection:
            roll.suppress(connection, key, address, now, why)
            claims.withdraw(connection, address, now)
            marks.note_change(connection)

    def suppressed(self, addresses: Iterable[str]) -> set[str]:
        key = self.secret()
        with self._read() as connection:
            return roll.suppressed(connection, key, list(addresses))

    def forget(self, invitees: Iterable[str], addresses: Iterable[str]) -> None:
        with self._write() as connection:
            erase.forget(connection, invitees, addresses)
            marks.note_change(connection)
        with explained(self._engine):
            scrub(self._engine)

    def hold(self, campaign: str, who: str) -> contextlib.AbstractContextManager[None]:
        if self._engine.dialect.name == "postgresql":
            return session_hold(self._engine, campaign, who)
        return file_hold(Path(str(self._engine.url.database)), campaign, who)

    def close(self) -> None:
        self._worker.close()
        self._engine.dispose()

    # -- transactions --------------------------------------------------------------------------------------------
    @contextlib.contextmanager
    def _write(self) -> Iterator[Connection]:
        with explained(self._engine), self._engine.begin() as connection:
            yield connection

    @contextlib.contextmanager
    def _read(self) -> Iterator[Connection]:
        with (
            explained(self._engine),
            self._engine.connect().execution_options(**READING) as connection,
        ):
            yield connection

    def _paged(self, page: Callable[[Connection, int], list[tuple[int, T]]], above: int = -1) -> Iterator[T]:
        """Go through a table by pages, so that no transaction stays open while the caller works."""
        while True:
            with self._read() as connection:
                found = page(connection, above)
            if not found:
                return
            for _, value in found:
                yield value
            above = found[-1][0]
