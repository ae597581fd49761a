"""A sheet of text cells: what a CSV file or one sheet of a workbook is read into."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from mailer.model.contact import Problem

Row = tuple[int, list[str]]
"""The number of the line on which a row starts, from 1, and its cells as they stand in the file."""

MAX_CELLS = 2_000
"""Cells in a row. A CSV file with more is refused; of a workbook the columns beyond are not read."""


@dataclass(slots=True)
class Sheet:
    """The rows of a sheet, to be read once, and where they come from.

    `problems` is complete when all rows have been read. `first_column` is the index of the first column with cells.
    """

    rows: Iterator[Row]
    file: str
    format: str
    encoding: str = ""
    delimiter: str = ""
    name: str = ""
    first_column: int = 0
    problems: list[Problem] = field(default_factory=list)
