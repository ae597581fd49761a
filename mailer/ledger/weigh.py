"""What an answer weighs: from which moment, how surely, and for how many.

The moment of a calendar answer is its DTSTAMP where that can be the moment of an answer, else that of its mail: SOGo
repeats the DTSTAMP of our request, Claws Mail writes zeros. The moment of what staff say is when they say it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from mailer.ledger.draft import Draft
from mailer.model.attendance import RecordedClaim, ReviewDecision
from mailer.model.entry import Trust
from mailer.model.finding import Answer, PartStat

COMES = (PartStat.ACCEPTED, PartStat.TENTATIVE)
"""The answers that bring somebody."""


@dataclass(frozen=True, slots=True)
class Weighed:
    """An answer as it weighs: from when, how surely, for how many. `decided` is what staff decided about it."""

    statement: RecordedClaim
    answer: Answer
    moment: datetime
    trust: Trust
    headcount: int | None
    comment: str = ""
    decided: ReviewDecision | None = None

    @property
    def confirmed(self) -> bool:
        """Whether a person stands behind it."""
        return self.decided is not None or self.statement.trust is Trust.STAFF

    def contradicts(self, other: Weighed) -> bool:
        """Whether both cannot be true."""
        if self.answer.partstat is not other.answer.partstat:
            return True
        return None not in (self.headcount, other.headcount) and self.headcount != other.headcount


def rank(said: Weighed) -> tuple[datetime, datetime, int]:
    """The order of what was said; DTSTAMPs that are equal leave it to the mails' own moments."""
    return said.moment, said.statement.said_at, said.statement.entry


def weigh(said: RecordedClaim, answer: Answer, decided: ReviewDecision | None, draft: Draft) -> Weighed:
    """Say from when and how surely an answer counts. What only a person let through counts as theirs."""
    confirmed = decided is not None or said.trust is Trust.STAFF
    headcount = _heads(answer, confirmed=confirmed)
    moment = said.recorded_at if said.trust is Trust.STAFF else _moment(said, draft)
    weighed = Weighed(said, answer, moment, said.trust, headcount, said.comment, decided)
    if decided and (said.held or is_outdated(weighed, draft)):
        return replace(weighed, moment=decided.at, trust=Trust.STAFF)
    return weighed


def _moment(said: RecordedClaim, draft: Draft) -> datetime:
    """When an answer was given: DTSTAMP, if it lies between our invitation and the mail."""
    told_at, dtstamp = draft.told_at, said.dtstamp
    if dtstamp is None or dtstamp > said.said_at or (told_at and dtstamp <= told_at):
        return said.said_at
    return dtstamp


def _heads(answer: Answer, *, confirmed: bool) -> int | None:
    """How many an answer brings. Whoever comes instead is counted once a person, or they themselves, said so."""
    if answer.partstat in COMES:
        return answer.headcount or None
    if answer.partstat is PartStat.NEEDS_ACTION:
        return None
    return (answer.headcount or 1) if is_delegation(answer) and confirmed else 0


def is_delegation(answer: Answer) -> bool:
    """Whether somebody comes instead of the invitee; mails often say so with a no."""
    if answer.partstat is PartStat.DECLINED:
        return bool(answer.delegate or answer.headcount)
    return answer.partstat is PartStat.DELEGATED


def is_outdated(weighed: Weighed, draft: Draft) -> bool:
    """Whether it answers a revision of the meeting that is no longer true."""
    if draft.asked_again_at is None:
        return False
    said = weighed.statement
    if said.sequence is not None and weighed.trust is not Trust.STAFF:
        return said.sequence < draft.asked_sequence
    return weighed.moment <= draft.asked_again_at
