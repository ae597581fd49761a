"""The sample workspace and its campaign, sent and answered, made once per process and copied for each test."""

from __future__ import annotations

import atexit
import shutil
import tempfile
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from unittest import mock

from mailer import environment
from mailer.cli import group
from mailer.demo.cast import REFUSED, answer
from mailer.demo.post_office import UNLIMITED, Delivered, PostOffice, post_office, settle_in
from mailer.workspace.sample import copy_sample

OWNER = "cjulien@mairie-lille.example"
"""The organizer of the sample campaign, whose mailbox the post office holds."""

SLUG = "restitution-hellemmes"
BEGINS = datetime.fromisoformat("2025-03-13T09:00:00+01:00")


@dataclass(frozen=True, slots=True)
class Kept:
    """A workspace as it was left, with the mail that had gone out by then; the mailbox is not kept."""

    path: Path
    delivered: tuple[Delivered, ...]

    def copy(self, path: Path, office: PostOffice) -> None:
        """Put the workspace at `path` and its mail into `office`, as if all had happened there."""
        shutil.copytree(self.path, path)
        point_at(path, office)
        office.delivered.extend(self.delivered)


def sample(path: Path) -> Path:
    """Put the sample workspace at `path`; return `path`."""
    shutil.copytree(_sample(), path)
    return path


def point_at(path: Path, office: PostOffice, delivery: str = UNLIMITED) -> None:
    """Write the servers of `office` into the settings of a workspace, which name no language."""
    settle_in(path, office, delivery, beginning="# les serveurs\n")


def typed(path: Path, now: datetime, *said: str) -> None:
    """Type a command in a terminal: in a thread, since the browser's driver keeps an event loop in that of the test."""
    status: list[int] = []

    def run() -> None:
        # Only the main thread may handle signals, and nobody presses Ctrl-C here.
        with mock.patch("signal.signal"):
            status.append(group.main(["--workspace", str(path), "--now", now.isoformat(), *said]))

    thread = threading.Thread(target=run, name="terminal")
    thread.start()
    thread.join()
    assert status in ([0], [1])


@cache
def sent() -> Kept:
    """The sample campaign, sent to all twenty."""
    return _kept("sent", lambda path, office: typed(path, BEGINS, "send", SLUG, "--yes"))


@cache
def answered() -> Kept:
    """The sample campaign, sent and answered, ten days later; one invitee was refused."""

    def live(path: Path, office: PostOffice) -> None:
        office.unknown.add(REFUSED)
        typed(path, BEGINS, "send", SLUG, "--yes")
        list(answer(office, BEGINS + timedelta(hours=1)))
        typed(path, BEGINS + timedelta(days=10), "read")

    return _kept("answered", live)


def _kept(name: str, live: Callable[[Path, PostOffice], object]) -> Kept:
    environment.speak("fr")
    path = sample(_folder() / name)
    with post_office(OWNER) as office:
        point_at(path, office)
        live(path, office)
    return Kept(path, tuple(office.delivered))


@cache
def _sample() -> Path:
    path = _folder() / "sample"
    copy_sample(path)
    return path


@cache
def _folder() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="mailer-workspaces-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder
