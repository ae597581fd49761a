"""The results of a poll, whichever program held it: the options, and what each voter chose."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

from mailer.errors import UserError
from mailer.model.accents import fold_accents
from mailer.model.finding import PartStat

Table = Sequence[Sequence[str]]
"""The cells of a file as texts, line by line."""


@dataclass(frozen=True, slots=True)
class PollFile:
    """The file a program exported: its cells, its name for errors, and the zone of times that have none."""

    table: Table
    name: str
    zone: tzinfo


@dataclass(frozen=True, slots=True)
class Ballot:
    """What one voter chose: one cell for each option, as written.

    `line` is the line of the file, `said_at` the time of the vote if the program exports it, `heads` the number of
    people if the form asks for it.
    """

    line: int
    name: str
    email: str
    cells: tuple[str, ...]
    said_at: datetime | None = None
    heads: int | None = None


@dataclass(frozen=True, slots=True)
class Poll:
    """The results of a poll: its options by heading, and the ballots. `kind` names the program.

    `blind`: the program exports an option without a choice as a no (Rallly, Framadate), so that a ballot of nothing
    but no may be an empty one.
    """

    kind: str
    options: tuple[str, ...]
    ballots: tuple[Ballot, ...]
    blind: bool = False


@dataclass(frozen=True, slots=True)
class Vote:
    """What a voter says about coming. `partstat` None is no answer; `why` is the code of a reason for a review."""

    ballot: Ballot
    option: str
    cell: str
    partstat: PartStat | None
    why: str = ""


def choose(poll: Poll, wanted: str = "") -> int:
    """Return the index of the option that means coming: the only one, or the one whose heading contains `wanted`.

    Raise UserError ``poll-column-needed``, with the options in its values, if there is not exactly one.
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
