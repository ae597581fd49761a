"""The results of a poll, whichever program held it: cells in, ledger entries out."""

from __future__ import annotations

from datetime import tzinfo

from mailer.errors import UserError
from mailer.polls import from_framadate, from_google_forms, from_nextcloud, from_rallly
from mailer.polls.names import Match, Names
from mailer.polls.poll import Ballot, Poll, Table, Vote, choose
from mailer.polls.votes import Voter, heard, voters, votes
from mailer.polls.words import unbroken

__all__ = ["Ballot", "Match", "Names", "Poll", "Vote", "Voter", "choose", "heard", "read", "voters", "votes"]


def read(table: Table, file: str, zone: tzinfo) -> Poll:
    """Read a poll's results, recognised by what they look like; `zone` is the clock of their moments.

    Raises UserError ``not-a-poll`` where no program is known to write such a table, and ``poll-empty``.
    """
    mended = [[unbroken(cell) for cell in cells] for cells in table]
    poll = _recognised(table, file, zone) or _recognised(mended, file, zone)
    if poll is None or not poll.ballots:
        raise UserError("not-a-poll" if poll is None else "poll-empty", file=file)
    return poll


def _recognised(table: Table, file: str, zone: tzinfo) -> Poll | None:
    """Ask each program's reader, the one with the plainest signature first."""
    return (
        from_google_forms.read(table, zone)
        or from_nextcloud.read(table)
        or from_rallly.read(table, zone)
        or from_framadate.read(table, file)
    )
