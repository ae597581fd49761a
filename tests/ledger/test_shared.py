"""Several people at one address: what is said by name, for all, and in numbers."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer import ledger
from mailer.model.attendance import Standing
from mailer.model.entry import Attended, Presence, Trust
from mailer.model.finding import Answer, PartStat, Undeliverable
from mailer.model.people import Invitee, Person
from tests.ledger import test_corrections
from tests.ledger.conftest import Invite, Story

JEAN, LUCIE = "moreau-1", "moreau-2"


@pytest.fixture
def couple(blank: Story, invite: Invite) -> Story:
    """A ledger that begins with an invitation to Jean and Lucie, who share an address."""
    return _couple(blank, invite)


def _couple(story: Story, invite: Invite) -> Story:
    story.roll["moreau"] = invite("moreau", "Jean Moreau", "Lucie Moreau")
    story.announced(0, 0)
    story.sent(who="moreau")
    return story


def said(story: Story, partstat: str, at: float, heads: int | None = None, **more: Any) -> int:
    """Something came from the couple's address; `person` is who it names."""
    return story.text(partstat, at, heads, who="moreau", **more)


def staff(story: Story, person: str, partstat: str, at: float, heads: int | None = None) -> int:
    """Staff heard it on the phone."""
    entry = said(story, partstat, at, heads, person=person, trust=Trust.STAFF)
    assert story.entries[-1].person == person
    return entry


def lines(story: Story) -> list[str]:
    """Where Jean and Lucie stand, in short: answer, heads, and the reasons why something waits."""
    return [_short(story.standings[ref]) for ref in (JEAN, LUCIE)]


def _short(standing: Standing) -> str:
    heads = "" if standing.headcount is None else f" {standing.headcount}"
    waits = f" ? {' '.join(standing.whys)}" if standing.whys else ""
    return f"{standing.partstat.word}{heads}{waits}"


class TestWhoIsMeant:
    """Words that name somebody count for them; others for those of whom nothing is known."""

    def test_one_comes_and_the_other_does_not(self, couple: Story) -> None:
        """Each of two has an answer of their own."""
        staff(couple, JEAN, "ACCEPTED", 1)
        assert lines(couple) == ["accepted", "none"]
        staff(couple, LUCIE, "DECLINED", 2)

        assert lines(couple) == ["accepted", "declined 0"]

    def test_words_that_name_nobody_are_for_all(self, couple: Story) -> None:
        """A button pressed at the address is everybody's answer."""
        said(couple, "DECLINED", 1)

        assert lines(couple) == ["declined 0", "declined 0"]

    def test_words_by_name_leave_the_others_open(self, couple: Story) -> None:
        """And may take back for one what was said for both."""
        said(couple, "ACCEPTED", 1, person=LUCIE)
        assert lines(couple) == ["none", "accepted"]
        said(couple, "DECLINED", 2)

        assert lines(couple) == ["declined 0", "accepted ? shared-contradicts"]

    @pytest.mark.parametrize("by", [staff, said])
    def test_what_contradicts_an_answer_by_name_waits_for_that_person(self, couple: Story, by: Any) -> None:
        """The standing stays, whoever is surer, and what agrees does not wait."""
        if by is staff:
            staff(couple, JEAN, "DECLINED", 1)
        else:
            said(couple, "DECLINED", 1, person=JEAN)
        said(couple, "ACCEPTED", 2, trust=Trust.VERIFIED)

        assert lines(couple) == ["declined 0 ? shared-contradicts", "accepted"]
        said(couple, "DECLINED", 3, trust=Trust.VERIFIED)
        assert lines(couple) == ["declined 0", "declined 0"]

    def test_an_answer_by_name_counts_after_one_for_all(self, couple: Story) -> None:
        """Both say yes; then Lucie says no, and Jean still comes."""
        said(couple, "ACCEPTED", 1)
        said(couple, "DECLINED", 2, person=LUCIE)

        assert lines(couple) == ["accepted", "declined 0"]

    def test_once_staff_took_an_answer_back_the_next_for_all_counts(self, couple: Story) -> None:
        """Nothing stands by name then."""
        staff(couple, JEAN, "DECLINED", 1)
        staff(couple, JEAN, "NEEDS_ACTION", 2)
        said(couple, "ACCEPTED", 3)

        assert lines(couple) == ["accepted", "accepted"]

    def test_a_decision_for_one_leaves_the_other(self, couple: Story) -> None:
        """What waits for Jean alone is decided for Jean alone, either way."""
        staff(couple, JEAN, "DECLINED", 1)
        entry = said(couple, "ACCEPTED", 2)
        (item,) = ledger.review(couple.entries, couple.standings)
        assert (item.person, item.why) == (JEAN, "shared-contradicts")

        couple.decided(entry, 3, who="moreau", person=JEAN, applied=False)
        assert lines(couple) == ["declined 0", "accepted"]
        couple.decided(entry, 4, who="moreau", person=JEAN)
        assert lines(couple) == ["accepted", "accepted"]

    def test_what_waits_for_both_is_decided_for_each(self, couple: Story) -> None:
        """A mail that nobody can read waits for each of them; a decision for all counts for both."""
        entry = couple.unclear(1, Answer(PartStat.ACCEPTED, 2), who="moreau")
        items = ledger.review(couple.entries, couple.standings)
        assert [(item.entry.number, item.person) for item in items] == [(entry, JEAN), (entry, LUCIE)]
        couple.decided(entry, 2, who="moreau", person=JEAN)
        assert lines(couple)[0] == "accepted 2"
        assert [item.person for item in ledger.review(couple.entries, couple.standings)] == [LUCIE]
        couple.decided(entry, 2, who="moreau")

        assert lines(couple) == ["accepted 1", "accepted 1"]

    def test_what_waits_for_one_alone_names_nobody(self, couple: Story) -> None:
        """Words by name wait for that one, and are decided as they are."""
        couple.unclear(1, Answer(PartStat.ACCEPTED, 2), who="moreau", person=LUCIE)
        (item,) = ledger.review(couple.entries, couple.standings)

        assert (item.person, item.standing.person) == ("", LUCIE)

    def test_a_newcomer_is_not_meant_by_what_was_before(self, couple: Story) -> None:
        """Whoever joins an address later has neither its answers nor its letters."""
        said(couple, "ACCEPTED", 1, 2)
        known = couple.roll["moreau"]
        newcomer = Person("moreau-3", known.people[0], since=len(couple.entries) + 1)
        couple.roll["moreau"] = Invitee("moreau", known.email, (*known.members, newcomer))
        third = couple.standings["moreau-3"]
        assert (third.partstat, third.told, third.told_at) == (PartStat.NEEDS_ACTION, (), None)
        assert lines(couple) == ["accepted 1", "accepted 1"]

        said(couple, "DECLINED", 3)
        assert couple.standings["moreau-3"].partstat is PartStat.DECLINED

    def test_presence_letters_notes_and_bounces(self, couple: Story) -> None:
        """A tick and a note by name are one person's; a bounce is the address's."""
        staff(couple, JEAN, "ACCEPTED", 3)
        couple.heard(Undeliverable(permanent=True, status="5.1.1"), 4, who="moreau")
        couple.add(Attended(Presence.PRESENT), 5, who="moreau", person=LUCIE, note="en avance")

        jean, lucie = couple.standings[JEAN], couple.standings[LUCIE]
        assert (jean.presence, lucie.presence) == (None, Presence.PRESENT)
        assert (jean.note, lucie.note) == ("", "en avance")
        assert jean.delivery is lucie.delivery
        assert jean.delivery.value == "bounced"


class TestNumbers:
    """A number said for several is shared out; the lines add up to it."""

    @pytest.mark.parametrize(
        ("heads", "shared"),
        [
            (3, ["accepted 2", "accepted 1"]),
            (2, ["accepted 1", "accepted 1"]),
            (1, ["accepted 1 ? number-to-check", "accepted 0 ? number-to-check"]),
            (None, ["accepted", "accepted"]),
        ],
    )
    def test_a_yes_for_both(self, couple: Story, heads: int | None, shared: list[str]) -> None:
        """One each, the rest on the first; fewer than they are is recorded and looked at."""
        said(couple, "ACCEPTED", 1, heads)

        assert lines(couple) == shared
        counted = ledger.count(ledger.rows(couple.roll.values(), couple.standings), couple.standings)
        assert counted.headcount == (heads or 2)
        assert counted.answers["accepted"] == 2

    def test_the_number_of_three_people(self, blank: Story, invite: Invite) -> None:
        """Five for three people at one address is three, one, one."""
        blank.roll["trio"] = invite("trio", "A T", "B T", "C T")
        blank.text("ACCEPTED", 1, 5, who="trio")

        assert [blank.standings[f"trio-{n}"].headcount for n in (1, 2, 3)] == [3, 1, 1]

    def test_who_does_not_come_has_no_share(self, couple: Story) -> None:
        """The whole number is on those who come."""
        staff(couple, JEAN, "DECLINED", 1)
        said(couple, "ACCEPTED", 2, 3)

        assert lines(couple) == ["declined 0 ? shared-contradicts", "accepted 3"]

    def test_a_number_by_name_stays_and_the_rest_is_shared(self, couple: Story) -> None:
        """Jean comes with a friend; then they write that they are four."""
        said(couple, "ACCEPTED", 1, 2, person=JEAN)
        said(couple, "ACCEPTED", 2, 4)
        assert lines(couple) == ["accepted 2", "accepted 2"]

        said(couple, "ACCEPTED", 3, 2)
        assert lines(couple) == ["accepted 2 ? shared-contradicts", "accepted 1"]

    def test_a_later_word_about_one_changes_nobody_elses_number(self, couple: Story) -> None:
        """Three were announced; Jean cannot come after all, and Lucie's line stays."""
        said(couple, "ACCEPTED", 1, 3)
        staff(couple, JEAN, "DECLINED", 2)

        assert lines(couple) == ["declined 0", "accepted 1"]

    def test_a_looked_at_number_waits_no_more(self, couple: Story) -> None:
        """Either staff say that it is right, or they write another."""
        entry = said(couple, "ACCEPTED", 1, 1)
        items = ledger.review(couple.entries, couple.standings)
        assert [(item.why, item.person) for item in items] == [
            ("number-to-check", JEAN),
            ("number-to-check", LUCIE),
        ]
        couple.decided(entry, 2, who="moreau")
        assert lines(couple) == ["accepted 1", "accepted 0"]
        staff(couple, LUCIE, "ACCEPTED", 3, 1)

        assert lines(couple) == ["accepted 1", "accepted 1"]

    def test_a_table_can_close_it(self, couple: Story) -> None:
        """Whoever empties the cell has looked, and the answers stay."""
        said(couple, "ACCEPTED", 1, 1)
        roll = list(couple.roll.values())
        edited = test_corrections.lines(couple, roll, moreau1={"review": ""}, moreau2={"review": ""})
        diff = ledger.corrections(edited, couple.register, couple.standings, couple.entries_of, "t.csv")
        for entry in ledger.corrected(diff.changes, "diagnosis", couple.entries[-1].recorded_at, "x"):
            couple.add(entry.fact, 3, who=entry.invitee, person=entry.person)

        assert lines(couple) == ["accepted 1", "accepted 0"]

    def test_somebody_sent_for_both_is_counted_once(self, couple: Story) -> None:
        """Two people who send one colleague bring one more at most."""
        couple.heard(Answer(PartStat.DECLINED, delegate="un collègue"), 1, who="moreau")
        rows = ledger.rows(couple.roll.values(), couple.standings)

        counted = ledger.count(rows, couple.standings)
        assert (counted.headcount_perhaps, counted.headcount_instead) == (1, 1)


HOURS = st.integers(1, 40)
WORDS = st.lists(
    st.tuples(
        st.sampled_from(["ACCEPTED", "DECLINED", "TENTATIVE"]),
        HOURS,
        st.sampled_from([None, 1, 2, 3, 7]),
        st.sampled_from(["", "", JEAN, LUCIE]),
        st.sampled_from([Trust.CAPABILITY, Trust.SENDER, Trust.VERIFIED]),
    ),
    max_size=6,
    unique_by=lambda one: one[1],
)


@given(data=st.data(), words=WORDS)
def test_the_order_of_reading_makes_no_difference(
    tell: type[Story], invite: Invite, data: st.DataObject, words: list[tuple[Any, ...]]
) -> None:
    """Whatever is said by name and for all, the lines do not depend on which mail was read first."""
    story = _couple(tell(), invite)
    for partstat, at, heads, person, trust in words:
        said(story, partstat, at, heads, person=person, trust=trust)
    heard = data.draw(st.permutations(story.entries[2:]))
    read_otherwise = ledger.attendance([*story.entries[:2], *heard], story.register)

    assert lines(story) == [_short(read_otherwise[ref]) for ref in (JEAN, LUCIE)]


@given(words=WORDS, last=st.sampled_from(["ACCEPTED", "DECLINED", "TENTATIVE", "NEEDS_ACTION"]))
def test_a_word_of_staff_on_one_never_changes_the_other(
    tell: type[Story], invite: Invite, words: list[tuple[Any, ...]], last: str
) -> None:
    """Whatever was said before, Lucie's line is the same before and after staff write down Jean's answer."""
    story = _couple(tell(), invite)
    for partstat, at, heads, person, trust in words:
        said(story, partstat, at, heads, person=person, trust=trust)
    before = story.standings[LUCIE]
    staff(story, JEAN, last, 50, 2)

    assert story.standings[LUCIE] == before


@given(heads=st.integers(2, 9), by_name=st.sampled_from([None, 1, 2]))
def test_the_lines_add_up(tell: type[Story], invite: Invite, heads: int, by_name: int | None) -> None:
    """What was said for all is what the lines come to, or somebody is asked to look."""
    story = _couple(tell(), invite)
    if by_name:
        said(story, "ACCEPTED", 1, by_name, person=LUCIE)
    said(story, "ACCEPTED", 2, heads)
    both = [story.standings[ref] for ref in (JEAN, LUCIE)]

    assert sum(one.headcount or 0 for one in both) == heads or any(one.review for one in both)
