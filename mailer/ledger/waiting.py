"""List the messages that wait for a staff decision."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping

from mailer.model.attendance import PendingReview, Standing
from mailer.model.entry import Entry, Heard


def review(entries: Iterable[Entry], standings: Mapping[str, Standing]) -> list[PendingReview]:
    """Return what waits for review, oldest first, with the proposed answer and the current standing.

    What waits for several people of one address is listed for each of them, in their order: one may come and another not.
    """
    waits: dict[int, list[Standing]] = defaultdict(list)
    for standing in standings.values():
        for number in standing.to_review:
            waits[number].append(standing)
    sharing = Counter(standing.invitee for standing in standings.values())
    waiting = []
    for entry in entries:
        if entry.number in waits and isinstance(entry.fact, Heard):
            for one in waits[entry.number]:
                alone = entry.person or sharing[one.invitee] == 1
                waiting.append(
                    PendingReview(
                        entry,
                        one,
                        one.whys[one.to_review.index(entry.number)],
                        entry.fact.finding.claim_read,
                        "" if alone else one.person,
                    )
                )
    return waiting
