"""Write the attendance as CSV, for spreadsheets or for programs.

For spreadsheets: ``;`` as Excel expects where the comma is the decimal sign, a byte order mark so that it reads UTF-8,
CRLF, and a guard against formulas. For programs: RFC 4180 without any of these.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import datetime

from mailer.exports.cells import DEFAULT_OPTIONS, Cell, ExportOptions, for_people, for_programs
from mailer.exports.columns import Column
from mailer.exports.guard import guard, guard_number
from mailer.exports.moments import moment
from mailer.model.attendance import Row

_COMMENT = list(Column).index(Column.COMMENT)


def write(rows: Sequence[Row], options: ExportOptions = DEFAULT_OPTIONS, *, machine: bool = False) -> bytes:
    """Write the attendance, for people or (`machine`) for programs."""
    if machine:
        table = for_programs(rows, options)
        return _written(table.headings, table.lines, ",")
    table = for_people(rows, options)
    headings = [guard(heading) for heading in table.headings]
    return b"\xef\xbb\xbf" + _written(headings, (_guarded(line) for line in table.lines), ";")


def _written(headings: Sequence[str], lines: Iterable[Sequence[Cell]], delimiter: str) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=delimiter, lineterminator="\r\n")
    writer.writerow(headings)
    writer.writerows(lines)
    return text.getvalue().encode("utf-8", "replace")


def _guarded(line: Sequence[Cell]) -> list[Cell]:
    return [_text(cell, remark=place == _COMMENT) for place, cell in enumerate(line)]


def _text(cell: Cell, *, remark: bool) -> Cell:
    match cell:
        case str():
            return guard_number(cell) if remark else guard(cell)
        case datetime():
            return moment(cell)
        case _:
            return cell
