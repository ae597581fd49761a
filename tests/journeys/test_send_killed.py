"""Test ``mailer send`` killed at any moment between reading the list and the last message."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from collections import Counter
from datetime import UTC, datetime

import pytest

from mailer.jobs import roll
from mailer.store.sql import open_store
from tests.journeys.conftest import BEGINS, SLUG, Desk
from tests.servers.fault_smtp import FaultServer

PEOPLE = 300
CONNECTIONS = 4


@pytest.mark.slow
def test_killed_from_the_list_to_the_ledger(desk: Desk) -> None:
    """Killed six times and run again, everybody has their message once, but for those who were in doubt.

    A message is whole or not there: what arrives is what a run that nobody killed would have sent.
    """
    chance = random.Random(PEOPLE)
    desk.invite(*(f"Mme;Dupont{n};Marie{n};Les Amis;m{n}@example.org" for n in range(PEOPLE)))
    with FaultServer().in_a_thread() as server:
        command = [sys.executable, "-m", "mailer", "--workspace", str(desk.path)]
        command += ["--now", BEGINS.isoformat(), "send", SLUG, "--yes"]
        more = {"MAILER_SMTP__PORT": str(server.port), "MAILER_DELIVERY__CONNECTIONS": str(CONNECTIONS)}
        for after in sorted(chance.uniform(0.3, 1.5) for _ in range(6)):
            with subprocess.Popen(command, env={**os.environ, **more}, stdout=subprocess.DEVNULL) as process:
                time.sleep(after)
                process.kill()
        done = subprocess.run(command, env={**os.environ, **more}, capture_output=True, check=False)

    store = open_store(f"sqlite:///{desk.path}/data/mailer.sqlite")
    everybody = roll.register(store, SLUG).invitees
    doubtful = {everybody[one.promise.invitee].email for one in store.queue(SLUG)}
    received = Counter(one.recipient for one in server.received)
    assert len(everybody) == PEOPLE
    assert len(doubtful) <= 6 * CONNECTIONS
    assert {one.email for one in everybody.values()} - set(received) <= doubtful
    assert set(received.values()) == {1}
    assert done.returncode == (1 if doubtful else 0)
    assert all(
        one.content.endswith(b"--\r\n") and one.recipient.encode() in one.content for one in server.received
    )
    assert store.expire(SLUG, datetime.now(UTC)) == 0
    assert store.verify(SLUG) is None
    store.close()
