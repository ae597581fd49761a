"""Turning ballots into ledger entries."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from mailer import ledger, polls
from mailer.jobs.poll import meaning
from mailer.model.entry import Channel, Entry, Heard, Trust
from mailer.model.finding import Answer, PartStat
from mailer.model.people import Invitee, Register
from tests.polls.conftest import Read

NOW = datetime(2025, 3, 20, 9, tzinfo=UTC)
NAMES = """Participants,Réunion
Camille Julien,yes
Marie Petit,no
Élodie Lefevre,maybe
Inconnu Au Bataillon,yes
Benoît D'Haene,
"""


def put_in(read: Read, roll: list[Invitee], entries: list[Entry], text: str) -> list[Entry]:
    """Read a poll into the ledger and return the new entries."""
    poll = read(text)
    voters = polls.voters(polls.votes(poll, 0, meaning), roll, entries)
    new = polls.ledger_entries(voters, poll.kind, "diagnosis", NOW, "digest")
    entries += [replace(entry, number=len(entries) + place) for place, entry in enumerate(new, 1)]
    return new


def register(roll: list[Invitee]) -> Register:
    """Return the register with these on it."""
    return Register({invitee.ref: invitee for invitee in roll})


def facts(entries: list[Entry]) -> list[Heard]:
    """Return what the entries say."""
    found = [entry.fact for entry in entries if isinstance(entry.fact, Heard)]
    assert len(found) == len(entries)
    return found


def test_votes_become_entries(read: Read, roll: list[Invitee]) -> None:
    """A certain match counts, an uncertain one is held, and a cell without an answer gives no entry."""
    entries: list[Entry] = []
    new = put_in(read, roll, entries, NAMES)
    standings = ledger.attendance(entries, register(roll))

    assert [entry.invitee for entry in new] == ["camille", "", "elodie", ""]
    assert [fact.why for fact in facts(new)] == ["", "ambiguous-voter", "", "unknown-voter"]
    assert {(Channel.POLL, Trust.ADDRESS)} == {
        (entry.channel, fact.trust) for entry, fact in zip(new, facts(new), strict=True)
    }
    assert PartStat.ACCEPTED is standings["camille-1"].partstat
    assert standings[""].whys == ("ambiguous-voter", "unknown-voter")


def test_the_same_file_twice_changes_nothing(read: Read, roll: list[Invitee]) -> None:
    """A vote the ledger has is not written again, matched or not."""
    entries: list[Entry] = []
    put_in(read, roll, entries, NAMES)

    assert put_in(read, roll, entries, NAMES) == []


def test_only_what_changed_is_news(read: Read, roll: list[Invitee]) -> None:
    """A later export of the same poll brings the vote that changed."""
    entries: list[Entry] = []
    put_in(read, roll, entries, NAMES)
    new = put_in(read, roll, entries, NAMES.replace("Julien,yes", "Julien,no"))

    assert [entry.invitee for entry in new] == ["camille"]
    assert PartStat.DECLINED is ledger.attendance(entries, register(roll))["camille-1"].partstat


def test_a_vote_alone_that_may_be_somebodys_waits_there(read: Read, roll: list[Invitee]) -> None:
    """A held vote with one candidate is an entry of that invitee."""
    new = put_in(read, roll, [], "Participants,Réunion\nElodie Lefevbre,yes\n")

    (fact,) = facts(new)
    assert [entry.invitee for entry in new] == ["elodie"]
    assert (fact.held, fact.why) == (True, "similar-voter")


def test_a_vote_from_the_future_was_cast_now(read: Read, roll: list[Invitee]) -> None:
    """The time of a vote is never later than now, even if the other program's clock is wrong."""
    text = "Nom,E-mail,Répondu le (Europe/Paris),Lundi\nCamille Julien,,2030-01-01 00:00:00,Oui\n"
    (fact,) = facts(put_in(read, roll, [], text))

    assert fact.said_at == NOW


def test_heads_come_with_a_yes(read: Read, roll: list[Invitee]) -> None:
    """The number of people in a form is recorded with a yes, not with a no."""
    text = "Horodateur,Nom,Venez-vous ?,Nombre\n12/03/2025 09:00:00,Camille Julien,Oui,3\n"
    text += "12/03/2025 09:00:00,Jean Dupont,Non,1\n"
    claims = [fact.finding.claim for fact in facts(put_in(read, roll, [], text))]

    assert claims == [Answer(PartStat.ACCEPTED, 3), Answer(PartStat.DECLINED, None)]


def test_the_last_answer_of_a_person_counts(read: Read, roll: list[Invitee]) -> None:
    """Also where one has the address and the other the name alone, in whichever order they stand; a couple at one address are two."""
    text = "Horodateur,Adresse e-mail,Nom,Venez-vous ?\n"
    text += "13/03/2025 09:00:00,,Camille Julien,Non\n12/03/2025 09:00:00,camille@example.org,,Oui\n"
    text += "12/03/2025 09:00:00,roux@example.org,Paul Roux,Oui\n12/03/2025 09:00:00,roux@example.org,Ève Roux,Non\n"
    new = put_in(read, roll, [], text)
    claims = [fact.finding.claim for fact in facts(new)]

    assert [entry.invitee for entry in new] == ["camille", "couple", "couple"]
    assert claims == [Answer(PartStat.DECLINED), Answer(PartStat.ACCEPTED), Answer(PartStat.DECLINED)]
