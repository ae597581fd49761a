"""Test that a letter that waits is judged again when it leaves: its people may have gone elsewhere meanwhile."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from mailer.jobs import people
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
