"""What the screens read is folded once, and is never old."""

from __future__ import annotations

from mailer.desk.folded import MOST, Folds
from mailer.store.sql import SqlStore, open_store
from tests.store.cases import NOW, heard, invitee


def test_it_is_folded_again_when_somebody_else_has_written(tmp_path: object) -> None:
    """Two who look see the same record; what a third writes, through a store of its own, the next look shows."""
    store, other = _two(tmp_path)
    store.enrol("c", [invitee(1)], NOW)
    folds = Folds()
    first = folds.of(store, "c")
    assert folds.of(other, "c") is first
    assert first.counters.answers["accepted"] == 0

    other.append([heard(1)])

    assert folds.of(store, "c") is not first
    assert folds.of(store, "c").counters.answers["accepted"] == 1


def test_only_the_last_campaigns_are_kept(tmp_path: object) -> None:
    """Whoever leafs through many campaigns does not fill the memory."""
    store, _ = _two(tmp_path)
    for n in range(MOST + 1):
        store.enrol(f"c{n}", [invitee(1)], NOW)
    folds = Folds()
    kept = [folds.of(store, f"c{n}") for n in range(MOST + 1)]

    assert folds.of(store, f"c{MOST}") is kept[-1]
    assert folds.of(store, "c0") is not kept[0]


def _two(folder: object) -> tuple[SqlStore, SqlStore]:
    return open_store(f"sqlite:///{folder}/a.sqlite"), open_store(f"sqlite:///{folder}/a.sqlite")
