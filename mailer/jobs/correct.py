"""Record what staff changed in exported tables: corrected attendances and filled-in review lists."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import partial

from mailer import exports, ledger
from mailer.jobs import read_list, record, standings
from mailer.model.contact import Problem
from mailer.model.entry import Entry
from mailer.store import Store


def compare(store: Store, slug: str, name: str, content: bytes) -> ledger.Diff:
    """Return what a corrected attendance table would change in the ledger; nothing is written.

    Raises ContactsError for what is no table, UserError ``not-an-attendance-table``.
    """
    now = standings.record(store, slug)
    table = exports.from_table.read(read_list.table(name, content), name)
    diff = ledger.corrections(
        table.lines, now.register, now.standings, partial(standings.entries_of, store, slug), name
    )
    return ledger.Diff(diff.changes, (*table.problems, *diff.problems))


def correct(
    store: Store, slug: str, changes: Sequence[ledger.Correction], *, now: datetime, author: str
) -> list[Entry]:
    """Write changes into the ledger in the name of `author`, and return the new entries."""
    return store.append(ledger.corrected(changes, slug, now, author))


def decide_from(
    store: Store, slug: str, name: str, content: bytes, *, now: datetime, author: str
) -> tuple[int, list[Problem]]:
    """Record the decisions of a filled-in review list; return how many, and the lines that could not be read."""
    decided, problems = exports.to_review.read(read_list.table(name, content), name)
    known = standings.record(store, slug)
    waiting = {item.entry.number: item for item in known.reviews}
    done = 0
    for one in decided:
        if one.entry in waiting:
            item = waiting[one.entry]
            record.decide(store, slug, item.entry, one.answer, now=now, author=author, persons=item.persons)
            done += 1
    return done, problems
