"""The cache of folded ledgers is never out of date."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import timedelta

import pytest

from mailer.desk.folded import MOST, MOST_NEW, Folded, Folds
from mailer.jobs import standings
from mailer.model.entry import Attended, Channel, Entry, Heard, Kept, Presence, Reviewed, Trust
from mailer.model.finding import Answer, PartStat, Unclear
from mailer.model.invitation import Kind
from mailer.model.outcome import State
from mailer.store.sql import SqlStore, open_store
from tests import soak
from tests.registered import enrol
from tests.store.cases import LEASE, NOW, heard, invitee, items, settled


def test_it_is_folded_again_when_somebody_else_has_written(tmp_path: object) -> None:
    """Two readers see the same record; after a third writes through another store, the next read shows it."""
    store, other = _two(tmp_path)
    enrol(store, "c", [invitee(1)], NOW)
    folds = Folds()
    first = folds.of(store, "c")
    assert folds.of(other, "c") is first
    assert first.counters.answers["accepted"] == 0

    other.append([heard(1)])

    assert folds.of(store, "c") is not first
    assert folds.of(store, "c").counters.answers["accepted"] == 1


def test_only_the_last_campaigns_are_kept(tmp_path: object) -> None:
    """The cache keeps a limited number of campaigns."""
    store, _ = _two(tmp_path)
    for n in range(MOST + 1):
        enrol(store, f"c{n}", [invitee(1)], NOW)
    folds = Folds()
    kept = [folds.of(store, f"c{n}") for n in range(MOST + 1)]

    assert folds.of(store, f"c{MOST}") is kept[-1]
    assert folds.of(store, "c0") is not kept[0]


def _said(n: int, claim: Answer | Unclear, minute: int) -> Entry:
    """An answer of one person, or a statement that has to be reviewed."""
    entry = heard(n)
    assert isinstance(entry.fact, Heard)
    at = NOW + timedelta(minutes=minute)
    finding = replace(entry.fact.finding, claim=claim)
    fact = Heard(finding, at, Trust.SENDER, message_id=f"<{minute}@example.org>")
    invitee = "" if n == 0 else entry.invitee
    return replace(entry, invitee=invitee, fact=fact, recorded_at=at, source=f"d{minute}", note="")


def _next(chance: random.Random, minute: int, waiting: list[Entry]) -> Entry:
    """A random next entry: an answer, an unclear statement, a presence, or a decision."""
    n, at = chance.randrange(6), NOW + timedelta(minutes=minute)
    what = chance.choice(["yes", "no", "doubt", "seen", "decided"])
    if what == "decided" and waiting:
        doubt = chance.choice(waiting)
        fact = Reviewed(doubt.number, applied=chance.random() < 0.5)
        return Entry("c", doubt.invitee, at, Channel.STAFF, fact, source=f"d{minute}")
    if what == "seen" and n:
        seen = Attended(chance.choice(list(Presence)), headcount=chance.choice([None, 3]), place=1)
        return Entry("c", f"r{n}", at, Channel.STAFF, seen, source=f"d{minute}")
    yes, no = Answer(PartStat.ACCEPTED, 2), Answer(PartStat.DECLINED)
    return _said(n, {"yes": yes, "no": no}.get(what, Unclear(yes, "question")), minute)


@pytest.mark.parametrize(
    "seed",
    [*range(6), *(pytest.param(soak.SEED + n, marks=pytest.mark.soak) for n in soak.rounds(1000))],
    ids=str,
)
def test_what_is_new_is_added_as_if_all_were_folded(
    tmp_path: object, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Adding new entries to the cache gives the same as folding the whole ledger."""
    store, other = _two(tmp_path)
    enrol(store, "c", map(invitee, range(1, 6)), NOW)
    store.enqueue(items(*range(1, 6)), NOW)
    for queued in store.claim("c", 9, NOW, LEASE):
        store.settle([settled(queued, State.SENT)], NOW)
    folds, chance, whole = Folds(), random.Random(seed), standings.record
    folds.of(store, "c")
    monkeypatch.setattr(standings, "record", None)

    for minute in range(1, 60):
        waiting = [item.entry for item in folds.of(store, "c").record.reviews]
        other.append([_next(chance, minute, waiting)])
        found, wanted = folds.of(store, "c"), Folded(whole(store, "c"))
        assert found.record == wanted.record
        assert found.lines == wanted.lines
        assert (found.counters, found.sendings) == (wanted.counters, wanted.sendings)


@pytest.mark.parametrize("many", [False, True], ids=["an appointment", "too many entries"])
def test_what_touches_everybody_is_folded_whole(tmp_path: object, many: bool) -> None:
    """A kept appointment, or more than a few new entries, makes the whole ledger be folded again."""
    store, _ = _two(tmp_path)
    enrol(store, "c", [invitee(1)], NOW)
    folds = Folds()
    folds.of(store, "c")
    new = [_said(1, Answer(PartStat.ACCEPTED), minute) for minute in range(MOST_NEW + 1)]
    store.append(new if many else [Entry("c", "", NOW, Channel.STAFF, Kept(Kind.THANKS, NOW))])

    found = folds.of(store, "c")

    assert found.record == Folded(standings.record(store, "c")).record
    assert bool(found.record.kept) is not many


def _two(folder: object) -> tuple[SqlStore, SqlStore]:
    return open_store(f"sqlite:///{folder}/a.sqlite"), open_store(f"sqlite:///{folder}/a.sqlite")
