"""Note what staff learn: by phone, at the door, or on looking again at an answer."""

from __future__ import annotations

from datetime import datetime

from mailer.errors import ConfigError
from mailer.model.entry import Attended, Channel, Entry, Fact, Heard, Presence, Reviewed, Trust
from mailer.model.finding import Answer, Finding, MailKind, PartStat
from mailer.model.invitation import Invitee
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
    """Write one line into the ledger in the name of staff. `what` is a key of `SAID` or of `SEEN`."""
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
    store: Store, slug: str, waiting: Entry, answer: Answer | None, *, now: datetime, author: str = ""
) -> list[Entry]:
    """Close a line that waits for a person: with the answer they read in it, or with none.

    A different answer than the line's own is written as one of staff, so that both stay visible.
    """
    if not isinstance(waiting.fact, Heard):
        raise ConfigError("review-not-waiting", read=str(waiting.number))
    claim = waiting.fact.finding.claim
    same = answer is not None and answer == claim
    closing = Entry(
        campaign=slug,
        invitee=waiting.invitee,
        recorded_at=now,
        channel=Channel.STAFF,
        fact=Reviewed(waiting.number, applied=same),
        author=author,
    )
    entries = [closing]
    if answer is not None and not same:
        finding = Finding("staff", MailKind.OTHER, answer, evidence=waiting.fact.finding.text)
        said = Heard(finding, waiting.fact.said_at, Trust.STAFF)
        entries.append(
            Entry(
                campaign=slug,
                invitee=waiting.invitee,
                recorded_at=now,
                channel=Channel.STAFF,
                fact=said,
                author=author,
            )
        )
    return store.append(entries)
