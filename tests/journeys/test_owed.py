"""`mailer status` names what was asked for and has not left, with a command that sends it."""

from __future__ import annotations

import json
import re
from collections import Counter

import pytest

from tests.journeys.conftest import SLUG, Desk
from tests.journeys.test_advice import (
    A_DAY,
    EVERYBODY,
    LATER,
    PEOPLE,
    STOPPED,
    change,
    methods,
    server,
)
from tests.servers.fault_smtp import Break, Fault, FaultServer

__all__ = ["server"]


def stops() -> Fault:
    """The server takes no more from this account after three."""
    return Fault("mail", "550 sorry, too many emails (#5.7.1)", after=3)


def go_on(desk: Desk, shown: str) -> str:
    """Type the command that the status says goes on, and return what it shows."""
    (command,) = re.findall(r"relancez « mailer ([^«»]*) »", shown)
    status, after = desk.type(*command.split(), "--yes", now=A_DAY)
    assert status == 0, after
    return after


def owed(desk: Desk, now: str = A_DAY) -> object:
    """What the status for programs says is owed."""
    shown = desk.type("status", SLUG, "--json", now=now)[1]
    return json.loads(shown)["owed"]


@pytest.mark.parametrize("command", STOPPED)
def test_what_was_stopped_goes_on_with_what_the_status_names(
    desk: Desk, server: FaultServer, command: str
) -> None:
    """Five of eight have not left; the command named reaches them, and then nothing is owed."""
    prepare, expected = STOPPED[command]
    desk.invite(*PEOPLE)
    if command != "send":
        assert desk.type("send", SLUG, "--yes")[0] == 0
        assert (desk.type("status", SLUG)[0], owed(desk)) == (0, {})
    before = len(server.accepted)
    prepare(desk)
    server.faults = [stops()]
    desk.type(command, SLUG, "--yes", now=A_DAY)
    server.faults = []

    status, shown = desk.type("status", SLUG, now=A_DAY)
    assert (
        status,
        f"5 messages ne sont pas encore partis : relancez « mailer {command} {SLUG} »" in shown,
    ) == (
        1,
        True,
    )
    assert owed(desk) == {command: 5}
    assert "Tout est parti" in go_on(desk, shown)
    assert Counter(one.recipient for one in server.accepted[before:]) == dict.fromkeys(EVERYBODY, 1)
    assert {got[-1] for got in methods(server).values()} == {expected}
    assert (desk.type("status", SLUG, now=A_DAY)[0], owed(desk)) == (0, {})


def test_a_line_of_ones_own_that_was_stopped(desk: Desk, server: FaultServer) -> None:
    """The command named goes on with it, without the line being typed again."""
    desk.invite(*PEOPLE)
    desk.type("send", SLUG, "--yes")
    server.faults = [stops()]
    desk.type("update", SLUG, "--say", "Le parking est fermé.", "--yes", now=A_DAY)
    server.faults = []

    status, shown = desk.type("status", SLUG, now=A_DAY)
    assert (status, owed(desk)) == (1, {"update": 5})
    assert "Tout est parti" in go_on(desk, shown)
    said = [one for one in server.accepted if b"Le parking est ferm" in one.content]
    assert Counter(one.recipient for one in said) == dict.fromkeys(EVERYBODY, 1)


def test_what_waits_though_the_meeting_has_changed_since(desk: Desk, server: FaultServer) -> None:
    """`send` would refuse: the update is named, and everybody gets the meeting as it is now, the rest for the first time."""
    desk.invite(*PEOPLE)
    server.faults = [stops()]
    desk.type("send", SLUG, "--yes")
    server.faults = []
    change(desk)

    status, shown = desk.type("status", SLUG, now=A_DAY)
    assert len(server.accepted) == 3
    assert (status, owed(desk)) == (1, {"update": 5})
    assert "Tout est parti" in go_on(desk, shown)
    assert Counter(got[-1] for got in methods(server).values()) == {"REQUEST 1": 8}
    assert Counter(map(len, methods(server).values())) == {2: 3, 1: 5}


def test_a_change_that_nobody_asked_to_tell_is_not_owed(desk: Desk, server: FaultServer) -> None:
    """The file differs from what was announced: that is said, and no letter is late."""
    desk.invite(*PEOPLE)
    desk.type("send", SLUG, "--yes")
    change(desk)

    status, shown = desk.type("status", SLUG, now=A_DAY)
    assert (status, owed(desk)) == (0, {})
    assert (
        "relance, remerciements" in shown
        or "relance" in shown.partition(" : La lettre ou la réunion a changé")[0]
    )
    assert f"« mailer update {SLUG} » l’annonce aux invités" in shown


def test_once_the_meeting_has_begun_nothing_is_late(desk: Desk, server: FaultServer) -> None:
    """No command is named that would refuse."""
    desk.invite(*PEOPLE)
    server.faults = [stops()]
    desk.type("send", SLUG, "--yes")

    assert owed(desk) == {"send": 5}
    assert owed(desk, "2025-04-02T09:00+02:00") == {}


def test_a_message_in_doubt_is_explained(desk: Desk, server: FaultServer) -> None:
    """Who, why, and what to do, also in the table; the others are not named."""
    desk.invite(*PEOPLE)
    server.faults = [Fault("dot", Break.DROP, to="p4@", times=1)]
    desk.type("send", SLUG, "--yes")
    server.faults = []

    status, shown = desk.type("status", SLUG, now=A_DAY)
    assert status == 1
    assert "En doute : Prénom4 Nom4 La connexion a été coupée" in shown
    assert "Prénom3" not in shown
    file = desk.path / "table.csv"
    desk.type("export", SLUG, str(file), now=A_DAY)
    lines = file.read_text("utf-8-sig").replace("\u00a0", " ").splitlines()
    assert [line.split(";")[1] for line in lines if "peut-être arrivé, voir « mailer status »" in line] == [
        "Nom4"
    ]

    assert desk.type("send", SLUG, "--release-in-doubt", "--yes", now=LATER)[0] == 0
    assert len(server.accepted) == len(EVERYBODY)
    assert desk.type("status", SLUG, now=LATER)[0] == 0


def test_who_is_asked_about_is_named(desk: Desk) -> None:
    """The count is that of `send`; a list that cannot be read hides nothing else."""
    desk.invite("Mme;Petit;Anne;;anne@example.org", "M.;Grand;Paul;;paul@example.org")
    desk.type("send", SLUG, "--yes")
    assert json.loads(desk.type("status", SLUG, "--json")[1])["unsettled"] == 0
    desk.invite("Mme;Blanche;Zoé;;anne@example.org", "M.;Grand;Paul;;paul@example.org")
    held = desk.type("send", SLUG, "--yes")[1]

    status, shown = desk.type("status", SLUG)
    (said,) = [line for line in ("1 personne attend", "2 personnes attendent") if line in shown]
    assert (status, said in held) == (1, True)
    assert "Zoé Blanche" in shown
    assert "Paul Grand" not in shown
    assert json.loads(desk.type("status", SLUG, "--json")[1])["unsettled"] == int(said[0])

    (desk.path / "contacts" / "invites.csv").unlink()
    status, shown = desk.type("status", SLUG)
    assert (status, "2 personnes dans cette campagne" in shown) == (0, True)
