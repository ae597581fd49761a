"""The ledger of a campaign as the screens read it: folded once, and again when anything in it has changed.

What is said or seen of a few, an answer, a decision, a tick at the door, is folded for these alone.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from itertools import islice
from threading import Lock

from mailer import ledger
from mailer.jobs import standings
from mailer.jobs.standings import Record
from mailer.model.accents import fold_accents
from mailer.model.attendance import Counters, PendingReview, Row
from mailer.model.entry import Attended, Entry, Heard, Reviewed
from mailer.model.invitation import Invitee, Kind
from mailer.store import Mark, Store

MOST = 4
"""How many campaigns are kept: those looked at last."""

MOST_NEW = 200
"""How many new entries are added to what was folded; where there are more, all is folded anew."""

Sending = tuple[datetime, Kind]


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the attendance, and the letters it is found by: those of the names, and of the address."""

    row: Row
    names: str
    address: str


class Folded:
    """What a record says: the record itself without its entries, and what screens need of these.

    `waiting` is what waits for a person, oldest first, `sendings` when messages of which kind left.
    """

    def __init__(self, record: Record, waiting: Sequence[PendingReview], sendings: Sequence[Sending]) -> None:
        self.record = replace(record, entries=())
        self.waiting = waiting
        self.sendings = sendings

    @classmethod
    def of(cls, record: Record) -> Folded:
        """Look through a whole record."""
        waiting = ledger.review(record.entries, record.standings)
        return cls(record, waiting, ledger.sendings(record.entries))

    def renewed(self, entries: Sequence[Entry]) -> Folded:
        """What is said once these, all the entries of some invitees, are read anew; see `standings.renewed`."""
        record = standings.renewed(self.record, entries)
        refs = {entry.invitee for entry in entries}
        others = [item for item in self.waiting if item.entry.invitee not in refs]
        theirs = ledger.review(entries, {ref: record.standings[ref] for ref in refs})
        folded = Folded(record, sorted([*others, *theirs], key=lambda item: item.entry.number), self.sendings)
        rows = folded._rows(one for one in record.roll if one.ref in refs)
        news = {(row.standing.invitee, row.place): _line(row) for row in rows}
        folded.lines = [news.get((line.row.standing.invitee, line.row.place), line) for line in self.lines]
        return folded

    @cached_property
    def lines(self) -> Sequence[Line]:
        """Everybody on the roll."""
        return list(map(_line, self._rows(self.record.roll)))

    def _rows(self, roll: Iterable[Invitee]) -> Sequence[Row]:
        return ledger.rows(list(roll), self.record.standings, self.record.suppressed)

    @cached_property
    def counters(self) -> Counters:
        """How many stand where."""
        waiting = sum(len(standing.to_review) for standing in self.record.standings.values())
        return ledger.tally([line.row for line in self.lines], len(self.record.roll), waiting)


def _line(row: Row) -> Line:
    contact = row.contact
    return Line(row, fold_accents(f"{contact.name} {contact.organisation}"), fold_accents(contact.email))


NOTHING = Folded.of(standings.NOTHING_YET)
NO_MARK = Mark(-1, "", "")


def _news(store: Store, slug: str, known: Mark) -> Sequence[Entry]:
    """All entries of the invitees of whom something new was said or seen; none where too much is new."""
    new = list(islice(store.entries(slug, above=known.newest), MOST_NEW))
    plain = len(new) < MOST_NEW and all(isinstance(one.fact, Heard | Attended | Reviewed) for one in new)
    refs = sorted({entry.invitee for entry in new}) if plain else ()
    return [entry for ref in refs for entry in store.entries(slug, ref)]


class Folds:
    """Keeps what was folded, as long as it is true: whoever else writes into the ledger, the next look sees it."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, tuple[Mark, Folded]] = OrderedDict()
        self._lock = Lock()

    def clear(self) -> None:
        """Let go of everything, so that nobody who was erased stays in memory."""
        with self._lock:
            self._kept.clear()

    def of(self, store: Store | None, slug: str) -> Folded:
        """Return what a campaign's ledger says now."""
        if store is None:
            return NOTHING
        with self._lock:
            mark = store.mark(slug)
            known, folded = self._kept.pop(slug, (NO_MARK, NOTHING))
            if known != mark:
                news = _news(store, slug, known) if mark.has_grown(known) else ()
                folded = folded.renewed(news) if news else Folded.of(standings.record(store, slug))
            self._kept[slug] = (mark, folded)
            while len(self._kept) > MOST:
                self._kept.popitem(last=False)
            return folded
