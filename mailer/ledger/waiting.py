"""List the messages that wait for a staff decision."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from mailer.model.attendance import PendingReview, Standing
from mailer.model.entry import Entry, Heard
from mailer.model.finding import Answer, Unclear


def review(entries: Iterable[Entry], standings: Mapping[str, Standing]) -> list[PendingReview]:
    """Return what waits for review, oldest first, with the proposed answer and the current standing."""
    whys = {
        entry: why
        for standing in standings.values()
        for entry, why in zip(standing.to_review, standing.whys, strict=True)
    }
    waiting = []
    for entry in entries:
        if entry.number in whys and isinstance(entry.fact, Heard):
            standing = standings[entry.invitee]
            waiting.append(PendingReview(entry, standing, whys[entry.number], _proposal(entry.fact)))
    return waiting


def _proposal(heard: Heard) -> Answer | None:
    match heard.finding.claim:
        case Answer() as answer:
            return answer
        case Unclear(proposal):
            return proposal
        case _:
            return None
