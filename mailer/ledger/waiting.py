"""List the messages that wait for a staff decision."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping

from mailer.model.attendance import PendingReview, Standing
from mailer.model.entry import Entry, Heard
from mailer.model.finding import Answer, Unclear


def review(entries: Iterable[Entry], standings: Mapping[str, Standing]) -> list[PendingReview]:
    """Return what waits for review, oldest first, with the proposed answer and the current standing.

    What waits for several people of one address is listed once.
    """
    waits: dict[int, list[Standing]] = defaultdict(list)
    for standing in standings.values():
        for number in standing.to_review:
            waits[number].append(standing)
    sharing = Counter(standing.invitee for standing in standings.values())
    waiting = []
    for entry in entries:
        if entry.number in waits and isinstance(entry.fact, Heard):
            people = waits[entry.number]
            first = people[0]
            everybody = entry.person or len(people) == sharing[first.invitee]
            waiting.append(
                PendingReview(
                    entry,
                    first,
                    first.whys[first.to_review.index(entry.number)],
                    _proposal(entry.fact),
                    () if everybody else tuple(one.person for one in people),
                )
            )
    return waiting


def _proposal(heard: Heard) -> Answer | None:
    match heard.finding.claim:
        case Answer() as answer:
            return answer
        case Unclear(proposal):
            return proposal
        case _:
            return None
