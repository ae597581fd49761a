"""A poll as any of the programs exports it: what could be chosen, and what each voter chose."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from mailer.errors import UserError
from mailer.model.accents import fold_accents
from mailer.model.finding import PartStat

Table = Sequence[Sequence[str]]
"""The cells of a file, line by line, as texts."""


@dataclass(frozen=True, slots=True)
class Ballot:
    """What one voter chose: a cell per option, as it was written.

    `line` is that of the file. `said_at` is when, where the program tells. `heads` is how many come, where asked.
    """

    line: int
    name: str
    email: str
    cells: tuple[str, ...]
    said_at: datetime | None = None
    heads: int | None = None


@dataclass(frozen=True, slots=True)
class Poll:
    """A poll. `kind` names the program; `options` are the headings of what could be chosen.

    `blind`: the program writes a no for every option a voter left open, so that a line of nothing but no may mean
    nothing at all.
    """

    kind: str
    options: tuple[str, ...]
    ballots: tuple[Ballot, ...]
    blind: bool = False


@dataclass(frozen=True, slots=True)
class Vote:
    """What a voter says about coming. `partstat` None is no answer; `why` is what makes a person look, by code."""

    ballot: Ballot
    option: str
    cell: str
    partstat: PartStat | None
    why: str = ""


def choose(poll: Poll, wanted: str = "") -> int:
    """Find the option that means coming: the only one, or the only one whose heading has the words of `wanted`.

    Raises UserError ``poll-column-needed`` with the options, as ``choices`` too, where that is not one option.
    """
    if not wanted and len(poll.options) == 1:
        return 0
    words = fold_accents(wanted)
    found = [place for place, option in enumerate(poll.options) if words and words in fold_accents(option)]
    exact = [place for place in found if fold_accents(poll.options[place]) == words]
    if len(exact or found) != 1:
        raise UserError(
            "poll-column-needed", read=wanted, options=" ; ".join(poll.options), choices=poll.options
        )
    return (exact or found)[0]
