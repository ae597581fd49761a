"""Test that a letter that waits is judged again when it leaves: its people may have gone elsewhere meanwhile."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from mailer.jobs import people, rebuild
from mailer.jobs.departure import Departure
from mailer.jobs.drafts import Wish
from mailer.model.invitation import Kind
from tests.machine.world import Line, World

SLUG = "bal"
PAUL = Line("Paul", "Petit", "paul@example.org")
ZOE = Line("Zoé", "Blanc", "zoe@example.net")


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """Two people whose invitations wait."""
    made = World(tmp_path / "mairie", "")
    made.lists[SLUG] = [PAUL, ZOE]
    for slug in made.lists:
        made.write(slug)
    made.confirm(made.draft(SLUG, Kind.INVITATION, Wish()))
    yield made
    made.close()


def test_nobody_is_left_to_write_to(world: World) -> None:
    """Two who wait are merged: the one kept is written to, and nothing leaves for the other."""
    people.merge(world.store, SLUG, PAUL.address, ZOE.address, now=world.now)
    world.deliver(SLUG)

    assert [one.recipient for one in world.letters()] == [PAUL.address]
    assert list(world.store.queue(SLUG)) == []


def test_somebody_new_since_the_run_began(world: World) -> None:
    """Another process may have queued an invitation for somebody who was not known when this one began."""
    departure = Departure(world.store, world.campaign(SLUG), world.workspace.seal(), lambda: world.now)
    people.add(world.store, SLUG, "awa@example.org", "Awa Petit", now=world.now)
    world.confirm(world.draft(SLUG, Kind.INVITATION, Wish()))
    waiting = list(world.store.queue(SLUG))

    assert departure.owed(waiting) == waiting
    assert len(departure.compose([one.promise for one in waiting])) == 3


def test_who_waited_is_invited_by_the_update(world: World) -> None:
    """Both get an invitation with the new hour, also when there is news of them, and where the queue is made anew."""
    world.plans[SLUG].hour = 18
    world.write(SLUG)
    world.confirm(world.draft(SLUG, Kind.UPDATE, Wish()))
    departure = Departure(world.store, world.campaign(SLUG), world.workspace.seal(), lambda: world.now)
    waiting = [replace(one, news=True) for one in world.store.queue(SLUG)]

    assert departure.owed(waiting) == waiting
    rebuild.rebuild(world.store, world.campaign(SLUG), world.now)
    assert {one.promise for one in world.store.queue(SLUG)} == {
        replace(one.promise, entry=again.promise.entry)
        for one, again in zip(waiting, world.store.queue(SLUG), strict=True)
    }
    world.deliver(SLUG)
    assert {(one.recipient, one.method, one.hour) for one in world.letters()} == {
        (PAUL.address, "REQUEST", 18),
        (ZOE.address, "REQUEST", 18),
    }
