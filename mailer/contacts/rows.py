"""Turn the rows of a table into records, leaving out totals, notes below the table and repeated headings."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain, islice

from mailer.contacts import columns, layout
from mailer.contacts.cells import clean, words
from mailer.contacts.columns import NAME
from mailer.contacts.layout import Layout
from mailer.contacts.record import ContactRecord
from mailer.contacts.sheet import Row, Sheet
from mailer.errors import ContactsError
from mailer.model.contact import NO_VALUES, Origin, Problem, Recognised, Severity

_SUMMING_UP = re.compile(
    r"(?:sous )?tota(?:l|ux)\b|nombre\b|nb\b|effectif|somme\b|count\b|sum\b|source\b|edite\b|imprime\b|page \d|"
    r"mis a jour|mise a jour|arrete|fin de (?:la )?liste|legende|nota\b|nb "
)
_IDENTITY = ("last_name", "first_name", NAME, "organisation")


class ContactTable:
    """A sheet and its layout. `layout` is None if the sheet holds no list; `error` then says why."""

    def __init__(self, sheet: Sheet, mapping: Mapping[str, str]) -> None:
        """Find the layout of a sheet; `mapping` gives fields by heading, as in the campaign file."""
        self._sheet = sheet
        rows = sheet.rows
        self._head: list[Row] = _head(rows)
        self._rest = rows
        self.layout: Layout | None = None
        self.error = ContactsError("no-contacts", file=sheet.file)
        self.problems: list[Problem] = sheet.problems
        self.name = sheet.name
        self._shown = ""
        try:
            self.layout = layout.find(sheet.file, self._head, mapping, sheet.first_column)
            self.error = self._no_addresses()
        except ContactsError as error:
            self.error = error

    @property
    def is_empty(self) -> bool:
        """Return whether the first rows hold nothing."""
        return not self._head

    def _no_addresses(self) -> ContactsError:
        """Return the error for a table without addresses; it quotes the row that was expected to be the heading."""
        rows = [(line, list(filter(None, map(clean, cells)))) for line, cells in self._head]
        line, cells = next((row for row in rows if len(row[1]) > 1), rows[0] if rows else (0, []))
        headings = ", ".join(cells)[:300]
        return ContactsError(
            "no-email-column", file=self._sheet.file, line=line, read=headings, headings=headings
        )

    def recognised(self) -> Recognised:
        """Return how the sheet was read: its format, encoding, heading line and columns."""
        found, sheet = self.layout or Layout(), self._sheet
        return Recognised(
            sheet.file,
            sheet.format,
            sheet.encoding,
            sheet.delimiter,
            sheet.name,
            found.heading_line,
            found.described(),
        )

    def records(self, *, show_sheet: bool = False) -> Iterator[ContactRecord]:
        """Yield the records. Rows that are no records are left out, with a warning unless they are blank or headings.

        `show_sheet`: name the sheet in the origin of records and warnings.
        """
        found = self.layout
        assert found is not None
        self._shown = self.name if show_sheet else ""
        if not found.heading_lines:
            columns_taken = ", ".join(f"{heading}={name or '?'}" for heading, name in found.described())
            self._warn("no-headings", self._head[0][0], columns_taken)
        reader = _RowReader(self._sheet, found, self._shown)
        after_blank = False
        for line, written in chain(self._head, self._rest):
            if line <= found.heading_line:
                continue
            cells = [clean(cell) for cell in written]
            if not any(cells):
                after_blank = True
                continue
            if found.is_our_own or self._is_record(found, cells, after_blank=after_blank):
                yield reader.record(line, cells)
            elif not _is_heading(found, cells):
                self._warn("row-ignored", line, ", ".join(filter(None, cells))[:120])
            after_blank = False

    def _is_record(self, found: Layout, cells: Sequence[str], *, after_blank: bool) -> bool:
        """Return whether a row is a record: not a total, a note below the table, or the headings repeated."""
        for index in found.addresses:
            if index < len(cells) and "@" in cells[index]:
                return True
        filled = [cell for cell in cells if cell]
        if len(filled) <= 3 and _SUMMING_UP.match(words(filled[0])):
            return False
        if len(filled) == 1 and (after_blank or len(filled[0]) > 60):
            return False
        identity = (found.columns[name] for name in _IDENTITY if name in found.columns)
        if not any(index < len(cells) and cells[index] for index in identity):
            return any(index < len(cells) and cells[index] for index in found.addresses)
        return not _is_heading(found, cells)

    def _warn(self, code: str, line: int, read: str) -> None:
        self.problems.append(
            Problem(Severity.WARNING, code, Origin(self._sheet.file, line, self._shown), read)
        )


class _RowReader:
    """The way from the cells of a row to a record, for one layout."""

    def __init__(self, sheet: Sheet, found: Layout, shown: str) -> None:
        self._sheet, self._found, self._shown = sheet, found, shown
        self._address = found.addresses[0]
        self._further = found.addresses[1:]
        self._unknown = [(index, found.headings[index]) for index in found.unknown]
        whole_name = "last_name" in found.columns and "first_name" not in found.columns
        self._columns = tuple(
            (NAME if whole_name and name == "last_name" else name, index)
            for name, index in found.columns.items()
        )

    def record(self, line: int, cells: list[str]) -> ContactRecord:
        """Return the record of a row; columns without a known field go into its fields by heading."""
        width = len(cells)
        fields = {heading: cells[index] for index, heading in self._unknown if index < width and cells[index]}
        for index in range(len(self._found.headings), width):
            if cells[index]:
                fields[columns.letter(index + self._sheet.first_column)] = cells[index]
        address = cells[self._address] if self._address < width else ""
        if self._further:
            address = "; ".join(
                filter(None, (address, *(cells[index] for index in self._further if index < width)))
            )
        return ContactRecord(
            Origin(self._sheet.file, line, self._shown),
            address,
            fields=fields or NO_VALUES,
            order=self._found.order,
            **{name: cells[index] for name, index in self._columns if index < width},
        )


def _head(rows: Iterator[Row]) -> list[Row]:
    """Return the rows up to the `LOOKED_AT`th that is not blank; none if all of them are blank."""
    head: list[Row] = []
    filled = 0
    for line, cells in islice(rows, 10 * layout.LOOKED_AT):
        head.append((line, cells))
        filled += any(map(clean, cells))
        if filled >= layout.LOOKED_AT:
            break
    return head if filled else []


def _is_heading(found: Layout, cells: Sequence[str]) -> bool:
    """Return whether a row repeats the headings, in the same words or in another language."""
    if not found.heading_lines:
        return False
    taken = found.described()
    filled = [(index, cell) for index, cell in enumerate(cells) if cell]
    return len(filled) > 1 and all(
        index < len(taken)
        and (
            cell == taken[index][0]
            or (
                columns.meaning(cell)
                and columns.meaning(cell) in (taken[index][1], columns.meaning(taken[index][0]))
            )
        )
        for index, cell in filled
    )
