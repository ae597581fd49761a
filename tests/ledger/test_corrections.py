"""Corrections in a returned attendance table, compared with what the ledger has recorded since."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mailer import ledger
from mailer.model.attendance import ReturnedRow, Standing
from mailer.model.entry import Attended, Channel, Heard, Presence, Reviewed
from mailer.model.finding import Answer, PartStat
from mailer.model.people import Register
from tests.ledger.conftest import Invite, Roll, Story


@pytest.fixture
def roll(invite: Invite) -> Roll:
    """Ann, Bob, and a couple that shares an address."""
    return [invite("ann", "Ann Lefèvre"), invite("bob", "Bob Roux"), invite("cyd", "Cyd Petit", "Col Petit")]


def register(story: Story, roll: Roll) -> Register:
    """The register with these on it."""
    story.roll = {invitee.ref: invitee for invitee in roll}
    return story.register


def lines(story: Story, roll: Roll, **edits: dict[str, str]) -> list[ReturnedRow]:
    """The table as it is exported now, with cells changed; keys are references of persons, ``-`` left out."""
    table = []
    for number, row in enumerate(ledger.rows(roll, standings(story, roll)), 2):
        standing = row.standing
        cells = {
            "last_name": row.contact.last_name,
            "first_name": row.contact.first_name,
            "email": row.contact.email,
            "answer": standing.partstat.word,
            "party_size": "" if row.party_size is None else str(row.party_size),
            "comment": standing.remark,
            "presence": row.presence.value if row.presence else "",
            "review": "yes" if standing.review else "",
        }
        cells |= edits.get(row.person.ref.replace("-", ""), {})
        table.append(ReturnedRow(number, cells, row.person.ref, last_entry=standing.last_entry))
    return table


def standings(story: Story, roll: Roll) -> dict[str, Standing]:
    """Where everybody on the roll stands."""
    return ledger.attendance(story.entries, register(story, roll))


def changed(diff: ledger.Diff) -> list[tuple[str, str, str, str, bool]]:
    """Who, what, from what to what, and whether the ledger disagrees."""
    return [(c.row.contact.first_name, c.column, c.before, c.after, c.conflict) for c in diff.changes]


def put_in(story: Story, diff: ledger.Diff) -> None:
    """Write the changes into the ledger."""
    for entry in ledger.corrected(diff.changes, "diagnosis", story.entries[-1].recorded_at, "camille"):
        story.entries.append(replace(entry, number=len(story.entries) + 1))


def test_a_table_that_was_only_saved_again_changes_nothing(story: Story, roll: Roll) -> None:
    """In any order, with lines left out, there is no change and no problem."""
    story.text("ACCEPTED", 1, 3)
    story.text("TENTATIVE", 1, who="cyd")
    table = lines(story, roll)

    assert ledger.Diff() == ledger.corrections(
        table, register(story, roll), story.standings, story.entries_of, "t.csv"
    )
    assert ledger.Diff() == ledger.corrections(
        table[:0:-1], register(story, roll), story.standings, story.entries_of, "t.csv"
    )


def test_each_changed_cell_is_a_change(story: Story, roll: Roll) -> None:
    """Answer, headcount, presence and comment can be corrected, and the table then shows the correction."""
    story.text("ACCEPTED", 1, 3)
    table = lines(
        story,
        roll,
        ann={"party_size": "2", "comment": "vient avec sa sœur"},
        bob={"answer": "declined", "presence": "excused"},
    )
    diff = ledger.corrections(table, register(story, roll), story.standings, story.entries_of, "t.csv")

    assert changed(diff) == [
        ("Ann", "party_size", "3", "2", False),
        ("Ann", "comment", "", "vient avec sa sœur", False),
        ("Bob", "answer", "none", "declined", False),
        ("Bob", "presence", "", "excused", False),
    ]
    put_in(story, diff)
    bob = story.standings["bob"]
    assert (story.place, story.ann.note) == ("accepted 2", "vient avec sa sœur")
    assert (bob.partstat, bob.presence, bob.channel) == (PartStat.DECLINED, Presence.EXCUSED, Channel.STAFF)
    assert {"camille"} == {entry.author for entry in story.entries if entry.channel is Channel.STAFF}
    assert (
        ledger.corrections(table, register(story, roll), story.standings, story.entries_of, "t.csv").changes
        == ()
    )


def test_what_the_ledger_learnt_since_is_no_correction(story: Story, roll: Roll) -> None:
    """A table from yesterday does not undo an answer of this morning."""
    table = lines(story, roll)
    story.text("ACCEPTED", 1, 2)

    assert ledger.Diff() == ledger.corrections(
        table, register(story, roll), story.standings, story.entries_of, "t.csv"
    )


def test_a_change_against_what_the_ledger_learnt_is_a_conflict(story: Story, roll: Roll) -> None:
    """A cell that both the person and the ledger changed is a conflict, shown with the current standing."""
    table = lines(story, roll, ann={"answer": "declined"})
    story.text("ACCEPTED", 1, 2)
    diff = ledger.corrections(table, register(story, roll), story.standings, story.entries_of, "t.csv")

    assert changed(diff) == [("Ann", "answer", "accepted", "declined", True)]


@pytest.mark.parametrize(
    ("cells", "reference", "code"),
    [
        ({"last_name": "Nobody", "email": "x@example.org"}, "", "line-unknown"),
        ({"last_name": "Petit", "first_name": "", "email": "cyd@example.org"}, "", "line-ambiguous"),
        ({"last_name": "Roux", "first_name": "Bob", "email": "bob@example.org"}, "ann", "line-mixed-up"),
    ],
)
def test_a_line_that_fits_nobody_changes_nothing(
    story: Story, roll: Roll, cells: dict[str, str], reference: str, code: str
) -> None:
    """Added lines, lines of two people, and lines whose columns were sorted apart are reported and change nothing."""
    line = ReturnedRow(7, {"answer": "accepted"} | cells, reference)
    diff = ledger.corrections([line], register(story, roll), story.standings, story.entries_of, "t.csv")

    assert ((), [(code, 7)]) == (diff.changes, [(p.code, p.origin.line) for p in diff.problems])


@pytest.mark.parametrize(
    "cells",
    [
        {"email": "BOB@example.org"},
        {"last_name": "ROUX", "first_name": "Bob"},
        {"last_name": "Roux", "first_name": "Bob", "email": "elsewhere@example.org"},
    ],
)
def test_a_line_without_its_reference_is_found(story: Story, roll: Roll, cells: dict[str, str]) -> None:
    """By address, or by name, where that is one person's alone."""
    diff = ledger.corrections(
        [ReturnedRow(2, cells | {"answer": "accepted"})],
        register(story, roll),
        story.standings,
        story.entries_of,
        "t.csv",
    )

    assert [change.row.contact.first_name for change in diff.changes] == ["Bob"]


def test_a_line_that_is_there_twice_counts_once(story: Story, roll: Roll) -> None:
    """Of two lines for the same person the first counts, and the other is reported."""
    twice = [ReturnedRow(n, {"email": "bob@example.org", "answer": "accepted"}) for n in (2, 3)]
    diff = ledger.corrections(twice, register(story, roll), story.standings, story.entries_of, "t.csv")

    assert (len(diff.changes), [problem.code for problem in diff.problems]) == (1, ["line-twice"])


def test_half_a_couple_comes(story: Story, roll: Roll) -> None:
    """One of two comes and the other does not: so it is recorded, and the same table changes nothing more."""
    table = lines(story, roll, cyd1={"answer": "accepted"}, cyd2={"answer": "declined"})
    diff = ledger.corrections(table, register(story, roll), story.standings, story.entries_of, "t.csv")
    put_in(story, diff)

    said = standings(story, roll)
    assert (said["cyd-1"].partstat, said["cyd-2"].partstat) == (PartStat.ACCEPTED, PartStat.DECLINED)
    assert {entry.person for entry in story.entries if entry.channel is Channel.STAFF} == {"cyd-1", "cyd-2"}
    again = ledger.corrections(
        lines(story, roll), register(story, roll), story.standings, story.entries_of, "t.csv"
    )
    assert ledger.Diff() == again
    assert ledger.Diff() == ledger.corrections(
        table, register(story, roll), story.standings, story.entries_of, "t.csv"
    )


def test_a_table_from_before_names_the_place_among_those_of_an_address(story: Story, roll: Roll) -> None:
    """A reference of an invitee with a place means that member, and a place that nobody has is nobody's."""
    cells = {"last_name": "Petit", "first_name": "Col", "email": "cyd@example.org", "answer": "declined"}
    table = [ReturnedRow(2, cells, "cyd", 2), ReturnedRow(3, {"answer": "declined"}, "cyd", 3)]
    diff = ledger.corrections(table, register(story, roll), story.standings, story.entries_of, "t.csv")

    assert [change.row.person.ref for change in diff.changes] == ["cyd-2"]
    assert [problem.code for problem in diff.problems] == ["line-unknown"]


def test_each_of_a_couple_is_seen_apart(story: Story, roll: Roll) -> None:
    """Presence is noted person by person."""
    table = lines(story, roll, cyd2={"presence": "present"})
    put_in(
        story, ledger.corrections(table, register(story, roll), story.standings, story.entries_of, "t.csv")
    )

    rows = ledger.rows(roll[2:], standings(story, roll))
    assert [row.presence for row in rows] == [None, Presence.PRESENT]


def test_an_emptied_presence_is_taken_back(story: Story, roll: Roll) -> None:
    """A presence noted at the check-in is removed when its cell is emptied."""
    story.seen(Presence.PRESENT)
    table = lines(story, roll, ann={"presence": ""})
    put_in(
        story, ledger.corrections(table, register(story, roll), story.standings, story.entries_of, "t.csv")
    )

    assert story.ann.presence is None


def test_an_emptied_comment_is_taken_away(story: Story, roll: Roll) -> None:
    """Staff can take their note away again."""
    story.staff("ACCEPTED", 1, note="à rappeler")
    table = lines(story, roll, ann={"comment": ""})
    put_in(
        story, ledger.corrections(table, register(story, roll), story.standings, story.entries_of, "t.csv")
    )

    assert (story.ann.remark, story.place) == ("", "accepted")


def test_an_emptied_check_mark_closes_what_waits(story: Story, roll: Roll) -> None:
    """Whoever empties the cell has looked: what waits is closed, and an answer that counts stays."""
    story.heard(Answer(PartStat.ACCEPTED, number_to_check=True), 1)
    story.unclear(2)
    story.heard(Answer(PartStat.ACCEPTED, asks=True), 3)
    table = lines(story, roll, ann={"review": ""})
    diff = ledger.corrections(table, register(story, roll), story.standings, story.entries_of, "t.csv")
    put_in(story, diff)

    assert story.place == "accepted"
    assert [e.fact.applied for e in story.entries if isinstance(e.fact, Reviewed)] == [
        True,
        False,
        True,
    ]


def test_a_no_that_names_somebody_else_stays_a_no(story: Story, roll: Roll) -> None:
    """Emptying the check mark keeps no place for the other one; the word for it in the answer does."""
    story.heard(Answer(PartStat.DECLINED, delegate="un collègue"), 1)
    story.heard(Answer(PartStat.DECLINED, delegate="une collègue"), 1, who="bob")
    table = lines(story, roll, ann={"review": ""}, bob={"review": "", "answer": "delegated"})
    diff = ledger.corrections(table, register(story, roll), story.standings, story.entries_of, "t.csv")
    put_in(story, diff)

    bob = story.standings["bob"]
    assert (story.place, story.ann.delegate) == ("declined 0", "")
    assert (bob.partstat, bob.headcount, bob.review) == (PartStat.DELEGATED, 1, False)


def test_an_emoji_that_cp1252_cannot_hold_is_no_change(story: Story, roll: Roll) -> None:
    """A question mark left by a spreadsheet that saves in cp1252 is no correction."""
    story.calendar("ACCEPTED", 1, comment="à lundi 😀 !")
    table = lines(story, roll, ann={"comment": "à lundi ? !"})

    assert ledger.Diff() == ledger.corrections(
        table, register(story, roll), story.standings, story.entries_of, "t.csv"
    )


def test_a_table_for_programs_tells_less_about_absence(story: Story, roll: Roll) -> None:
    """In the export for programs an excused invitee is absent; that is not a correction."""
    story.seen(Presence.EXCUSED)
    table = [replace(line, exact=False) for line in lines(story, roll, ann={"presence": "absent"})]

    assert ledger.Diff() == ledger.corrections(
        table, register(story, roll), story.standings, story.entries_of, "t.csv"
    )


def test_facts_are_what_the_ledger_knows(story: Story, roll: Roll) -> None:
    """A note alone changes no answer, and a presence is no answer either."""
    story.text("DECLINED", 1)
    table = lines(story, roll, ann={"comment": "malgré tout", "presence": "present"})
    put_in(
        story, ledger.corrections(table, register(story, roll), story.standings, story.entries_of, "t.csv")
    )

    assert [Heard, Attended] == [type(entry.fact) for entry in story.entries[-2:]]
    assert (
        story.ann.partstat,
        story.ann.presence,
        story.ann.note,
    ) == (PartStat.DECLINED, Presence.PRESENT, "malgré tout")
