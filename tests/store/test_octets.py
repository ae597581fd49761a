"""Octets of messages, and entries of chosen kinds."""

from __future__ import annotations

import pytest

from mailer.model.entry import Channel, Ended, Entry, Heard, Reviewed
from mailer.store.sql import SqlStore
from tests.registered import enrol
from tests.store.cases import KEY, NOW, heard, invitee


def test_octets_come_back(store: SqlStore) -> None:
    """Octet for octet; what is kept later takes their place, and another message is not touched."""
    strange = bytes(range(256)) * 40
    store.keep_octets("c", [("r1", KEY, b"[[0,0,1]]\nx"), ("r2", KEY, b"")])
    store.keep_octets("c", [("r1", KEY, strange)])

    assert store.octets("c", "r1", KEY) == strange
    assert store.octets("c", "r2", KEY) == b""
    assert store.octets("d", "r1", KEY) is None


@pytest.mark.parametrize("purged", [False, True], ids=["forgotten", "purged"])
def test_octets_of_erased_people_go(store: SqlStore, purged: bool) -> None:
    """Those of one person, or of one campaign; a neighbour's and another campaign's stay."""
    for slug in ("c", "d"):
        enrol(store, slug, [invitee(1), invitee(2)], NOW)
        store.keep_octets(slug, [(f"r{n}", KEY, b"Bonjour") for n in (1, 2)])

    if purged:
        store.purge("c")
    else:
        store.forget(["r1"], [])

    left = {(slug, n) for slug in "cd" for n in (1, 2) if store.octets(slug, f"r{n}", KEY) is not None}
    assert left == ({("d", 1), ("d", 2)} if purged else {("c", 2), ("d", 2)})


def test_entries_of_chosen_kinds(store: SqlStore) -> None:
    """By the written name of the fact, for everybody or one invitee, above a number; in order, and none of another kind."""
    staff = [Entry("c", f"r{n}", NOW, Channel.STAFF, Reviewed(n, applied=True)) for n in (1, 2)]
    store.append([heard(1), *staff, heard(2), Entry("c", "", NOW, Channel.STAFF, Ended(1)), heard(1)])

    def numbers(**chosen: object) -> list[int]:
        return [entry.number for entry in store.entries("c", **chosen)]  # type: ignore[arg-type]

    assert numbers(kinds=["heard"]) == [1, 4, 6]
    assert numbers(kinds={"heard", "ended"}, above=1) == [4, 5, 6]
    assert numbers(kinds=["heard"], invitee="r1") == [1, 6]
    assert numbers(kinds=[]) == numbers() == [1, 2, 3, 4, 5, 6]
    assert all(isinstance(entry.fact, Heard) for entry in store.entries("c", kinds=["heard"]))
