"""Record what staff changed in exported tables: corrected attendances and filled-in review lists."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial

from mailer import exports, ledger
from mailer.jobs import find, read_list, record, standings
from mailer.model.accents import fold_accents
from mailer.model.attendance import PendingReview
from mailer.model.contact import Origin, Problem, Severity
from mailer.model.entry import Entry
from mailer.model.people import Register
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
    advised = (_advised(problem, slug, now.register) for problem in diff.problems)
    return ledger.Diff(diff.changes, (*table.problems, *advised))


def _advised(problem: Problem, slug: str, register: Register) -> Problem:
    """Return a problem with the command that does what the line meant."""
    values = problem.values
    if "person" not in values:
        return problem
    who = find.way(find.person(register.roll, str(values["person"])), register.roll)
    if problem.code == "line-another-address":
        command = ["mailer", "move", slug, who, str(values["address"])]
    else:
        said = str(values["answer"]) if values["answer"] in record.SAID else "accepted"
        command = ["mailer", "record", slug, who, said, "--party", str(values["number"]), "--sure"]
    return replace(problem, values={**values, "command": shlex.join(command)})


def correct(
    store: Store, slug: str, changes: Sequence[ledger.Correction], *, now: datetime, author: str
) -> list[Entry]:
    """Write changes into the ledger in the name of `author`, and return the new entries."""
    return store.append(ledger.corrected(changes, slug, now, author))


def decide_from(
    store: Store, slug: str, name: str, content: bytes, *, now: datetime, author: str
) -> tuple[int, list[Problem]]:
    """Record the decisions of a filled-in review list; return how many, and the lines that could not be used.

    A mail of nobody counts for whom its line names by address or name, and waits on where nobody invited is named.
    """
    decided, problems = exports.to_review.read(read_list.table(name, content), name)
    known = standings.record(store, slug)
    done = 0
    for one in decided:
        for item in _meant(one, known):
            whose, person = None, ""
            if one.answer is not None and not item.entry.invitee:
                named = find.people(known.roll, one.email) if one.email else []
                if len(named) != 1:
                    origin = Origin(name, one.line)
                    problems.append(Problem(Severity.ERROR, "decision-of-nobody", origin, one.email))
                    continue
                whose, person = named[0].invitee, named[0].person.ref
            record.decide(
                store,
                slug,
                item.entry,
                one.answer,
                now=now,
                author=author,
                persons=(item.person,) if item.person else (),
                invitee=whose,
                person=person,
            )
            done += 1
    return done, problems


def _meant(decided: exports.to_review.Decided, known: standings.Record) -> list[PendingReview]:
    """Return what a line decides: an entry, or of one that waits for several that for whom the line names."""
    waiting = [item for item in known.reviews if item.entry.number == decided.entry]
    if len(waiting) < 2 or not decided.called:
        return waiting
    named = fold_accents(decided.called)
    return [
        item
        for item in waiting
        if fold_accents(standings.called(item, known.register.invitees.get(item.entry.invitee))) in named
    ]
