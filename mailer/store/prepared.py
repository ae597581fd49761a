"""SQL statements compiled once and handed to the driver: SQLAlchemy takes longer for them than the database does."""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Mapping, Sequence
from operator import itemgetter
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Dialect
from sqlalchemy.sql.dml import UpdateBase
from sqlalchemy.sql.selectable import Select

from mailer.store.tables import Moment

Statement = Select[*tuple[Any, ...]] | UpdateBase
ForDialect = Callable[[Dialect], Statement]
"""A function that builds a statement for one SQL dialect."""


class PreparedStatement:
    """A compiled statement whose parameters and results are plain database values, by column name."""

    def __init__(self, statement: Statement | ForDialect, *results: sa.Column[Any] | sa.Label[Any]) -> None:
        self._statement = statement
        row: Any = namedtuple("Row", [str(column.name) for column in results])  # type: ignore[misc]  # noqa: PYI024
        self._row: Callable[[Any], Any] = row._make
        self._compiled: dict[str, tuple[str, Callable[[Mapping[str, Any]], Any]]] = {}

    def rows(self, connection: Connection, values: Mapping[str, Any]) -> list[Any]:
        """Execute the statement and return its rows."""
        text, given = self._for(connection.dialect)
        cursor = connection.connection.cursor()
        cursor.execute(text, given(values))
        return list(map(self._row, cursor.fetchall()))

    def run(self, connection: Connection, rows: Sequence[Mapping[str, Any]]) -> int:
        """Execute the statement for each set of values and return how many rows changed."""
        text, given = self._for(connection.dialect)
        cursor = connection.connection.cursor()
        cursor.executemany(text, [given(row) for row in rows])
        return cursor.rowcount

    def _for(self, dialect: Dialect) -> tuple[str, Callable[[Mapping[str, Any]], Any]]:
        """Return the SQL text for a dialect, and the function that arranges values as its driver takes them."""
        if dialect.name not in self._compiled:
            statement = self._statement(dialect) if callable(self._statement) else self._statement
            compiled = statement.compile(dialect=dialect)
            constants = compiled.params
            order = compiled.positiontup if dialect.positional else None

            pick = itemgetter(*order, order[0]) if order else None  # one more: a single one would be no tuple

            def by_place(values: Mapping[str, Any]) -> Any:
                if pick is None:
                    return ()
                try:
                    return pick(values)[:-1]
                except KeyError:
                    return pick({**constants, **values})[:-1]

            def by_name(values: Mapping[str, Any]) -> Any:
                return {**constants, **values}

            self._compiled[dialect.name] = (str(compiled), by_name if order is None else by_place)
        return self._compiled[dialect.name]


def bound(table: sa.Table) -> dict[str, sa.BindParameter[Any]]:
    """Return a bind parameter for each column, except the one that the database numbers itself."""
    columns = [column for column in table.c if column.name != "position"]
    return {column.name: sa.bindparam(column.name, type_=_plain(column)) for column in columns}


def _plain(column: sa.Column[Any]) -> sa.types.TypeEngine[Any]:
    return sa.String() if isinstance(column.type, Moment) else column.type
