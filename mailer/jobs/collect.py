"""Read the mailbox and write down what came: every mail once, whatever its shape, and none marked or moved."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from mailer import campaign as campaigns
from mailer import inbox
from mailer.jobs.understand import understand
from mailer.model.campaign import Campaign
from mailer.model.contact import Contact
from mailer.model.entry import Channel, Entry, Heard, Trust
from mailer.model.finding import (
    Answer,
    Finding,
    MailKind,
    OptOut,
    Unattended,
    Unclear,
    Undeliverable,
)
from mailer.model.message import IncomingMessage
from mailer.store import Read, Store
from mailer.wire import Fetched, MailboxReader

Progress = Callable[[int, int], None]
"""Told how many of how many mails have been read."""


@dataclass(slots=True)
class Report:
    """What a reading gave. Counts are of mails.

    `kept` were recorded for an invitee; `waiting` of all recorded wait for a person; `strange` have nothing to do
    with any invitation; `again` had been read before, somewhere else; `tests` answer a test message.
    """

    kept: int = 0
    waiting: int = 0
    strange: int = 0
    again: int = 0
    tests: int = 0
    by_kind: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Situation:
    """What a mail is understood against."""

    index: inbox.Index
    campaigns: Mapping[str, Campaign]
    latest: str
    secret: bytes = field(repr=False)
    trusted: Sequence[str] = ()


def collect(
    reader: MailboxReader,
    store: Store,
    known: Mapping[str, Campaign],
    *,
    now: Callable[[], datetime],
    trusted: Sequence[str] = (),
    progress: Progress | None = None,
) -> Report:
    """Read what is new in every folder answers may lie in.

    Each mail is recorded in one step with the note that it was read, so that stopping at any moment loses and
    doubles nothing. Mails older than the first invitation are passed over.
    """
    report = Report()
    situation = survey(store, known, trusted)
    if not situation.latest:
        return report
    since = _since(store)
    for name in reader.folders():
        folder = reader.examine(name)
        uids = reader.uids(store.last_uid(name, folder.uidvalidity), since)
        for done, uid in enumerate(uids, 1):
            fetched = reader.fetch(uid)
            if fetched is not None:
                _take(fetched, name, folder.uidvalidity, store, situation, now(), report)
            if progress:
                progress(done, len(uids))
    return report


def survey(store: Store, known: Mapping[str, Campaign], trusted: Sequence[str] = ()) -> Situation:
    """Learn everything that can lead a mail back to its invitee."""
    index = inbox.Index()
    slugs = store.campaigns()
    for slug in slugs:
        for invitee in store.roll(slug):
            index.enrol(inbox.Holder(slug, invitee.ref), invitee.email)
    for issued in store.issued():
        holder = inbox.Holder(issued.campaign, issued.invitee)
        index.add(holder, uid=issued.uid, token=issued.token, message_id=issued.message_id)
    return Situation(index, known, slugs[-1] if slugs else "", store.secret(), trusted)


def _since(store: Store) -> datetime | None:
    """A day before the first ledger entry: nobody answered an invitation before there was one."""
    firsts = [next(iter(store.entries(slug)), None) for slug in store.campaigns()]
    moments = [entry.recorded_at for entry in firsts if entry is not None]
    return min(moments) - timedelta(days=1) if moments else None


def _take(
    fetched: Fetched,
    folder: str,
    uidvalidity: int,
    store: Store,
    situation: Situation,
    now: datetime,
    report: Report,
) -> None:
    """Understand one mail and record it."""
    name = f"{folder}/{uidvalidity}/{fetched.uid}"
    digest = inbox.digest(fetched.content) if fetched.content is not None else name
    if store.has_read(digest):
        report.again += 1
        store.record(Read(folder, uidvalidity, fetched.uid, digest), ())
        return
    message, finding = understand(fetched.content)
    entries = tuple(_entries(message, finding, situation, fetched.arrived, now, digest, report))
    read = Read(
        folder,
        uidvalidity,
        fetched.uid,
        digest,
        message_id=message.message_id,
        sender=message.sender.address if message.sender else "",
        subject=message.subject,
        arrived=fetched.arrived,
    )
    store.record(read, entries)
    kind = finding.kind.value
    report.by_kind[kind] = report.by_kind.get(kind, 0) + 1
    for entry in entries:
        assert isinstance(entry.fact, Heard)
        report.kept += bool(entry.invitee)
        report.waiting += entry.fact.held or isinstance(entry.fact.finding.claim, Unclear)


def _entries(
    message: IncomingMessage,
    finding: Finding,
    situation: Situation,
    arrived: datetime,
    now: datetime,
    digest: str,
    report: Report,
) -> Iterable[Entry]:
    """What the ledger should say of one mail: nothing for what has nothing to do with us."""
    vouched = inbox.vouched(message, situation.trusted)
    found = inbox.match(message, finding, situation.index, vouched=vouched)
    if found.trust <= Trust.ADDRESS and _answers_a_test(message, finding, situation):
        report.tests += 1
        return
    if found.holder is None and not _concerns_us(message, finding, found):
        report.strange += 1
        return
    slug = found.holder.campaign if found.holder else situation.latest
    said_at = _said_at(message, arrived, now)
    why = found.why or _late(situation.campaigns.get(slug), finding, said_at)
    yield Entry(
        campaign=slug,
        invitee=found.holder.invitee if found.holder else "",
        recorded_at=now,
        channel=Channel.CALENDAR if finding.calendar else Channel.TEXT,
        fact=Heard(
            finding=finding,
            said_at=said_at,
            trust=found.trust,
            held=bool(why) and not isinstance(finding.claim, Unattended),
            why=why,
        ),
        source=digest,
    )


def _concerns_us(message: IncomingMessage, finding: Finding, found: inbox.Match) -> bool:
    """Whether a mail that no invitee can be found for still waits for a person.

    A calendar answer, a bounce or words from a stranger may be about an invitation that was passed on; what a list
    or a robot sends is not.
    """
    if found.trust is not Trust.NOTHING:
        return True
    match finding.claim:
        case Unattended():
            return False
        case Answer() | OptOut() | Undeliverable():
            return True
        case Unclear():
            return finding.kind in (MailKind.REPLY, MailKind.CALENDAR_REPLY, MailKind.CALENDAR_COUNTER) and (
                not message.header("list-id")
            )


def _said_at(message: IncomingMessage, arrived: datetime, now: datetime) -> datetime:
    """When it was said: the mail's own date, which cannot be later than its arrival."""
    arrived = arrived if arrived.year > 1970 else now
    return min(message.date or arrived, arrived).astimezone(UTC)


def _late(campaign: Campaign | None, finding: Finding, said_at: datetime) -> str:
    """An answer after the meeting is shown apart; it changes nothing."""
    if campaign and isinstance(finding.claim, Answer) and said_at > campaign.meeting.ends:
        return "after-the-meeting"
    return ""


def _answers_a_test(message: IncomingMessage, finding: Finding, situation: Situation) -> bool:
    """Whether a mail answers a message of ``send --test``, which left no trace to match it against.

    Its names can be derived again for whoever writes.
    """
    writers = {box.address for box in message.reply_to}
    writers |= {message.sender.address} if message.sender else set()
    writers |= {finding.calendar.attendee} if finding.calendar else set()
    uid = finding.calendar.uid.lower() if finding.calendar else ""
    for campaign in situation.campaigns.values():
        for address in filter(None, writers):
            tester = campaigns.tester(situation.secret, campaign.slug, Contact(address))
            names = campaigns.test_invitation(situation.secret, campaign, tester, 0)
            if uid == names.uid or names.token in message.subject.lower():
                return True
    return False
