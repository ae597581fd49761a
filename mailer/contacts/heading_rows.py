"""Find the heading row of a table.

Lists have titles above their headings, headings of two rows, headings that `columns` does not know, or none. The row,
or pair of rows, that gives a meaning to most columns is the heading.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from mailer.contacts import columns
from mailer.contacts.cells import words
from mailer.contacts.sheet import Row

# Only from the beginning of a word, so that a cell of one long word is looked at once.
ADDRESS = re.compile(r"(?<![^\s@<>;,])[^\s@<>;,]+@[^\s@<>;,]+\.[^\s@<>;,]+")
_WITHIN = 30
"""Rows in which the heading is looked for."""
_CERTAIN = 3.9
"""Score a row needs to be the heading although an address stands above it, such as the sender's in the title."""
_WEIGHTS = {"email": 3, "": 0}


def find(rows: Sequence[Row], asked: Mapping[str, str]) -> tuple[list[int], list[str]]:
    """Return the line numbers of the heading and its cells; two empty lists if there is none.

    `asked` has the fields that the campaign file gives to headings. Two rows are joined where that scores better.
    """
    if rows and not asked and columns.is_our_own(rows[0][1]):
        return [rows[0][0]], list(rows[0][1])
    first = next((at for at, (_, cells) in enumerate(rows) if _holds_address(cells)), len(rows))
    enough = min(2, max((_filled(cells) for _, cells in rows[first:]), default=1))
    best = 0.0
    found: tuple[list[int], list[str]] = ([], [])
    for at in range(min(len(rows), _WITHIN)):
        for lines, cells in _candidates(rows, at):
            score = _score(cells, asked) if _filled(cells) >= enough else 0
            if score > max(best, 0 if at < first else _CERTAIN):
                best, found = score, (lines, cells)
    return found if best else _unforeseen(rows, first)


def _candidates(rows: Sequence[Row], at: int) -> Iterator[tuple[list[int], list[str]]]:
    """Yield a row, the next one, and both joined, in this order, so that two are taken only if they score better."""
    line, cells = rows[at]
    if _holds_address(cells):
        return
    yield [line], list(cells)
    if at + 1 < len(rows) and rows[at + 1][0] == line + 1 and not _holds_address(rows[at + 1][1]):
        yield [line + 1], list(rows[at + 1][1])
        yield [line, line + 1], _joined(cells, rows[at + 1][1])


def _holds_address(cells: Sequence[str]) -> bool:
    return any("@" in cell and ADDRESS.search(cell) for cell in cells)


def _filled(cells: Sequence[str]) -> int:
    return sum(1 for cell in cells if cell)


def _score(cells: Sequence[str], asked: Mapping[str, str]) -> float:
    meanings = {asked.get(words(cell)) or columns.meaning(cell) for cell in cells}
    mapped = sum(5 for cell in cells if words(cell) in asked)
    blank = sum(1 for cell in cells if not cell) / (len(cells) or 1)
    total = sum(_WEIGHTS.get(name, 1) for name in meanings) + mapped
    return total - blank / 10 if total else 0


def _joined(upper: Sequence[str], lower: Sequence[str]) -> list[str]:
    """Join two rows of headings: the lower cell, with the upper one before it where only both together have a meaning.

    An upper cell holds for the columns to its right until the next one, as merged cells do.
    """
    width = max(len(upper), len(lower))
    joined, over = [], ""
    for top, bottom in zip(_padded(upper, width), _padded(lower, width), strict=True):
        over = top or over
        both = f"{over} {bottom}"
        if bottom and not columns.meaning(bottom) and columns.meaning(both):
            joined.append(both)
        else:
            joined.append(bottom or top)
    return joined


def _padded(cells: Sequence[str], width: int) -> list[str]:
    return [*cells, *[""] * (width - len(cells))]


def _unforeseen(rows: Sequence[Row], first: int) -> tuple[list[int], list[str]]:
    """Return the row right above the first address if it has words above the address and most cells beside it."""
    if not 0 < first < len(rows):
        return [], []
    (line, cells), below = rows[first - 1], rows[first][1]
    worded = [index for index, cell in enumerate(cells) if cell and not cell.isdigit()]
    filled = [index for index, cell in enumerate(below) if cell]
    above_address = [index for index in filled if ADDRESS.search(below[index]) and index in worded]
    if above_address and len(worded) >= max(2, 0.6 * len(filled)):
        return [line], list(cells)
    return [], []
