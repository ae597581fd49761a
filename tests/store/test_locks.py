"""Locks of the store on files: one holder at a time, and free again once the holder was killed."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

HOLDER = """
import sys, time
from datetime import UTC, datetime, timedelta
from pathlib import Path
if sys.argv[1] == "without":
    sys.modules["fcntl"] = None
from mailer.errors import StoreError
from mailer.store.sql import open_store
from tests.store.cases import LEASE, NOW, items
store = open_store(f"sqlite:///{sys.argv[2]}")
"""
CLAIMS = """
store.enqueue(items(1, 2), NOW)
print(len(store.claim("c", 1, NOW, LEASE)), flush=True)
time.sleep(600)
"""
HOLDS = """
with store.hold("c", "Anne, pid 1"):
    print("held", flush=True)
    time.sleep(600)
"""
EXPIRES = """
print(store.expire("c", NOW))
store.close()
"""
ASKS = """
try:
    with store.hold("c", "Bob, pid 2"):
        print("free")
except StoreError as error:
    print(error.code, error.values["who"])
store.close()
"""

systems = pytest.mark.parametrize("fcntl", ["with", "without"])


@systems
def test_the_claim_of_a_killed_process_is_in_doubt_at_once(fcntl: str, tmp_path: Path) -> None:
    """What a living process claimed is left to it; what it had when it was killed is in doubt."""
    file = tmp_path / "Élodie's data" / "mailer.sqlite"
    with running(fcntl, file, CLAIMS) as (claimer, said):
        assert said == "1"
        assert told(fcntl, file, EXPIRES) == "0"
        claimer.kill()
        claimer.wait()
        assert told(fcntl, file, EXPIRES) == "1"

    assert [path.name for path in file.parent.glob("*worker*")] == []


@systems
def test_the_hold_of_a_killed_process_is_free_at_once(fcntl: str, tmp_path: Path) -> None:
    """A second process is told who holds a campaign, and has it once that one was killed."""
    file = tmp_path / "data" / "mailer.sqlite"
    with running(fcntl, file, HOLDS) as (holder, said):
        assert said == "held"
        assert told(fcntl, file, ASKS) == "campaign-held Anne, pid 1"
        holder.kill()
        holder.wait()
        assert told(fcntl, file, ASKS) == "free"

    assert [path.name for path in file.parent.iterdir() if "sqlite-" in path.name] == []


@systems
def test_of_many_claimers_each_lives_on_its_own(fcntl: str, tmp_path: Path) -> None:
    """Where one of two claiming processes is killed, the other one keeps what it has."""
    file = tmp_path / "data" / "mailer.sqlite"
    with running(fcntl, file, CLAIMS) as (first, said), running(fcntl, file, CLAIMS) as (second, other):
        assert (said, other) == ("1", "1")
        first.kill()
        first.wait()

        assert told(fcntl, file, EXPIRES) == "1"
        assert told(fcntl, file, EXPIRES) == "0"
        second.kill()
        second.wait()
        assert told(fcntl, file, EXPIRES) == "1"


@contextmanager
def running(fcntl: str, file: Path, what: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Start a process on the store; give it, and the first line it says."""
    process = subprocess.Popen(
        [sys.executable, "-W", "error", "-c", HOLDER + what, fcntl, str(file)],
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout
        yield process, process.stdout.readline().strip()
    finally:
        process.kill()
        process.communicate()


def told(fcntl: str, file: Path, what: str) -> str:
    """What a process on the store says before it ends."""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", HOLDER + what, fcntl, str(file)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stderr == ""
    return done.stdout.strip()
