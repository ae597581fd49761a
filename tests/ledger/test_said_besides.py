"""What an answer says besides yes and no: remark, proxy, range, adults and children, and how sure it is."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from mailer import ledger
from mailer.model.attendance import Row
from mailer.model.finding import Answer, PartStat
from tests.ledger import test_corrections
from tests.ledger.conftest import Invite, Roll, Story

YES, NO, PERHAPS = Answer(PartStat.ACCEPTED), Answer(PartStat.DECLINED), Answer(PartStat.TENTATIVE)


def yes(heads: int | None = None, **more: Any) -> Answer:
    """A yes with what else it says."""
    return Answer(PartStat.ACCEPTED, heads, **more)


def rows(story: Story, roll: Roll) -> list[Row]:
    """The lines of these people."""
    story.roll |= {invitee.ref: invitee for invitee in roll}
    return ledger.rows(roll, story.standings)


class TestRemark:
    """What is said besides is the comment that staff see."""

    def test_of_words(self, story: Story) -> None:
        """The remark of the answer that counts."""
        story.heard(replace(YES, remark="j'arriverai à 15 h"), 1)

        assert (story.ann.comment, story.ann.remark) == ("j'arriverai à 15 h", "j'arriverai à 15 h")

    @pytest.mark.parametrize(
        ("typed", "remark", "shown"),
        [
            ("", "en fauteuil", "en fauteuil"),
            ("avec mon mari", "", "avec mon mari"),
            ("Je serai en retard. Cordialement", "je serai en retard", "Je serai en retard. Cordialement"),
            ("en retard", "je serai en retard", "je serai en retard"),
            ("à lundi", "en fauteuil", "à lundi / en fauteuil"),
        ],
    )
    def test_beside_a_button(self, story: Story, typed: str, remark: str, shown: str) -> None:
        """Behind what was typed into the calendar, and each thing once."""
        story.calendar("ACCEPTED", 1, comment=typed)
        entry = story.entries[-1]
        fact: Any = entry.fact
        finding = replace(fact.finding, claim=replace(YES, remark=remark))
        story.entries[-1] = replace(entry, fact=replace(fact, finding=finding))

        assert story.ann.comment == shown

    def test_of_an_answer_that_a_person_confirmed(self, story: Story) -> None:
        """What was only proposed keeps its remark when it is decided, and has none before."""
        entry = story.unclear(1, replace(YES, remark="si le train arrive"))
        assert story.ann.comment == ""
        story.decided(entry, 2)

        assert story.ann.comment == "si le train arrive"

    def test_who_says_the_same_again_takes_nothing_back(self, story: Story) -> None:
        """A confirmation without a remark, one with the same, one with another; also with another number."""
        story.heard(replace(YES, remark="en fauteuil"), 1)
        story.heard(YES, 2)
        story.heard(replace(YES, remark="En fauteuil."), 3)
        assert story.ann.comment == "en fauteuil"
        story.heard(yes(3, remark="j'arriverai à 15 h"), 4)
        assert story.ann.comment == "en fauteuil / j'arriverai à 15 h"
        story.heard(yes(4), 5)

        assert story.ann.comment == "en fauteuil / j'arriverai à 15 h"

    def test_another_answer_has_a_remark_of_its_own(self, story: Story) -> None:
        """What was said beside a yes does not stand beside a no."""
        story.heard(replace(YES, remark="en fauteuil"), 1)
        story.heard(NO, 2)

        assert story.ann.comment == ""

    def test_what_staff_wrote_stands_first(self, story: Story) -> None:
        """Their note is shown, and the remark stays in the history."""
        story.heard(replace(YES, remark="en fauteuil"), 1)
        story.staff("ACCEPTED", 2, note="place au premier rang")

        assert (story.ann.remark, story.ann.comment) == ("place au premier rang", "en fauteuil")

    def test_of_an_answer_corrected_in_the_table(self, story: Story, invite: Invite) -> None:
        """Another number, and another answer: what stood in the cell of the remark stays in it."""
        roll = [invite("ann", "Ann Lefèvre"), invite("bob", "Bob Roux")]
        story.heard(yes(3, remark="en fauteuil"), 1)
        story.heard(yes(3, remark="en retard", proxy_to="Mme X"), 1, who="bob")
        corrected(story, roll, ann={"party_size": "2"}, bob={"answer": "declined"})

        assert (story.place, story.ann.remark) == ("accepted 2", "en fauteuil")
        bob = story.standings["bob"]
        assert (bob.partstat, bob.remark, bob.proxy_to) == (PartStat.DECLINED, "en retard", "")

    def test_of_what_waits_and_is_confirmed_in_the_table(self, story: Story, invite: Invite) -> None:
        """Staff write the answer that the mail proposes; who writes another one has not confirmed it."""
        roll = [invite("ann", "Ann Lefèvre"), invite("bob", "Bob Roux")]
        for who in ("ann", "bob"):
            story.unclear(1, replace(NO, remark="je reste en contact", proxy_to="Mme X"), who=who)
        corrected(story, roll, ann={"answer": "declined", "review": ""}, bob={"answer": "accepted"})

        assert (story.place, story.ann.remark, story.ann.proxy_to) == (
            "declined 0",
            "je reste en contact",
            "Mme X",
        )
        bob = story.standings["bob"]
        assert (bob.partstat, bob.remark, bob.proxy_to) == (PartStat.ACCEPTED, "", "")


def corrected(story: Story, roll: Roll, **edits: dict[str, str]) -> None:
    """Staff correct the table and give it back."""
    edited = test_corrections.lines(story, roll, **edits)
    diff = ledger.corrections(edited, story.register, story.standings, story.entries_of, "t.csv")
    waiting = ledger.review(story.entries, story.standings)
    for entry in ledger.corrected(diff.changes, "diagnosis", story.entries[-1].recorded_at, "x", waiting):
        story.add(entry.fact, 9, who=entry.invitee, person=entry.person, note=entry.note)


class TestProxy:
    """Who holds somebody's proxy is kept; nobody comes for it."""

    def test_is_kept_with_the_no(self, story: Story, invite: Invite) -> None:
        """It waits for nobody, brings no chair, and a second no without it takes it not back."""
        story.heard(replace(NO, proxy_to="Mme Lesaffre", remark="pouvoir"), 1)
        story.heard(NO, 2)

        assert (story.place, story.ann.proxy_to, story.ann.delegate) == ("declined 0", "Mme Lesaffre", "")
        counted = ledger.count(rows(story, [invite("ann")]), story.standings)
        assert counted.turnout == (0, 0)

    def test_goes_with_the_answer(self, story: Story) -> None:
        """Who comes after all needs none."""
        story.heard(replace(NO, proxy_to="Mme Lesaffre"), 1)
        story.heard(YES, 2)

        assert story.ann.proxy_to == ""

    def test_a_substitute_is_no_proxy(self, story: Story) -> None:
        """Somebody who comes instead waits for a person, with or without a question beside it."""
        story.heard(replace(NO, delegate="M. Martin", asks=True), 1)

        assert (story.place, story.ann.delegate, story.ann.proxy_to) == (
            "declined 0 ? names-a-delegate",
            "M. Martin",
            "",
        )
        assert not story.ann.glance


class TestNumber:
    """Range, adults and children go where the number goes."""

    def test_a_range(self, story: Story, invite: Invite) -> None:
        """Chairs by the upper end, and the lower one is known."""
        story.heard(yes(4, least=3), 1)
        (row,) = rows(story, [invite("ann")])

        assert (row.party_size, row.party_range) == (4, "3-4")
        counted = ledger.count([row], story.standings)
        assert (counted.headcount_least, counted.headcount, counted.headcount_perhaps) == (3, 4, 0)
        assert counted.turnout == (3, 4)

    def test_a_range_of_a_perhaps(self, story: Story, invite: Invite) -> None:
        """It adds its upper end to what perhaps adds, and nothing to the chairs."""
        story.heard(replace(PERHAPS, headcount=4, least=2), 1)
        (row,) = rows(story, [invite("ann")])

        assert row.party_range == "2-4"
        assert ledger.count([row], story.standings).turnout == (0, 4)

    @pytest.mark.parametrize(("heads", "least"), [(4, 4), (4, 5), (4, None), (None, 3)])
    def test_no_range(self, story: Story, invite: Invite, heads: int | None, least: int | None) -> None:
        """Without two ends there is none."""
        story.heard(yes(heads, least=least), 1)
        (row,) = rows(story, [invite("ann")])

        assert row.party_range == ""
        assert ledger.count([row], story.standings).headcount_least == (heads or 1)

    def test_a_yes_without_a_number_keeps_all_of_it(self, story: Story) -> None:
        """The number known, its range, adults and children; a new number replaces them."""
        story.heard(yes(4, least=3, adults=2, children=2), 1)
        story.heard(YES, 2)
        now = story.ann
        assert (now.headcount, now.least, now.adults, now.children) == (4, 3, 2, 2)
        story.heard(yes(2), 3)
        now = story.ann

        assert (now.headcount, now.least, now.adults, now.children) == (2, None, None, None)

    def test_a_no_has_none(self, story: Story) -> None:
        """Nor does the yes that follows it."""
        story.heard(yes(4, least=3, adults=2, children=2), 1)
        story.heard(NO, 2)
        story.heard(YES, 3)
        now = story.ann

        assert (now.headcount, now.least, now.adults, now.children) == (None, None, None, None)

    @pytest.mark.parametrize(
        ("said", "first", "second"),
        [
            (yes(4, least=3), (3, 2, None, None), (1, None, None, None)),
            (yes(2, least=1), (1, None, None, None), (1, 0, None, None)),
            (yes(5, adults=2, children=3), (4, None, 1, 3), (1, None, 1, None)),
            (yes(3, children=1), (2, None, None, 1), (1, None, None, None)),
            (yes(2, children=2), (1, None, None, None), (1, None, None, None)),
        ],
        ids=["range", "one-or-two", "children", "a-child", "more-children-than-there-is-room"],
    )
    def test_is_shared_out(
        self,
        story: Story,
        invite: Invite,
        said: Answer,
        first: tuple[int | None, ...],
        second: tuple[int | None, ...],
    ) -> None:
        """Of two people at one address both lines add up, at both ends; children stand on the first."""
        couple = story.roll["ann"] = invite("ann", "Ann A", "Al A")
        story.heard(said, 1)
        found = rows(story, [couple])

        assert [
            (one.headcount, one.least, one.adults, one.children) for one in (row.standing for row in found)
        ] == [first, second]
        counted = ledger.count(found, story.standings)
        assert (counted.headcount_least, counted.headcount) == (said.least or said.headcount, said.headcount)


class TestNumberToCheck:
    """People who are named without a number: the answer counts, and somebody looks."""

    def test_counts_and_waits(self, story: Story) -> None:
        """Until staff have looked."""
        entry = story.heard(yes(number_to_check=True), 1)
        assert story.place == "accepted ? number-to-check"
        story.decided(entry, 2)

        assert story.place == "accepted"

    def test_a_number_that_is_told_later_settles_it(self, story: Story) -> None:
        """By mail or by staff; a mere confirmation does not."""
        story.heard(yes(number_to_check=True), 1)
        story.heard(YES, 2)
        assert story.place == "accepted ? number-to-check"
        story.heard(yes(5), 3)

        assert story.place == "accepted 5"

    def test_a_number_of_before_does_not(self, story: Story) -> None:
        """Two come, and then friends of theirs."""
        story.heard(yes(2), 1)
        story.heard(yes(number_to_check=True), 2)

        assert story.place == "accepted 2 ? number-to-check"

    def test_who_does_not_come_has_no_number(self, story: Story) -> None:
        """A no settles it."""
        story.heard(yes(number_to_check=True), 1)
        story.heard(NO, 2)

        assert story.place == "declined 0"


class TestGlance:
    """What was recorded from words that are not certain is listed to be looked over."""

    @pytest.mark.parametrize(
        ("claim", "why"),
        [(replace(YES, glance=True), "glance"), (replace(YES, asks=True), "says-more"), (YES, "")],
    )
    def test_is_recorded_and_listed(self, story: Story, claim: Answer, why: str) -> None:
        """It counts, it does not wait, and a sure one is not listed."""
        story.heard(claim, 1)

        assert (story.place, story.ann.glance) == ("accepted", bool(why))
        assert [item.why for item in ledger.glances(story.entries, story.standings)] == [why] * bool(why)
        assert ledger.review(story.entries, story.standings) == []

    def test_is_confirmed_by_a_person(self, story: Story) -> None:
        """The decision takes it out of the list and leaves answer, moment and remark."""
        entry = story.heard(yes(3, glance=True, remark="en retard"), 1)
        before = story.ann
        story.decided(entry, 2)

        assert not story.ann.glance
        assert (
            story.ann.partstat,
            story.ann.headcount,
            story.ann.comment,
            story.ann.said_at,
            story.ann.seats,
        ) == (
            before.partstat,
            before.headcount,
            before.comment,
            before.said_at,
            before.seats,
        )

    def test_is_refused_by_a_person(self, story: Story) -> None:
        """Then it counts no more."""
        story.decided(story.heard(replace(YES, glance=True), 1), 2, applied=False)

        assert (story.place, story.ann.glance) == ("none", False)

    def test_is_confirmed_by_an_emptied_cell(self, story: Story, invite: Invite) -> None:
        """A table that is given back without a change confirms nothing."""
        roll = [invite("ann", "Ann Lefèvre")]
        story.heard(replace(YES, glance=True, remark="en retard"), 1)
        corrected(story, roll, ann={"review": "glance"})
        assert story.ann.glance
        corrected(story, roll, ann={"review": ""})

        assert (story.place, story.ann.glance, story.ann.remark) == ("accepted", False, "en retard")

    def test_is_settled_by_what_staff_heard_since(self, story: Story) -> None:
        """A call settles the mail of before, and not the one that follows."""
        story.heard(replace(YES, glance=True, asks=True), 1)
        story.staff("ACCEPTED", 2)
        assert not story.ann.glance
        entry = story.heard(replace(YES, asks=True), 3)

        assert story.ann.to_glance == (entry,)

    def test_a_sure_answer_settles_the_reading_and_leaves_the_question(self, story: Story) -> None:
        """A question that nobody has answered stays on the list."""
        story.heard(replace(YES, glance=True), 1)
        asked = story.heard(replace(YES, asks=True), 2)
        story.heard(NO, 3)

        assert story.ann.to_glance == (asked,)

    def test_a_number_that_was_not_certain_stays_to_be_looked_over(self, story: Story) -> None:
        """Who confirms without a number has not confirmed the number."""
        entry = story.heard(yes(4, least=3, glance=True), 1)
        story.heard(YES, 2)
        assert story.ann.to_glance == (entry,)
        story.heard(yes(3), 3)

        assert not story.ann.glance

    def test_what_waits_is_not_listed_twice(self, story: Story) -> None:
        """Somebody looks at it anyway."""
        story.heard(yes(glance=True, number_to_check=True), 1)

        assert (story.place, story.ann.glance) == ("accepted ? number-to-check", False)

    def test_is_counted_by_persons(self, story: Story, invite: Invite) -> None:
        """Two people whose one answer is to be looked over are two."""
        couple = story.roll["ann"] = invite("ann", "Ann A", "Al A")
        story.heard(yes(2, glance=True), 1)
        story.heard(YES, 1, who="bob")
        found = rows(story, [couple, invite("bob")])

        assert ledger.count(found, story.standings).glance == 2
