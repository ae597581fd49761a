"""The current answer does not depend on the order in which mails were read."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from mailer import ledger
from mailer.model.attendance import Standing
from mailer.model.entry import Announced, Channel, Entry, Trust
from tests.ledger.conftest import Story

HOURS = st.integers(1, 40)
ANSWERS = st.fixed_dictionaries(
    {
        "partstat": st.sampled_from(["ACCEPTED", "DECLINED", "TENTATIVE", "DELEGATED"]),
        "said": HOURS,
        "heads": st.sampled_from([None, 1, 2, 5]),
        "trust": st.sampled_from([Trust.CAPABILITY, Trust.SENDER, Trust.VERIFIED]),
        "sequence": st.sampled_from([None, 0, 1]),
        "dtstamp": st.one_of(st.just(-1), HOURS),
        "held": st.booleans(),
        "delegated_from": st.sampled_from(["", "", "ann@example.org"]),
        "sender": st.sampled_from(["", "ann@example.org", "ann@example.net", "bob@example.net"]),
        "came": st.one_of(st.none(), HOURS),
    }
)


@given(data=st.data(), answers=st.lists(ANSWERS, max_size=7), updated=st.booleans())
def test_any_order_of_the_same_answers_gives_the_same_attendance(
    tell: type[Story], data: st.DataObject, answers: list[dict[str, Any]], updated: bool
) -> None:
    """Answers, calendar or not, held or decided, mean the same whatever order they are read in."""
    story = tell()
    story.sent()
    if updated:
        story.update(20)
    sent = len(story.entries)
    for number, answer in enumerate(answers):
        entry = story.calendar(**answer, read=answer["said"], why="other-address" if answer["held"] else "")
        if answer["held"] and number % 2:
            story.decided(entry, 41, applied=number % 4 == 1)
    heard = data.draw(st.permutations(story.entries[sent:]))

    read_otherwise = ledger.attendance([*story.entries[:sent], *heard], story.register)["ann"]
    assert _place(story.ann) == _place(read_otherwise)


def _place(standing: Standing) -> list[object]:
    """Return all fields."""
    return [(name, getattr(standing, name)) for name in standing.__slots__]


ENTRIES = st.lists(
    st.one_of(
        st.tuples(st.just("text"), st.sampled_from(["ACCEPTED", "DECLINED", "TENTATIVE"]), HOURS),
        st.tuples(st.just("staff"), st.sampled_from(["ACCEPTED", "NEEDS_ACTION"]), HOURS),
        st.tuples(st.just("sent"), HOURS, st.sampled_from(["update.1.1", "reminder.0.1", "cancel.2.1"])),
        st.tuples(st.just("announced"), HOURS, st.integers(0, 2)),
        st.tuples(st.just("cancel"), HOURS),
        st.tuples(st.just("stop"), HOURS),
        st.tuples(st.just("robot"), HOURS),
        st.tuples(st.just("unclear"), HOURS),
        st.tuples(st.just("decided"), st.integers(1, 8), HOURS),
    ),
    max_size=8,
)


@given(told=ENTRIES)
def test_step_by_step_ends_where_one_go_ends(tell: type[Story], told: list[tuple[Any, ...]]) -> None:
    """Whatever happens, folding entry by entry gives the standing that folding all at once gives."""
    story = tell()
    story.sent()
    for name, *arguments in told:
        getattr(story, name)(*arguments)
    last = ledger.history(story.entries, story.register.invitees["ann"], "ann")[-1]
    standing = last.after

    # An announcement behind the last step, which shows nothing of the person, is no step.
    behind = story.entries[last.entry.number :]
    silent = {entry.number for entry in behind if isinstance(entry.fact, Announced)}
    assert story.ann.last_entry in {standing.last_entry, *silent}
    assert replace(story.ann, last_entry=standing.last_entry) == standing
    assert len(standing.to_review) == len(standing.whys)
    assert all(standing.whys)


def test_replaying_gives_the_same(story: Story) -> None:
    """The same entries, from a list or one by one, fold into equal standings."""
    story.calendar("ACCEPTED", 1)
    story.text("DECLINED", 2)

    assert story.standings == ledger.attendance(iter(list(story.entries)), story.register)


def test_equal_in_all_that_is_compared(story: Story) -> None:
    """Of two answers with equal times, the one recorded later counts."""
    story.calendar("ACCEPTED", 1)
    story.calendar("DECLINED", 1)

    assert story.place == "declined 0"


def test_a_surer_agreement_takes_the_channel_over(story: Story) -> None:
    """A repeated answer takes over the later channel, unless that has less trust."""
    story.text("ACCEPTED", 1, trust=Trust.VERIFIED)
    story.calendar("ACCEPTED", 2)
    assert Channel.TEXT is story.ann.channel
    story.staff("ACCEPTED", 3)

    assert (story.ann.channel, story.ann.trust) == (Channel.STAFF, Trust.STAFF)


def test_entries_are_values(story: Story) -> None:
    """Folding changes no entry."""
    before = [Entry(**{name: getattr(e, name) for name in e.__slots__}) for e in story.entries]
    ledger.attendance(story.entries, story.register)

    assert before == story.entries


def test_another_address_contradicts_nobody(story: Story) -> None:
    """With the token alone an answer from another address counts, and changes none but its own."""
    story.text("ACCEPTED", 1, trust=Trust.CAPABILITY, sender="Ann@example.net")
    assert story.place == "accepted"
    story.text("DECLINED", 2, trust=Trust.CAPABILITY, sender="eve@evil.example")
    assert story.place == "accepted ? lower-trust"
    story.text("DECLINED", 3, trust=Trust.CAPABILITY, sender="ann@example.net")
    assert story.place == "declined 0"


def test_who_answered_before_may_change_it_also_after_the_invitee(story: Story) -> None:
    """A secretary answered, the invitee changed it, and the secretary changes it again; a third address does not."""
    story.text("ACCEPTED", 1, trust=Trust.CAPABILITY, sender="office@example.net")
    story.text("TENTATIVE", 2, trust=Trust.SENDER, sender="ann@example.org")
    story.text("DECLINED", 3, trust=Trust.CAPABILITY, sender="office@example.net")
    assert story.place == "declined 0"
    story.text("ACCEPTED", 4, trust=Trust.CAPABILITY, sender="third@example.net")
    assert story.place == "declined 0 ? lower-trust"


def test_what_staff_noted_is_not_changed_by_a_token(story: Story) -> None:
    """Who answered before still contradicts no word of staff."""
    story.text("ACCEPTED", 1, trust=Trust.CAPABILITY, sender="office@example.net")
    story.staff("DECLINED", 2)
    story.text("ACCEPTED", 3, trust=Trust.CAPABILITY, sender="office@example.net")

    assert story.place == "declined 0 ? lower-trust"


def test_what_came_in_later_is_not_lost_by_its_date(story: Story) -> None:
    """A no that is the earlier by its Date alone waits; one that also came in earlier is just old."""
    story.text("ACCEPTED", 10, came=10)
    story.text("DECLINED", 9, came=12)
    assert story.place == "accepted ? earlier-by-date"


def test_what_is_old_by_both_clocks_is_old(story: Story) -> None:
    """It came in earlier, too, and was read later."""
    story.text("ACCEPTED", 10, came=10)
    story.text("DECLINED", 8, came=9, read=11)
    assert story.place == "accepted"


def test_what_agrees_does_not_wait(story: Story) -> None:
    """A second yes with a wrong date asks for nothing."""
    story.text("ACCEPTED", 10, came=10)
    story.text("ACCEPTED", 9, came=12)
    assert story.place == "accepted"


def test_an_old_answer_that_is_sent_again_undoes_nothing(story: Story) -> None:
    """Days later a yes comes again, dated before the no: it waits, and counts where staff let it through."""
    story.text("DECLINED", 10, came=10)
    yes = story.text("ACCEPTED", 200, came=200, dated=9)
    assert story.place == "declined 0 ? earlier-by-date"
    story.decided(yes, at=201)
    assert story.place == "accepted"


def test_a_late_answer_with_an_early_date_counts(story: Story) -> None:
    """What stays: the first answer, one that agrees, and a change of mind dated after the answer that it changes."""
    story.text("ACCEPTED", 100, came=100, dated=9)
    assert story.place == "accepted"
    story.text("ACCEPTED", 200, came=200, dated=8)
    assert story.place == "accepted"
    story.text("DECLINED", 400, came=400, dated=300)
    assert story.place == "declined 0"
