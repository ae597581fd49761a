"""Test delivery processes killed at any moment: no message is lost, and one that may be sent twice is in doubt."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest

from mailer.model.entry import Delivery
from mailer.model.outcome import State
from mailer.store.sql import SqlStore, open_store
from tests import soak
from tests.jobs import sending
from tests.servers import postgres
from tests.servers.fault_smtp import FaultServer

CONNECTIONS = 4
SERVERS = pytest.param("postgresql", marks=pytest.mark.servers)


@pytest.fixture(params=["sqlite", SERVERS])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty store."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'mailer.sqlite'}"
    return postgres.database(request.getfixturevalue("cluster"))


def start(url: str, server: FaultServer) -> subprocess.Popen[str]:
    """Start a process that sends; it has opened the store when this returns."""
    command = [sys.executable, sending.__file__, url, str(server.port), str(CONNECTIONS)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


def go(process: subprocess.Popen[str]) -> None:
    """Let it send."""
    assert process.stdin is not None
    process.stdin.write("go\n")
    process.stdin.flush()


def finish(process: subprocess.Popen[str]) -> None:
    """Wait for its end."""
    process.communicate()
    assert process.returncode == 0


def kill_while_sending(
    url: str, people: int, kills: int, seed: int | None
) -> tuple[FaultServer, SqlStore, list[str]]:
    """Send to so many, killed so often, then to the end; return who was ever in doubt.

    The instants are spread over the work: each run is killed after a random number of further messages.
    """
    chance = random.Random(people * kills if seed is None else seed)
    store = open_store(url)
    store.enqueue(sending.items(people), datetime.now(UTC))
    doubtful: list[str] = []
    with FaultServer().in_a_thread() as server:
        for left in range(kills, 0, -1):
            process = start(url, server)
            more = chance.uniform(0, 2 * (people - len(server.received)) / (left + 1))
            until = len(server.received) + more
            go(process)
            while len(server.received) < until and process.poll() is None:
                time.sleep(chance.uniform(0, 0.002))
            process.kill()
            process.communicate()
            let_expire(store)
            found = in_doubt(store)
            assert len(found) - len(doubtful) <= CONNECTIONS
            doubtful = found
        process = start(url, server)
        go(process)
        finish(process)
    return server, store, doubtful


def let_expire(store: SqlStore) -> None:
    """Turn what the killed process held into doubt; PostgreSQL takes a moment to notice that its client is gone."""
    for _ in range(2400):
        store.expire("c", datetime.now(UTC))
        if not store.counts("c").get(State.CLAIMED):
            return
        time.sleep(0.05)
    pytest.fail("the claims of a killed process are still not in doubt after two minutes")


def in_doubt(store: SqlStore) -> list[str]:
    """Who is in doubt now."""
    doubtful = [queued.promise for queued in store.queue("c") if queued.state is State.IN_DOUBT]
    return [sending.Letters().letter(promise).recipient for promise in doubtful]


def sent(store: SqlStore) -> int:
    """How many the ledger says were sent."""
    facts = [entry.fact for entry in store.entries("c", kinds=["delivery"])]
    return sum(isinstance(fact, Delivery) and fact.state is State.SENT for fact in facts)


def judge(url: str, people: int, kills: int, seed: int | None = None) -> None:
    """Kill, finish, release what is in doubt, and count what the server got."""
    server, store, doubtful = kill_while_sending(url, people, kills, seed)
    received = Counter(each.recipient for each in server.received)
    assert max(received.values()) == 1
    assert sent(store) == people - len(doubtful)
    assert {f"p{n}@example.org" for n in range(people)} - set(received) <= set(doubtful)

    assert store.release("c", datetime.now(UTC)) == len(doubtful)
    server.port = 0
    with server.in_a_thread():
        process = start(url, server)
        go(process)
        finish(process)

    received = Counter(each.recipient for each in server.received)
    assert set(received) == {f"p{n}@example.org" for n in range(people)}
    assert {recipient for recipient, n in received.items() if n > 1} <= set(doubtful)
    assert max(received.values()) <= 2
    assert sent(store) == people
    assert store.verify("c") is None
    store.close()


def test_killed_a_few_times(url: str) -> None:
    """Never more in doubt than connections were open, nobody missing, and two only for who was in doubt."""
    judge(url, people=100, kills=2)


@pytest.mark.slow
def test_killed_at_fifty_instants(url: str) -> None:
    """The same, with a thousand people and fifty kills."""
    judge(url, people=1000, kills=50)


@pytest.mark.soak
@pytest.mark.parametrize("number", soak.rounds(40))
def test_killed_at_thousands_of_instants(url: str, number: int) -> None:
    """The same, forty times over at other instants: two thousand kills on each kind of store."""
    judge(url, people=1000, kills=50, seed=soak.SEED + number)


@pytest.mark.parametrize("processes", [2, pytest.param(8, marks=pytest.mark.slow)], ids=str)
def test_processes_at_once(url: str, processes: int) -> None:
    """However many processes send one campaign, each recipient gets one message."""
    people = 150 * processes
    store = open_store(url)
    store.enqueue(sending.items(people), datetime.now(UTC))
    with FaultServer().in_a_thread() as server:
        running = [start(url, server) for _ in range(processes)]
        for process in running:
            go(process)
        for process in running:
            finish(process)

    assert Counter(each.recipient for each in server.received) == {
        f"p{n}@example.org": 1 for n in range(people)
    }
    assert sent(store) == people
    assert store.verify("c") is None
    store.close()
