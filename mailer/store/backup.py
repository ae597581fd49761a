"""A backup: all that a store knows as lines of JSON, the same for every database; docs/backup.md describes the format.

It is written from one snapshot, while others go on writing, and restored in one transaction, or not at all.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import zlib
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from itertools import islice
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from mailer.errors import StoreError
from mailer.model.outcome import Reply, Stage, State
from mailer.store import Restored, claims, forgotten, serial
from mailer.store import entries as ledger
from mailer.store.tables import SCHEMA, Moment, campaigns, metadata, moment, promises

T = TypeVar("T")

NAME, FORMAT = "mailer-backup", 1
AT_ONCE = 500
"""How many rows are read, or written, at a time."""

NUMBERED = ("campaigns", "promises", "commons", "attempts", "reads")
"""The tables whose first column the database numbers by itself."""


# -- writing -----------------------------------------------------------------------------------------------------


def lines(connection: Connection, made_at: datetime, secrets: Mapping[str, bytes]) -> Iterator[bytes]:
    """Yield a backup line by line. Raises StoreError ``entry-damaged`` where the ledger is not as it was written."""
    heads = ledger.heads(connection)
    for slug in heads:
        if breach := ledger.verify(connection, slug):
            raise StoreError("entry-damaged", read=slug, n=breach.number)
    digest = hashlib.sha256()
    counts: dict[str, int] = {}
    header = {
        NAME: FORMAT,
        "schema": SCHEMA,
        "made_at": moment(made_at),
        "secrets": bool(secrets),
        "campaigns": heads,
    }
    for value in _values(connection, header, secrets, counts):
        line = serial.dump(value).encode() + b"\n"
        digest.update(line)
        yield line
    yield serial.dump({"end": counts, "sha256": digest.hexdigest()}).encode() + b"\n"


def _values(
    connection: Connection,
    header: Mapping[str, object],
    secrets: Mapping[str, bytes],
    counts: dict[str, int],
) -> Iterator[object]:
    yield header
    for table in metadata.sorted_tables:
        yield {"table": table.name, "columns": [column.name for column in table.c]}
        columns = [_plain(column) for column in table.c]
        binary = [isinstance(column.type, sa.LargeBinary) for column in table.c]
        counts[table.name] = 0
        query = sa.select(*columns).order_by(*table.primary_key.columns)
        for row in connection.execution_options(yield_per=AT_ONCE).execute(query):
            counts[table.name] += 1
            yield [_text(value) if own else value for value, own in zip(row, binary, strict=True)]
    for name in sorted(secrets):
        yield {"secret": name, "content": _text(secrets[name])}


def _plain(column: sa.Column[Any]) -> sa.ColumnElement[Any]:
    """Return a column as it is stored: moments as text."""
    if isinstance(column.type, Moment):
        return sa.type_coerce(column, sa.String).label(column.name)
    return column


def _text(value: bytes | None) -> str | None:
    return None if value is None else base64.b64encode(value).decode()


# -- reading -----------------------------------------------------------------------------------------------------


def restore(connection: Connection, written: Iterable[bytes], now: datetime) -> Restored:
    """Put a backup in the place of all that a store has; the caller's transaction is kept only if nothing is raised.

    What waited when the backup was made may have left since: it is in doubt, and the ledger says so. Whom the store forgot
    since then stays forgotten. Raises StoreError ``backup-unreadable``, ``backup-broken``, ``backup-other-version`` or ``entry-damaged``.
    """
    reading = _Lines(written)
    header = reading.header()
    known = forgotten.known(connection)
    for table in reversed(metadata.sorted_tables):
        connection.execute(sa.delete(table))
    secrets: dict[str, bytes] = {}
    counts: dict[str, int] = {}
    for title, rows in reading.sections():
        if "secret" in title:
            secrets[str(title["secret"])] = _octets(title["content"]) or b""
            continue
        table = metadata.tables.get(str(title.get("table")))
        if table is None or title.get("columns") != [column.name for column in table.c]:
            raise StoreError("backup-broken", n=reading.number)
        counts[table.name] = 0
        for batch in _batches(_row(table, row, reading) for row in rows):
            connection.execute(sa.insert(table), batch)
            counts[table.name] += len(batch)
    reading.check(counts)
    if connection.dialect.name == "postgresql":
        _renumber(connection)
    for slug, head in ledger.heads(connection).items():
        if breach := ledger.verify(connection, slug):
            raise StoreError("entry-damaged", read=slug, n=breach.number)
        if header["campaigns"].get(slug) != head:
            raise StoreError("backup-broken", n=1)
    forgot = forgotten.forget_again(connection, known, now)
    waited = promises.c.state != State.IN_DOUBT.value
    doubtful = claims.move(connection, waited, State.IN_DOUBT, Reply(Stage.DOT, 0), now)
    numbers = {slug: int(head[0]) for slug, head in header["campaigns"].items()}
    return Restored(serial.moment(header["made_at"]), numbers, doubtful, secrets, forgot)


class _Lines:
    """The lines of a backup, counted and hashed while they are read."""

    def __init__(self, written: Iterable[bytes]) -> None:
        self._lines = iter(written)
        self._digest = hashlib.sha256()
        self._end: Mapping[str, Any] | None = None
        self.number = 0

    def header(self) -> Mapping[str, Any]:
        """Return the first line. Raises StoreError where this is no backup, or one of another version."""
        try:
            header = self._next()
        except StoreError as error:
            raise StoreError("backup-unreadable") from error
        if not isinstance(header, dict) or NAME not in header:
            raise StoreError("backup-unreadable")
        if header[NAME] != FORMAT or header.get("schema") != SCHEMA:
            raise StoreError(
                "backup-other-version",
                read=f"{header[NAME]}/{header.get('schema')}",
                known=f"{FORMAT}/{SCHEMA}",
            )
        if not isinstance(header.get("campaigns"), dict) or not isinstance(header.get("made_at"), str):
            raise StoreError("backup-broken", n=self.number)
        return header

    def sections(self) -> Iterator[tuple[Mapping[str, Any], Iterator[list[Any]]]]:
        """Yield each title with the rows below it, which must be read before the next title."""
        title = self._next()
        while self._end is None:
            if not isinstance(title, dict):
                raise StoreError("backup-broken", n=self.number)
            following: list[Any] = []
            yield title, self._rows(following)
            title = following[0] if following else self._next()

    def _rows(self, following: list[Any]) -> Iterator[list[Any]]:
        while self._end is None:
            value = self._next()
            if not isinstance(value, list):
                following.append(value)
                return
            yield value

    def check(self, counts: Mapping[str, int]) -> None:
        """Raise StoreError ``backup-broken`` unless the last line has the digest and the number of rows that were read."""
        end = self._end or {}
        whole = end.get("sha256") == self._digest.hexdigest() and end.get("end") == counts
        if not whole or set(counts) != set(metadata.tables) or next(self._lines, None) is not None:
            raise StoreError("backup-broken", n=self.number)

    def _next(self) -> Any:
        """Return the value of the next line, or None for the last one, which is kept."""
        try:
            line = next(self._lines, None)
            self.number += 1
            if line is None or not line.endswith(b"\n"):
                raise StoreError("backup-broken", n=self.number)
            value = json.loads(line)
        except (ValueError, EOFError, OSError, zlib.error) as error:  # also what gzip finds broken
            raise StoreError("backup-broken", n=self.number) from error
        if isinstance(value, dict) and "end" in value:
            self._end = value
            return None
        self._digest.update(line)
        return value


def _row(table: sa.Table, row: list[Any], reading: _Lines) -> dict[str, Any]:
    if len(row) != len(table.c):
        raise StoreError("backup-broken", n=reading.number)
    values = {}
    for column, value in zip(table.c, row, strict=True):
        if value is not None and isinstance(column.type, sa.LargeBinary):
            value = _octets(value)
        elif value is not None and isinstance(column.type, Moment):
            try:
                value = serial.moment(value)
            except (ValueError, TypeError) as error:
                raise StoreError("backup-broken", n=reading.number) from error
        values[column.name] = value
    if table is promises:
        values |= {"worker": None, "lease_until": None}
    return values


def _octets(value: object) -> bytes | None:
    try:
        return base64.b64decode(str(value), validate=True)
    except (ValueError, binascii.Error) as error:
        raise StoreError("backup-broken", n=0) from error


def _batches(rows: Iterator[T]) -> Iterator[list[T]]:
    while batch := list(islice(rows, AT_ONCE)):
        yield batch


def _renumber(connection: Connection) -> None:
    """Let PostgreSQL number new rows behind those that were put in with their numbers."""
    for name in NUMBERED:
        column = next(iter(metadata.tables[name].primary_key.columns))
        highest = sa.select(sa.func.coalesce(sa.func.max(column), 0) + 1).scalar_subquery()
        connection.execute(
            sa.select(sa.func.setval(sa.func.pg_get_serial_sequence(name, column.name), highest, False))
        )


def count(connection: Connection) -> int:
    """Return how many entries a store has, of all campaigns."""
    return int(connection.execute(sa.select(sa.func.sum(campaigns.c.number))).scalar() or 0)
