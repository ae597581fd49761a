"""List the messages that wait for a staff decision."""

from __future__ import annotations

import re
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
                        reason(entry, one.whys[one.to_review.index(entry.number)]),
                        entry.fact.finding.claim_read,
                        "" if alone else one.person,
                    )
                )
    return waiting


ASKS = "asks"
"""The reason of an answer that counts, and has something else in it for staff to read."""


def reason(entry: Entry, why: str) -> str:
    """Return the code of the reason that is told: of an answer with more in it than itself, what that is."""
    if why != ASKS or not isinstance(entry.fact, Heard):
        return why
    finding = entry.fact.finding
    said = finding.text or finding.evidence
    comment = finding.calendar.comment if finding.calendar else ""
    if _QUESTION.search(f"{said}\n{comment}"):
        return why
    read = finding.claim_read
    return "names-a-delegate" if read and read.delegate else "says-more"


_QUESTION = re.compile(r"[?\u061f\uff1f](?=[\s!.)\"»”’']|$)")
"""A question mark at the end of a word; that of a web address stands within."""
