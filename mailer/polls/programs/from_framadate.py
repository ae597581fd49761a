"""Read the CSV export of Framadate (its ``exportcsv.php``, from version 1.1.8).

A date poll has two lines of headings, a text poll one; their first cell is empty, and every line ends with an empty
cell. Up to 1.1.19 the headings of text polls are not quoted, so that a comma in one splits it. A cell that begins
like a formula has an apostrophe before it. There are no addresses and no times.
"""

from __future__ import annotations

from collections.abc import Sequence

from mailer.errors import UserError
from mailer.model.accents import fold_accents
from mailer.polls.poll import Ballot, Poll, PollFile
from mailer.polls.words import OPEN, are_votes

KIND = "framadate"


def read(file: PollFile) -> Poll | None:
    """Read a poll, or return None if Framadate did not write it.

    Raise UserError ``poll-headings-unclear`` if commas in the headings leave open how many options there are.
    """
    table = file.table
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
    options = _options([_trimmed(cells)[1:] for cells in table[:top]], width, file.name)
    ballots = tuple(
        Ballot(line, _bare(cells[0]), "", tuple((cells[1:] + [""] * width)[:width])) for line, cells in voters
    )
    words = {fold_accents(cell) for ballot in ballots for cell in ballot.cells}
    return Poll(KIND, options, ballots, blind=width > 1 and not words & OPEN)


def _trimmed(cells: Sequence[str]) -> list[str]:
    """Remove the empty cells at the end of a line; an option without a choice is never empty but has a word."""
    trimmed = list(cells)
    while trimmed and not trimmed[-1].strip():
        trimmed.pop()
    return trimmed


def _bare(cell: str) -> str:
    """Remove the apostrophe that Framadate puts before a formula."""
    cell = cell.strip()
    return cell[1:] if cell[:1] == "'" and cell[1:2] in ("=", "+", "-", "@") else cell


def _options(headings: Sequence[Sequence[str]], width: int, file: str) -> tuple[str, ...]:
    """Return the options by heading, or by day and hour in a date poll, where ``-`` is a day without an hour."""
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
    """Join headings that were split at a comma: the second part begins with a space or a small letter."""
    joined: list[str] = []
    for piece in pieces:
        if joined and (piece[:1].isspace() or piece[:1].islower()):
            joined[-1] = f"{joined[-1]}, {piece.strip()}"
        else:
            joined.append(piece)
    return joined
