"""The results of a poll, whichever program held it: the options, and what each voter chose."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

from mailer.errors import UserError
from mailer.model.accents import fold_accents
from mailer.model.finding import Answer, PartStat
from mailer.polls.headings import is_about_coming

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
    people if the form asks for it in figures. `party` is that number as it was written where it is no figure.
    `is_draft`: the form was begun and not sent.
    """

    line: int
    name: str
    email: str
    cells: tuple[str, ...]
    said_at: datetime | None = None
    heads: int | None = None
    party: str = ""
    is_draft: bool = False


@dataclass(frozen=True, slots=True)
class Poll:
    """The results of a poll: its options by heading, and the ballots. `kind` names the program.

    `blind`: the program exports an option without a choice as a no (Rallly, Framadate), so that a ballot of nothing
    but no may be an empty one. `is_form`: the options are questions, of which some are not about coming.
    """

    kind: str
    options: tuple[str, ...]
    ballots: tuple[Ballot, ...]
    blind: bool = False
    is_form: bool = False


@dataclass(frozen=True, slots=True)
class Vote:
    """What a voter says about coming; without an `answer` nothing can be recorded.

    `is_unknown`: something is written, and what it means is not known. `why` is the code of a reason for a review.
    """

    ballot: Ballot
    option: str
    cell: str
    answer: Answer | None
    is_unknown: bool = False
    why: str = ""

    @property
    def partstat(self) -> PartStat | None:
        """Return the PARTSTAT of the answer."""
        return self.answer.partstat if self.answer else None


def choose(poll: Poll, wanted: str = "", kept: Collection[str] = ()) -> int:
    """Return the index of the option that means coming.

    It is the one whose heading contains `wanted`; else the one that was named before (`kept`); else the only option of a poll, or the
    only question of a form whose heading is about coming. A question is never taken because it is the last one left.

    Raise UserError ``poll-column-needed``, with the options in its values, if there is not exactly one.
    """
    headings = [fold_accents(option) for option in poll.options]
    if wanted:
        words = fold_accents(wanted)
        found = [place for place, heading in enumerate(headings) if words and words in heading]
        found = [place for place in found if headings[place] == words] or found
    else:
        before = set(map(fold_accents, kept))
        found = [place for place, heading in enumerate(headings) if heading in before]
        found = found or [place for place, option in enumerate(poll.options) if is_about_coming(option)]
        found = found or ([0] if len(headings) == 1 and not poll.is_form else [])
    if len(found) != 1:
        raise UserError(
            "poll-column-needed", read=wanted, options=" ; ".join(poll.options), choices=poll.options
        )
    return found[0]
