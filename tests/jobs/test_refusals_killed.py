"""Test delivery processes killed while messages are given back: none of those is lost, doubled or in doubt for it."""

from __future__ import annotations

import random
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from mailer.model.entry import Delivery
from mailer.model.outcome import State
from mailer.store.sql import open_store
from tests.jobs import sending
from tests.jobs.test_deliver_killed import CONNECTIONS, SERVERS, finish, go, let_expire, start
from tests.servers import postgres
from tests.servers.fault_smtp import Fault, FaultServer


@pytest.fixture(params=["sqlite", SERVERS])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty store."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'mailer.sqlite'}"
    return postgres.database(request.getfixturevalue("cluster"))


def test_killed_while_some_are_given_back(url: str) -> None:
    """Whoever is refused at first is settled by the runs that come after, and everybody else is reached."""
    dead = {f"p{n}@example.org" for n in range(0, 100, 9)}
    everybody = {f"p{n}@example.org" for n in range(100)}
    chance = random.Random(18)
    store = open_store(url)
    store.enqueue(sending.items(100), datetime.now(UTC))
    with FaultServer(
        faults=[Fault("rcpt", "550 No such user", to=who) for who in dead]
    ).in_a_thread() as server:
        for _ in range(6):
            process = start(url, server)
            go(process)
            until = len(server.commands) + chance.uniform(10, 120)
            while len(server.commands) < until and process.poll() is None:
                time.sleep(0.001)
            process.kill()
            process.communicate()
            let_expire(store)
            assert store.release("c", datetime.now(UTC)) <= CONNECTIONS
        for _ in range(2):
            process = start(url, server)
            go(process)
            finish(process)

    facts = [entry.fact for entry in store.entries("c")]
    last = {f.message_id: f.state for f in facts if isinstance(f, Delivery)}
    states = {f"p{m.split('@')[0].rpartition('.')[2]}@example.org": state for m, state in last.items()}
    assert {who for who, state in states.items() if state is State.FAILED} == dead
    assert {who for who, state in states.items() if state is State.SENT} == everybody - dead
    assert {each.recipient for each in server.received} == everybody - dead
    assert list(store.queue("c")) == []
    assert store.verify("c") is None
    store.close()
