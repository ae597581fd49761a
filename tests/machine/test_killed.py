"""Commands killed at any instant between the question and the last message: going on as advised tells everybody once."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from mailer.jobs.drafts import Wish
from mailer.model.invitation import Kind
from mailer.model.outcome import State
from tests.machine.world import COMMANDS, Letter, Line, World

PEOPLE = 40
SLUG = "bal"
CONNECTIONS = 2


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """Forty people who were invited two days ago."""
    made = World(tmp_path / "mairie", "")
    made.lists[SLUG] = [Line(f"Marie{n}", f"Dupont{n}", f"m{n}@example.org") for n in range(PEOPLE)]
    for slug in made.lists:
        made.write(slug)
    made.confirm(made.draft(SLUG, Kind.INVITATION, Wish()))
    made.deliver(SLUG)
    made.now += timedelta(days=2)
    yield made
    made.close()


def command(world: World, kind: Kind, *options: str) -> list[str]:
    """A command as it is typed."""
    typed = [sys.executable, "-m", "mailer", "--workspace", str(world.path), "--now", world.now.isoformat()]
    return [*typed, COMMANDS[kind], SLUG, "--yes", *options]


ENVIRONMENT = {**os.environ, "MAILER_DELIVERY__CONNECTIONS": str(CONNECTIONS), "MAILER_LANGUAGE": "fr"}


def kill(world: World, kind: Kind, until: int, after: float) -> None:
    """Start the command, and kill it so long after the server has read so many commands."""
    with subprocess.Popen(command(world, kind), env=ENVIRONMENT, stdout=subprocess.DEVNULL) as process:
        while len(world.server.commands) < until and process.poll() is None:
            time.sleep(0.001)
        time.sleep(after)
        process.kill()


def told(world: World, since: int) -> list[Letter]:
    """What the server read since then."""
    return world.letters()[since:]


def judge(world: World, kind: Kind, kills: int, seed: int) -> None:
    """Kill the command so often at instants spread over its work, go on as advised, and look at everybody.

    Half of the instants lie before the first message leaves, where the plan is confirmed and queued.
    """
    chance = random.Random(seed)
    sent = len(world.server.accepted)
    if kind is Kind.UPDATE:
        world.plans[SLUG].hour = 16
        world.write(SLUG)
    for number in range(kills):
        left = PEOPLE - len({one.recipient for one in world.server.received[sent:]})
        more = chance.randint(1, max(1, 8 * left // (kills - number)))
        kill(
            world,
            kind,
            len(world.server.commands) + (more if number % 2 else 0),
            chance.uniform(0.3, 0.9) * (number % 2 == 0),
        )
    done = [
        subprocess.run(command(world, kind), env=ENVIRONMENT, capture_output=True, text=True, check=False)
    ]
    if any(one.state is State.IN_DOUBT for one in world.store.queue(SLUG)):
        assert done[0].returncode == 1
        assert "--release-in-doubt" in done[0].stdout
    else:
        assert done[0].returncode == 0, done[0].stdout + done[0].stderr
    doubtful = {one.promise.invitee for one in world.store.queue(SLUG) if one.state is State.IN_DOUBT}
    assert len(doubtful) <= kills * CONNECTIONS
    emails = {invitee.ref: invitee.email for invitee in world.record(SLUG).roll}
    unsure = {emails[ref] for ref in doubtful}
    times = Counter(letter.recipient for letter in told(world, sent))
    assert set(emails.values()) - set(times) <= unsure, "lost"
    assert set(times.values()) == {1}, "told twice"

    again = [*command(world, Kind.INVITATION), "--release-in-doubt"]
    if unsure:
        subprocess.run(again, env=ENVIRONMENT, capture_output=True, check=False)
    times = Counter(letter.recipient for letter in told(world, sent))
    assert set(times) == set(emails.values())
    assert {who for who, n in times.items() if n > 1} <= unsure
    for letter in told(world, sent):
        assert letter.method == ("CANCEL" if kind is Kind.CANCEL else "REQUEST")
        assert letter.hour == (16 if kind is Kind.UPDATE else 14)
    assert list(world.store.queue(SLUG)) == []
    assert world.store.verify(SLUG) is None


KINDS = [Kind.CANCEL, Kind.UPDATE, Kind.REMINDER]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: COMMANDS[kind])
def test_killed_a_few_times(world: World, kind: Kind) -> None:
    """Nobody is lost, told twice, or holds the old revision."""
    judge(world, kind, 2, 18)


@pytest.mark.slow
@pytest.mark.parametrize("run", range(5))
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: COMMANDS[kind])
def test_killed_at_fifty_instants(world: World, kind: Kind, run: int) -> None:
    """The same, ten kills in each of five runs."""
    judge(world, kind, 10, 100 + run)
