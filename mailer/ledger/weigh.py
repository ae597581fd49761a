"""Determine when an answer was given, how far it can be trusted, and how many people it brings.

The time of a calendar answer is its DTSTAMP if that is plausible, else the date of its mail: SOGo repeats the
DTSTAMP of the request, and Claws Mail writes zeros. The time of a staff entry is when it was recorded.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from mailer.ledger.draft import StandingDraft
from mailer.ledger.revisions import Revisions
from mailer.model.attendance import RecordedClaim, ReviewDecision
from mailer.model.entry import Trust
from mailer.model.finding import Answer, PartStat

COMES = (PartStat.ACCEPTED, PartStat.TENTATIVE)
"""The answers that mean somebody may come."""


@dataclass(frozen=True, slots=True)
class Number:
    """How many people an answer brings, as in `Answer`, and the number of the entry that said so, 0 if none did."""

    heads: int | None = None
    least: int | None = None
    adults: int | None = None
    children: int | None = None
    entry: int = 0


NO_NUMBER = Number()


@dataclass(frozen=True, slots=True)
class Weighed:
    """An answer with the time, trust and number it counts with. `decided` is the staff decision about it, if any.

    `arrived` is when it came in; None where it is not known. `proxy_to` holds the person's proxy.
    """

    statement: RecordedClaim
    answer: Answer
    moment: datetime
    trust: Trust
    number: Number = NO_NUMBER
    comment: str = ""
    decided: ReviewDecision | None = None
    arrived: datetime | None = None
    proxy_to: str = ""

    @property
    def headcount(self) -> int | None:
        """Return how many people the answer brings; None if no number was given."""
        return self.number.heads

    @property
    def is_own(self) -> bool:
        """Return whether the answer is about this person by name, or staff gave it or decided it for them."""
        said, decided = self.statement, self.decided
        return not said.shared or said.trust is Trust.STAFF or (decided is not None and decided.by_name)

    @property
    def confirmed(self) -> bool:
        """Return whether staff entered or confirmed the answer."""
        return self.decided is not None or self.statement.trust is Trust.STAFF

    @property
    def asked_nothing(self) -> bool:
        """Return whether it answers a letter that does not ask whether somebody comes, and nobody decided about it."""
        letter = self.statement.letter
        return letter is not None and not letter.kind.asks and not self.confirmed

    def contradicts(self, other: Weighed) -> bool:
        """Return whether two answers differ in PARTSTAT or in headcount."""
        if self.answer.partstat is not other.answer.partstat:
            return True
        return None not in (self.headcount, other.headcount) and self.headcount != other.headcount


def rank(said: Weighed) -> tuple[datetime, datetime, int]:
    """Return the sort key of an answer: its time, then the mail's own date, then the entry number."""
    return said.moment, said.statement.said_at, said.statement.entry


def weigh(
    said: RecordedClaim,
    answer: Answer,
    decided: ReviewDecision | None,
    draft: StandingDraft,
    revisions: Revisions,
) -> Weighed:
    """Return the answer with its time, trust and headcount; one that staff let through counts from then with their trust."""
    confirmed = decided is not None or said.trust is Trust.STAFF
    number = _number(answer, said.entry, confirmed=confirmed)
    moment = said.recorded_at if said.trust is Trust.STAFF else _moment(said, draft)
    arrived = moment if said.trust is Trust.STAFF else said.arrived_at
    weighed = Weighed(
        said, answer, moment, said.trust, number, said.comment, decided, arrived, answer.proxy_to
    )
    return confirm(weighed) if decided and (said.held or is_outdated(weighed, draft, revisions)) else weighed


def confirm(said: Weighed) -> Weighed:
    """Return an answer that staff decided, as if they had given it at that time."""
    assert said.decided is not None
    return replace(said, moment=said.decided.at, arrived=said.decided.at, trust=Trust.STAFF)


def _moment(said: RecordedClaim, draft: StandingDraft) -> datetime:
    """Return when an answer was given: its DTSTAMP if that is between our invitation and the mail, else the mail's date."""
    told_at, dtstamp = draft.told_at, said.dtstamp
    if dtstamp is None or dtstamp > said.said_at or (told_at and dtstamp <= told_at):
        return said.said_at
    return dtstamp


def _number(answer: Answer, entry: int, *, confirmed: bool) -> Number:
    heads = _heads(answer, confirmed=confirmed)
    if heads is None or answer.partstat not in COMES:
        return NO_NUMBER if heads is None else Number(heads, entry=entry)
    least = answer.least if answer.least and answer.least < heads else None
    return Number(heads, least, answer.adults, answer.children, entry)


def _heads(answer: Answer, *, confirmed: bool) -> int | None:
    """Return how many people an answer brings.

    A delegate is counted only once staff, or the delegate, confirmed it; one who has a line of their own is counted there,
    and the number here is 0.
    """
    if answer.partstat in COMES:
        return answer.headcount or None
    if answer.partstat is PartStat.NEEDS_ACTION:
        return None
    if not (is_delegation(answer) and confirmed):
        return 0
    return 1 if answer.headcount is None else answer.headcount


def is_delegation(answer: Answer) -> bool:
    """Return whether somebody comes instead of the invitee; mails often say so together with a no."""
    if answer.partstat is PartStat.DECLINED:
        return bool(answer.delegate or answer.headcount)
    return answer.partstat is PartStat.DELEGATED


def is_outdated(weighed: Weighed, draft: StandingDraft, revisions: Revisions) -> bool:
    """Return whether the answer is about an earlier revision of the meeting.

    Words are about that of the letter they answer. Where that is not known, they are about the earlier one until the person has a letter with the later one, here or where they
    come from. Who had no letter at all when they said it is taken at their word.
    """
    if revisions.asked_again_at is None:
        return False
    said = weighed.statement
    if weighed.decided is None and said.entry < revisions.asked_again:
        return True  # it was recorded before, whatever the clocks of this machine and of the mail server said
    if said.letter is not None and weighed.trust is not Trust.STAFF and said.sequence is None:
        return said.letter.sequence < revisions.sequence
    if weighed.trust is Trust.STAFF or said.sequence is None:
        if weighed.moment <= revisions.asked_again_at:
            return True
        had = [
            one
            for one in draft.told
            if one.is_held and one.key.kind.is_invitation and one.at <= weighed.moment
        ]
        newest = max([draft.told_before, *(one.revision for one in had)])
        told = bool(had) or draft.told_before > 0
        return weighed.trust is not Trust.STAFF and told and newest < revisions.asking
    return said.sequence < revisions.sequence
