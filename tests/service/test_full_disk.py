"""A disk that is full: the service waits for room, and what commands say is true."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from mailer import environment
from mailer.cli import group
from mailer.demo.post_office import PostOffice
from tests.service.test_run import SLUG, STARTS, run, set_up, stop, until

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="a small disk is made by Linux's tmpfs")


@dataclass(frozen=True)
class SmallDisk:
    """A workspace on a disk of its own, which can be filled and emptied."""

    path: Path
    fill: Callable[[], None]
    empty: Callable[[], None]


@pytest.fixture
def disk(tmp_path: Path, office: PostOffice) -> Iterator[SmallDisk]:
    """A workspace of two invitees on three megabytes; skipped where no disk can be mounted."""
    place = tmp_path / "disk"
    place.mkdir()
    if subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", place], capture_output=True
    ).returncode:
        pytest.skip("no disk can be mounted here")
    filling = place / "filling"

    def fill() -> None:
        handle = os.open(filling, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        for size in (4096, 1):
            try:
                while True:
                    os.write(handle, b"x" * size)
            except OSError:
                continue
        os.close(handle)

    try:
        desk = set_up(place / "mairie", office, invitees=("nora@example.org", "paul@example.org"))
        yield SmallDisk(desk, fill, lambda: filling.unlink(missing_ok=True))
    finally:
        subprocess.run(["umount", "-l", place], check=True)


def told(line: str) -> dict[str, object]:
    """Return a line of the log."""
    found = json.loads(line)
    assert isinstance(found, dict)
    return found


def test_the_service_waits_for_room(disk: SmallDisk, office: PostOffice) -> None:
    """Begun on a full disk, it tells so, lives, and does its work as soon as there is room."""
    disk.fill()
    process = run(disk.path)
    try:
        assert process.stderr is not None
        first = told(process.stderr.readline())
        assert process.poll() is None
        disk.empty()
        until(lambda: len(office.delivered) == 2, process)
    finally:
        status, logged = stop(process)

    assert (first["event"], first["part"], first["error"]) == ("trouble", "store", "store-disk-full")
    assert status == 0
    assert "well-again" in [line["event"] for line in logged]


def test_what_does_not_pass_is_not_waited_for(disk: SmallDisk) -> None:
    """A file that is no ledger ends the service at once, in one sentence."""
    (disk.path / "data" / "mailer.sqlite").write_bytes(b"no ledger at all" * 100)
    process = run(disk.path)
    _out, said = process.communicate(timeout=120)

    assert process.returncode == 2
    assert said.count("\n") == 1


def test_status_says_what_is_true(disk: SmallDisk, capsys: pytest.CaptureFixture[str]) -> None:
    """It sends nothing, so nothing of it has stopped; what the ledger holds is whole."""
    environment.speak("en")
    disk.fill()
    status = group.main(["--workspace", str(disk.path), "--now", STARTS, "status", SLUG])
    said = " ".join(capsys.readouterr().err.split())

    assert status == 2
    assert "The disk is full" in said
    assert "What it holds is whole" in said
    assert "has stopped" not in said
    disk.empty()
    assert group.main(["--workspace", str(disk.path), "--now", STARTS, "status", SLUG]) in (0, 1)
