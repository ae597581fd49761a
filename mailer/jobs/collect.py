"""Read the mailbox and write down what came: every mail once, whatever its shape, and none marked."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from mailer import inbox, ledger
from mailer.jobs.ahead import MANY, Batch, Taken, in_order
from mailer.jobs.attribute import Attributed, Situation, survey
from mailer.model.campaign import Campaign
from mailer.model.entry import Channel, Delivery, Entry, Heard, Trust
from mailer.model.finding import Answer, OptOut, Unattended, Unclear, Undeliverable
from mailer.model.outcome import State
from mailer.store import Read, Settled, Store
from mailer.wire import Fetched, Folder, MailboxReader

BATCH, BATCH_OCTETS = 100, 4 * 1024 * 1024
"""How many mails are recorded in one step, at most."""

Progress = Callable[[int, int], None]
"""Told how many of how many mails have been read."""


@dataclass(slots=True)
class Report:
    """What a reading gave. Counts are of mails.

    `kept` were recorded for an invitee; `waiting` of all those recorded (campaign and number of the entry) wait for a person; `strange` have nothing to do
    with any invitation; `turned_away` wanted to come to a meeting for invitees only, and `newcomers` were put on the roll; `again` had been read before, somewhere else; `tests` answer a test message.
    """

    kept: int = 0
    waiting: int = 0
    strange: int = 0
    turned_away: int = 0
    newcomers: int = 0
    again: int = 0
    tests: int = 0
    by_kind: dict[str, int] = field(default_factory=dict)
    recorded: list[tuple[str, int]] = field(default_factory=list)

    def add(self, kind: str, attributed: Attributed) -> None:
        """Count one mail."""
        self.by_kind[kind] = self.by_kind.get(kind, 0) + 1
        self.strange += attributed.aside == "strange"
        self.tests += attributed.aside == "test"
        self.turned_away += attributed.aside == "turned-away"
        self.newcomers += attributed.newcomer is not None
        self.kept += bool(attributed.entry and attributed.entry.invitee)


def collect(
    reader: MailboxReader,
    store: Store,
    known: Mapping[str, Campaign],
    *,
    now: Callable[[], datetime],
    trusted: Sequence[str] = (),
    done_folder: str = "",
    progress: Progress | None = None,
) -> Report:
    """Read what is new in every folder answers may lie in.

    What a mail gives is recorded in one step with the note that it was read, so that stopping at any moment loses and
    doubles nothing. Mails older than the first invitation are passed over. Answers are moved to `done_folder`, where
    one is named, after they are in the ledger.
    """
    report = Report()
    situation = survey(store, known, trusted)
    if not situation.latest:
        return report
    since = _since(store)
    for name in reader.folders():
        folder = reader.examine(name)
        uids = reader.uids(store.last_uid(name, folder.uidvalidity), since)
        done = 0
        fetched = _batches(reader, uids)
        alone = done_folder or len(uids) >= MANY
        named = (_batch(mails, folder, store, now()) for mails in (fetched if alone else _one_ahead(fetched)))
        for batch, made in in_order(named, situation, 0 if done_folder else len(uids)):
            ours = _record(batch, made, store, situation, report)
            if done_folder:
                for uid in ours:
                    reader.move(uid, done_folder)
                reader.examine(name)
            done += len(batch)
            if progress:
                progress(done, len(uids))
    report.waiting = _waiting(store, report.recorded)
    return report


def _batches(reader: MailboxReader, uids: Sequence[int]) -> Iterator[list[Fetched]]:
    """Fetch messages in batches: enough to make a commit cheap, few enough to hold in memory."""
    batch: list[Fetched] = []
    octets = 0
    for uid in uids:
        fetched = reader.fetch(uid)
        if fetched is None:
            continue
        batch.append(fetched)
        octets += len(fetched.content or b"")
        if len(batch) >= BATCH or octets >= BATCH_OCTETS:
            yield batch
            batch, octets = [], 0
    if batch:
        yield batch


def _one_ahead(batches: Iterator[list[Fetched]]) -> Iterator[list[Fetched]]:
    """Fetch the next batch while this one is being understood; nothing else may use the mailbox meanwhile."""
    with ThreadPoolExecutor(1) as fetching:
        following = fetching.submit(next, batches, None)
        while (batch := following.result()) is not None:
            following = fetching.submit(next, batches, None)
            yield batch


def _waiting(store: Store, recorded: Sequence[tuple[str, int]]) -> int:
    """How many of these entries wait for a person; what makes one wait may be another, so the ledger is asked."""
    waiting = 0
    for slug in dict.fromkeys(slug for slug, _number in recorded):
        standings = ledger.attendance(store.entries(slug)).values()
        open_ = {number for standing in standings for number in standing.to_review}
        waiting += sum(1 for campaign, number in recorded if campaign == slug and number in open_)
    return waiting


def _since(store: Store) -> datetime | None:
    """A day before the first ledger entry: nobody answered an invitation before there was one."""
    firsts = [next(iter(store.entries(slug)), None) for slug in store.campaigns()]
    moments = [entry.recorded_at for entry in firsts if entry is not None]
    return min(moments) - timedelta(days=1) if moments else None


def _batch(mails: Sequence[Fetched], folder: Folder, store: Store, now: datetime) -> Batch:
    """Name each mail, and see which were read before; of two alike the second was."""
    named = [(fetched, _digest(fetched, folder)) for fetched in mails]
    return Batch(folder, named, frozenset(store.known([digest for _, digest in named])), now)


def _record(
    batch: Batch, made: Sequence[Taken | None], store: Store, situation: Situation, report: Report
) -> list[int]:
    """Record some mails in one step; return the UIDs of those that concern us."""
    seen = store.known([digest for _, digest in batch.mails])
    readings: list[tuple[Read, list[Entry]]] = []
    ours: list[int] = []
    for (fetched, digest), taken in zip(batch.mails, made, strict=True):
        if taken is None or digest in seen:
            report.again += 1
            folder = batch.folder
            readings.append((Read(folder.name, folder.uidvalidity, fetched.uid, digest), []))
            continue
        seen.add(digest)
        attributed = taken.attributed
        if attributed.newcomer and attributed.entry:
            store.enrol(attributed.entry.campaign, [attributed.newcomer], batch.now)
        for address in attributed.suppress:
            store.suppress(address, batch.now, "asked")
        if attributed.entry:
            ours.append(fetched.uid)
        readings.append((taken.read, [attributed.entry] if attributed.entry else []))
        report.add(taken.kind, attributed)
    recorded = store.record(readings)
    report.recorded += ((entry.campaign, entry.number) for entry in recorded)
    if situation.doubtful:
        store.settle(_settled(recorded, situation, batch.now), batch.now)
    return ours


def _settled(recorded: Sequence[Entry], situation: Situation, now: datetime) -> Iterator[Settled]:
    """What an answer or a bounce tells of messages in doubt: they arrived, or they did not."""
    for entry in recorded:
        assert isinstance(entry.fact, Heard)
        if entry.fact.held or entry.fact.trust < Trust.SENDER:
            continue
        match entry.fact.finding.claim:
            case Undeliverable(permanent=True, delayed=False):
                state = State.FAILED
            case Answer() | Unclear() | OptOut() | Unattended():
                state = State.SENT
            case _:
                continue
        for queued in situation.doubtful.pop((entry.campaign, entry.invitee), ()):
            fact = Delivery(queued.message.key, queued.sequence, state, queued.message.message_id)
            told = Entry(entry.campaign, entry.invitee, now, Channel.OUTBOX, fact, source=entry.source)
            yield Settled(queued.message, state, None, told)


def _digest(fetched: Fetched, folder: Folder) -> str:
    """Name a mail; one too large to be fetched by its place in the mailbox."""
    if fetched.content is None:
        return f"{folder.name}/{folder.uidvalidity}/{fetched.uid}"
    return inbox.digest(fetched.content)
