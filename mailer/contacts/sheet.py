"""A table of text, as every kind of list but vCard becomes one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from mailer.model.contact import Problem

Row = tuple[int, list[str]]
"""The line a row starts on, from 1, and its cells as they stand in the file."""

MAX_CELLS = 2_000
"""More cells in a row than any list has: what lies beyond is a file of another kind."""


@dataclass(slots=True)
class Sheet:
    """Rows to go through once, and where they come from. `problems` fills up on the way."""

    rows: Iterator[Row]
    file: str
    format: str
    encoding: str = ""
    delimiter: str = ""
    name: str = ""
    first_column: int = 0
    problems: list[Problem] = field(default_factory=list)
