"""Who was not invited and would like to come: nobody vouches for them, so they wait in one group that is decided at once."""

from __future__ import annotations

from collections.abc import Iterable

from mailer.ledger.settle import UNINVITED
from mailer.model.attendance import PendingReview
from mailer.model.entry import Heard

BEYOND = "uninvited-many"
"""Reason code: the group had all it takes in a day, so that this one is decided by itself."""

MOST_IN_A_DAY = 100
"""How many people who were not invited join the group of a campaign in a day: a decision for all is one for so many."""


def newcomers(waiting: Iterable[PendingReview]) -> list[PendingReview]:
    """Return of what waits the answers of people who were not invited and say clearly that they come, oldest first.

    One decision may be made about all of them: each is then put on the roll, or none.
    """
    return [
        one
        for one in waiting
        if one.why == UNINVITED and one.proposal is not None and isinstance(one.entry.fact, Heard)
    ]
