"""Record what staff know: an answer by phone, who came, and decisions on doubtful answers."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from mailer import campaign as campaigns
from mailer import contacts, ledger
from mailer.errors import ConfigError
from mailer.jobs import find, roll
from mailer.model.attendance import PendingReview
from mailer.model.contact import Contact, Origin
from mailer.model.entry import Attended, Channel, Entry, Fact, Heard, Presence, Reviewed, Trust
from mailer.model.finding import Answer, Finding, MailKind, PartStat
from mailer.model.heads import MOST_HEADS
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
    person: str = "",
    party: int | None = None,
    note: str = "",
    author: str = "",
    sure: bool = False,
) -> Entry:
    """Write one ledger entry in the name of staff, and return it. `what` is a key of `SAID` or of `SEEN`.

    `person` is the reference of the one member of the invitee it is about; empty for all of them. More people than can be
    believed (`MOST_HEADS`) are recorded only if the caller is `sure`. Raises ConfigError ``many-people``.
    """
    if party and party > MOST_HEADS and not sure:
        one = next((each for each in invitee.members if each.ref == person), None)
        who = find.way(find.Found(invitee, one), roll.invitees(store, slug)) if one else invitee.email
        command = shlex.join(["mailer", "record", slug, who, what, "--party", str(party), "--sure"])
        raise ConfigError("many-people", read=str(party), most=MOST_HEADS, command=command)
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
        person=person,
    )
    return store.append([entry])[0]


def decided(
    slug: str,
    waiting: Entry,
    answer: Answer | None,
    *,
    now: datetime,
    author: str = "",
    persons: Sequence[str] = (),
    invitee: str = "",
    person: str = "",
    as_read: bool = True,
) -> list[Entry]:
    """Return the entries that close an entry which waits for a person, with the answer they read in it or with none.

    An answer other than the entry's own, or for another invitee (`invitee`, of whom `person` is meant, or all of them),
    is written as an entry of staff, so that both remain visible. `persons` are those of the address for whom it is
    decided; empty for all of them. For each of them an answer as it was read counts as it stands, unless `as_read` is
    false: a number said for several is shared out. That of somebody who was not invited never does.
    """
    if not isinstance(waiting.fact, Heard):
        raise ConfigError("review-not-waiting", read=str(waiting.number))
    ref = invitee or waiting.invitee
    read = waiting.fact.finding.claim_read
    applied = answer is not None and ref == waiting.invitee and answer == waiting.fact.finding.claim
    if persons and answer is not None and read is not None and ref == waiting.invitee:
        applied = answer == read
    applied = applied and as_read and waiting.fact.why != ledger.UNINVITED
    people = persons or (waiting.person,)
    entries: list[tuple[str, str, Fact]] = [
        (waiting.invitee, one, Reviewed(waiting.number, applied=applied)) for one in people
    ]
    if answer is not None and not applied:
        words = waiting.fact.finding.text or waiting.fact.finding.evidence
        # Who decided has seen that there was a question, or somebody else named, and what is remarked.
        remark = answer.remark or ledger.remark(waiting.fact)
        seen = replace(answer, asks=False, glance=False, number_to_check=False, remark=remark)
        finding = Finding("staff", MailKind.OTHER, seen, evidence=words)
        said = Heard(finding, waiting.fact.said_at, Trust.STAFF, sender=waiting.fact.sender)
        named = (person,) if person or ref != waiting.invitee else people
        entries += [(ref, one, said) for one in named]
    return [
        Entry(slug, whose, now, Channel.STAFF, fact, author=author, person=one)
        for whose, one, fact in entries
    ]


def answer_to(item: PendingReview, partstat: PartStat) -> Answer:
    """Return the answer for staff's yes, no or perhaps, or that somebody comes instead, with the number proposed.

    A no brings nobody: that somebody comes instead is a decision of its own. A number said for several is not each one's.
    """
    proposal = item.proposal
    if proposal is None or partstat is PartStat.DECLINED:
        plain = proposal and proposal.partstat is partstat and not ledger.is_delegation(proposal)
        return proposal if proposal and plain else Answer(partstat)
    if proposal.partstat is partstat:
        return proposal
    if partstat is PartStat.DELEGATED:
        return replace(proposal, partstat=partstat)
    return Answer(partstat, None if item.person else proposal.headcount)


def register(
    store: Store, slug: str, email: str, first_name: str, last_name: str, *, now: datetime
) -> Invitee:
    """Put somebody on the roll who was not invited, as staff decided, and return the invitee.

    Whoever comes to the door may have no address. Raises ConfigError ``address-to-type`` for one that is not usable.
    """
    usable = contacts.address(email)
    if email.strip() and not usable:
        raise ConfigError("address-to-type", read=email)
    contact = Contact(usable, first_name=first_name, last_name=last_name, origin=Origin("staff"))
    invitee = campaigns.lone(store.secret(), slug, contact)
    store.append(roll.placed(slug, invitee, Why.REGISTERED, now, Channel.STAFF))
    return invitee
