"""Read an attendance table back that people have worked on: re-saved, sorted, with columns moved, added or taken out.

What comes in is a table of texts, whatever file it was. Headings and words are understood in either language, and the
words for programs as well. Reading says nothing about what changed; that is the ledger's.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from mailer.errors import UserError
from mailer.exports.columns import MEANING, NAMED, REFERENCE, WITHHELD, Column
from mailer.exports.guard import unguard
from mailer.model.accents import fold_accents
from mailer.model.attendance import ReturnedRow
from mailer.model.contact import Origin, Problem, Severity

_TOP = 20
"""How many lines may stand above the headings: people add a title."""

_REFERENCE = re.compile(r"(?P<invitee>\w+)-(?P<place>\d+)-(?P<last>\d+)$")
_COUNT = re.compile(r"(\d{1,3})(?:[.,]0+)?$")
_KEYS = {REFERENCE, "email", "last_name"}
_EDITED = {"answer", "party_size", "comment", "presence"}


@dataclass(frozen=True, slots=True)
class ReadTable:
    """The lines of a table, and the cells that could not be read."""

    lines: tuple[ReturnedRow, ...]
    problems: tuple[Problem, ...]


def read(table: Sequence[Sequence[str]], file: str) -> ReadTable:
    """Read the lines of `table`; `file` is its name for the person.

    Raises UserError ``not-an-attendance-table`` where no line holds the headings.
    """
    top, columns = _headings(table, file)
    exact = not all(cell in NAMED.values() for cell in table[top] if fold_accents(cell) in NAMED)
    lines: list[ReturnedRow] = []
    problems: list[Problem] = []
    for number, texts in enumerate(table[top + 1 :], top + 2):
        if any(text.strip() for text in texts):
            origin = Origin(file, number)
            named = {name: texts[place] for name, place in columns.items() if place < len(texts)}
            cells = {name: _cell(name, text, origin, problems) for name, text in named.items()}
            kept = {name: text for name, text in cells.items() if text is not None}
            lines.append(_line(number, kept, exact=exact))
    return ReadTable(tuple(lines), tuple(problems))


def _headings(table: Sequence[Sequence[str]], file: str) -> tuple[int, Mapping[str, int]]:
    """Find the line of the headings and the place of each column; where one is there twice, the first counts."""
    for top, texts in enumerate(table[:_TOP]):
        columns: dict[str, int] = {}
        for place, text in enumerate(texts):
            name = NAMED.get(fold_accents(unguard(text)))
            if name:
                columns.setdefault(name, place)
        if columns.keys() & _KEYS and columns.keys() & _EDITED:
            return top, columns
    raise UserError("not-an-attendance-table", file=file)


def _line(number: int, cells: Mapping[str, str], *, exact: bool) -> ReturnedRow:
    found = _REFERENCE.match(cells.get(REFERENCE, ""))
    if not found:
        return ReturnedRow(number, cells, exact=exact)
    return ReturnedRow(number, cells, found["invitee"], int(found["place"]), int(found["last"]), exact=exact)


def _cell(name: str, text: str, origin: Origin, problems: list[Problem]) -> str | None:
    """Return what a cell says; None for what cannot be read, and for a remark that was not shown."""
    text = " ".join(unguard(text.replace("\u200b", "").strip()).split())
    match name:
        case "comment":
            return None if text in WITHHELD.values() else text
        case "party_size":
            count = _COUNT.match(text)
            if count or not text:
                return count[1].lstrip("0") or "0" if count else ""
            problems.append(Problem(Severity.ERROR, "party-size-unreadable", origin, read=text))
            return None
        case "answer" | "presence" | "review":
            meaning = MEANING[Column(name)].get(fold_accents(text))
            if meaning is None:
                problems.append(Problem(Severity.ERROR, f"{name}-unreadable", origin, read=text))
            return meaning
        case _:
            return text
