"""What a plan and the end of a sending say of people whom no letter reaches."""

from __future__ import annotations

import csv

import pytest

from tests.journeys.conftest import SLUG, Desk
from tests.journeys.test_advice import A_DAY, LATER, PEOPLE, change, server
from tests.journeys.test_rules import COUPLE
from tests.servers.fault_smtp import Break, Fault, FaultServer

__all__ = ["server"]


@pytest.mark.parametrize("refused", [True, False])
def test_released_is_not_all_where_somebody_is_refused(
    desk: Desk, server: FaultServer, refused: bool
) -> None:
    """What is left is counted again as after any sending."""
    desk.invite(*PEOPLE)
    server.faults = [Fault("dot", Break.DROP, to="p4@", times=1)]
    if refused:
        server.faults.append(Fault("rcpt", "550 5.2.1 mailbox disabled", to="p5@"))
    desk.type("send", SLUG, "--yes")

    status, shown = desk.type("send", SLUG, "--release-in-doubt", "--yes", now=A_DAY)
    assert (status, "Tout est parti" in shown) == ((1, False) if refused else (0, True))
    assert (f"« mailer send {SLUG} --refused »" in shown) is refused


def test_one_of_two_is_withdrawn_and_named(desk: Desk) -> None:
    """The plan says who is withdrawn and why no letter goes; the other stays invited."""
    desk.invite(*COUPLE, PEOPLE[0])
    desk.type("send", SLUG, "--yes")

    status, shown = desk.type("cancel", SLUG, "--only", "Jean Moreau", "--yes")
    assert status == 0
    assert "à envoyer : annulation 0" in shown
    assert "non choisi 2" in shown
    assert "retiré : Jean Moreau <moreau@example.org>" in shown
    assert (
        "pas de lettre, car une autre personne de l’adresse reste invitée : Jean Moreau <moreau@example.org>"
        in shown
    )
    assert "Lucie" not in shown
    assert "Tout est parti" not in shown
    assert len(desk.office.delivered) == 2
    states = {row["first_name"]: row["state"] for row in attendance_rows(desk)}
    assert states == {"Jean": "withdrawn", "Lucie": "reached", "Prénom0": "reached"}


def attendance_rows(desk: Desk) -> list[dict[str, str]]:
    """The lines of the attendance, two at one address included."""
    file = desk.path / "exports" / "rows.csv"
    desk.type("export", SLUG, str(file), "--machine")
    return list(csv.DictReader(file.read_text("utf-8").splitlines()))


def test_what_goes_on_is_named(desk: Desk, server: FaultServer) -> None:
    """An update that was stopped is no reminder, and a reminder no update."""
    desk.invite(*PEOPLE)
    desk.type("send", SLUG, "--yes")
    server.faults = [Fault("mail", "550 sorry, too many emails (#5.7.1)", after=3)]
    desk.type("update", SLUG, "--say", "Le parking est fermé.", "--yes", now=A_DAY)
    shown = desk.type("update", SLUG, "--dry-run", now=A_DAY)[1]
    assert ("La mise à jour interrompue continue" in shown, "relance interrompue" in shown) == (True, False)

    server.faults = []
    desk.type("update", SLUG, "--yes", now=A_DAY)
    server.faults = [Fault("mail", "550 sorry, too many emails (#5.7.1)", after=3)]
    desk.type("remind", SLUG, "--yes", now="2025-03-24T09:00+01:00")
    shown = desk.type("remind", SLUG, "--dry-run", now="2025-03-24T09:10+01:00")[1]
    assert ("La mise à jour interrompue" in shown, "relance interrompue continue" in shown) == (False, True)


def test_who_said_yes_is_called_so(desk: Desk, server: FaultServer) -> None:
    """Before the change and after it has set the yes aside; perhaps is perhaps, and no is not called."""
    desk.invite(*PEOPLE)
    refusing = [Fault("rcpt", "550 5.1.1 no such user", to=f"p{n}@") for n in (1, 2, 3)]
    server.faults = refusing
    desk.type("send", SLUG, "--yes")
    for who, said in (("p1", "oui"), ("p2", "peut-être"), ("p3", "non"), ("p4", "oui")):
        assert desk.type("record", SLUG, f"{who}@example.org", said)[0] == 0
    change(desk)

    for command in (("--dry-run",), ("--yes",), ("--dry-run",)):
        shown = desk.type("update", SLUG, *command, now=A_DAY)[1]
        assert "a dit oui et ne reçoit aucun message, à appeler : Prénom1 Nom1 <p1@example.org>" in shown
        assert "a dit peut-être et ne reçoit aucun message, à appeler : Prénom2 Nom2" in shown
        assert "Prénom3" not in shown
        assert "Prénom4" not in shown


def test_who_was_refused_the_invitation_is_tried_by_its_command(desk: Desk, server: FaultServer) -> None:
    """`update --refused` says which command tries them; without --refused the change has nothing to do with them."""
    desk.invite(*PEOPLE)
    server.faults = [Fault("rcpt", "550 5.2.1 mailbox disabled", to="p4@")]
    desk.type("send", SLUG, "--yes")
    change(desk)
    assert desk.type("update", SLUG, "--yes", now=A_DAY)[0] == 0

    status, shown = desk.type("update", SLUG, "--refused", "--yes", now=A_DAY)
    assert (status, f"« mailer send {SLUG} --refused » réessaie" in shown) == (1, True)
    server.faults = []
    assert desk.type("send", SLUG, "--refused", "--yes", now=LATER)[0] == 0
    assert sum(one.recipient == "p4@example.org" for one in server.accepted) == 1


def test_the_same_sentence_again_is_pointed_out(desk: Desk) -> None:
    """Another sentence is not, nor the first time."""
    desk.invite(*PEOPLE[:2])
    desk.type("send", SLUG, "--yes")
    said = "déjà reçu cette même phrase"
    assert said not in desk.type("update", SLUG, "--say", "Le parking est fermé.", "--yes")[1]

    assert (
        f"2 d’entre eux ont {said}"
        in desk.type("update", SLUG, "--say", "Le parking est fermé.", "--dry-run")[1]
    )
    assert said not in desk.type("update", SLUG, "--say", "Venez à pied.", "--dry-run")[1]
