"""No secret is shown, logged or left where others can read it, whatever fails.

A password, a token, the key of the workspace, a cookie of the desk and the text of a mail are words that are nowhere else. Every
command is run under every fault, with debugging on, and the words are searched for.
"""

from __future__ import annotations

import base64
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from mailer import environment
from mailer.cli.commands import COMMANDS as ALL
from mailer.demo import post_office
from mailer.store.sql import open_store
from tests.planted import marks
from tests.planted.faults import FAULTS
from tests.planted.world import COMMANDS, Outcome, World, world
from tests.workspaces import OWNER, answered

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks at processes in /proc")

QUICK = ("none_at_all", "imap_refuses_the_login_with_the_password", "a_quotation_mark_forgotten")
"""Those that are tried each time; the others take minutes."""


@pytest.fixture
def planted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """The world of the test."""
    answered()  # made with the password that the servers have otherwise
    monkeypatch.setattr(post_office, "PASSWORD", marks.PASSWORD)
    tmp_path.chmod(0o755)
    with post_office.post_office(OWNER) as office, world(tmp_path / "mairie", office) as made:
        yield made
    environment.speak("en")


def key_of(world: World) -> bytes:
    """Return the key of the workspace, before anything happens to it."""
    store = open_store(f"sqlite:///{world.ledger}")
    try:
        return store.secret()
    finally:
        store.close()


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=() if name in QUICK else pytest.mark.slow) for name in FAULTS]
)
def test_no_secret_is_found(planted: World, name: str) -> None:
    """Under this fault, no command shows a secret, and none is in a command line, an environment, or a file of others."""
    key = key_of(planted)
    FAULTS[name](planted)

    outcome = planted.run()

    assert outcome.leaks(key) == []
    assert outcome.out.count(b"\n$ ") == len(COMMANDS), outcome.err.decode("utf-8", "replace")[-2000:]
    if name == "none_at_all":
        came_about(planted, outcome)


def came_about(world: World, outcome: Outcome) -> None:
    """Without a fault everything is reached in which a secret could be left: logins, the mail, workers, the desk."""
    assert any("AUTH" in command for command in world.smtp.commands)
    assert len(world.smtp.accepted) > 3
    assert marks.TEXT.encode() in outcome.out, "the words of the mail are shown to who asks for them"
    assert outcome.cookies
    assert len(outcome.processes) > 3


def test_there_are_forty_faults_and_every_command() -> None:
    """The list of commands lacks none, and there are at least forty ways to fail."""
    assert len(FAULTS) >= 41
    assert set(ALL) - {"demo"} == {command[0] for command in COMMANDS}


def hidden_nowhere(folder: Path) -> Outcome:
    """An outcome in which nothing is to be found, in a folder that others can enter."""
    for name in ("mairie", "home"):
        (folder / name).mkdir()
        (folder / name).chmod(0o755)
    return Outcome(folder, b"\n$ check\nfine\n", b"\n$ check\n", {b"python"}, ("Zq7cookie",), 0)


WRITTEN = {
    "as it is": marks.PASSWORD.encode(),
    "in base64": base64.b64encode(b"\0camille\0" + marks.PASSWORD.encode()),
    "in hexadecimal": marks.TOKEN.encode().hex().encode(),
    "a cookie": b"Cookie: mailer=Zq7cookie",
    "the key": b"k" * 32,
    "the words of a mail": marks.TEXT.encode(),
}


@pytest.mark.parametrize("written", WRITTEN.values(), ids=WRITTEN)
@pytest.mark.parametrize("where", ["file", "log", "out", "err", "hidden"])
def test_the_search_finds_what_is_planted(tmp_path: Path, where: str, written: bytes) -> None:
    """A secret in a file that others can read, in a log or in what is shown is found; one that its owner alone can read is not."""
    outcome = hidden_nowhere(tmp_path)
    assert outcome.leaks(b"k" * 32) == []

    if where in ("file", "log", "hidden"):
        file = tmp_path / ("home" if where == "log" else "mairie") / "deep" / "x.log"
        file.parent.mkdir()
        file.parent.chmod(0o755)
        file.write_bytes(b"before " + written + b" after")
        file.chmod(0o600 if where == "hidden" else 0o644)
    else:
        told = b"\n$ check\nerror: " + written
        outcome = Outcome(
            tmp_path,
            told if where == "out" else outcome.out,
            told if where == "err" else outcome.err,
            outcome.processes,
            outcome.cookies,
            0,
        )

    assert bool(outcome.leaks(b"k" * 32)) is (where != "hidden")


def test_the_search_finds_a_secret_in_arguments_and_environments(tmp_path: Path) -> None:
    """A child that was given the password in its arguments, or in its environment, is seen."""
    program = "import subprocess, sys; subprocess.run([sys.executable, '-c', 'import time; time.sleep(2)', *sys.argv[1:]])"
    for arguments, variables in (
        (["--password", marks.PASSWORD], {}),
        ([], {"MAILER_SMTP__PASSWORD": marks.PASSWORD}),
    ):
        child = subprocess.Popen([sys.executable, "-c", program, *arguments], env=os.environ | variables)
        looking = marks.Processes(child.pid)
        child.wait()
        looking.end()
        assert any(marks.found_in(seen, marks.marks()) for seen in looking.seen)
    assert marks.found_in(b"python mailer check", marks.marks()) == []
