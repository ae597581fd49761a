"""What is advised at the end of a command works there: the advice is read from the screen and followed."""

from __future__ import annotations

import email
import re
import shlex
from collections import Counter
from collections.abc import Callable, Iterator

import pytest

from mailer.demo.post_office import Delivered
from mailer.demo.received import ReceivedInvitation, open_letter
from tests.journeys.conftest import SLUG, Desk
from tests.servers.fault_smtp import Break, Fault, FaultServer, Received

PEOPLE = tuple(f"Mme;Nom{n};Prénom{n};;p{n}@example.org" for n in range(8))
EVERYBODY = {f"p{n}@example.org" for n in range(8)}
A_DAY, LATER = "2025-03-20T09:00+01:00", "2025-03-21T09:00+01:00"


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[FaultServer]:
    """A mail server whose faults can be changed."""
    with FaultServer().in_a_thread() as server:
        monkeypatch.setenv("MAILER_SMTP__PORT", str(server.port))
        monkeypatch.setenv("MAILER_DELIVERY__CONNECTIONS", "1")
        yield server


def advised(shown: str) -> list[str]:
    """The last command that is named on the screen, as words."""
    found = re.findall(r"« mailer ([^«»]*) »|mailer (\w+ [^«»]*--yes)", shown)
    assert found, shown
    return shlex.split(found[-1][0].strip() or found[-1][1].strip())


def follow(desk: Desk, shown: str, now: str = LATER) -> str:
    """Type what was advised; it does not refuse, and what it shows is returned."""
    words = advised(shown)
    status, after = desk.type(*words, *([] if "--yes" in words else ["--yes"]), now=now)
    assert status != 2, (words, after)
    return after


def opened(one: Received) -> ReceivedInvitation:
    """A message as its recipient opens it."""
    return open_letter(Delivered(one.sender, one.recipient, one.content))


def methods(server: FaultServer) -> dict[str, list[str]]:
    """The calendar methods and revisions each address got, in order."""
    got: dict[str, list[str]] = {}
    for one in server.accepted:
        message = email.message_from_bytes(one.content)
        (part,) = [each for each in message.walk() if each.get_content_type() == "text/calendar"]
        (sequence,) = re.findall(rb"SEQUENCE:(\d+)", part.get_payload(decode=True))  # type: ignore[arg-type]
        got.setdefault(one.recipient, []).append(f"{part.get_param('method')} {sequence.decode()}")
    return got


def change(desk: Desk) -> None:
    """Another hour."""
    desk.rewrite("2025-03-31 14:00", "2025-03-31 15:00")


STOPPED: dict[str, tuple[Callable[[Desk], None], str]] = {
    "send": (lambda _desk: None, "REQUEST 0"),
    "remind": (lambda _desk: None, "REQUEST 0"),
    "update": (change, "REQUEST 1"),
    "cancel": (lambda _desk: None, "CANCEL 1"),
}


@pytest.mark.parametrize("command", STOPPED)
def test_what_was_stopped_goes_on_with_what_is_advised(desk: Desk, server: FaultServer, command: str) -> None:
    """The server takes no more from this account after three; the advice reaches the rest, and nobody twice."""
    prepare, expected = STOPPED[command]
    desk.invite(*PEOPLE)
    if command != "send":
        assert desk.type("send", SLUG, "--yes")[0] == 0
    before = len(server.accepted)
    prepare(desk)
    server.faults = [Fault("mail", "550 sorry, too many emails (#5.7.1)", after=3)]
    status, shown = desk.type(command, SLUG, "--yes", now=A_DAY)
    assert status == 1
    assert len(server.accepted) == before + 3

    server.faults = []
    after = follow(desk, shown, A_DAY)

    assert "Tout est parti" in after
    assert Counter(one.recipient for one in server.accepted[before:]) == dict.fromkeys(EVERYBODY, 1)
    assert {got[-1] for got in methods(server).values()} == {expected}


def test_who_was_refused_is_tried_again(desk: Desk, server: FaultServer) -> None:
    """Only they, once their server takes it."""
    desk.invite(*PEOPLE)
    server.faults = [Fault("rcpt", "550 5.2.1 mailbox disabled", to="p4@")]
    status, shown = desk.type("send", SLUG, "--yes")
    assert (status, len(server.accepted)) == (1, 7)
    assert "Tout est parti" not in shown
    server.faults = []

    assert "Tout est parti" in follow(desk, shown)

    assert Counter(one.recipient for one in server.accepted) == dict.fromkeys(EVERYBODY, 1)


def test_a_refused_change_is_told_again(desk: Desk, server: FaultServer) -> None:
    """The command that told the change is the one that tries again."""
    desk.invite(*PEOPLE)
    desk.type("send", SLUG, "--yes")
    change(desk)
    server.faults = [Fault("rcpt", "550 5.2.1 mailbox disabled", to="p4@")]
    status, shown = desk.type("update", SLUG, "--yes", now=A_DAY)
    assert status == 1
    server.faults = []

    follow(desk, shown)

    assert methods(server)["p4@example.org"] == ["REQUEST 0", "REQUEST 1"]
    assert all(got == ["REQUEST 0", "REQUEST 1"] for got in methods(server).values())


def test_doubt_is_released_by_what_is_advised(desk: Desk, server: FaultServer) -> None:
    """One message more for the one in doubt, and none for the others."""
    desk.invite(*PEOPLE)
    server.faults = [Fault("dot", Break.DROP, to="p4@", times=1)]
    status, shown = desk.type("send", SLUG, "--yes")
    assert status == 1

    follow(desk, shown)

    assert Counter(one.recipient for one in server.accepted)["p4@example.org"] == 1
    assert len(server.accepted) == len(EVERYBODY)


def test_a_changed_meeting_is_announced_by_what_is_advised(desk: Desk, server: FaultServer) -> None:
    """The status, and a reminder that is refused because of it, name the same command."""
    desk.invite(*PEOPLE)
    desk.type("send", SLUG, "--yes")
    change(desk)
    _, shown = desk.type("status", SLUG, now=A_DAY)
    assert "mailer update" in shown
    status, refused = desk.type("remind", SLUG, "--yes", now=A_DAY)
    assert status == 2

    follow(desk, refused)

    assert {got[-1] for got in methods(server).values()} == {"REQUEST 1"}


def test_a_letter_that_differs_is_told_by_what_is_advised(desk: Desk, server: FaultServer) -> None:
    """Nothing of the meeting changed; the command with a line of one's own reaches everybody."""
    desk.invite(*PEOPLE)
    desk.type("send", SLUG, "--yes")
    desk.rewrite('contact = "', 'contact = "03 20 00 00 01, ')
    status, shown = desk.type("update", SLUG, "--yes", now=A_DAY)
    assert status == 2
    assert "--say" in shown

    assert desk.type("update", SLUG, "--say", "Voici le bon numéro.", "--yes", now=A_DAY)[0] == 0

    assert {tuple(got) for got in methods(server).values()} == {("REQUEST 0", "REQUEST 0")}
    assert all("Voici le bon num" in opened(one).text for one in server.accepted[8:])


def test_what_leaves_by_itself_is_confirmed_by_what_is_advised(desk: Desk, server: FaultServer) -> None:
    """The schedule says that nobody confirmed it, and then no more."""
    desk.invite(*PEOPLE)
    status, shown = desk.type("schedule", SLUG, now="2025-03-10T09:00+01:00")
    assert status == 1

    assert f"mailer schedule {SLUG} --yes" in shown
    _, after = desk.type("schedule", SLUG, "--yes", now="2025-03-10T09:10+01:00")

    assert "--yes" not in after


def test_who_is_asked_about_is_settled_by_what_is_advised(desk: Desk, server: FaultServer) -> None:
    """Another name at a known address waits for a word; the word lets the letter go, and the first keeps theirs."""
    desk.invite(*PEOPLE)
    desk.type("send", SLUG, "--yes")
    desk.invite(*PEOPLE[:-1], "M.;Autre;Paul;;p7@example.org")
    status, shown = desk.type("send", SLUG, "--yes", now=A_DAY)
    assert len(server.accepted) == len(EVERYBODY)
    assert "Autre" in shown

    commands = re.findall(r"mailer (?:merge|add|move) [^«»,;.]*[^«»,;. ]", shown)
    assert commands, (status, shown)
    for command in commands:
        words = shlex.split(command.removeprefix("mailer "))
        assert desk.type(*words, now=A_DAY)[0] != 2, command
        break
