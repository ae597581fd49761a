"""Read the mailbox and record the answers in it: each mail once, without marking any as read."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from mailer import inbox, ledger, people
from mailer.errors import WireError
from mailer.jobs import roll, standings
from mailer.jobs.attribute import Attributed, Situation, read_situation, turned_to_a_person
from mailer.jobs.own_words import SentLetters
from mailer.jobs.understand_many import Batch, UnderstoodMail, in_order
from mailer.model.campaign import Campaign
from mailer.model.entry import Announced, Channel, Delivery, Entry, Heard, Placed, Reviewed, Trust
from mailer.model.finding import Answer, Finding, OptOut, Unattended, Unclear, Undeliverable
from mailer.model.outcome import State
from mailer.model.people import Why
from mailer.store import GIVEN_UP, WITHHELD, Promise, Read, Settled, Store
from mailer.wire import Fetched, Folder, MailboxReader

BATCH, BATCH_OCTETS = 100, 4 * 1024 * 1024
"""How many mails, and how many octets of them, are recorded in one transaction at most."""

WINDOW = 1000
"""How far below the last UID that was read the mailbox is looked through again for what it left out."""

PATIENCE = timedelta(hours=1)
"""How long a message that the server withholds is asked for again, at each reading, before a person is told to look at it."""

MOST_WITHHELD = 10
"""After so many messages in a row that are withheld, reading ends: that is not the fault of one message."""

MOST_NEWCOMERS = 20
"""How many people who were not invited a campaign takes within a day without a person's word."""

_A_DAY = timedelta(days=1)

_LONGEST_NAME = 60
"""How much of a folder's name stands in the digest of a mail that was not fetched."""

Progress = Callable[[int, int], None]
"""Called with how many mails of a folder have been read, and of how many; now and then while one is read, too."""


@dataclass(slots=True)
class ReadingReport:
    """What one reading of the mailbox found, in numbers of mails; `waiting_in` says in which campaigns how many wait.

    `kept` were recorded for an invitee. `newcomers` came from people who were not invited and were put on the roll,
    `turned_away` from people who were not invited and are not accepted. `waiting` were recorded and need a person.
    `strange` have nothing to do with any invitation, `tests` answer a test message, `again` had been read before in
    another folder. `set_aside` took more time or memory than a mail may; each of them waits, too. `recorded` lists the new
    ledger entries as campaign and number. `objected` are the invitees, by campaign and reference, at whose address
    somebody objects, so that nobody there is written to. `withheld` counts, by folder, the mails that the server did not
    give and that are asked for again next time; those in `given_up` wait for a person instead. `troubles` are folders
    that could not be opened, and moves that were refused; all the rest was read.
    """

    kept: int = 0
    waiting: int = 0
    strange: int = 0
    turned_away: int = 0
    newcomers: int = 0
    again: int = 0
    tests: int = 0
    set_aside: int = 0
    given_up: int = 0
    withheld: dict[str, int] = field(default_factory=dict)
    troubles: list[WireError] = field(default_factory=list)
    by_kind: dict[str, int] = field(default_factory=dict)
    recorded: list[tuple[str, int]] = field(default_factory=list)
    waiting_in: dict[str, int] = field(default_factory=dict)
    objected: list[tuple[str, str]] = field(default_factory=list)

    def add(self, kind: str, attributed: Attributed) -> None:
        """Count one mail of a kind, with what was decided about it."""
        self.by_kind[kind] = self.by_kind.get(kind, 0) + 1
        self.strange += attributed.aside == "strange"
        self.tests += attributed.aside == "test"
        self.turned_away += attributed.aside == "turned-away"
        self.newcomers += attributed.newcomer is not None
        self.kept += bool(attributed.entry and attributed.entry.invitee)
        if attributed.suppress and attributed.entry:
            self.objected.append((attributed.entry.campaign, attributed.entry.invitee))


def collect(
    reader: MailboxReader,
    store: Store,
    known: Mapping[str, Campaign],
    *,
    now: Callable[[], datetime],
    trusted: Sequence[str] = (),
    done_folder: str = "",
    progress: Progress | None = None,
) -> ReadingReport:
    """Read the new mail in the folders that hold answers, record what it says, and return the counts.

    The entry of a mail and the note that it was read are written in one transaction, so that stopping at any moment
    loses and doubles nothing. A mail that the server has and does not give is noted too, and asked for again by the next
    readings (`PATIENCE`). Mails older than the first invitation are skipped. Answers are moved to `done_folder`,
    if one is named, after they are in the ledger; where that was refused, the next reading tries again. `known` are the campaigns by name; `trusted` names the servers
    whose Authentication-Results are believed (RFC 8601). Raises WireError where no folder can be read.
    """
    report = ReadingReport()
    situation = read_situation(store, known, trusted)
    if not situation.latest:
        return report
    situation = replace(situation, latest=_latest(store, known, now()))
    since = _since(store)
    letters = SentLetters(store, situation.index, situation.latest)
    opened = 0
    for name in reader.folders():
        try:
            folder = reader.examine(name)
        except WireError as error:
            if error.code != "imap-folder-missing":
                raise
            report.troubles.append(error)
            continue
        opened += 1
        if done_folder:
            done_folder = _moved_again(reader, store, folder, done_folder, report)
        gaps = _Gaps(folder.name, store.withheld(folder.name, folder.uidvalidity), now())
        uids = _unread(reader, store, folder, since, gaps)
        count = _Count(len(uids), progress)
        newest = _Newest()
        batches = (
            _batch(mails, folder, store, gaps, letters, newest) for mails in _batches(reader, uids, gaps)
        )
        for batch, made in in_order(batches, situation, len(uids), count.tell):
            ours = _record(batch, made, store, situation, report)
            if ours and done_folder:
                done_folder = _moved(reader, ours, done_folder, report)
            count.done += len(batch)
            count.tell()
        if gaps.gone or gaps.given:
            store.forget_withheld(folder.name, folder.uidvalidity, gaps.gone)
            _close(store, [_place(folder, uid) for uid in (*gaps.gone, *gaps.given)], gaps.now)
        if gaps.left:
            report.withheld[folder.name] = gaps.left
        if gaps.failure:
            report.troubles.append(gaps.failure)
    if report.troubles and not opened:
        raise report.troubles[0]
    report.waiting_in = _waiting(store, report.recorded)
    report.waiting = sum(report.waiting_in.values())
    return report


@dataclass(slots=True)
class _Count:
    """How many mails of a folder have been read, of how many, and who wants to know."""

    total: int
    progress: Progress | None
    done: int = 0

    def tell(self) -> None:
        """Tell it."""
        if self.progress:
            self.progress(self.done, self.total)


@dataclass(slots=True)
class _Gaps:
    """The messages of a folder that the server withholds: since when, and how many are asked for again next time.

    Those in `gone` are no longer there, those in `given` were read at last. `failure` ended the reading of the folder.
    """

    folder: str
    since: Mapping[int, datetime]
    now: datetime
    left: int = 0
    gone: list[int] = field(default_factory=list)
    given: list[int] = field(default_factory=list)
    failure: WireError | None = None

    def is_over(self, uid: int) -> bool:
        """Return whether a message has been asked for long enough."""
        return uid in self.since and self.now - self.since[uid] >= PATIENCE


def _unread(
    reader: MailboxReader, store: Store, folder: Folder, since: datetime | None, gaps: _Gaps
) -> list[int]:
    """Return the UIDs to be read: those that are new, and those that the server left out or withheld before."""
    last = store.last_uid(folder.name, folder.uidvalidity)
    above = max(last - WINDOW, 0)
    read = store.read_uids(folder.name, folder.uidvalidity, above) if last else frozenset()
    return sorted({*reader.uids(above, since, read), *gaps.since})


def _batches(reader: MailboxReader, uids: Sequence[int], gaps: _Gaps) -> Iterator[list[Fetched]]:
    """Fetch messages in batches of at most `BATCH` mails and about `BATCH_OCTETS`."""
    batch: list[Fetched] = []
    octets = in_a_row = 0
    for uid in uids:
        fetched = reader.fetch(uid)
        if fetched is None:
            if uid in gaps.since:
                gaps.gone.append(uid)
            continue
        batch.append(fetched)
        octets += len(fetched.content or b"")
        in_a_row = in_a_row + 1 if fetched.withheld is not None else 0
        if uid in gaps.since and fetched.withheld is None:
            gaps.given.append(uid)
        if len(batch) >= BATCH or octets >= BATCH_OCTETS:
            yield batch
            batch, octets = [], 0
        if in_a_row >= MOST_WITHHELD:
            gaps.failure = WireError(
                "imap-withholds", name="imap", folder=gaps.folder, reason=fetched.withheld
            )
            break
    if batch:
        yield batch


def _open_items(store: Store, sources: Collection[str]) -> list[Entry]:
    """Return the entries made from these sources that wait for a person."""
    found = []
    for slug in store.campaigns():
        entries = list(store.entries(slug))
        about = [entry for entry in entries if entry.source in sources]
        if about:
            standings = ledger.attendance(entries, people.register(entries)).values()
            waiting = {number for standing in standings for number in standing.to_review}
            found += [entry for entry in about if entry.number in waiting]
    return found


def _close(store: Store, places: Iterable[str], now: datetime) -> None:
    """Close what waits about mails that were given up, and were read since, or are gone."""
    waiting = _open_items(store, {f"{GIVEN_UP}{place}" for place in places})
    store.append(
        [
            Entry(one.campaign, one.invitee, now, one.channel, Reviewed(one.number, applied=False))
            for one in waiting
        ]
    )


def _moved(reader: MailboxReader, uids: Sequence[int], folder: str, report: ReadingReport) -> str:
    """Move answers to a folder; return its name, or nothing where the server refuses, so that it is not asked again."""
    try:
        reader.move(uids, folder)
    except WireError as error:
        if error.code not in ("imap-move-refused", "imap-cannot-move"):
            raise
        report.troubles.append(error)
        return ""
    return folder


def _moved_again(
    reader: MailboxReader, store: Store, folder: Folder, done_folder: str, report: ReadingReport
) -> str:
    """Move the answers of earlier readings that are still there, since a server refused it; return what `_moved` does.

    A refusal was told when the answers were read, and is not told again at every reading.
    """
    before = len(report.troubles)
    recorded = store.recorded_uids(folder.name, folder.uidvalidity)
    if not recorded or folder.name.casefold() == done_folder.casefold():
        return done_folder
    there = [uid for uid in reader.uids(min(recorded) - 1) if uid in recorded]
    for at in range(0, len(there), BATCH):
        if done_folder:
            done_folder = _moved(reader, there[at : at + BATCH], done_folder, report)
    del report.troubles[before:]
    return done_folder


def _latest(store: Store, known: Mapping[str, Campaign], now: datetime) -> str:
    """Return the campaign that gets mail which no identifier matches: the latest that is neither cancelled nor over.

    It is the latest of all where every one is.
    """
    slugs = store.campaigns()
    for slug in reversed(slugs):
        announced = [one.fact for one in store.entries(slug, "", kinds=standings.ANNOUNCED)]
        last = announced[-1] if announced else None
        meeting = known[slug].meeting if slug in known else None
        over = meeting is None or meeting.cancelled or meeting.ends < now
        if not over and not (isinstance(last, Announced) and last.meeting.cancelled):
            return slug
    return slugs[-1]


def _waiting(store: Store, recorded: Sequence[tuple[str, int]]) -> dict[str, int]:
    """Count the entries that wait for a person, by campaign; the whole ledger is read, since a later entry may decide that."""
    waiting: dict[str, int] = {}
    for slug in dict.fromkeys(slug for slug, _number in recorded):
        entries = list(store.entries(slug))
        standings = ledger.attendance(entries, people.register(entries)).values()
        open_ = {number for standing in standings for number in standing.to_review}
        if n := sum(1 for campaign, number in recorded if campaign == slug and number in open_):
            waiting[slug] = n
    return waiting


def _since(store: Store) -> datetime | None:
    """Return a day before the first ledger entry, when no answer can have come yet; None if there is no entry."""
    firsts = [next(iter(store.entries(slug)), None) for slug in store.campaigns()]
    moments = [entry.recorded_at for entry in firsts if entry is not None]
    return min(moments) - timedelta(days=1) if moments else None


def _batch(
    mails: Sequence[Fetched],
    folder: Folder,
    store: Store,
    gaps: _Gaps,
    letters: SentLetters,
    newest: _Newest,
) -> Batch:
    """Put fetched mails into a batch: their digests, those read before or to be asked for again, and our letters' words."""
    named = []
    for fetched in mails:
        digest = _digest(fetched, folder)
        if fetched.withheld is not None:
            over = gaps.is_over(fetched.uid)
            digest = f"{GIVEN_UP if over else WITHHELD}{digest}"
            gaps.left += not over
        named.append((fetched, digest))
    digests = [digest for _, digest in named]
    again = {digest for digest in digests if digest.startswith(WITHHELD)}
    known = frozenset(store.known(digests) | again)
    own = [() if digest in known else letters.given_with(fetched.content) for fetched, digest in named]
    return Batch(folder, named, known, gaps.now, own, [newest.after(fetched) for fetched in mails])


@dataclass(slots=True)
class _Newest:
    """When the newest mail of a folder came, of those read so far: UIDs tell the order in which they came (RFC 3501 section 2.3.1.1)."""

    at: datetime | None = None

    def after(self, fetched: Fetched) -> datetime:
        """Return it, with this mail, which comes next."""
        self.at = max(self.at, fetched.arrived) if self.at else fetched.arrived
        return self.at


def _record(
    batch: Batch,
    made: Sequence[UnderstoodMail | None],
    store: Store,
    situation: Situation,
    report: ReadingReport,
) -> list[int]:
    """Record a batch in one transaction; return the UIDs of the mails that gave an entry."""
    seen = store.known([digest for _, digest in batch.mails])
    readings: list[tuple[Read, list[Entry]]] = []
    ours: list[int] = []
    welcome = _Welcome(store, batch.now)
    for (fetched, digest), taken in zip(batch.mails, made, strict=True):
        withheld = fetched.withheld is not None
        if taken is None or digest in seen:
            report.again += not withheld
            if not (withheld and digest in seen):
                since = batch.now if withheld else None
                place = batch.folder.name, batch.folder.uidvalidity, fetched.uid
                readings.append((Read(*place, digest, arrived=since), []))
            continue
        seen.add(digest)
        attributed = welcome.welcomed(taken.attributed)
        for address in attributed.suppress:
            store.suppress(address, batch.now, "asked")
        if withheld and _open_items(store, {digest}):
            attributed = replace(attributed, entry=None)  # asked for once more in vain: it waits already
        if attributed.entry and not withheld:
            ours.append(fetched.uid)
        readings.append((taken.read, _entries(attributed, batch.now)))
        report.add(taken.kind, attributed)
        report.set_aside += taken.set_aside
        report.given_up += withheld
    recorded = store.record(readings)
    report.recorded += ((entry.campaign, entry.number) for entry in recorded)
    if situation.doubtful:
        store.settle(_settled(recorded, situation, batch.now), batch.now)
    return ours


class _Welcome:
    """How many people who were not invited came to each campaign within a day: taken, and waiting for a person."""

    def __init__(self, store: Store, now: datetime) -> None:
        self._store, self._now = store, now
        self._taken: dict[str, int] = {}
        self._waiting: dict[str, int] = {}

    def _of_a_day(self, entries: Iterable[Entry]) -> Iterator[Entry]:
        return (entry for entry in entries if self._now - entry.recorded_at < _A_DAY)

    def welcomed(self, attributed: Attributed) -> Attributed:
        """Return what is recorded of a mail: after `MOST_NEWCOMERS` within a day, a person decides about further ones.

        Those who wait for a person are decided about together, but for those beyond `ledger.MOST_IN_A_DAY`.
        """
        entry = attributed.entry
        if entry is None or not isinstance(entry.fact, Heard):
            return attributed
        slug = entry.campaign
        if attributed.newcomer is not None:
            if slug not in self._taken:  # counted only where somebody comes: in a large ledger it takes long
                placed = self._store.entries(slug, kinds=("placed",))
                self._taken[slug] = sum(map(_came_by_mail, self._of_a_day(placed)))
            self._taken[slug] += 1
            if self._taken[slug] <= MOST_NEWCOMERS:
                return attributed
            attributed = turned_to_a_person(attributed)
        if not _waits_uninvited(attributed.entry):
            return attributed
        if slug not in self._waiting:
            nobodys = self._store.entries(slug, "", kinds=("heard",))
            self._waiting[slug] = sum(map(_waits_uninvited, self._of_a_day(nobodys)))
        self._waiting[slug] += 1
        beyond = self._waiting[slug] > ledger.MOST_IN_A_DAY
        return turned_to_a_person(attributed, ledger.BEYOND) if beyond else attributed


def _came_by_mail(entry: Entry) -> bool:
    registered = isinstance(entry.fact, Placed) and entry.fact.why is Why.REGISTERED
    return registered and entry.channel is not Channel.STAFF


def _waits_uninvited(entry: Entry | None) -> bool:
    return entry is not None and isinstance(entry.fact, Heard) and entry.fact.why == ledger.UNINVITED


def _entries(attributed: Attributed, now: datetime) -> list[Entry]:
    """Return the entries made from one mail: who is new in the campaign, then what the mail says."""
    if attributed.entry is None:
        return []
    channel, newcomer = attributed.entry.channel, attributed.newcomer
    slug = attributed.entry.campaign
    coming = roll.placed(slug, newcomer, Why.REGISTERED, now, channel) if newcomer else []
    return [*coming, attributed.entry]


def _settled(recorded: Sequence[Entry], situation: Situation, now: datetime) -> Iterator[Settled]:
    """Settle messages in doubt: an answer to one shows that it arrived, a bounce of it that it did not."""
    for entry in recorded:
        if not isinstance(entry.fact, Heard) or entry.fact.held or entry.fact.trust < Trust.CAPABILITY:
            continue
        match entry.fact.finding.claim:
            case Undeliverable(permanent=True, delayed=False):
                state = State.FAILED
            case Answer() | Unclear() | OptOut() | Unattended():
                state = State.SENT
            case _:
                continue
        whose = entry.campaign, entry.invitee
        doubtful = situation.doubtful.pop(whose, [])
        shown = [
            one
            for one in doubtful
            if _is_about(entry.fact.finding, one.promise, situation.reached.get(whose))
        ]
        if len(shown) < len(doubtful):
            situation.doubtful[whose] = [one for one in doubtful if one not in shown]
        for queued in shown:
            promise = queued.promise
            fact = Delivery(
                promise.key,
                promise.key.sequence,
                state,
                promise.message_id,
                None,
                promise.persons,
                promise.round,
                promise.version,
                made_at=promise.made_at,
            )
            told = Entry(entry.campaign, entry.invitee, now, Channel.OUTBOX, fact, source=entry.source)
            yield Settled(promise, state, None, told)


def _is_about(finding: Finding, promise: Promise, reached: int | None) -> bool:
    """Return whether a mail shows what became of a message in doubt, and is not about an earlier one.

    `reached` is the highest SEQUENCE that was sent to the invitee; None if nothing was.
    """
    if reached is None or promise.message_id in finding.references:
        return True
    answered = finding.calendar.sequence if finding.calendar else None
    return answered is not None and answered >= promise.key.sequence > reached


def _digest(fetched: Fetched, folder: Folder) -> str:
    """Return what identifies a mail: a hash of its bytes, or its folder and UID if it was not fetched."""
    if fetched.content is None or fetched.withheld is not None:
        return _place(folder, fetched.uid)
    return inbox.digest(fetched.content)


def _place(folder: Folder, uid: int) -> str:
    name = folder.name
    if len(name) > _LONGEST_NAME:
        name = f"{name[:_LONGEST_NAME]}~{hashlib.sha256(name.encode()).hexdigest()[:16]}"
    return f"{name}/{folder.uidvalidity}/{uid}"
