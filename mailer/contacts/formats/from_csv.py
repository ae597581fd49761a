"""Read CSV files: cells between semicolons, commas, tabs or bars, quoted as in RFC 4180.

The delimiter is found by trying each on the first lines and scoring the table it gives: known headings, cells that are
nothing but an address, rows of equal length.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import islice

from mailer.contacts.cells import clean
from mailer.contacts.columns import OWN_BEGINNING, meaning
from mailer.contacts.decoding import Decoded, decode
from mailer.contacts.sheet import MAX_CELLS, Row, Sheet
from mailer.errors import ContactsError
from mailer.model.contact import Origin, Problem, Severity

DELIMITERS = (";", ",", "\t", "|")
_MAX_LINE = 100_000
"""Characters. A longer line is no row of a list; the limit of the `csv` module is 131,072."""
_MAX_LINES_OF_A_ROW = 60
"""A quoted cell may hold line breaks; one whose closing quotation mark is missing would take in the rest of the list."""
_MOST_OPEN_QUOTES = 50
"""After so many quotation marks without a closing one, the file does not quote: from there on they are plain text."""
_TRIED_LINES = 200
_ADDRESS = re.compile(r"[^\s@;,|]+@[^\s@;,|]+\.[^\s@;,|]+")
_ANNOUNCED = re.compile(r'"?sep=(.)"?\s*', re.IGNORECASE)
"""The line by which Excel is told the delimiter of a CSV file."""
_BINARY = re.compile("[\x00-\x08\x0e-\x19\x1b-\x1f]")


def sheet(file: str, content: bytes) -> Sheet:
    """Read a CSV file as a table.

    Raise ContactsError ``not-a-contact-list`` if it is binary, or has a line or row that is too long for a list.
    """
    own = content.startswith(OWN_BEGINNING)
    decoded = Decoded(content, "utf-8-sig") if own else decode(content)
    head = list(islice(_checked(file, decoded), _TRIED_LINES))
    _refuse_binary(file, head)
    announced = _ANNOUNCED.fullmatch(head[0]) if head else None
    delimiter = ";" if own else announced[1] if announced else _delimiter(head)
    problems = _encoding_problems(file, decoded)
    rows = _rows(file, decoded, delimiter, problems)
    if announced:
        next(rows, None)
    return Sheet(rows, file, "csv", _name(decoded.encoding), delimiter, problems=problems)


def _name(encoding: str) -> str:
    return "utf-8" if encoding == "utf-8-sig" else encoding


def _checked(file: str, decoded: Decoded) -> Iterator[str]:
    """Yield the lines. Raise ContactsError ``not-a-contact-list`` at one that is too long for a row."""
    for number, line in enumerate(decoded.lines(), 1):
        if len(line) > _MAX_LINE:
            raise ContactsError("not-a-contact-list", file=file, line=number, reason="line-too-long")
        yield line


def _refuse_binary(file: str, head: list[str]) -> None:
    text = "".join(head)
    if len(_BINARY.findall(text[:50_000])) > len(text[:50_000]) / 500:
        raise ContactsError("not-a-contact-list", file=file, reason="binary")


def _encoding_problems(file: str, decoded: Decoded) -> list[Problem]:
    """Return a warning if the text was decoded wrongly before, or mixes encodings."""
    if decoded.scrambled:
        values = {"as": decoded.scrambled.codec}
        read, meant = decoded.scrambled.read, decoded.scrambled.meant
        return [Problem(Severity.WARNING, "letters-scrambled", Origin(file), read, meant, values)]
    if decoded.mixed:
        values = {"encoding": decoded.encoding}
        return [Problem(Severity.WARNING, "encodings-mixed", Origin(file), values=values)]
    return []


def _delimiter(head: list[str]) -> str:
    """Return the delimiter with the best score on the first lines; on equal scores, the first of `DELIMITERS`."""
    scores = {delimiter: _score(head, delimiter) for delimiter in DELIMITERS}
    return max(DELIMITERS, key=lambda delimiter: scores[delimiter])


def _score(head: list[str], delimiter: str) -> float:
    rows = [row for row in _tried(head, delimiter) if any(row)]
    if not rows:
        return 0
    known = max(sum(1 for cell in row if meaning(clean(cell))) for row in rows[:40])
    addresses = sum(any(_ADDRESS.fullmatch(clean(cell)) for cell in row) for row in rows) / len(rows)
    width, usual = Counter(map(len, rows)).most_common(1)[0]
    return known * 2 + addresses * 4 + (usual / len(rows) * 3 if width > 1 else 0)


def _tried(head: list[str], delimiter: str) -> list[list[str]]:
    """Split the lines into cells, ignoring quotation marks if they are not balanced."""
    try:
        return list(_reader(head, delimiter))
    except csv.Error:
        return list(_reader(head, delimiter, quotes=False))


class _EndlessQuoteError(Exception):
    """A quotation mark opens a cell and nothing closes it."""


class _Feed:
    """The lines for `csv.reader`; it keeps those of the present row, so that they can be read again without quotes."""

    def __init__(self, lines: Iterator[str]) -> None:
        self._lines = lines
        self._again: list[str] = []
        self.taken: list[str] = []
        self.number = 1
        """The number of the line on which the present row starts."""

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        if len(self.taken) >= _MAX_LINES_OF_A_ROW:
            raise _EndlessQuoteError
        line = self._again.pop() if self._again else next(self._lines, None)
        if line is None:
            if self.taken:
                raise _EndlessQuoteError
            raise StopIteration
        self.taken.append(line)
        return line

    def row_done(self) -> None:
        """Begin the next row."""
        self.number += len(self.taken)
        self.taken.clear()

    def back_to_first(self) -> str:
        """Return the first line of the present row; its other lines will be read again."""
        first, *others = self.taken
        self._again += reversed(others)
        self.taken[1:] = []
        return first


def _rows(file: str, decoded: Decoded, delimiter: str, problems: list[Problem]) -> Iterator[Row]:
    """Yield the rows. A quotation mark that nothing closes is added to `problems`, and its line read without quotes."""
    feed = _Feed(_checked(file, decoded))
    reader = _reader(feed, delimiter)
    width = endless = 0
    while True:
        try:
            cells = next(reader)
            if len(feed.taken) > 1:
                _refuse_swallowed(cells, delimiter, width)
        except StopIteration:
            return
        except (_EndlessQuoteError, csv.Error):
            first = feed.back_to_first()
            origin = Origin(file, feed.number)
            problems.append(Problem(Severity.WARNING, "quote-not-closed", origin, first.strip()[:80]))
            cells = _without_quotes(first, delimiter)
            endless += 1
            reader = _reader(feed, delimiter, quotes=endless < _MOST_OPEN_QUOTES)
        if len(cells) > MAX_CELLS:
            raise ContactsError("not-a-contact-list", file=file, line=feed.number, reason="too-many-cells")
        width = max(width, len(cells))
        yield feed.number, cells
        feed.row_done()


def _reader(lines: Iterable[str], delimiter: str, *, quotes: bool = True) -> Iterator[list[str]]:
    return csv.reader(lines, delimiter=delimiter, quoting=csv.QUOTE_MINIMAL if quotes else csv.QUOTE_NONE)


def _refuse_swallowed(cells: list[str], delimiter: str, width: int) -> None:
    """Raise _EndlessQuoteError if a cell of several lines holds the end of its row and the start of the next."""
    enough = max(width - 1, 2)
    if any("\n" in cell and "@" in cell and cell.count(delimiter) >= enough for cell in cells):
        raise _EndlessQuoteError


def _without_quotes(line: str, delimiter: str) -> list[str]:
    cells = next(_reader([line], delimiter, quotes=False), [])
    return [cell.replace('"', "") for cell in cells]
