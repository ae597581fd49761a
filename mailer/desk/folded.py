"""The ledger of a campaign as the screens read it: folded once, and again when anything in it has changed."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from threading import Lock

from mailer import ledger
from mailer.jobs import standings
from mailer.jobs.standings import Record
from mailer.model.attendance import Counters, Row, Waiting
from mailer.model.letters import letters
from mailer.store import Store

MOST = 4
"""How many campaigns are kept: those looked at last."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the attendance, and the letters it is found by: those of the names, and of the address."""

    row: Row
    names: str
    address: str


class Folded:
    """What a record says: the record itself without its entries, and what screens need of these.

    `waiting` is what waits for a person, `sendings` when messages of which kind left.
    """

    def __init__(self, record: Record) -> None:
        self.waiting: Sequence[Waiting] = ledger.review(record.entries, record.standings)
        self.sendings = tuple(ledger.sendings(record.entries))
        self.record = replace(record, entries=())

    @cached_property
    def lines(self) -> Sequence[Line]:
        """Everybody on the roll."""
        known = self.record
        return [
            Line(row, letters(f"{row.contact.name} {row.contact.organisation}"), letters(row.contact.email))
            for row in ledger.rows(known.roll, known.standings, known.suppressed)
        ]

    @cached_property
    def counters(self) -> Counters:
        """How many stand where."""
        return ledger.count(self.record.roll, self.record.standings, self.record.suppressed)


NOTHING = Folded(standings.NOTHING_YET)


class Folds:
    """Keeps what was folded, as long as it is true: whoever else writes into the ledger, the next look sees it."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, tuple[str, Folded]] = OrderedDict()
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
            known, folded = self._kept.pop(slug, ("", NOTHING))
            if known != mark:
                folded = Folded(standings.record(store, slug))
            self._kept[slug] = (mark, folded)
            while len(self._kept) > MOST:
                self._kept.popitem(last=False)
            return folded
