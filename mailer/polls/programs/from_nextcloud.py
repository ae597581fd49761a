"""Read the export of Nextcloud Polls: participants, their addresses if the exporter may see them, and options.

CSV files hold ``yes``, ``maybe``, ``no`` or nothing. Spreadsheets hold signs, below a title and a description. The
options of a date poll are ISO 8601 intervals.
"""

from __future__ import annotations

from mailer.model.accents import fold_accents
from mailer.polls.poll import Ballot, Poll, PollFile
from mailer.polls.words import are_votes

KIND = "nextcloud"

_PARTICIPANTS = {
    fold_accents(word)
    for word in ("Participants", "Teilnehmer", "Teilnehmende", "Participantes", "Partecipanti", "Deelnemers")
}
_ADDRESSES = {
    fold_accents(word)
    for word in (
        "Email address",
        "Adresse e-mail",
        "Adresse électronique",
        "Courriel",
        "E-Mail-Adresse",
        "E-mail",
    )
}
_TOP = 6
"""Lines in which the headings are looked for, below the title and the description of a spreadsheet."""


def read(file: PollFile) -> Poll | None:
    """Read a poll, or return None if Nextcloud Polls did not write it."""
    table = file.table
    top = next(
        (n for n, cells in enumerate(table[:_TOP]) if cells and fold_accents(cells[0]) in _PARTICIPANTS), None
    )
    if top is None:
        return None
    headings = [cell.strip() for cell in table[top]]
    while headings and not headings[-1]:
        headings.pop()
    before = 2 if len(headings) > 1 and fold_accents(headings[1]) in _ADDRESSES else 1
    lines = [
        (line, [cell.strip() for cell in cells] + [""] * len(headings))
        for line, cells in enumerate(table[top + 1 :], top + 2)
        if any(cells)
    ]
    if len(headings) <= before or not all(are_votes(cells[before:]) for _, cells in lines):
        return None
    ballots = (
        Ballot(line, cells[0], cells[1] if before == 2 else "", tuple(cells[before : len(headings)]))
        for line, cells in lines
    )
    return Poll(KIND, tuple(headings[before:]), tuple(ballots))
