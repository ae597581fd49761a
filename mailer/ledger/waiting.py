"""List the messages that wait for a staff decision, and those that were recorded and may be looked over."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping

from mailer.model.attendance import PendingReview, Standing
from mailer.model.entry import Entry, Heard
from mailer.model.finding import Answer, Unclear


def review(entries: Iterable[Entry], standings: Mapping[str, Standing]) -> list[PendingReview]:
    """Return what waits for review, oldest first, with the proposed answer and the current standing.

    What waits for several people of one address is listed for each of them, in their order: one may come and another not.
    """
    return _listed(entries, standings, lambda standing: standing.to_review, _why_it_waits)


def glances(entries: Iterable[Entry], standings: Mapping[str, Standing]) -> list[PendingReview]:
    """Return what was recorded from words and may be looked over, as `review` returns what waits."""
    return _listed(
        entries, standings, lambda standing: standing.to_glance, lambda _standing, entry: glanced(entry)
    )


def _listed(
    entries: Iterable[Entry],
    standings: Mapping[str, Standing],
    numbers: Callable[[Standing], tuple[int, ...]],
    why: Callable[[Standing, Entry], str],
) -> list[PendingReview]:
    """Return the entries of which standings have the numbers, once for each of these, with the reason."""
    found: dict[int, list[Standing]] = defaultdict(list)
    for standing in standings.values():
        for number in numbers(standing):
            found[number].append(standing)
    if not found:
        return []
    sharing = Counter(standing.invitee for standing in standings.values())
    listed = []
    for entry in entries:
        if entry.number in found and isinstance(entry.fact, Heard):
            for one in found[entry.number]:
                alone = entry.person or sharing[one.invitee] == 1
                person = "" if alone else one.person
                listed.append(
                    PendingReview(entry, one, why(one, entry), entry.fact.finding.claim_read, person)
                )
    return listed


def _why_it_waits(standing: Standing, entry: Entry) -> str:
    return reason(entry, standing.whys[standing.to_review.index(entry.number)])


ASKS = "asks"
"""The reason of an answer that counts, and has something else in it for staff to read."""

GLANCE = "glance"
"""The reason of an answer that counts, and whose words are not certain."""


def glanced(entry: Entry) -> str:
    """Return the code of the reason for which an answer that counts may be looked over."""
    if not isinstance(entry.fact, Heard):
        return ""
    read, letter = entry.fact.finding.claim_read, entry.fact.letter
    if read and read.asks:
        return reason(entry, ASKS)
    return "answers-another-letter" if letter is not None and not letter.kind.asks else GLANCE


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


def remark(heard: Heard) -> str:
    """Return what staff see of an answer besides yes, no and how many: its COMMENT, and the remark of its words."""
    finding = heard.finding
    claim = finding.claim.proposal if isinstance(finding.claim, Unclear) else finding.claim
    said = claim.remark.strip() if isinstance(claim, Answer) else ""
    return together(finding.calendar.comment.strip() if finding.calendar else "", said)


def together(before: str, after: str) -> str:
    """Return two remarks, each once; one that is part of the other adds nothing."""
    known, new = (" ".join(each.casefold().split()).rstrip(" .!") for each in (before, after))
    if not new or new in known:
        return before
    return after if known in new else f"{before} / {after}"
