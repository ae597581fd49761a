"""Read an attendance table back that people have edited: re-saved, sorted, with columns moved, added or removed.

The input is a table of texts, whatever file it came from. Headings and words are understood in every language, and the
words for programs as well. What has changed is found by `mailer.ledger.corrections`, not here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from mailer.errors import UserError
from mailer.exports.besides import withheld
from mailer.exports.columns import REFERENCE, Column
from mailer.exports.guard import unguard
from mailer.exports.typed_words import heading_names, meanings
from mailer.model.accents import fold_accents
from mailer.model.attendance import ReturnedRow
from mailer.model.contact import Origin, Problem, Severity
from mailer.translation.catalogue import LANGUAGES

_MOST_LINES_ABOVE = 20
"""The most lines above the headings: people add a title."""

_REFERENCE = re.compile(r"(?P<whose>\w+)(?:-(?P<place>\d+))?-(?P<last>\d+)$")
"""A person and the last entry; in older tables an invitee, the place among its people, and the last entry."""
_COUNT = re.compile(r"(\d{1,3})(?:[.,]0+)?$")
_KEYS = {REFERENCE, "email", "last_name"}
_EDITED = {"answer", "party_size", "comment", "presence"}


@dataclass(frozen=True, slots=True)
class ReadTable:
    """The lines of a table, and a problem for every cell that could not be read."""

    lines: tuple[ReturnedRow, ...]
    problems: tuple[Problem, ...]


def read(table: Sequence[Sequence[str]], file: str) -> ReadTable:
    """Read the lines of `table`; `file` is its name in error messages.

    Raises UserError ``not-an-attendance-table`` if no line holds the headings.
    """
    top, columns = _headings(table, file)
    exact = not all(table[top][place] == name for name, place in columns.items() if name in _EDITED)
    lines: list[ReturnedRow] = []
    problems: list[Problem] = []
    for number, texts in enumerate(table[top + 1 :], top + 2):
        if any(text.strip() for text in texts):
            origin = Origin(file, number)
            named = {name: texts[place] for name, place in columns.items() if place < len(texts)}
            if not exact and named.get("review"):
                named["review"] = "yes"  # a table for programs says why it waits, by a code
            cells = {name: _cell(name, text, origin, problems) for name, text in named.items()}
            kept = {name: text for name, text in cells.items() if text is not None}
            lines.append(_line(number, kept, exact=exact))
    return ReadTable(tuple(lines), tuple(problems))


def _headings(table: Sequence[Sequence[str]], file: str) -> tuple[int, Mapping[str, int]]:
    """Find the line of the headings and the place of each column; of two with the same heading, the first counts."""
    for top, texts in enumerate(table[:_MOST_LINES_ABOVE]):
        columns: dict[str, int] = {}
        for place, text in enumerate(texts):
            name = heading_names().get(fold_accents(unguard(text)))
            if name:
                columns.setdefault(name, place)
        if columns.keys() & _KEYS and columns.keys() & _EDITED:
            return top, columns
    raise UserError("not-an-attendance-table", file=file)


def _line(number: int, cells: Mapping[str, str], *, exact: bool) -> ReturnedRow:
    found = _REFERENCE.match(cells.get(REFERENCE, ""))
    if not found:
        return ReturnedRow(number, cells, cells.get(Column.PERSON.value, ""), exact=exact)
    place = int(found["place"] or 0)
    return ReturnedRow(number, cells, found["whose"], place, int(found["last"]), exact=exact)


def _cell(name: str, text: str, origin: Origin, problems: list[Problem]) -> str | None:
    """Return the value of a cell; None if it cannot be read, or stands for a remark that was withheld."""
    text = " ".join(unguard(text.replace("\u200b", "").strip()).split())
    match name:
        case "comment":
            return None if text in map(withheld, LANGUAGES) else text
        case "party_size":
            count = _COUNT.match(text)
            if count or not text:
                return count[1].lstrip("0") or "0" if count else ""
            problems.append(Problem(Severity.ERROR, "party-size-unreadable", origin, read=text))
            return None
        case "answer" | "presence" | "review":
            meaning = meanings(Column(name)).get(fold_accents(text))
            if meaning is None:
                problems.append(Problem(Severity.ERROR, f"{name}-unreadable", origin, read=text))
            return meaning
        case _:
            return text
