"""Cache of folded ledgers for the pages, brought up to date when the ledger changes.

If only a few invitees have new answers, decisions or presences, only their entries are folded again.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from itertools import islice
from threading import Lock

from mailer import ledger
from mailer.jobs import standings
from mailer.jobs.standings import Record
from mailer.model.accents import fold_accents
from mailer.model.attendance import Counters, Row
from mailer.model.entry import Attended, Entry, Heard, Reviewed
from mailer.model.invitation import Kind
from mailer.store import ChangeToken, Store

MOST = 4
"""Maximum number of campaigns in the cache; the least recently used one is dropped."""

MOST_NEW = 200
"""Maximum number of new entries for an update; if there are more, the whole ledger is folded again."""


@dataclass(frozen=True, slots=True)
class SearchableRow:
    """An attendance row with its searchable text: names and address in plain lower-case letters."""

    row: Row
    names: str
    address: str


class Folded:
    """The record of a campaign, and what the pages need of it."""

    def __init__(self, record: Record) -> None:
        self.record = record
        self.held_back: dict[object, int] = {}
        """How many people are held back until somebody says who they are, by the state of the lists."""

    def renewed(self, entries: Sequence[Entry]) -> Folded:
        """Return the state with some invitees folded again; `entries` are all of theirs (see `standings.renewed`)."""
        record = standings.renewed(self.record, entries)
        refs = {entry.invitee for entry in entries}
        folded = Folded(record)
        rows = record.rows(one for one in record.roll if one.ref in refs)
        news = {row.person.ref: _line(row) for row in rows}
        folded.lines = [news.get(line.row.person.ref, line) for line in self.lines]
        return folded

    @cached_property
    def lines(self) -> Sequence[SearchableRow]:
        """Return a row for every person on the roll."""
        return list(map(_line, self.record.rows()))

    @cached_property
    def sendings(self) -> Sequence[tuple[datetime, Kind]]:
        """Return when messages of each kind were sent."""
        return ledger.sendings(self.record.sent.values())

    @cached_property
    def counters(self) -> Counters:
        """Return the campaign's counters."""
        return self.record.counters([line.row for line in self.lines])


def _line(row: Row) -> SearchableRow:
    contact = row.contact
    return SearchableRow(
        row, fold_accents(f"{contact.name} {contact.organisation}"), fold_accents(contact.email)
    )


NOTHING = Folded(standings.NOTHING_YET)
NO_TOKEN = ChangeToken(-1, "", "")


def _news(store: Store, slug: str, known: ChangeToken) -> Sequence[Entry]:
    """Return all entries of the invitees with new statements or presences; empty if the whole ledger must be folded."""
    new = list(islice(store.entries(slug, above=known.newest), MOST_NEW))
    plain = len(new) < MOST_NEW and all(isinstance(one.fact, Heard | Attended | Reviewed) for one in new)
    refs = sorted({entry.invitee for entry in new}) if plain else ()
    return [entry for ref in refs for entry in store.entries(slug, ref)]


class Folds:
    """Cache of folded campaigns, invalidated by the store's change token."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, tuple[ChangeToken, Folded]] = OrderedDict()
        self._lock = Lock()

    def clear(self) -> None:
        """Empty the cache, so that nobody who was erased stays in memory."""
        with self._lock:
            self._kept.clear()

    def of(self, store: Store | None, slug: str) -> Folded:
        """Return the folded state of a campaign's ledger as it is now."""
        if store is None:
            return NOTHING
        with self._lock:
            token = store.change_token(slug)
            known, folded = self._kept.pop(slug, (NO_TOKEN, NOTHING))
            if known != token:
                news = _news(store, slug, known) if token.has_grown(known) else ()
                folded = folded.renewed(news) if news else Folded(standings.record(store, slug))
            self._kept[slug] = (token, folded)
            while len(self._kept) > MOST:
                self._kept.popitem(last=False)
            return folded
