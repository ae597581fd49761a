"""Places: first come, first served, and never more than there are."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer import ledger
from tests.ledger.conftest import Invite, Story

Moves = list[tuple[Any, ...]]

PEOPLE = ("ann", "bob", "cyd", "dan")
MOVES = st.lists(
    st.tuples(
        st.sampled_from(PEOPLE),
        st.sampled_from(["ACCEPTED", "ACCEPTED", "DECLINED", "TENTATIVE", "DELEGATED"]),
        st.sampled_from([None, 1, 2, 3, 4]),
    ),
    max_size=12,
)


def places(story: Story, invite: Invite, capacity: int) -> ledger.Places:
    """Give out places to all four people."""
    return ledger.places([invite(ref) for ref in PEOPLE], story.standings, capacity)


@given(moves=MOVES, capacity=st.integers(1, 9), cancel=st.sampled_from([None, *PEOPLE]))
def test_never_more_than_there_are_on_any_path(
    tell: type[Story], invite: Invite, moves: Moves, capacity: int, cancel: str | None
) -> None:
    """After every answer the places given out fit, and nobody who has one loses it to another's answer."""
    story, held = tell(), dict[str, int]()
    for hour, (who, partstat, heads) in enumerate(moves, 1):
        story.text(partstat, hour, heads, who=who)
        now = places(story, invite, capacity)

        assert now.taken <= capacity
        assert all(now.confirmed.get(ref, 0) >= kept for ref, kept in held.items() if ref != who)
        assert not now.waiting or next(iter(now.waiting.values())) > (now.free or 0)
        held = dict(now.confirmed)
    if cancel:
        story.sent(50, "cancel.1.1", who=cancel)
        assert cancel not in places(story, invite, capacity).confirmed


@pytest.mark.parametrize(
    ("moves", "capacity", "confirmed", "waiting"),
    [
        pytest.param([("ann", 2), ("bob", 2)], 4, {"ann": 2, "bob": 2}, {}, id="all fit"),
        pytest.param([("ann", 2), ("bob", 2)], 3, {"ann": 2}, {"bob": 2}, id="a party is not split"),
        pytest.param([("ann", 2), ("bob", 2), ("cyd", 1)], 3, {"ann": 2}, {"bob": 2, "cyd": 1}, id="in turn"),
        pytest.param(
            [("ann", 1), ("bob", 1), ("ann", 3)], 2, {"ann": 1, "bob": 1}, {"ann": 2}, id="more companions"
        ),
        pytest.param([("ann", 3), ("bob", 1), ("ann", 1)], 2, {"ann": 1, "bob": 1}, {}, id="fewer of them"),
        pytest.param([("ann", 3), ("bob", 1)], 0, {"ann": 3, "bob": 1}, {}, id="no limit"),
    ],
)
def test_who_has_a_place(
    blank: Story,
    invite: Invite,
    moves: Moves,
    capacity: int,
    confirmed: dict[str, int],
    waiting: dict[str, int],
) -> None:
    """Places go in the order they were asked for."""
    for hour, (who, heads) in enumerate(moves, 1):
        blank.text("ACCEPTED", hour, heads, who=who)

    now = places(blank, invite, capacity)
    assert (confirmed, waiting) == (dict(now.confirmed), dict(now.waiting))


def test_one_seat_promotes_one(blank: Story, invite: Invite) -> None:
    """A place that is given back goes to the first who waits, and to nobody else."""
    for hour, who in enumerate(PEOPLE, 1):
        blank.text("ACCEPTED", hour, 1, who=who)
    before = places(blank, invite, 2)
    blank.text("DECLINED", 9, who="ann")
    after = places(blank, invite, 2)

    assert ledger.promoted(before, after) == ["cyd"]
    assert dict(after.waiting) == {"dan": 1}


def test_a_yes_without_a_number_is_one_place_for_each(blank: Story, invite: Invite) -> None:
    """A couple that says yes asks for two places, which are given together or not at all."""
    blank.roll["ann"] = couple = invite("ann", "Ann A", "Al A")
    blank.text("ACCEPTED", 1, who="ann")

    both = {"ann-1": 1, "ann-2": 1}
    assert dict(ledger.places([couple], blank.standings, 5).confirmed) == both
    assert dict(ledger.places([couple], blank.standings, 1).waiting) == both


def test_the_delegate_takes_the_place(blank: Story, invite: Invite) -> None:
    """Whoever comes instead has the place of the one who had it, before those who asked in between."""
    blank.text("ACCEPTED", 1, 1, who="ann")
    blank.text("ACCEPTED", 2, 1, who="bob")
    blank.calendar("DELEGATED", 3, delegated_to="eve@example.net", who="ann")
    blank.calendar("ACCEPTED", 4, attendee="eve@example.net", delegated_from="ann@example.org", who="ann")

    assert dict(places(blank, invite, 1).confirmed) == {"ann": 1}
