"""From ballots to ledger entries, once."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from mailer import ledger, polls
from mailer.model.entry import Channel, Entry, Trust
from mailer.model.finding import PartStat

NOW = datetime(2025, 3, 20, 9, tzinfo=UTC)
NAMES = """Participants,Réunion
Camille Julien,yes
Marie Petit,no
Élodie Lefevre,maybe
Inconnu Au Bataillon,yes
Benoît D'Haene,
"""


def put_in(read, roll, entries: list[Entry], text: str) -> list[Entry]:
    """Take a poll in; return what is new."""
    poll = read(text)
    voters = polls.voters(poll, 0, roll, entries)
    new = polls.heard(voters, poll.kind, "diagnosis", NOW, "digest")
    entries += [replace(entry, number=len(entries) + place) for place, entry in enumerate(new, 1)]
    return new


def test_votes_become_entries(read, roll) -> None:
    """A sure match counts; an unsure one waits; a cell without an answer says nothing."""
    entries: list[Entry] = []
    new = put_in(read, roll, entries, NAMES)
    standings = ledger.attendance(entries)

    assert [entry.invitee for entry in new] == ["camille", "", "elodie", ""]
    assert [entry.fact.why for entry in new] == ["", "ambiguous-voter", "", "unknown-voter"]
    assert {(Channel.POLL, Trust.ADDRESS)} == {(entry.channel, entry.fact.trust) for entry in new}
    assert PartStat.ACCEPTED is standings["camille"].partstat
    assert standings[""].whys == ("ambiguous-voter", "unknown-voter")


def test_the_same_file_twice_changes_nothing(read, roll) -> None:
    """What the ledger knows is not written again, matched or not."""
    entries: list[Entry] = []
    put_in(read, roll, entries, NAMES)

    assert put_in(read, roll, entries, NAMES) == []


def test_only_what_changed_is_news(read, roll) -> None:
    """A later export of the same poll brings the vote that changed."""
    entries: list[Entry] = []
    put_in(read, roll, entries, NAMES)
    new = put_in(read, roll, entries, NAMES.replace("Julien,yes", "Julien,no"))

    assert [entry.invitee for entry in new] == ["camille"]
    assert PartStat.DECLINED is ledger.attendance(entries)["camille"].partstat


def test_a_vote_alone_that_may_be_somebodys_waits_there(read, roll) -> None:
    """With one candidate, the vote waits among what that invitee said."""
    new = put_in(read, roll, [], "Participants,Réunion\nElodie Lefevbre,yes\n")

    assert [(e.invitee, e.fact.held, e.fact.why) for e in new] == [("elodie", True, "similar-voter")]


def test_a_vote_from_the_future_was_cast_now(read, roll) -> None:
    """A clock that is wrong does not put a vote after everything that is said later."""
    text = "Nom,E-mail,Répondu le (Europe/Paris),Lundi\nCamille Julien,,2030-01-01 00:00:00,Oui\n"
    (entry,) = put_in(read, roll, [], text)

    assert entry.fact.said_at == NOW


def test_heads_come_with_a_yes(read, roll) -> None:
    """How many come is asked by some forms; for a no it says nothing."""
    text = "Horodateur,Nom,Venez-vous ?,Nombre\n12/03/2025 09:00:00,Camille Julien,Oui,3\n"
    text += "12/03/2025 09:00:00,Jean Dupont,Non,1\n"
    claims = [entry.fact.finding.claim for entry in put_in(read, roll, [], text)]

    assert [(c.partstat, c.headcount) for c in claims] == [(PartStat.ACCEPTED, 3), (PartStat.DECLINED, None)]
