"""Record what staff know: an answer by phone, who came, and decisions on doubtful answers."""

from __future__ import annotations

from datetime import datetime

from mailer import campaign as campaigns
from mailer.errors import ConfigError
from mailer.jobs import roll
from mailer.model.attendance import PendingReview
from mailer.model.contact import Contact, Origin
from mailer.model.entry import Attended, Channel, Entry, Fact, Heard, Presence, Reviewed, Trust
from mailer.model.finding import Answer, Finding, MailKind, PartStat
from mailer.model.people import Invitee, Why
from mailer.store import Store

SAID = {
    "accepted": PartStat.ACCEPTED,
    "declined": PartStat.DECLINED,
    "tentative": PartStat.TENTATIVE,
}
SEEN = {presence.value: presence for presence in Presence}


def record(
    store: Store,
    slug: str,
    invitee: Invitee,
    what: str,
    *,
    now: datetime,
    party: int | None = None,
    note: str = "",
    author: str = "",
) -> Entry:
    """Write one ledger entry in the name of staff, and return it. `what` is a key of `SAID` or of `SEEN`."""
    fact: Fact
    if what in SAID:
        finding = Finding("staff", MailKind.OTHER, Answer(SAID[what], party), evidence=note)
        fact = Heard(finding, now, Trust.STAFF)
    else:
        fact = Attended(SEEN[what], party)
    entry = Entry(
        campaign=slug,
        invitee=invitee.ref,
        recorded_at=now,
        channel=Channel.STAFF,
        fact=fact,
        author=author,
        note=note,
    )
    return store.append([entry])[0]


def decide(
    store: Store,
    slug: str,
    waiting: Entry,
    answer: Answer | None,
    *,
    now: datetime,
    author: str = "",
    invitee: Invitee | None = None,
) -> list[Entry]:
    """Close an entry that waits for a person, with the answer they read in it or with none; return the new entries.

    An answer other than the entry's own, or for another invitee (`invitee`), is written as an entry of staff, so that
    both remain visible.
    """
    if not isinstance(waiting.fact, Heard):
        raise ConfigError("review-not-waiting", read=str(waiting.number))
    ref = invitee.ref if invitee else waiting.invitee
    applied = answer is not None and answer == waiting.fact.finding.claim and ref == waiting.invitee
    closing = Entry(
        campaign=slug,
        invitee=waiting.invitee,
        recorded_at=now,
        channel=Channel.STAFF,
        fact=Reviewed(waiting.number, applied=applied),
        author=author,
    )
    if answer is None or applied:
        return store.append([closing])
    words = waiting.fact.finding.text or waiting.fact.finding.evidence
    finding = Finding("staff", MailKind.OTHER, answer, evidence=words)
    said = Entry(
        campaign=slug,
        invitee=ref,
        recorded_at=now,
        channel=Channel.STAFF,
        fact=Heard(finding, waiting.fact.said_at, Trust.STAFF),
        author=author,
    )
    return store.append([closing, said])


def answer_to(item: PendingReview, partstat: PartStat) -> Answer:
    """Return the answer for staff's yes, no or perhaps, with the number of people the proposal gives, unless it is no."""
    proposal = item.proposal
    if proposal and proposal.partstat is partstat:
        return proposal
    return Answer(partstat, proposal.headcount if proposal and partstat is not PartStat.DECLINED else None)


def register(
    store: Store, slug: str, email: str, first_name: str, last_name: str, *, now: datetime
) -> Invitee:
    """Put somebody on the roll who was not invited, as staff decided, and return the invitee."""
    contact = Contact(email, first_name=first_name, last_name=last_name, origin=Origin("staff"))
    invitee = campaigns.lone(store.secret(), slug, contact)
    store.append(roll.placed(slug, invitee, Why.REGISTERED, now, Channel.STAFF))
    return invitee
