"""One word for each person, what they were told, and what a change of the meeting does to answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from mailer import ledger
from mailer.classify import challenge
from mailer.ledger import fold
from mailer.model.attendance import Counters, PersonState, Row
from mailer.model.entry import Gone, Heard, Placed, Reviewed, Trust
from mailer.model.finding import Answer, Finding, MailKind, PartStat, Unattended, Unclear, Undeliverable
from mailer.model.invitation import MessageKey
from mailer.model.outcome import State
from mailer.model.people import Why
from tests.ledger.conftest import Invite, Story, hour

S = PersonState


def row(story: Story, who: str = "ann", **more: Any) -> Row:
    """The line of one person."""
    return next(
        one for one in ledger.rows(story.register.roll, story.standings, **more) if one.person.ref == who
    )


def counted(story: Story) -> Counters:
    """The numbers of the campaign."""
    revisions = ledger.Revisions(story.entries)
    return ledger.count(ledger.rows(story.register.roll, story.standings), story.standings, revisions.present)


def waits(story: Story) -> None:
    """Put off by a server."""
    story.sent(state=State.DEFERRED)


def doubt(story: Story) -> None:
    """Perhaps sent."""
    story.sent(state=State.IN_DOUBT)


def reached(story: Story) -> None:
    """Sent."""
    story.sent()


def in_doubt_again(story: Story) -> None:
    """The first letter arrived, the second one perhaps."""
    story.sent()
    story.sent(2, "reminder.0.1", State.IN_DOUBT)


def held(story: Story) -> None:
    """A filter keeps it."""
    story.sent()
    finding = Finding(challenge.RULE, MailKind.AUTO_REPLY, Unattended())
    story.add(Heard(finding, hour(1), Trust.SENDER), 1)


def held_for_staff(story: Story) -> None:
    """A filter keeps it, and staff have not confirmed it yet."""
    story.sent()
    finding = Finding(challenge.RULE, MailKind.AUTO_REPLY, Unclear(why="held-by-a-filter"))
    story.add(Heard(finding, hour(1), Trust.SENDER), 1)


def confirmed_to_the_filter(story: Story) -> None:
    """Staff did what the filter asked for."""
    held_for_staff(story)
    story.add(Reviewed(len(story.entries), applied=False), 2)


def held_no_more(story: Story) -> None:
    """Somebody answered nevertheless."""
    held(story)
    story.text("TENTATIVE", 2)


def refused(story: Story) -> None:
    """The last letter was refused."""
    story.sent()
    story.sent(2, "reminder.0.1", State.FAILED)


def refused_and_sent(story: Story) -> None:
    """Refused at first, then taken."""
    story.sent(state=State.FAILED)
    story.sent(2, "invitation.0.2")


def returned(story: Story) -> None:
    """A notice says that it did not arrive."""
    story.sent()
    story.heard(Undeliverable(permanent=True, status="5.1.1"), 1)


def barred(story: Story) -> None:
    """They object."""
    returned(story)
    story.stop(2)


def withdrawn(story: Story) -> None:
    """Their own invitation was taken back."""
    barred(story)
    story.add(Gone(Why.WITHDRAWN), 3, person="ann")


def withdrawn_by_letter(story: Story) -> None:
    """Likewise, in an older ledger."""
    story.announced(0, 0)
    story.sent()
    story.sent(3, "cancel.1.1")


def invited_again(story: Story) -> None:
    """Taken back, and invited again."""
    story.sent()
    story.add(Gone(Why.WITHDRAWN), 3, person="ann")
    story.add(Placed(Why.UNDONE), 4, person="ann")


def cancelled(story: Story) -> None:
    """The cancellation reached them."""
    story.sent()
    story.cancel(5)


def cancelled_untold(story: Story) -> None:
    """The meeting is cancelled, and they do not know."""
    story.sent()
    story.announced(5, 1, cancelled=True)


def cancelled_never_reached(story: Story) -> None:
    """The meeting is cancelled, and nothing ever reached them."""
    story.sent(state=State.FAILED)
    story.announced(5, 1, cancelled=True)


STATES = [
    (waits, S.WAITING),
    (doubt, S.IN_DOUBT),
    (reached, S.REACHED),
    (in_doubt_again, S.REACHED),
    (held, S.HELD),
    (held_for_staff, S.HELD),
    (confirmed_to_the_filter, S.REACHED),
    (held_no_more, S.REACHED),
    (refused, S.REFUSED),
    (refused_and_sent, S.REACHED),
    (returned, S.UNREACHABLE),
    (barred, S.BARRED),
    (withdrawn, S.WITHDRAWN),
    (withdrawn_by_letter, S.WITHDRAWN),
    (invited_again, S.REACHED),
    (cancelled, S.CANCELLED),
    (cancelled_untold, S.REACHED),
    (cancelled_never_reached, S.CANCELLED),
]


@pytest.mark.parametrize(("tell", "state"), STATES, ids=[tell.__name__ for tell, _ in STATES])
def test_the_last_state_that_fits(blank: Story, tell: Callable[[Story], None], state: PersonState) -> None:
    """The word is that of the rule, and everybody has one."""
    tell(blank)

    assert row(blank).state is state
    assert counted(blank).states == {one.value: int(one is state) for one in S}


def test_what_the_ledger_alone_does_not_say(story: Story, invite: Invite) -> None:
    """Queued letters, objections elsewhere, open questions and lists make states, too."""
    story.roll["new"] = invite("new")
    story.roll["lost"] = invite("lost", email="")
    gone = invite("gone")
    story.roll["gone"] = replace(gone, members=(replace(gone.members[0], unlisted=True),))

    assert row(story, "new").state is S.LISTED
    assert row(story, "new", unsettled={"new"}).state is S.UNSETTLED
    assert row(story, "new", unsettled={"new"}, promised={"new"}).state is S.WAITING
    assert row(story, promised={"ann"}).state is S.REACHED
    assert row(story, suppressed={"ann"}).state is S.BARRED
    assert (row(story, "lost").state, row(story, "lost").standing.delivery.value) == (S.UNREACHABLE, "failed")
    assert row(story, "gone").state is S.UNLISTED


def test_who_was_never_written_to_is_cancelled_with_the_meeting(story: Story, invite: Invite) -> None:
    """As well as those who were told; whoever holds an invitation and was not told keeps their state."""
    story.roll |= {"ann": invite("ann"), "new": invite("new")}
    story.announced(0, 0)
    before = [one.state for one in ledger.rows(story.roll.values(), story.standings, announced=story.entries)]
    story.announced(5, 1, cancelled=True)
    after = [one.state for one in ledger.rows(story.roll.values(), story.standings, announced=story.entries)]

    assert (before, after) == ([S.REACHED, S.LISTED], [S.REACHED, S.CANCELLED])


def test_the_filter_is_known_by_its_rule() -> None:
    """The ledger knows a challenge by the name that the classifier gives it."""
    assert challenge.RULE == fold.CHALLENGE


def test_a_task_waits_with_what_to_do(story: Story) -> None:
    """Somebody whose letter a filter keeps waits for staff under the reason that says what to do, until they did it."""
    finding = Finding(challenge.RULE, MailKind.AUTO_REPLY, Unclear(why="held-by-a-filter"))
    number = story.add(Heard(finding, hour(1), Trust.SENDER), 1)

    assert (story.standings["ann"].to_review, story.standings["ann"].whys) == (
        (number,),
        ("held-by-a-filter",),
    )
    assert counted(story).review == 1
    story.add(Reviewed(number, applied=False), 2)
    assert story.standings["ann"].to_review == ()


def test_a_reaction_waits_only_where_nothing_else_is_known(blank: Story) -> None:
    """An emoji on our letter is shown where the person has not answered; a task waits in any case."""
    blank.sent()
    seen = Finding("reaction", MailKind.OTHER, Unclear(why="reaction"))
    left = Finding("free_text", MailKind.REPLY, Unclear(why="left"))
    first = blank.add(Heard(seen, hour(1), Trust.SENDER), 1)
    second = blank.add(Heard(left, hour(2), Trust.SENDER), 2)

    assert list(blank.standings["ann"].to_review) == [first, second]
    answer = Finding("free_text", MailKind.REPLY, Answer(PartStat.ACCEPTED))
    blank.add(Heard(answer, hour(3), Trust.SENDER), 3)
    assert blank.standings["ann"].partstat is PartStat.ACCEPTED
    assert list(blank.standings["ann"].to_review) == [second]


class TestAChange:
    """What becomes of answers when the meeting changes."""

    def test_a_confirmed_change_sets_aside_what_was_said(self, story: Story) -> None:
        """For everybody, reached or not, by mail or by staff; the former answer is kept."""
        story.announced(0, 0)
        story.text("ACCEPTED", 1, 3)
        story.add(story.entries[-1].fact, 1, who="bob")
        story.announced(20, 1)

        for ref in ("ann", "bob"):
            one = story.standings[ref]
            assert (one.partstat.word, one.headcount, one.asked_again) == ("none", None, "accepted")
            assert row(story, ref).party_size is None
            assert one.seats == ()

    def test_before_it_is_confirmed_it_counts(self, story: Story) -> None:
        """And a change of wording, or one that keeps the answers, sets nothing aside."""
        story.announced(0, 0)
        story.text("ACCEPTED", 1, 3)
        story.announced(20, 0)
        story.announced(21, 1, keep_answers=True)
        story.announced(22, 1)

        assert (story.place, story.ann.asked_again) == ("accepted 3", "")

    def test_what_was_recorded_before_a_change_is_about_the_former_meeting(self, story: Story) -> None:
        """Also where the mail server's clock is ahead of ours; what staff let through afterwards counts."""
        story.announced(0, 0)
        entry = story.text("ACCEPTED", 30, read=1)
        story.announced(20, 1)
        assert (story.place, story.ann.asked_again) == ("none", "accepted")

        story.decided(entry, 21)
        assert story.place == "accepted"

    def test_a_new_answer_counts_and_the_former_one_is_no_matter(self, story: Story) -> None:
        """Once somebody has answered again, the former answer is not shown."""
        story.text("ACCEPTED", 1)
        story.update(20)
        assert story.ann.asked_again == "accepted"
        story.text("DECLINED", 21)

        assert (story.place, story.ann.asked_again) == ("declined 0", "")

    def test_words_before_the_letter_about_the_change_are_about_the_older_one(self, story: Story) -> None:
        """Whoever does not have the new letter yet answers the old one: that waits, and is no answer."""
        story.announced(0, 0)
        story.announced(20, 1)
        story.text("ACCEPTED", 21)
        assert story.place == "none ? older-version"
        story.sent(22, "update.1.1")
        assert story.place == "none ? older-version"
        story.text("ACCEPTED", 23)

        assert story.place == "accepted"

    def test_staff_hear_of_the_new_date(self, story: Story) -> None:
        """What staff write down after the change is about the new date, letter or not."""
        story.announced(0, 0)
        story.announced(20, 1)
        story.staff("ACCEPTED", 21)

        assert story.place == "accepted"

    def test_a_letter_in_doubt_that_is_answered_was_received(self, story: Story) -> None:
        """The answer is about the change, although its outcome is known only later."""
        story.announced(0, 0)
        story.announced(20, 1)
        story.sent(20, "update.1.1", State.IN_DOUBT)
        story.text("ACCEPTED", 21, read=30)
        story.sent(30, "update.1.1")

        assert story.place == "accepted"

    def test_who_was_never_written_to_answers_the_present_meeting(self, blank: Story) -> None:
        """Somebody who came by themselves after the change has no older letter."""
        blank.announced(0, 0)
        blank.announced(20, 1)
        blank.text("ACCEPTED", 21)

        assert blank.place == "accepted"

    def test_an_answer_brought_along_to_another_address_counts_after_the_letter_there(
        self, blank: Story
    ) -> None:
        """Nobody had an older letter at that address; an answer from before the change is set aside as ever."""
        blank.announced(0, 0)
        blank.text("DECLINED", 5, read=30, who="bob")
        blank.announced(20, 1)
        blank.text("ACCEPTED", 21, read=30)
        blank.sent(31)
        blank.sent(31, who="bob")

        assert blank.place == "accepted"
        assert blank.standings["bob"].partstat.word == "none"

    @pytest.mark.parametrize(
        ("revision", "place"), [(1, "none ? older-version"), (2, "accepted"), (0, "accepted")]
    )
    def test_a_letter_from_before_a_move_was_had(self, blank: Story, revision: int, place: str) -> None:
        """Who was told of the earlier revision at the address they left answers that one, until they are told here."""
        blank.announced(0, 0)
        blank.announced(20, 1)
        blank.add(Placed(Why.LISTED, origin="old", revision=revision), 21, person="ann")
        blank.text("ACCEPTED", 22)
        assert blank.place == place
        blank.sent(23, "invitation.1.1")
        blank.text("DECLINED", 24)

        assert blank.place == "declined 0"

    def test_a_cancellation_keeps_what_was_said_and_expects_nobody(self, story: Story) -> None:
        """Also of those whom it has not reached."""
        story.text("ACCEPTED", 1, 2)
        story.announced(5, 1, cancelled=True)

        assert (story.place, row(story).is_off) == ("accepted 2", True)
        assert (counted(story).headcount, counted(story).untold) == (0, 1)


class TestTold:
    """What each person was told, and who holds something older."""

    def test_each_letter_with_its_revision(self, story: Story) -> None:
        """Newest last, with what became of it; one that waits is none."""
        story.announced(0, 0)
        story.sent(1, "reminder.0.1", State.DEFERRED)
        story.sent(2, "reminder.0.1")
        story.announced(20, 0)
        story.sent(21, "update.0.1", State.IN_DOUBT)

        told = [(str(one.key), one.revision, one.state) for one in story.ann.told]
        assert told == [
            ("invitation.0.1", 0, State.SENT),
            ("reminder.0.1", 1, State.SENT),
            ("update.0.1", 2, State.IN_DOUBT),
        ]

    def test_only_of_those_whom_a_letter_was_for(self, blank: Story, invite: Invite) -> None:
        """A letter to one of two is not told to the other."""
        blank.roll["duo"] = invite("duo", "A D", "B D")
        blank.sent(who="duo")
        letter = blank.entries[0].fact
        blank.entries[0] = replace(blank.entries[0], fact=replace(letter, persons=("duo-2",)))  # type: ignore[arg-type]

        assert [
            len(blank.standings[ref].told) if ref in blank.standings else 0 for ref in ("duo-1", "duo-2")
        ] == [0, 1]
        assert blank.standings["duo-2"].told[0].key == MessageKey.parse("invitation.0.1")
        assert [one.state for one in ledger.rows(blank.register.roll, blank.standings)] == [
            S.LISTED,
            S.REACHED,
        ]

    def test_untold_and_letters(self, blank: Story) -> None:
        """Who holds something older than was last announced: not the withdrawn, nor who holds nothing."""
        blank.announced(0, 0)
        for who in ("ann", "bob", "cyd", "dan"):
            blank.sent(1, who=who)
        blank.sent(1, who="eve", state=State.FAILED)
        assert (counted(blank).untold, counted(blank).letters) == (0, 4)
        blank.announced(20, 1)
        blank.sent(21, "update.1.1", who="ann")
        blank.heard(Undeliverable(permanent=True, status="5.1.1"), 22, who="bob")
        blank.add(Gone(Why.WITHDRAWN), 23, who="cyd", person="cyd")

        assert [ledger.is_untold(row(blank, who), 2) for who in ("ann", "bob", "cyd", "dan", "eve")] == [
            False,
            False,
            False,
            True,
            False,
        ]
        assert (counted(blank).untold, counted(blank).letters) == (1, 5)
