"""Read what Framadate exports (``exportcsv.php``, 1.1.8 to the heads of its branches).

A date poll has two lines of headings, a text poll one; their first cell is empty, and every line ends with an empty
cell. Headings of text polls were not quoted up to 1.1.19, so that a comma inside shifts them. A cell that begins like
a formula has an apostrophe before it. Neither addresses nor moments are there.
"""

from __future__ import annotations

from collections.abc import Sequence

from mailer.errors import UserError
from mailer.model.accents import fold_accents
from mailer.polls.poll import Ballot, Poll, Table
from mailer.polls.words import OPEN, are_votes

KIND = "framadate"


def read(table: Table, file: str) -> Poll | None:
    """Read a poll, or return None where it is none of Framadate's.

    Raises UserError ``poll-headings-unclear`` where a comma in a heading leaves two ways to understand it.
    """
    top = 0
    while top < min(2, len(table)) and table[top] and not table[top][0].strip():
        top += 1
    voters = [(top + place, _trimmed(cells)) for place, cells in enumerate(table[top:], 1)]
    voters = [(line, cells) for line, cells in voters if any(cells)]
    if not (top and voters and all(are_votes(cells[1:]) for _, cells in voters)):
        return None
    width = max(len(cells) for _, cells in voters) - 1
    if width < 1:
        return None
    options = _options([_trimmed(cells)[1:] for cells in table[:top]], width, file)
    ballots = tuple(
        Ballot(line, _bare(cells[0]), "", tuple((cells[1:] + [""] * width)[:width])) for line, cells in voters
    )
    said = {fold_accents(cell) for ballot in ballots for cell in ballot.cells}
    return Poll(KIND, options, ballots, blind=width > 1 and not said & OPEN)


def _trimmed(cells: Sequence[str]) -> list[str]:
    """Without the empty cells at the end of the line; where nothing was chosen there is always a word."""
    trimmed = list(cells)
    while trimmed and not trimmed[-1].strip():
        trimmed.pop()
    return trimmed


def _bare(cell: str) -> str:
    """Without the guard against formulas."""
    cell = cell.strip()
    return cell[1:] if cell[:1] == "'" and cell[1:2] in ("=", "+", "-", "@") else cell


def _options(headings: Sequence[Sequence[str]], width: int, file: str) -> tuple[str, ...]:
    """Name each option by its heading, or by its day and hour; ``-`` is a day without an hour."""
    if len(headings) == 2:
        days, hours = ([_bare(cell) for cell in line] + [""] * width for line in headings)
        return tuple(
            f"{day} {hour}".removesuffix(" -").strip() for day, hour in zip(days[:width], hours, strict=False)
        )
    pieces = list(headings[0])
    if len(pieces) > width:
        pieces = _rejoined(pieces)
    if len(pieces) != width:
        raise UserError("poll-headings-unclear", file=file, line=1, read=", ".join(headings[0]))
    return tuple(_bare(piece) for piece in pieces)


def _rejoined(pieces: Sequence[str]) -> list[str]:
    """Put headings together again that were cut at their commas: what follows one has a space or a small letter."""
    joined: list[str] = []
    for piece in pieces:
        if joined and (piece[:1].isspace() or piece[:1].islower()):
            joined[-1] = f"{joined[-1]}, {piece.strip()}"
        else:
            joined.append(piece)
    return joined
