"""The organizer's decision table: how each incoming message changes the standing of an invitee."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from mailer import ledger
from mailer.model.attendance import DeliveryState
from mailer.model.entry import Announced, Channel, Entry, Presence, Trust
from mailer.model.finding import Answer, CalendarLine, MailKind, PartStat, Undeliverable
from mailer.model.meeting import Meeting
from mailer.model.outcome import State
from tests.ledger.conftest import Invite, Story

STAFF = Trust.STAFF


def b1_answers(story: Story) -> None:
    """B1: answers."""
    story.calendar("ACCEPTED", 1)


def b1_answers_with_guests(story: Story) -> None:
    """B1: answers with guests."""
    story.calendar("ACCEPTED", 1, heads=3)


def b2_the_same_mail_again(story: Story) -> None:
    """B2: the same mail again."""
    story.calendar("ACCEPTED", 1, heads=2)
    story.calendar("ACCEPTED", 1, heads=2, read=3)


def b4_an_older_answer_arrives_late(story: Story) -> None:
    """B4: an older answer arrives late."""
    story.calendar("ACCEPTED", 10)
    story.calendar("DECLINED", 12, dtstamp=5)


def b4_an_answer_to_an_older_version_after_one_to_the_newer(story: Story) -> None:
    """B4: an answer to an older version after one to the newer."""
    story.update(20)
    story.calendar("ACCEPTED", 21, sequence=1)
    story.calendar("DECLINED", 22, sequence=0)


def b5_answers_an_older_version(story: Story) -> None:
    """B5: answers an older version."""
    story.update(20)
    story.calendar("ACCEPTED", 21, sequence=0)


def b5_a_person_lets_it_through(story: Story) -> None:
    """B5: a person lets it through."""
    story.update(20)
    story.decided(story.calendar("ACCEPTED", 21, sequence=0), 22)


def b6_a_sequence_ahead_of_ours(story: Story) -> None:
    """B6: a sequence ahead of ours."""
    story.calendar("ACCEPTED", 1, sequence=4)


def b7_no_sequence_and_written_before_the_update(story: Story) -> None:
    """B7: no sequence and written before the update."""
    story.update(20)
    story.calendar("ACCEPTED", 19, sequence=None, read=25)


def b7_no_sequence_and_written_after_the_update(story: Story) -> None:
    """B7: no sequence and written after the update."""
    story.update(20)
    story.calendar("ACCEPTED", 21, sequence=None)


def b8_no_answer_at_all(story: Story) -> None:
    """B8: no answer at all."""
    story.calendar("ACCEPTED", 1)
    story.calendar("NEEDS_ACTION", 2)


def b12_somebody_who_was_not_invited(story: Story) -> None:
    """B12: somebody who was not invited."""
    story.calendar("ACCEPTED", 1, held=True, why="other-address", attendee="bob@example.net")


def b12_and_a_person_lets_them_in(story: Story) -> None:
    """B12: and a person lets them in."""
    number = story.calendar("ACCEPTED", 1, held=True, why="uninvited", attendee="bob@example.net")
    story.decided(number, 2)


def b13_delegates(story: Story) -> None:
    """B13: delegates."""
    story.calendar("DELEGATED", 1, delegated_to="bob@example.net")


def b14_the_delegate_accepts(story: Story) -> None:
    """B14: the delegate accepts."""
    story.calendar("DELEGATED", 1, delegated_to="bob@example.net")
    story.calendar(
        "ACCEPTED",
        2,
        attendee="Bob@example.net",
        delegated_from="ann@example.org",
        held=True,
        why="other-address",
    )


def b14_the_delegate_accepts_before_we_hear_of_the_delegation(story: Story) -> None:
    """B14: the delegate accepts before we hear of the delegation."""
    story.calendar(
        "ACCEPTED",
        2,
        attendee="bob@example.net",
        delegated_from="ann@example.org",
        held=True,
        why="other-address",
    )


def b14_and_a_person_lets_the_delegate_in(story: Story) -> None:
    """B14: and a person lets the delegate in."""
    number = story.calendar("ACCEPTED", 2, attendee="bob@example.net", delegated_from="ann@example.org")
    story.decided(number, 3)


def b14_another_than_the_delegate_who_was_named(story: Story) -> None:
    """B14: another than the delegate who was named."""
    story.calendar("DELEGATED", 1, delegated_to="bob@example.net")
    story.calendar("ACCEPTED", 2, attendee="eve@example.net", delegated_from="ann@example.org")


def b15_the_delegate_declines(story: Story) -> None:
    """B15: the delegate declines."""
    story.calendar("DELEGATED", 1, delegated_to="bob@example.net")
    story.calendar("DECLINED", 2, attendee="bob@example.net", delegated_from="ann@example.org")


def b16_an_assistant_answers(story: Story) -> None:
    """B16: an assistant answers."""
    story.calendar("ACCEPTED", 1, held=True, why="assistant", trust=Trust.CAPABILITY)


def b17_another_hour_is_proposed(story: Story) -> None:
    """B17: another hour is proposed."""
    story.calendar("ACCEPTED", 1)
    story.unclear(2, kind=MailKind.CALENDAR_COUNTER)


def b21_after_the_meeting(story: Story) -> None:
    """B21: after the meeting."""
    story.calendar("ACCEPTED", 600, held=True, why="after-the-meeting")


def b22_after_the_cancellation(story: Story) -> None:
    """B22: after the cancellation."""
    story.calendar("ACCEPTED", 1, heads=2)
    story.cancel(30)
    story.calendar("DECLINED", 31)
    story.calendar("DECLINED", 32, held=True, why="other-address")


def b26_a_written_answer(story: Story) -> None:
    """B26: a written answer."""
    story.text("ACCEPTED", 1, 2)


def b26_a_written_answer_that_is_not_sure(story: Story) -> None:
    """B26: a written answer that is not sure."""
    story.unclear(1, Answer(PartStat.ACCEPTED, 2))


def b26_decided_by_a_person(story: Story) -> None:
    """B26: decided by a person."""
    story.decided(story.unclear(1, Answer(PartStat.ACCEPTED, 2)), 2)


def b26_refused_by_a_person(story: Story) -> None:
    """B26: refused by a person."""
    story.decided(story.unclear(1, Answer(PartStat.ACCEPTED, 2)), 2, applied=False)


def words_to_the_letter_of_before_a_change(story: Story) -> None:
    """Words to the letter of before a change, written after the letter about it came, wait."""
    story.update(20)
    story.text("ACCEPTED", 22, letter="invitation.0.1")


def words_to_an_old_letter_after_an_answer_to_the_new_one(story: Story) -> None:
    """A change of mind may come on the old letter: it is not passed over."""
    story.update(20)
    story.text("ACCEPTED", 21, letter="update.1.1")
    story.text("DECLINED", 22, letter="invitation.0.1")


def words_to_an_older_letter_of_the_same_revision(story: Story) -> None:
    """The age of a letter alone does not matter."""
    story.sent(20, "reminder.0.1")
    story.text("ACCEPTED", 21, 2, letter="invitation.0.1")


def another_answer_to_a_letter_that_does_not_ask(story: Story) -> None:
    """Another answer to a letter that does not ask waits."""
    story.text("DECLINED", 1, letter="invitation.0.1")
    story.text("ACCEPTED", 3, letter="acknowledgement.0.1")


def another_answer_that_a_person_lets_through(story: Story) -> None:
    """Until a person lets it through."""
    story.text("DECLINED", 1, letter="invitation.0.1")
    story.decided(story.text("ACCEPTED", 3, letter="acknowledgement.0.1"), 4)


def the_same_answer_to_a_letter_that_does_not_ask(story: Story) -> None:
    """The same again changes nothing, and waits for nobody."""
    story.text("ACCEPTED", 1, 2, letter="invitation.0.1")
    story.text("ACCEPTED", 3, letter="details.0.1")


def a_first_answer_to_a_letter_that_does_not_ask(story: Story) -> None:
    """A first answer to a letter that does not ask is taken."""
    story.text("ACCEPTED", 3, 2, letter="details.0.1")


def two_answers_within_a_second_of_which_the_later_is_dated_before(story: Story) -> None:
    """They are told apart by their order in the mailbox: the later one is not passed over."""
    story.text("ACCEPTED", 3, came=5)
    story.text("DECLINED", 2, came=5)


def two_answers_within_a_second_in_the_order_of_their_dates(story: Story) -> None:
    """Nothing is contradicted where both orders agree."""
    story.text("ACCEPTED", 2, came=5)
    story.text("DECLINED", 3, came=5)


def b27_only_a_question(story: Story) -> None:
    """B27: only a question."""
    story.text("ACCEPTED", 1)
    story.unclear(2)


def b27_a_yes_with_a_question(story: Story) -> None:
    """B27: a yes with a question."""
    story.heard(Answer(PartStat.ACCEPTED, 2, asks=True), 1)


def b27_a_yes_with_a_question_that_was_read(story: Story) -> None:
    """B27: a yes with a question that was read."""
    story.decided(story.heard(Answer(PartStat.ACCEPTED, 2, asks=True), 1), 2)


def b28_somebody_else_comes(story: Story) -> None:
    """B28: somebody else comes."""
    story.heard(Answer(PartStat.DECLINED, delegate="mon adjoint"), 1)


def b28_somebody_else_comes_as_a_person_confirmed(story: Story) -> None:
    """B28: somebody else comes as a person confirmed."""
    story.decided(story.heard(Answer(PartStat.DECLINED, 2, delegate="mes adjoints"), 1), 2)


def b29_words_and_calendar_disagree(story: Story) -> None:
    """B29: words and calendar disagree."""
    story.calendar("ACCEPTED", 1)
    story.unclear(2, Answer(PartStat.DECLINED), channel=Channel.CALENDAR)


def b30_out_of_office(story: Story) -> None:
    """B30: out of office."""
    story.robot(1, "absent jusqu'au 7 avril")


def b36_yes_then_no(story: Story) -> None:
    """B36: yes then no."""
    story.calendar("ACCEPTED", 1)
    story.text("DECLINED", 2)


def b36_no_then_yes(story: Story) -> None:
    """B36: no then yes."""
    story.text("DECLINED", 1)
    story.calendar("ACCEPTED", 2, heads=2)


def surer_answers_are_not_overruled(story: Story) -> None:
    """Surer answers are not overruled."""
    story.calendar("ACCEPTED", 1, trust=Trust.VERIFIED)
    story.text("DECLINED", 2)


def what_was_overruled_is_settled_by_a_later_sure_answer(story: Story) -> None:
    """What was overruled is settled by a later sure answer."""
    story.calendar("ACCEPTED", 1, trust=Trust.VERIFIED)
    story.text("DECLINED", 2)
    story.text("DECLINED", 3, trust=Trust.VERIFIED)


def what_was_overruled_counts_when_a_person_says_so(story: Story) -> None:
    """What was overruled counts when a person says so."""
    story.calendar("ACCEPTED", 1, trust=Trust.VERIFIED)
    story.decided(story.text("DECLINED", 2), 3)


def staff_over_machine(story: Story) -> None:
    """Staff over machine."""
    story.staff("DECLINED", 1)
    story.calendar("ACCEPTED", 2)


def staff_over_what_was_said_before(story: Story) -> None:
    """Staff over what was said before."""
    story.calendar("ACCEPTED", 1, trust=Trust.VERIFIED)
    story.staff("DECLINED", 2)


def staff_take_an_answer_back(story: Story) -> None:
    """Staff take an answer back."""
    story.calendar("ACCEPTED", 1, heads=2)
    story.staff("NEEDS_ACTION", 2)


def after_that_the_invitee_answers(story: Story) -> None:
    """After that the invitee answers."""
    staff_take_an_answer_back(story)
    story.calendar("DECLINED", 3)


def the_number_said_before_holds(story: Story) -> None:
    """The number said before holds."""
    story.text("ACCEPTED", 1, 3)
    story.calendar("ACCEPTED", 2)


def the_number_said_before_a_no_does_not(story: Story) -> None:
    """The number said before a no does not."""
    story.text("ACCEPTED", 1, 3)
    story.text("DECLINED", 2)
    story.text("ACCEPTED", 3)


def an_update_asks_again(story: Story) -> None:
    """An update asks again."""
    story.calendar("ACCEPTED", 1, heads=2)
    story.update(20)


def an_update_asks_again_and_is_answered(story: Story) -> None:
    """An update asks again and is answered."""
    story.calendar("ACCEPTED", 1, heads=2)
    story.update(20)
    story.calendar("DECLINED", 21, sequence=1)


def an_update_of_the_text_alone_asks_nothing(story: Story) -> None:
    """An update of the text alone asks nothing."""
    story.calendar("ACCEPTED", 1, heads=2)
    story.sent(20, "update.0.1")


def a_reminder_asks_nothing_again(story: Story) -> None:
    """A reminder asks nothing again."""
    story.calendar("TENTATIVE", 1)
    story.sent(20, "reminder.0.1")


def a_person_told_the_new_hour_says_yes(story: Story) -> None:
    """A person told the new hour says yes."""
    story.update(20)
    story.staff("ACCEPTED", 21, 2)


def sogo_repeats_the_dtstamp_of_our_request(story: Story) -> None:
    """SOGo repeats the DTSTAMP of our request."""
    story.calendar("ACCEPTED", 5, dtstamp=0)
    story.calendar("DECLINED", 6, dtstamp=0)


def sogo_and_words(story: Story) -> None:
    """SOGo and words."""
    story.text("DECLINED", 5)
    story.calendar("ACCEPTED", 6, dtstamp=0)


def claws_writes_no_dtstamp(story: Story) -> None:
    """Claws writes no DTSTAMP."""
    story.calendar("ACCEPTED", 5, dtstamp=-1)
    story.calendar("DECLINED", 6, dtstamp=-1)


def a_dtstamp_from_the_future_is_none(story: Story) -> None:
    """A DTSTAMP from the future is none."""
    story.calendar("ACCEPTED", 5, dtstamp=500)
    story.calendar("DECLINED", 6)


ROWS = [
    (b1_answers, "accepted"),
    (b1_answers_with_guests, "accepted 3"),
    (b2_the_same_mail_again, "accepted 2"),
    (b4_an_older_answer_arrives_late, "accepted"),
    (b4_an_answer_to_an_older_version_after_one_to_the_newer, "accepted"),
    (b5_answers_an_older_version, "none ? older-version"),
    (b5_a_person_lets_it_through, "accepted"),
    (b6_a_sequence_ahead_of_ours, "accepted"),
    (b7_no_sequence_and_written_before_the_update, "none ? older-version"),
    (b7_no_sequence_and_written_after_the_update, "accepted"),
    (b8_no_answer_at_all, "accepted"),
    (b12_somebody_who_was_not_invited, "none ? other-address"),
    (b12_and_a_person_lets_them_in, "none"),
    (b13_delegates, "delegated 0 ? names-a-delegate"),
    (b14_the_delegate_accepts, "delegated 1"),
    (b14_the_delegate_accepts_before_we_hear_of_the_delegation, "none ? other-address"),
    (b14_and_a_person_lets_the_delegate_in, "delegated 1"),
    (
        b14_another_than_the_delegate_who_was_named,
        "delegated 0 ? names-a-delegate delegate-unannounced",
    ),
    (b15_the_delegate_declines, "none"),
    (b16_an_assistant_answers, "none ? assistant"),
    (b17_another_hour_is_proposed, "accepted ? counter"),
    (b21_after_the_meeting, "none ? after-the-meeting"),
    (b22_after_the_cancellation, "accepted 2"),
    (b26_a_written_answer, "accepted 2"),
    (words_to_the_letter_of_before_a_change, "none ? older-version"),
    (words_to_an_old_letter_after_an_answer_to_the_new_one, "accepted ? older-version"),
    (words_to_an_older_letter_of_the_same_revision, "accepted 2"),
    (another_answer_to_a_letter_that_does_not_ask, "declined 0 ? asked-nothing"),
    (another_answer_that_a_person_lets_through, "accepted"),
    (the_same_answer_to_a_letter_that_does_not_ask, "accepted 2"),
    (a_first_answer_to_a_letter_that_does_not_ask, "accepted 2"),
    (two_answers_within_a_second_of_which_the_later_is_dated_before, "accepted ? earlier-by-date"),
    (two_answers_within_a_second_in_the_order_of_their_dates, "declined 0"),
    (b26_a_written_answer_that_is_not_sure, "none ? unclear"),
    (b26_decided_by_a_person, "accepted 2"),
    (b26_refused_by_a_person, "none"),
    (b27_only_a_question, "accepted ? unclear"),
    (b27_a_yes_with_a_question, "accepted 2"),
    (b27_a_yes_with_a_question_that_was_read, "accepted 2"),
    (b28_somebody_else_comes, "declined 0 ? names-a-delegate"),
    (b28_somebody_else_comes_as_a_person_confirmed, "declined 2"),
    (b29_words_and_calendar_disagree, "accepted ? unclear"),
    (b30_out_of_office, "none"),
    (b36_yes_then_no, "declined 0"),
    (b36_no_then_yes, "accepted 2"),
    (surer_answers_are_not_overruled, "accepted ? lower-trust"),
    (what_was_overruled_is_settled_by_a_later_sure_answer, "declined 0"),
    (what_was_overruled_counts_when_a_person_says_so, "declined 0"),
    (staff_over_machine, "declined 0 ? lower-trust"),
    (staff_over_what_was_said_before, "declined 0"),
    (staff_take_an_answer_back, "none"),
    (after_that_the_invitee_answers, "declined 0"),
    (the_number_said_before_holds, "accepted 3"),
    (the_number_said_before_a_no_does_not, "accepted"),
    (an_update_asks_again, "none"),
    (an_update_asks_again_and_is_answered, "declined 0"),
    (an_update_of_the_text_alone_asks_nothing, "accepted 2"),
    (a_reminder_asks_nothing_again, "tentative"),
    (a_person_told_the_new_hour_says_yes, "accepted 2"),
    (sogo_repeats_the_dtstamp_of_our_request, "declined 0"),
    (sogo_and_words, "accepted"),
    (claws_writes_no_dtstamp, "declined 0"),
    (a_dtstamp_from_the_future_is_none, "declined 0"),
]


@pytest.mark.parametrize(("tell", "place"), ROWS, ids=[tell.__name__ for tell, _ in ROWS])
def test_a_row_of_the_decision_table(story: Story, tell: Callable[[object], None], place: str) -> None:
    """The ledger told so far leaves the invitee where the table says."""
    tell(story)

    assert place == story.place


@pytest.mark.parametrize("tell", [tell for tell, _ in ROWS], ids=[tell.__name__ for tell, _ in ROWS])
def test_in_one_go_or_step_by_step(story: Story, tell: Callable[[object], None]) -> None:
    """The history of the person, entry by entry, ends in the very standing of the fold over all."""
    tell(story)

    assert story.ann == ledger.history(story.entries, story.register.invitees["ann"], "ann")[-1].after


class TestDelivery:
    """Whether the invitation reached the invitee is a matter of its own."""

    @pytest.mark.parametrize(
        ("state", "shown"),
        [
            (State.QUEUED, DeliveryState.QUEUED),
            (State.CLAIMED, DeliveryState.QUEUED),
            (State.DEFERRED, DeliveryState.DEFERRED),
            (State.SENT, DeliveryState.SENT),
            (State.FAILED, DeliveryState.FAILED),
            (State.IN_DOUBT, DeliveryState.IN_DOUBT),
        ],
    )
    def test_follows_the_outbox(self, blank: Story, state: State, shown: DeliveryState) -> None:
        """Each state of the outbox has its word in the attendance."""
        blank.sent(state=state)

        assert shown is blank.ann.delivery

    def test_b31_a_bounce_is_not_a_no(self, story: Story) -> None:
        """A message that came back leaves the answer open."""
        story.heard(Undeliverable(permanent=True, status="5.1.1"), 1, kind=MailKind.BOUNCE)

        assert (story.ann.delivery, story.ann.delivery_detail) == (DeliveryState.BOUNCED, "5.1.1")
        assert PartStat.NEEDS_ACTION is story.ann.partstat

    def test_b32_a_delay_is_only_noted(self, story: Story) -> None:
        """A mail server that has not given up yet changes nothing but the detail."""
        story.heard(Undeliverable(permanent=False, status="4.4.1", delayed=True), 1)

        assert (story.ann.delivery, story.ann.delivery_detail) == (DeliveryState.SENT, "4.4.1")

    def test_b33_giving_up_is_a_bounce(self, story: Story) -> None:
        """A temporary status with a final action is a bounce, RFC 3464 section 2.3.3."""
        story.heard(Undeliverable(permanent=False, status="4.2.2"), 1)

        assert DeliveryState.BOUNCED is story.ann.delivery

    def test_b35_an_objection_leaves_the_answer(self, story: Story) -> None:
        """Whoever asks not to be written to may still come."""
        story.text("ACCEPTED", 1)
        story.stop(2)

        assert (story.ann.delivery, story.ann.opted_out) == (DeliveryState.SUPPRESSED, True)
        assert PartStat.ACCEPTED is story.ann.partstat

    def test_a_held_objection_waits(self, story: Story) -> None:
        """An objection that may be somebody else's is decided by a person, and can be taken back."""
        number = story.stop(1, held=True, why="other-address")
        waiting = story.ann
        story.decided(number, 2)
        decided = story.ann
        story.decided(number, 3, applied=False)

        assert (waiting.opted_out, waiting.whys) == (False, ("other-address",))
        assert (decided.delivery, decided.whys) == (DeliveryState.SUPPRESSED, ())
        assert DeliveryState.SENT is story.ann.delivery

    def test_a_held_bounce_waits(self, story: Story) -> None:
        """A bounce without anything of ours counts once a person says so."""
        number = story.heard(
            Undeliverable(permanent=True, status="5.1.1"), 1, held=True, why="nothing-of-ours"
        )
        assert DeliveryState.SENT is story.ann.delivery
        story.decided(number, 2)

        assert (story.ann.delivery, story.ann.whys) == (DeliveryState.BOUNCED, ())

    def test_an_answer_settles_the_doubt(self, blank: Story) -> None:
        """Whoever answers a message has it."""
        blank.sent(state=State.IN_DOUBT)
        blank.calendar("ACCEPTED", 1)

        assert DeliveryState.SENT is blank.ann.delivery


def test_an_update_keeps_what_was_said(story: Story) -> None:
    """The answers to an earlier revision stay in the history, and no longer count."""
    story.calendar("ACCEPTED", 1)
    story.update(20)

    steps = ledger.history(story.entries, story.register.invitees["ann"], "ann")
    answers = [step.after.partstat for step in steps[1:]]
    assert answers == [PartStat.ACCEPTED, PartStat.NEEDS_ACTION, PartStat.NEEDS_ACTION]
    assert isinstance(steps[2].entry.fact, Announced)


def test_b18_a_counter_to_an_older_version_is_no_matter(story: Story) -> None:
    """A counter-proposal for a time that has changed since does not wait for review."""
    story.update(20)
    story.unclear(21, kind=MailKind.CALENDAR_COUNTER, line=CalendarLine("COUNTER", "a-uid", 0))

    assert story.place == "none"


def test_what_nobody_can_be_found_for_waits_apart(story: Story) -> None:
    """Mail of strangers counts for nobody, and waits until a person has looked."""
    number = story.text("ACCEPTED", 1, 4, who="", trust=Trust.NOTHING, held=True, why="unknown-sender")
    assert story.standings[""].whys == ("unknown-sender",)
    assert story.place == "none"
    story.decided(number, 2, applied=False, who="")

    assert story.standings[""].to_review == ()


def test_an_announcement_is_no_invitees(story: Story) -> None:
    """An announcement is recorded in the ledger and changes nobody's standing."""
    meeting = Meeting("A meeting", story.entries[0].recorded_at, story.entries[0].recorded_at, "UTC", "Here")
    told = Entry("diagnosis", "", meeting.starts, Channel.OUTBOX, Announced(0, meeting), number=2)

    assert {"ann"} == set(ledger.attendance([*story.entries, told], story.register))


class TestPresence:
    """Who was there, person by person."""

    def test_the_last_word_counts(self, story: Story) -> None:
        """A correction at the check-in replaces what was noted before."""
        story.seen(Presence.ABSENT)
        story.seen(Presence.PRESENT)

        assert Presence.PRESENT is story.ann.presence

    def test_each_of_two_is_seen_apart(self, story: Story, invite: Invite) -> None:
        """A couple of whom one came: each has their own line."""
        story.roll["ann"] = invite("ann", "Ann A", "Bob B")
        story.seen(Presence.PRESENT, person="ann-2")
        story.seen(Presence.EXCUSED, person="ann-1")
        rows = ledger.rows(story.roll.values(), story.standings)

        assert [row.presence for row in rows] == [Presence.EXCUSED, Presence.PRESENT]

    def test_it_can_be_taken_back(self, story: Story) -> None:
        """Refusing a line about presence leaves what was there before."""
        story.seen(Presence.ABSENT)
        story.decided(story.seen(Presence.PRESENT), 501, applied=False)

        assert Presence.ABSENT is story.ann.presence


def test_what_staff_write_replaces_what_they_wrote(story: Story) -> None:
    """A note stands until the next one; a blank one takes it away."""
    story.staff("ACCEPTED", 1, note="par téléphone")
    assert story.ann.note == "par téléphone"
    story.staff("ACCEPTED", 2, note=" ")

    assert story.ann.note == ""


def test_the_standing_answer_brings_its_channel(story: Story) -> None:
    """Channel, moment, comment and trust are those of the answer that stands."""
    story.calendar("ACCEPTED", 5, dtstamp=4, comment="avec mon mari", trust=Trust.VERIFIED)

    assert Channel.CALENDAR is story.ann.channel
    assert story.ann.answered_at is not None
    assert (
        (story.ann.answered_at - story.entries[0].recorded_at).total_seconds(),
        story.ann.comment,
    ) == (4 * 3600, "avec mon mari")
    assert Trust.VERIFIED is story.ann.trust


def test_an_answer_to_a_letter_that_does_not_ask_is_to_be_glanced_over(story: Story) -> None:
    """One to a letter that asks is not."""
    story.text("ACCEPTED", 1, letter="details.0.1")
    assert story.ann.glance

    story.text("ACCEPTED", 2, letter="invitation.0.1")
    assert not story.ann.glance
