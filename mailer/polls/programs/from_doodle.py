"""Read the spreadsheet that Doodle exports: a title, lines of months, days and hours, and one line for each participant.

A cell has ``OK``, ``(OK)`` for "if need be", or nothing, which is a no. A line of sums comes last. There are no addresses and no times.
"""

from __future__ import annotations

from collections.abc import Sequence

from mailer.model.accents import fold_accents
from mailer.polls.poll import Ballot, Poll, PollFile

KIND = "doodle"

_MARKS = {"ok": "Oui", "(ok)": "Si nécessaire", "": "Non"}
_SUMS = frozenset(("count", "nombre", "anzahl", "aantal", "total", "numero", "totale"))


def read(file: PollFile) -> Poll | None:
    """Read a poll, or return None if Doodle did not write it."""
    table = [[cell.strip() for cell in cells] for cells in file.table]
    top = next((n for n, cells in enumerate(table) if cells and cells[0] and _is_ballot(cells)), None)
    if top is None:
        return None
    lines = [(n, cells) for n, cells in enumerate(table[top:], top + 1) if cells and cells[0]]
    lines = [(n, cells) for n, cells in lines if fold_accents(cells[0]) not in _SUMS]
    if not all(fold_accents(cell) in _MARKS for _, cells in lines for cell in cells[1:]):
        return None
    headings: list[list[str]] = []
    for cells in reversed(table[:top]):
        if not any(cells[1:]) or cells[0]:
            break
        headings.insert(0, cells)
    width = max((n for cells in headings for n, cell in enumerate(cells) if cell), default=0)
    if width < 1:
        return None
    options = tuple(" ".join(filter(None, parts)) for parts in zip(*_spread(headings, width), strict=True))
    ballots = (
        Ballot(
            n, cells[0], "", tuple(_MARKS[fold_accents(cell)] for cell in (cells[1:] + [""] * width)[:width])
        )
        for n, cells in lines
    )
    return Poll(KIND, options, tuple(ballots), blind=width > 1)


def _is_ballot(cells: Sequence[str]) -> bool:
    marks = [fold_accents(cell) for cell in cells[1:]]
    return bool({"ok", "(ok)"} & set(marks)) and all(mark in _MARKS for mark in marks)


def _spread(headings: Sequence[Sequence[str]], width: int) -> list[list[str]]:
    """Return the headings with a month, or a day of several hours, repeated over the columns that it stands above."""
    spread: list[list[str]] = []
    for cells in headings:
        known, line = "", []
        for cell in ([*cells[1:]] + [""] * width)[:width]:
            known = cell or known
            line.append(known)
        spread.append(line)
    return spread
