"""Read the exported results of a poll or form, match voters to invitees, and turn votes into ledger entries."""

from __future__ import annotations

from datetime import tzinfo

from mailer.errors import UserError
from mailer.polls.names import InviteeIndex, VoterMatch
from mailer.polls.poll import Ballot, Poll, PollFile, Table, Vote, choose
from mailer.polls.programs import READERS
from mailer.polls.votes import Means, Voter, ledger_entries, voters, votes
from mailer.polls.words import unscrambled

__all__ = [
    "Ballot",
    "InviteeIndex",
    "Means",
    "Poll",
    "Vote",
    "Voter",
    "VoterMatch",
    "choose",
    "ledger_entries",
    "read",
    "voters",
    "votes",
]


def read(table: Table, file: str, zone: tzinfo) -> Poll:
    """Read the results of a poll from the cells of a file; `zone` is that of times without one.

    Raise UserError ``not-a-poll`` if no known program writes such a table, ``poll-empty`` if nobody has voted.
    """
    unscrambled_table = [[unscrambled(cell) for cell in cells] for cells in table]
    poll = _recognised(PollFile(table, file, zone)) or _recognised(PollFile(unscrambled_table, file, zone))
    if poll is None or not poll.ballots:
        raise UserError("not-a-poll" if poll is None else "poll-empty", file=file)
    return poll


def _recognised(file: PollFile) -> Poll | None:
    """Return the poll as the first program reads it that recognises the file."""
    return next((poll for poll in (read_from(file) for read_from in READERS) if poll), None)
