"""The town hall in a mail world that real mail programs can enter."""

from __future__ import annotations

import csv
import email
import email.policy
import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

import pytest

from tests.clients import dovecot, thunderbird
from tests.clients.mail_world import MailWorld, mail_world
from tests.clients.thunderbird import Thunderbird
from tests.conftest import OWNER
from tests.journeys.conftest import SLUG, Desk, desk

__all__ = ["desk"]

StartThunderbird = Callable[["Invitee"], Thunderbird]


@dataclass(frozen=True, slots=True)
class Invitee:
    """Somebody of the sample list."""

    name: str
    address: str


@dataclass(frozen=True, slots=True)
class TownHall:
    """Camille's desk today: real programs answer by the real clock, so the meeting is on 31 March of the coming year."""

    desk: Desk
    world: MailWorld
    year: int

    def run(self, command: str, *options: str) -> None:
        """Run a command on the sample campaign."""
        status, shown = self.desk.type(command, SLUG, *options, now=_now().isoformat())
        assert status == 0, shown

    def put_off(self) -> None:
        """Move the meeting by an hour, and say so to everybody who was invited."""
        self.desk.rewrite('-31 14:00"', '-31 15:00"')
        self.desk.rewrite('-31 16:00"', '-31 17:00"')
        self.run("update", "--yes")

    def letter(self, invitee: str, number: int) -> EmailMessage:
        """The mail somebody was sent as their `number`th, from 1 on."""
        return _opened(self.world.arrival(invitee, number).content)

    def answer(self, number: int) -> EmailMessage:
        """Wait for the `number`th mail that came to the town hall, then read the mailbox."""
        content = self.world.arrival(OWNER, number).content
        status, shown = self.desk.type("read", now=_now().isoformat())
        assert status == 0, shown
        return _opened(content)

    def attendance(self, invitee: str) -> dict[str, str]:
        """Somebody's line of the attendance, as a program reads it."""
        target = self.desk.path / "exports" / "attendance.csv"
        self.run("export", str(target), "--machine")
        rows = csv.DictReader(io.StringIO(target.read_text("utf-8"), newline=""))
        return next(row for row in rows if row["email"] == invitee)


@pytest.fixture
def office() -> Iterator[MailWorld]:
    """The mail world, in the place of the post office, so that the desk is set up for it."""
    if (reason := dovecot.why_not()) is not None:
        pytest.skip(reason)
    with mail_world(OWNER) as world:
        yield world


@pytest.fixture
def town_hall(desk: Desk, office: MailWorld) -> TownHall:
    """A town hall that has sent the sample campaign to the whole sample list."""
    year = _now().year + 1
    desk.rewrite("2025-03-31", str(year) + "-03-31")
    desk.rewrite("lundi 31 mars 2025", f"le 31 mars {year}")
    hall = TownHall(desk, office, year)
    hall.run("send", "--yes")
    return hall


@pytest.fixture
def start_thunderbird(office: MailWorld, tmp_path: Path) -> Iterator[StartThunderbird]:
    """Start the Thunderbird of somebody, in French; it is quit when the test is over."""
    if thunderbird.PROGRAM is None:
        pytest.skip("Thunderbird is not installed")
    running: list[Thunderbird] = []

    def start(invitee: Invitee) -> Thunderbird:
        running.append(Thunderbird(tmp_path / invitee.address, office, invitee.name, invitee.address))
        if running[-1].locale != "fr":
            pytest.skip("Thunderbird does not speak French here: its French language pack is not installed")
        return running[-1]

    yield start
    for one in running:
        one.stop()


def sequence(mail: EmailMessage) -> int:
    """The SEQUENCE that a calendar answer speaks of."""
    (calendar,) = (part for part in mail.walk() if part.get_content_type() == "text/calendar")
    found = re.search(r"^SEQUENCE:(\d+)", calendar.get_content(), re.MULTILINE)
    assert found is not None
    return int(found[1])


def _now() -> datetime:
    return datetime.now(UTC)


def _opened(content: bytes) -> EmailMessage:
    message = email.message_from_bytes(content, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    return message
