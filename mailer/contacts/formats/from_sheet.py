"""Read workbooks with python-calamine: Excel (``.xlsx``, ``.xls``) and OpenDocument (``.ods``).

Each visible sheet is a table of its own. A workbook may make python-calamine allocate all there is, and end the process:
`mailer.jobs.read_list` calls this in a process with bounds.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from io import BytesIO

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from mailer.contacts.sheet import MAX_CELLS, Row, Sheet
from mailer.errors import ContactsError
from mailer.model.contact import Origin, Problem, Severity

Value = int | float | str | bool | dt.time | dt.date | dt.datetime | dt.timedelta


def sheets(file: str, content: bytes, kind: str) -> list[Sheet]:
    """Read the visible sheets of a workbook as tables; `kind` is ``xlsx``, ``xls`` or ``ods``.

    Raise ContactsError ``workbook-locked`` or ``workbook-broken``.
    """
    try:
        workbook = CalamineWorkbook.from_filelike(BytesIO(content))
        visible: list[str] = []
        hidden: list[str] = []
        for metadata in workbook.sheets_metadata:
            if metadata.typ is not SheetTypeEnum.WorkSheet:
                continue
            (visible if metadata.visible is SheetVisibleEnum.Visible else hidden).append(metadata.name)
        tables = [_sheet(file, kind, workbook.get_sheet_by_name(name)) for name in visible]
    except PasswordError as error:
        raise ContactsError("workbook-locked", file=file) from error
    except (CalamineError, OSError, ValueError) as error:
        raise ContactsError("workbook-broken", file=file) from error
    except BaseException as error:
        if _is_panic(error):
            raise ContactsError("workbook-broken", file=file) from error
        raise
    if tables and hidden:
        names = ", ".join(hidden)
        tables[0].problems.append(Problem(Severity.WARNING, "sheets-hidden", Origin(file), names))
    return tables


def _is_panic(error: BaseException) -> bool:
    """Return whether python-calamine's Rust code panicked; that exception class cannot be imported."""
    return type(error).__name__ == "PanicException"


def _sheet(file: str, kind: str, table: CalamineSheet) -> Sheet:
    first_column = table.start[1] if table.start else 0
    return Sheet(_rows(table), file, kind, name=table.name, first_column=first_column)


def _rows(table: CalamineSheet) -> Iterator[Row]:
    for line, values in enumerate(table.iter_rows(), 1):
        yield line, [_text(value) for value in values[:MAX_CELLS]]


def _text(value: Value) -> str:
    """Return a cell's value as text, without its number format: 3.0 as "3", dates in ISO 8601."""
    if type(value) is str:
        return value
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.isoformat() if isinstance(value, dt.date | dt.time) else str(value)
