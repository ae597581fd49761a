"""INSERT statements that skip or update existing rows, as SQLite and PostgreSQL have them beyond standard SQL."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Dialect

if TYPE_CHECKING:
    from sqlalchemy.dialects import postgresql, sqlite


def insert(dialect: Dialect, table: sa.Table) -> sqlite.Insert | postgresql.Insert:
    """Return an INSERT of the dialect, which has ``on_conflict_do_nothing`` and ``on_conflict_do_update``."""
    if dialect.name == "postgresql":
        from sqlalchemy.dialects import postgresql  # slow to import, and most users have SQLite

        return postgresql.insert(table)
    from sqlalchemy.dialects import sqlite

    return sqlite.insert(table)


def insert_new(connection: Connection, table: sa.Table, rows: Sequence[Mapping[str, Any]]) -> int:
    """Insert the rows that do not exist yet and return how many they were."""
    if not rows:
        return 0
    statement = insert(connection.dialect, table).on_conflict_do_nothing()
    done = connection.execute(statement, list(rows), execution_options={"preserve_rowcount": True})
    return done.rowcount
