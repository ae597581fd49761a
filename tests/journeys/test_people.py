"""Test the commands that change one person, as staff type them, and that the advice they give can be followed."""

from __future__ import annotations

import re
import shlex

import pytest

from mailer.demo import clients
from mailer.jobs import find, roll
from mailer.model.entry import Heard
from mailer.store.sql import open_store
from tests.journeys.conftest import SLUG, Desk
from tests.journeys.test_hellemmes import AT, attendance, letters

PAUL = "M.;Martin;Paul;;paul.martin@example.net"
COUPLE = ("M.;Moreau;Jean;;moreau@example.org", "Mme;Moreau;Lucie;;moreau@example.org")


def advised(shown: str) -> list[list[str]]:
    """The commands that were advised, without the program's name."""
    quoted = re.findall(r"[«“:]\s*mailer ([a-z]+ [^»”;]*?)(?=\s*[»”]|\. |\.$|;)", shown)
    return [shlex.split(each) for each in quoted]


@pytest.fixture
def invited(desk: Desk) -> Desk:
    """A couple and one more, who are invited."""
    desk.invite(*COUPLE, PAUL)
    assert desk.type("send", SLUG, "--yes")[0] == 0
    desk.office.delivered.clear()
    return desk


def told(desk: Desk) -> list[str]:
    """To whom letters went."""
    return [letter.recipient for letter in desk.office.delivered]


def test_somebody_is_added_and_invited(invited: Desk) -> None:
    """The command says what sends the invitation, and that sends it to nobody else."""
    status, shown = invited.type("add", SLUG, "zoe@example.org", "--name", "Zoé Blanc")
    assert status == 0
    (send,) = advised(shown)
    assert invited.type(*send, "--yes")[0] == 0
    assert told(invited) == ["zoe@example.org"]

    status, shown = invited.type("add", SLUG, "zoe@example.org", "--name", "Zoé Blanc")
    assert status == 0
    assert "rien ne change" in shown


def test_an_address_that_is_taken_is_shared_on_a_word(invited: Desk) -> None:
    """Without it nothing changes, and both ways on are named; the one that shares works."""
    status, shown = invited.type("move", SLUG, "Paul Martin", "moreau@example.org")
    assert status == 2
    share, merge = advised(shown)
    assert share == ["move", SLUG, "paul.martin@example.net", "moreau@example.org", "--yes"]
    assert merge[0] == "merge"

    status, shown = invited.type(*share)
    assert status == 0
    assert "Jean Moreau" in shown
    assert "Lucie Moreau" in shown


def test_two_lines_are_merged_and_parted_again(invited: Desk) -> None:
    """What the other command advised works, and is undone."""
    _, shown = invited.type("move", SLUG, "Paul Martin", "moreau@example.org")
    _share, merge = advised(shown)
    assert invited.type(*merge)[0] == 0
    assert "Personne" in invited.type("withdraw", SLUG, "Paul Martin", "--yes")[1]

    assert invited.type("merge", SLUG, "Jean Moreau", "Paul Martin", "--undo")[0] == 0
    assert invited.type("withdraw", SLUG, "Paul Martin", "--yes")[0] == 0


def test_one_invitation_is_withdrawn(invited: Desk) -> None:
    """Nobody is asked without a terminal, so nothing changes; with --yes the advice tells the one concerned."""
    assert invited.type("withdraw", SLUG, "Paul Martin")[0] == 2
    status, shown = invited.type("withdraw", SLUG, "Paul Martin", "--yes")
    assert status == 0
    (cancel,) = advised(shown)
    invited.type(*cancel, "--yes")
    assert told(invited) == ["paul.martin@example.net"]


def test_one_of_two_is_withdrawn_without_a_letter(invited: Desk) -> None:
    """The other one is named, and nothing is advised that would tell them."""
    status, shown = invited.type("withdraw", SLUG, "Lucie Moreau", "--yes")

    assert status == 0
    assert "Jean Moreau" in shown
    assert advised(shown) == []


def test_an_objection_names_everybody_at_the_address(desk: Desk) -> None:
    """Reading says who is not written to any more; writing again takes the words of who asked for it."""
    desk.invite(*COUPLE, PAUL)
    desk.type("send", SLUG, "--yes")
    (letter,) = letters(desk, "moreau@example.org")
    stop = next(link for link in letter.links if "desinscription" in link[1])
    head = f"From: <moreau@example.org>\r\nTo: {stop[0]}\r\nSubject: {stop[1]}\r\nMessage-ID: <3@example.org>\r\n\r\n\r\n"
    desk.office.post("moreau@example.org", head.encode())
    _, shown = desk.type("read")
    assert "Jean Moreau, Lucie Moreau" in shown

    status, shown = desk.type("allow", SLUG, "Jean Moreau")
    assert (status, "--asked-again" in shown) == (2, True)
    assert desk.type("allow", SLUG, "Jean Moreau", "--asked-again", "au marché, le 3")[0] == 0
    status, shown = desk.type("allow", SLUG, "Paul Martin")
    assert (status, "rien ne change" in shown) == (0, True)


def test_check_names_who_has_to_be_asked(invited: Desk) -> None:
    """A name at two addresses is named with the commands; the one that merges settles it, and the check is silent."""
    invited.invite(*COUPLE, PAUL, "M.;Martin;Paul;;p.martin@example.org")
    _, shown = invited.type("check", SLUG)
    assert "p.martin@example.org" in shown
    assert "les deux adresses recevront" not in shown
    assert "ne gardez qu’une des lignes" not in shown
    merge = next(each for each in advised(shown) if each[0] == "merge")
    assert invited.type(*merge)[0] == 0

    _, shown = invited.type("check", SLUG)
    assert [each for each in advised(shown) if each[0] == "merge"] == []
    assert "p.martin@example.org" not in shown
    assert (
        "ne gardez qu’une des lignes"
        in invited.type("contacts", str(invited.path / "contacts" / "invites.csv"))[1]
    )


def test_one_of_two_is_forgotten(invited: Desk) -> None:
    """The address names both, so nothing is erased; the reference that is shown erases the one."""
    status, shown = invited.type("forget", "moreau@example.org", "--yes")
    assert status == 2
    ref = re.search(r"Lucie Moreau \(([a-z2-7]{16})\)", shown)
    assert ref
    status, shown = invited.type("forget", ref[1], "--yes")
    assert status == 0
    assert "Jean Moreau" in shown

    text = (invited.path / "contacts" / "invites.csv").read_text("utf-8-sig")
    assert "Lucie" not in text
    assert "Moreau;Jean;;moreau@example.org" in text
    assert invited.type("why", SLUG, "moreau@example.org")[0] == 0


def test_a_letter_to_a_former_address_still_brings_an_answer(desk: Desk) -> None:
    """Who joined another address answers their old letter from the old one: it is theirs, and nobody else's."""
    desk.invite(*COUPLE, PAUL)
    desk.type("send", SLUG, "--yes")
    (letter,) = letters(desk, "paul.martin@example.net")
    assert desk.type("move", SLUG, "Paul Martin", "moreau@example.org", "--yes")[0] == 0
    desk.office.post("paul.martin@example.net", clients.thunderbird(letter, AT, "DECLINED"))
    assert desk.type("read", now="2025-03-20T09:00+01:00")[0] == 0

    store = open_store(f"sqlite:///{desk.path}/data/mailer.sqlite")
    paul = find.person(roll.invitees(store, SLUG), "Paul Martin")
    said = [entry for entry in store.entries(SLUG) if isinstance(entry.fact, Heard)]
    store.close()
    assert [(entry.invitee, entry.person) for entry in said] == [(paul.invitee.ref, paul.person.ref)]
    assert len(paul.invitee.members) == 3


def test_an_answer_from_an_address_before_counts(desk: Desk) -> None:
    """Who moved alone answers the old letter from the old address, and nothing waits."""
    desk.invite(*COUPLE, PAUL)
    desk.type("send", SLUG, "--yes")
    (letter,) = letters(desk, "paul.martin@example.net")
    assert desk.type("move", SLUG, "Paul Martin", "p.martin@example.org")[0] == 0
    desk.office.post("paul.martin@example.net", clients.thunderbird(letter, AT, "ACCEPTED"))

    assert desk.type("read", now="2025-03-20T09:00+01:00")[0] == 0
    row = attendance(desk)["p.martin@example.org"]
    assert (row["answer"], row["review"]) == ("accepted", "")


def test_what_is_said_after_somebody_was_erased_is_not_said_by_them(desk: Desk) -> None:
    """Of a couple, one is erased and the other says yes: one comes."""
    desk.invite(*COUPLE, PAUL)
    assert desk.type("send", SLUG, "--yes")[0] == 0
    (letter,) = letters(desk, "moreau@example.org")
    _, shown = desk.type("forget", "Jean Moreau", "--yes")
    reference = re.findall(r"Jean Moreau <\S+> \((\w+)\)", shown)[0]
    assert desk.type("forget", reference, "--yes")[0] == 0

    desk.office.post("moreau@example.org", clients.thunderbird(letter, AT, "ACCEPTED"))
    desk.type("read", now="2025-03-15T09:00+01:00")

    said = {address: row["answer"] for address, row in attendance(desk).items()}
    assert said == {"": "none", "moreau@example.org": "accepted", "paul.martin@example.net": "none"}
