"""The few statements that SQLite and PostgreSQL know and standard SQL does not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Dialect

if TYPE_CHECKING:
    from sqlalchemy.dialects import postgresql, sqlite


def insert(dialect: Dialect, table: sa.Table) -> sqlite.Insert | postgresql.Insert:
    """Return an INSERT that knows what to do with a row that is there already."""
    if dialect.name == "postgresql":
        from sqlalchemy.dialects import postgresql  # takes long, and most never need it

        return postgresql.insert(table)
    from sqlalchemy.dialects import sqlite

    return sqlite.insert(table)


def insert_new(connection: Connection, table: sa.Table, rows: Sequence[Mapping[str, Any]]) -> int:
    """Insert rows, leave those that are there already as they are, and return how many were new."""
    if not rows:
        return 0
    statement = insert(connection.dialect, table).on_conflict_do_nothing()
    done = connection.execute(statement, list(rows), execution_options={"preserve_rowcount": True})
    return done.rowcount
