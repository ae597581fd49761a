"""The ledger and the outbox in a SQL database: SQLite by default, PostgreSQL where several machines share one."""

from __future__ import annotations

import contextlib
import secrets
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from mailer.errors import StoreError
from mailer.model.entry import Entry
from mailer.model.invitation import MessageKey
from mailer.model.message import GivenBack
from mailer.model.outcome import State
from mailer.model.pace import Limit
from mailer.store import (
    Breach,
    ChangeToken,
    Promise,
    Queued,
    Read,
    Restored,
    Settled,
    backup,
    change_token,
    claims,
    erase,
    given_back,
    queue,
    roll,
    sqlite_file,
    versions,
)
from mailer.store import entries as ledger
from mailer.store.engine import READING, explained, open_engine, scrub
from mailer.store.hold import file_hold, session_hold
from mailer.store.shared import Lease, shared_by
from mailer.store.worker import FileWorker, SessionWorker, Worker

K = TypeVar("K")
T = TypeVar("T")

BATCH = 100
"""How many promises one transaction queues: other processes can write between two transactions."""


def open_store(url: str) -> SqlStore:
    """Open a store at ``sqlite:///path`` or ``postgresql://user@host/name``, created if there is none.

    Raises StoreError if it cannot be opened, where a newer version of the program wrote it, or while another machine uses a
    file in a folder that both share.
    """
    lease = _lease(url)
    try:
        engine = open_engine(url)
    except BaseException:
        if lease:
            lease.release()
        raise
    worker: Worker
    if engine.dialect.name == "postgresql":
        worker = SessionWorker(engine)
    else:
        worker = FileWorker(Path(str(engine.url.database)))
    return SqlStore(engine, worker, lease)


def _lease(url: str) -> Lease | None:
    """Take the lease of a file in a shared folder; None where the folder is this machine's alone."""
    file = sqlite_file(url)
    by = shared_by(file.parent) if file else ""
    if file is None or not by or not file.parent.is_dir():
        return None
    lease = Lease(file, by)
    try:
        lease.take()
    except OSError as error:
        raise StoreError("store-unwritable", file=str(file), reason=error.strerror or "") from error
    return lease


class SqlStore:
    """The implementation of `mailer.store.Store` on a SQL database.

    Every method is one transaction; one that yields is a transaction for each page of results. Several threads may
    use one object.
    """

    def __init__(self, engine: Engine, worker: Worker, lease: Lease | None = None) -> None:
        self._engine = engine
        self._lease = lease
        self._worker = worker
        self._secret = b""

    @property
    def file(self) -> Path | None:
        """Return the file of the database; see `Store.file`."""
        name = self._engine.url.database if self._engine.dialect.name == "sqlite" else None
        return Path(name) if name else None

    def secret(self) -> bytes:
        """Return the store's secret; see `Store.secret`."""
        if not self._secret:
            with self._read() as connection:
                self._secret = roll.kept_secret(connection)
        if not self._secret:
            with self._write() as connection:
                self._secret = roll.secret(connection, secrets.token_bytes(32))
        return self._secret

    def campaigns(self) -> list[str]:
        """List the campaigns with entries; see `Store.campaigns`."""
        with self._read() as connection:
            return ledger.names(connection)

    # -- the queue -----------------------------------------------------------------------------------------------
    def enqueue(self, promises: Iterable[Promise], now: datetime) -> int:
        """Queue promises; see `Store.enqueue`."""
        remaining, new = iter(promises), 0
        while batch := list(islice(remaining, BATCH)):
            with self._write() as connection:
                new += queue.enqueue(connection, batch, now)
        return new

    def void(self, campaign: str, promises: Iterable[tuple[str, MessageKey]]) -> int:
        """Take promises out of the queue; see `Store.void`."""
        with self._write() as connection:
            return queue.void(connection, campaign, promises)

    def drop_queue(self, campaign: str) -> int:
        """Delete the queue; see `Store.drop_queue`."""
        with self._write() as connection:
            return queue.drop(connection, campaign)

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
        """Claim messages that are due; see `Store.claim`."""
        with self._write() as connection:
            claims.settle(connection, list(settled), now)
            request = claims.ClaimRequest(campaign, n, now, lease, account, limits)
            return claims.claim(connection, self._worker, request)

    def settle(self, settled: Iterable[Settled], now: datetime) -> None:
        """Record outcomes of messages; see `Store.settle`."""
        with self._write() as connection:
            claims.settle(connection, list(settled), now)

    def expire(self, campaign: str, now: datetime) -> int:
        """Put lost claims in doubt; see `Store.expire`."""
        with self._write() as connection:
            return claims.expire(connection, self._worker, campaign, now)

    def next_due(
        self, campaign: str, now: datetime, account: str = "", limits: Sequence[Limit] = ()
    ) -> datetime | None:
        """Return when the next message is due; see `Store.next_due`."""
        with self._read() as connection:
            return claims.next_due(connection, campaign, now, account, limits)

    def given_back(self, campaign: str) -> list[GivenBack]:
        """Return the messages that were given back; see `Store.given_back`."""
        with self._read() as connection:
            return given_back.given_back(connection, campaign)

    def hasten(self, campaign: str, messages: Iterable[tuple[str, MessageKey]], now: datetime) -> None:
        """Let messages that were given back be claimed at once; see `Store.hasten`."""
        with self._write() as connection:
            given_back.hasten(connection, campaign, messages, now)

    def change_token(self, campaign: str) -> ChangeToken:
        """Return the change token; see `Store.change_token`."""
        with self._read() as connection:
            return change_token.change_token(connection, campaign)

    def counts(self, campaign: str) -> Mapping[State, int]:
        """Count the queue; see `Store.counts`."""
        with self._read() as connection:
            return queue.counts(connection, campaign)

    def release(self, campaign: str, now: datetime) -> int:
        """Queue again what is in doubt; see `Store.release`."""
        with self._write() as connection:
            return claims.release(connection, campaign, now)

    def queue(self, campaign: str) -> Iterator[Queued]:
        """Yield what is in the queue; see `Store.queue`."""
        return self._paged(lambda connection, above: queue.page(connection, campaign, above), -1)

    def keep_octets(self, campaign: str, messages: Iterable[tuple[str, MessageKey, bytes]]) -> None:
        """Keep the octets of messages; see `Store.keep_octets`."""
        remaining = iter(messages)
        while batch := list(islice(remaining, BATCH)):
            with self._write() as connection:
                queue.keep_octets(connection, campaign, batch)

    def octets(self, campaign: str, invitee: str, key: MessageKey) -> bytes | None:
        """Return the octets of a message; see `Store.octets`."""
        with self._read() as connection:
            return queue.kept_octets(connection, campaign, invitee, key)

    # -- prepared letters ----------------------------------------------------------------------------------------
    def keep_version(self, campaign: str, digest: str, content: bytes) -> None:
        """Keep a version; see `Store.keep_version`."""
        with self._write() as connection:
            versions.keep_version(connection, campaign, digest, content)

    def version(self, campaign: str, digest: str) -> bytes | None:
        """Return a version; see `Store.version`."""
        with self._read() as connection:
            return versions.version(connection, campaign, digest)

    def keep_letters(
        self, campaign: str, digest: str, letters: Iterable[tuple[str, MessageKey, str]]
    ) -> None:
        """Keep what letters have of their own; see `Store.keep_letters`."""
        remaining = iter(letters)
        while batch := list(islice(remaining, versions.AT_ONCE)):
            with self._write() as connection:
                versions.keep_letters(connection, campaign, digest, batch)
                change_token.note_change(connection)

    def letter(self, campaign: str, invitee: str, key: MessageKey) -> tuple[str, str] | None:
        """Return what a letter has of its own; see `Store.letter`."""
        return self.letters(campaign, [(invitee, key)]).get((invitee, key))

    def letters(
        self, campaign: str, wanted: Sequence[tuple[str, MessageKey]]
    ) -> Mapping[tuple[str, MessageKey], tuple[str, str]]:
        """Return what letters have of their own; see `Store.letters`."""
        with self._read() as connection:
            return versions.letters_of(connection, campaign, wanted)

    def tried(self, campaign: str) -> set[tuple[str, MessageKey]]:
        """Return the letters that may have left; see `Store.tried`."""
        with self._read() as connection:
            return versions.tried(connection, campaign)

    # -- the ledger ----------------------------------------------------------------------------------------------
    def append(self, entries: Iterable[Entry]) -> list[Entry]:
        """Append ledger entries; see `Store.append`."""
        with self._write() as connection:
            return ledger.append(connection, entries)

    def append_decided(
        self,
        campaign: str,
        kinds: Collection[str],
        decide: Callable[[list[Entry]], Iterable[Entry]],
        invitee: str = "",
    ) -> list[Entry]:
        """Append what follows from what is there; see `Store.append_decided`."""
        with self._write() as connection:
            ledger.lock(connection, campaign)
            known: list[Entry] = []
            while found := ledger.page(
                connection, campaign, invitee, kinds, known[-1].number if known else 0
            ):
                known += found
            return ledger.append(connection, decide(known))

    def entries(
        self, campaign: str, invitee: str | None = None, *, kinds: Collection[str] = (), above: int = 0
    ) -> Iterator[Entry]:
        """Yield ledger entries; see `Store.entries`."""

        def page(connection: Connection, above: int) -> list[tuple[int, Entry]]:
            return [
                (entry.number, entry) for entry in ledger.page(connection, campaign, invitee, kinds, above)
            ]

        return self._paged(page, above)

    def by_invitee(self, campaign: str) -> Iterator[Entry]:
        """Yield ledger entries, one invitee after the other; see `Store.by_invitee`."""
        with self._read() as connection:
            last = ledger.newest(connection, campaign)

        def page(connection: Connection, after: tuple[str, int]) -> list[tuple[tuple[str, int], Entry]]:
            found = ledger.page_by_invitee(connection, campaign, after, last)
            return [((entry.invitee, entry.number), entry) for entry in found]

        return self._paged(page, ("", 0))

    def entries_of(self, campaign: str, invitees: Iterable[str], kinds: Collection[str]) -> list[Entry]:
        """Return entries of some invitees; see `Store.entries_of`."""
        with self._read() as connection:
            return ledger.of_invitees(connection, campaign, invitees, kinds)

    def placed_as(self, campaign: str, who: str) -> list[str]:
        """Return the invitees of a reference or an address; see `Store.placed_as`."""
        with self._read() as connection:
            return ledger.placed_as(connection, campaign, who)

    def latest(self, campaign: str) -> datetime | None:
        """Return the latest moment among the newest entries; see `Store.latest`."""
        with self._read() as connection:
            return ledger.latest(connection, campaign)

    def lines(self, campaign: str) -> Iterator[str]:
        """Yield the entries as JSON Lines; see `Store.lines`."""
        return self._paged(lambda connection, above: ledger.lines_page(connection, campaign, above), 0)

    def holds(self, campaign: str, number: int, hash: str) -> bool:  # noqa: A002 - the name of the column
        """Return whether an entry is there; see `Store.holds`."""
        with self._read() as connection:
            return ledger.holds(connection, campaign, number, hash)

    def backup(self, made_at: datetime, secrets: Mapping[str, bytes]) -> Iterator[bytes]:
        """Yield a backup; see `Store.backup`."""
        self.secret()
        options: dict[str, Any] = dict(READING)
        if self._engine.dialect.name == "postgresql":
            options |= {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
        with explained(self._engine), self._engine.connect().execution_options(**options) as connection:
            yield from backup.lines(connection, made_at, secrets)

    def restore(self, lines: Iterable[bytes], now: datetime) -> Restored:
        """Restore a backup; see `Store.restore`."""
        with self._write() as connection:
            if self._engine.dialect.name == "postgresql":
                connection.execute(
                    sa.text("LOCK TABLE campaigns, promises, entries, reads IN EXCLUSIVE MODE")
                )
            restored = backup.restore(connection, lines, now)
            change_token.note_change(connection)
        self._secret = b""
        with explained(self._engine):
            scrub(self._engine)
        return restored

    def size(self) -> int:
        """Count the entries; see `Store.size`."""
        with self._read() as connection:
            return backup.count(connection)

    def verify(self, campaign: str) -> Breach | None:
        """Return the first altered entry; see `Store.verify`."""
        with self._read() as connection:
            return ledger.verify(connection, campaign)

    # -- what was read -------------------------------------------------------------------------------------------
    def last_uid(self, folder: str, uidvalidity: int) -> int:
        """Return the highest UID read; see `Store.last_uid`."""
        with self._read() as connection:
            return roll.last_uid(connection, folder, uidvalidity)

    def read_uids(self, folder: str, uidvalidity: int, above: int) -> set[int]:
        """Return the UIDs that were read; see `Store.read_uids`."""
        with self._read() as connection:
            return roll.read_uids(connection, folder, uidvalidity, above)

    def recorded_uids(self, folder: str, uidvalidity: int) -> set[int]:
        """Return the UIDs of the mails that gave an entry; see `Store.recorded_uids`."""
        with self._read() as connection:
            return roll.recorded_uids(connection, folder, uidvalidity)

    def withheld(self, folder: str, uidvalidity: int) -> dict[int, datetime]:
        """Return the UIDs that are withheld; see `Store.withheld`."""
        with self._read() as connection:
            return roll.withheld(connection, folder, uidvalidity)

    def forget_withheld(self, folder: str, uidvalidity: int, uids: Collection[int]) -> None:
        """Forget that messages were withheld; see `Store.forget_withheld`."""
        with self._write() as connection:
            roll.forget_withheld(connection, folder, uidvalidity, uids)

    def ask_again(self) -> int:
        """Have what was given up asked for once more; see `Store.ask_again`."""
        with self._write() as connection:
            return roll.ask_again(connection)

    def known(self, digests: Collection[str]) -> set[str]:
        """Return the digests of mails read before; see `Store.known`."""
        with self._read() as connection:
            return roll.known(connection, digests)

    def record(self, readings: Sequence[tuple[Read, Sequence[Entry]]]) -> list[Entry]:
        """Record mails and their entries; see `Store.record`."""
        with self._write() as connection:
            firsts = roll.note_reads(connection, [read for read, _ in readings])
            new = [
                entry for (_, given), first in zip(readings, firsts, strict=True) if first for entry in given
            ]
            return ledger.append(connection, new)

    # -- suppression and erasure ---------------------------------------------------------------------------------
    def suppress(self, address: str, now: datetime, why: str) -> None:
        """Suppress an address; see `Store.suppress`."""
        key = self.secret()
        with self._write() as connection:
            roll.suppress(connection, key, address, now, why)
            change_token.note_change(connection)

    def suppressed(self, addresses: Iterable[str]) -> set[str]:
        """Return the suppressed addresses; see `Store.suppressed`."""
        key = self.secret()
        with self._read() as connection:
            return roll.suppressed(connection, key, list(addresses))

    def lift(self, addresses: Iterable[str]) -> None:
        """Write to addresses again; see `Store.lift`."""
        key = self.secret()
        with self._write() as connection:
            roll.lift(connection, key, list(addresses))
            change_token.note_change(connection)

    def note_forgotten(self, people: Iterable[tuple[str, str]], now: datetime) -> None:
        """Keep a mark of people who are forgotten; see `Store.note_forgotten`."""
        key = self.secret()
        with self._write() as connection:
            roll.note_forgotten(connection, key, people, now)
            change_token.note_change(connection)

    def forgotten(self, people: Iterable[tuple[str, str]]) -> set[tuple[str, str]]:
        """Return who was forgotten; see `Store.forgotten`."""
        key = self.secret()
        with self._read() as connection:
            return roll.forgotten(connection, key, people)

    def naming(self, addresses: Iterable[str]) -> list[tuple[str, int]]:
        """Return the entries that name an address; see `Store.naming`."""
        with self._read() as connection:
            return erase.naming(connection, addresses)

    def forget(
        self,
        invitees: Iterable[str],
        persons: Iterable[str] = (),
        *,
        senders: Iterable[str] = (),
        mentions: Iterable[str] = (),
        numbers: Iterable[tuple[str, int]] = (),
    ) -> None:
        """Erase what is kept of people; see `Store.forget`."""
        with self._write() as connection:
            erase.forget(connection, invitees, persons, senders, mentions, numbers)
            change_token.note_change(connection)
        with explained(self._engine):
            scrub(self._engine)

    def purge(self, campaign: str) -> None:
        """Erase everybody of one campaign; see `Store.purge`."""
        with self._write() as connection:
            erase.purge(connection, campaign)
            change_token.note_change(connection)
        with explained(self._engine):
            scrub(self._engine)

    def hold(self, campaign: str, who: str) -> contextlib.AbstractContextManager[None]:
        """Lock a campaign for one process; see `Store.hold`."""
        if self._engine.dialect.name == "postgresql":
            return session_hold(self._engine, campaign, who)
        return file_hold(Path(str(self._engine.url.database)), campaign, who)

    def close(self) -> None:
        """Release the locks and the connections."""
        self._worker.close()
        self._engine.dispose()
        if self._lease:
            self._lease.release()

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

    def _paged(self, page: Callable[[Connection, K], list[tuple[K, T]]], above: K) -> Iterator[T]:
        """Yield the rows of a table page by page, so that no transaction is open while the caller works on them.

        `page` returns the rows above a key, each with its own key.
        """
        while True:
            with self._read() as connection:
                found = page(connection, above)
            if not found:
                return
            for _, value in found:
                yield value
            above = found[-1][0]
