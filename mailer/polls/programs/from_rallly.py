"""Read the CSV export of Rallly: name, email address, when it was answered, and options; the column heading names the time zone.

Nothing is quoted, so a comma in a name adds a cell; the options are therefore counted from the right end of the line.
Older exports have no time, and the oldest neither time nor address.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from mailer.model.accents import fold_accents
from mailer.polls.headings import Ask, asks, is_about_coming
from mailer.polls.poll import Ballot, Poll, PollFile
from mailer.polls.words import are_votes

KIND = "rallly"

_NAMES = {fold_accents(word) for word in ("Nom", "Name", "Nombre", "Nome", "Naam", "Navn", "Imię", "Jméno")}
_ADDRESSES = {
    fold_accents(word) for word in ("E-mail", "Email", "Courriel", "Correo electrónico", "E-Mail-Adresse")
}
_MOMENT = re.compile(r"\((?P<zone>UTC|GMT|[A-Z]\w+(?:/[\w+-]+)+)\)\s*$")


def read(file: PollFile) -> Poll | None:
    """Read a poll, or return None if Rallly did not write it."""
    table = file.table
    if not table or fold_accents(table[0][0] if table[0] else "") not in _NAMES:
        return None
    headings = [cell.strip() for cell in table[0]]
    while headings and not headings[-1]:
        headings.pop()
    has_address = len(headings) > 1 and fold_accents(headings[1]) in _ADDRESSES
    before = 1 + has_address
    moment = _MOMENT.search(headings[before]) if len(headings) > before else None
    before += moment is not None
    if moment is None and not _are_days(headings[before:]):
        return None
    width = len(headings) - before
    lines = [(line, _whole(cells, len(headings))) for line, cells in enumerate(table[1:], 2) if any(cells)]
    if width < 1 or not all(are_votes(cells[before:]) for _, cells in lines):
        return None
    said_in = _zone(moment["zone"], file.zone) if moment else None
    ballots = (
        Ballot(
            line,
            cells[0],
            cells[1] if has_address else "",
            tuple(cells[before:]),
            _moment(cells[before - 1], said_in) if said_in else None,
        )
        for line, cells in lines
    )
    return Poll(KIND, tuple(headings[before:]), tuple(ballots), blind=width > 1)


def _are_days(options: Sequence[str]) -> bool:
    """Return whether options may be days and hours, as Rallly's are, and not the questions of a form or table."""
    if any(one.endswith("?") or is_about_coming(one) or asks(one) is not Ask.QUESTION for one in options):
        return False
    return len(options) > 1 or any(letter.isdigit() for one in options for letter in one)


def _whole(cells: Sequence[str], width: int) -> list[str]:
    """Return a line with as many cells as there are headings, joining surplus cells to the name that a comma had cut."""
    line = [cell.strip() for cell in cells]
    while len(line) > width and not line[-1]:
        line.pop()
    over = max(0, len(line) - width)
    return [", ".join(line[: over + 1]), *line[over + 1 :]] + [""] * (width - len(line))


def _zone(name: str, fallback: tzinfo) -> tzinfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return fallback


def _moment(text: str, zone: tzinfo) -> datetime | None:
    try:
        return datetime.fromisoformat(text).replace(tzinfo=zone)
    except ValueError:
        return None
