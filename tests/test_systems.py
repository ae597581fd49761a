"""Systems other than the one the tests run on: the commands and the desk without what only POSIX systems have."""

from __future__ import annotations

import http.client
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from mailer.demo.cast import REFUSED, answer
from mailer.demo.post_office import UNLIMITED, PostOffice, settle_in

SLUG = "restitution-hellemmes"
BEGINS = datetime.fromisoformat("2025-03-13T09:00:00+01:00")

FOREIGN = """
import asyncio, multiprocessing.popen_fork, signal, sys, types
# These have another part for each system; this one's may use what this one has.
import psutil
multiprocessing.popen_fork.signal = types.SimpleNamespace(SIGKILL=signal.SIGKILL, SIGTERM=signal.SIGTERM)
for name in ("fcntl", "pwd", "grp", "termios", "resource", "syslog", "pty", "tty"):
    sys.modules[name] = None
for name in ("SIGHUP", "SIGUSR1", "SIGUSR2", "SIGQUIT", "SIGKILL", "SIGALRM"):
    delattr(signal, name)
def _missing(*given):
    raise NotImplementedError
asyncio.AbstractEventLoop.add_signal_handler = _missing
asyncio.SelectorEventLoop.add_signal_handler = _missing
"""
"""Run by Python before anything else (sitecustomize): what Windows does not have is gone."""


class Elsewhere:
    """A workspace on a system without the modules of POSIX."""

    def __init__(self, path: Path) -> None:
        self.path = path / "Élodie's workspace"
        site = path / "site"
        site.mkdir()
        (site / "sitecustomize.py").write_text(FOREIGN, "utf-8")
        gone = ("LOGNAME", "USER", "LNAME", "USERNAME")
        self._environment = {name: value for name, value in os.environ.items() if name not in gone}
        self._environment |= {"PYTHONPATH": str(site), "MAILER_LANGUAGE": "fr"}

    def run(self, *words: str, now: datetime = BEGINS, status: int = 0) -> str:
        """Run a command; return what it said."""
        done = subprocess.run(self._command(words, now), capture_output=True, check=False, **self._options())
        assert done.returncode == status, done.stdout + done.stderr
        assert done.stderr == ""
        return str(done.stdout)

    @contextmanager
    def running(self, *words: str, now: datetime = BEGINS) -> Iterator[subprocess.Popen[str]]:
        """Start a command, and end it if it has not ended."""
        process = subprocess.Popen(
            self._command(words, now), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, **self._options()
        )
        try:
            yield process
        finally:
            process.kill()
            process.communicate()

    def _command(self, words: tuple[str, ...], now: datetime) -> list[str]:
        return [sys.executable, "-m", "mailer", "--now", now.isoformat(), *words]

    def _options(self) -> dict[str, Any]:
        folder = self.path if self.path.exists() else self.path.parent
        return {
            "cwd": folder,
            "env": self._environment,
            "text": True,
            "encoding": "utf-8",
        }


@pytest.fixture
def elsewhere(tmp_path: Path) -> Elsewhere:
    """Nothing yet but the system."""
    return Elsewhere(tmp_path)


def test_a_campaign_on_another_system(elsewhere: Elsewhere, office: PostOffice) -> None:
    """Begin, check, send, read, record, export: as everywhere."""
    elsewhere.run("init", "--sample", str(elsewhere.path))
    office.unknown.add(REFUSED)
    settle_in(elsewhere.path, office)
    elsewhere.run("check")
    elsewhere.run("send", SLUG, "--yes", status=1)  # one address is refused
    assert len({delivered.recipient for delivered in office.delivered}) == 19

    list(answer(office, BEGINS + timedelta(hours=1)))
    later = BEGINS + timedelta(days=10)
    assert "18 nouveaux courriels" in elsewhere.run("read", now=later, status=1)
    elsewhere.run("record", SLUG, "odile.quenelle@example.net", "accepted", now=later)
    for file in (
        "presences.csv",
        "presences.ods",
        "presences.xlsx",
        "rapport.html",
        "feuille.pdf",
        "reunion.ics",
    ):
        elsewhere.run("export", SLUG, f"exports/{file}", now=later)
        assert (elsewhere.path / "exports" / file).stat().st_size > 400
    assert "odile.quenelle" in (elsewhere.path / "exports" / "presences.csv").read_text("utf-8-sig")


def test_the_desk_on_another_system(elsewhere: Elsewhere) -> None:
    """The desk opens, shows its first page, and ends at Ctrl-C."""
    elsewhere.run("init", "--sample", str(elsewhere.path))
    with elsewhere.running("desk", "--no-browser") as desk:
        assert desk.stdout
        said = ""
        while not (code := re.search(r"\w{4}-\w{4}$", said.strip())):
            line = desk.stdout.readline()
            assert line, said
            said += line
        found = re.search(r"http://(\w+\.localhost:(\d+))/", said)
        assert found
        connection = http.client.HTTPConnection("127.0.0.1", int(found[2]), timeout=60)
        headers = {"Host": found[1], "Origin": f"http://{found[1]}"}
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        connection.request("POST", "/enter", f"code={code[0]}", headers | form)
        entered = connection.getresponse()
        entered.read()
        cookie = str(entered.headers["Set-Cookie"]).partition(";")[0]
        connection.request("GET", "/", headers=headers | {"Cookie": cookie})
        page = connection.getresponse()

        assert (entered.status, page.status) == (200, 200)
        assert SLUG in page.read().decode("utf-8")
        connection.close()
        desk.send_signal(signal.SIGINT)
        assert desk.wait(60) == 0


def test_ctrl_c_on_another_system(elsewhere: Elsewhere, office: PostOffice) -> None:
    """While sending, Ctrl-C lets what is on the wire finish: nothing is in doubt, and the next run sends the rest."""
    elsewhere.run("init", "--sample", str(elsewhere.path))
    settle_in(elsewhere.path, office, "per_minute = 3\nper_hour = 0\n")
    with elsewhere.running("send", SLUG, "--yes") as sending:
        assert sending.stdout
        while "Pause" not in (line := sending.stdout.readline()):
            assert line
        sending.send_signal(signal.SIGINT)
        rest = sending.stdout.read()
        assert sending.wait(60) == 1
    assert "doute" not in rest
    assert len(office.delivered) == 3

    settle_in(elsewhere.path, office, UNLIMITED)
    elsewhere.run("send", SLUG, "--yes")
    assert len(office.delivered) == len({delivered.recipient for delivered in office.delivered}) == 20


def test_the_service_on_another_system(elsewhere: Elsewhere, office: PostOffice) -> None:
    """The service starts, holds its campaign against a second one, and ends in order when it is told to."""
    elsewhere.run("init", "--sample", str(elsewhere.path))
    settle_in(elsewhere.path, office)
    with elsewhere.running("run", "--json", SLUG) as service:
        while not (elsewhere.path / "data" / "health.json").exists():
            assert service.poll() is None
        with elsewhere.running("run", SLUG) as second:
            assert "pid" in second.communicate(timeout=60)[0]
            assert second.returncode == 2
        service.terminate()
        assert service.wait(60) == 0
        assert service.stdout
        assert '"stopped"' in service.stdout.read()


def test_the_demo_on_another_system(elsewhere: Elsewhere) -> None:
    """The rehearsal with its mail servers runs, too."""
    elsewhere.run("demo", "--out", str(elsewhere.path.parent / "out"))
    assert (elsewhere.path.parent / "out" / "presences.csv").is_file()
