"""Two programs that ask for the same letters at once send them once (security review, attacks 103 and 104)."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from mailer.cli import ask
from mailer.demo.post_office import PostOffice
from mailer.model.entry import Round
from mailer.model.invitation import Kind
from mailer.workspace import Workspace
from tests.memory.conftest import Mailer
from tests.workspaces import SLUG

LATER = "2025-03-20T10:00:00+01:00"


def at_once(path: Path, *commands: tuple[str, ...]) -> list[int]:
    """Run commands in processes of their own at the same time; return their exit statuses."""
    begun = [
        subprocess.Popen(
            [sys.executable, "-m", "mailer", "--workspace", str(path), "--now", LATER, *said],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        for said in commands
    ]
    return [one.wait() for one in begun]


def letters(office: PostOffice) -> Counter[str]:
    """How many messages came to each address."""
    return Counter(one.recipient for one in office.delivered)


def numbers(path: Path, kind: Kind) -> list[int]:
    """The numbers of the rounds of a kind."""
    with Workspace(path).store() as store:
        found = [one.fact for one in store.entries(SLUG, "", kinds=("round",))]
    return [one.number for one in found if isinstance(one, Round) and one.kind is kind]


@pytest.mark.parametrize("kind", ["remind", "cancel"])
def test_two_processes_send_once(sent: Path, office: PostOffice, kind: str) -> None:
    """Attack 104: two `remind --yes`, a real race; another of its kind: two cancellations. There is one round."""
    office.delivered.clear()
    at_once(sent, *[(kind, SLUG, "--yes")] * 3)

    assert set(letters(office).values()) == {1}
    assert len(office.delivered) == 20
    if kind == "remind":
        assert numbers(sent, Kind.REMINDER) == [1]


def test_two_first_sendings_invite_once(place: Path, office: PostOffice) -> None:
    """Another of its kind: nobody was invited before, and there is no ledger yet."""
    at_once(place, *[("send", SLUG, "--yes")] * 3)

    assert set(letters(office).values()) == {1}
    assert len(office.delivered) == 20


@pytest.mark.parametrize("kind", ["remind", "cancel", "send"])
def test_who_confirms_late_sends_nothing_twice(
    place: Path, mailer: Mailer, office: PostOffice, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    """Another of its kind: two people see the same plan; one confirms, all leaves, then the other confirms."""
    if kind != "send":
        mailer("send", SLUG, "--yes")
        office.delivered.clear()

    def think(_question: str, _expected: int, *, yes: bool) -> bool:
        assert at_once(place, (kind, SLUG, "--yes")) == [0]
        return not yes

    monkeypatch.setattr(ask, "number", think)
    mailer(kind, SLUG, now=LATER)

    assert set(letters(office).values()) == {1}
    assert len(office.delivered) == 20


def test_a_second_reminder_is_numbered_after_the_first(
    sent: Path, mailer: Mailer, office: PostOffice
) -> None:
    """What stays: days later, and with --again at once, everybody is reminded once more."""
    office.delivered.clear()
    mailer("remind", SLUG, "--yes", now=LATER)
    mailer("remind", SLUG, "--yes", now="2025-03-25T10:00:00+01:00")
    assert set(letters(office).values()) == {2}
    mailer("remind", SLUG, "--yes", "--again", now="2025-03-25T11:00:00+01:00")
    assert set(letters(office).values()) == {3}
    assert numbers(sent, Kind.REMINDER) == [1, 2, 3]
