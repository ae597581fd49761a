"""The counters, and the lines they count."""

from __future__ import annotations

import pytest

from mailer import ledger
from mailer.model.finding import Answer, PartStat, Undeliverable
from mailer.model.outcome import State
from tests.ledger.conftest import Invite, Story


@pytest.mark.parametrize(("heads", "shares"), [(None, [None, None]), (1, [1, 0]), (2, [1, 1]), (5, [4, 1])])
def test_a_couple_shares_its_headcount(
    story: Story, invite: Invite, heads: int | None, shares: list[int | None]
) -> None:
    """The lines of those who share an address add up to what they said."""
    story.roll["ann"] = couple = invite("ann", "Ann A", "Al A")
    story.text("ACCEPTED", 1, heads)
    rows = ledger.rows([couple], story.standings)

    assert shares == [row.party_size for row in rows]
    assert [row.person.ref for row in rows] == ["ann-1", "ann-2"]


def test_lines_stand_in_the_order_of_the_roll(story: Story, invite: Invite) -> None:
    """Everybody on the roll has a line, heard of or not, in the order of the lists."""
    rows = ledger.rows([invite("zoe"), invite("ann"), invite("bob")], story.standings)

    assert [row.standing.invitee for row in rows] == ["zoe", "ann", "bob"]


def test_what_is_counted(story: Story, invite: Invite) -> None:
    """Each counter counts what its name says, and the sums are those of the lines."""
    story.announced(0, 0)
    story.roll["guy"] = invite("guy", "Guy G", "Gil G")
    story.text("ACCEPTED", 1, 3)
    for who in ("bob", "cyd", "dan", "eve", "fay", "guy"):
        story.sent(who=who)
    story.text("TENTATIVE", 2, 2, who="bob")
    story.text("DECLINED", 2, who="cyd")
    story.heard(Answer(PartStat.DECLINED, delegate="un collègue"), 2, who="dan")
    story.heard(Undeliverable(permanent=True, status="5.1.1"), 2, who="eve")
    story.sent(key="reminder.0.1", state=State.FAILED, who="fay")
    story.text("ACCEPTED", 3, who="guy")
    story.unclear(4, who="")
    roll = [invite(who) for who in ("ann", "bob", "cyd", "dan", "eve", "fay")]
    roll += [story.roll["guy"], invite("hal", email=""), invite("ida")]

    counted = ledger.count(ledger.rows(roll, story.standings, {"ida"}), story.standings)
    assert (counted.contacts, counted.addresses) == (10, 9)
    assert dict(counted.answers) == {
        "accepted": 3,
        "declined": 2,
        "tentative": 1,
        "delegated": 0,
        "none": 4,
    }
    assert {state: n for state, n in counted.delivery.items() if n} == {
        "sent": 6,
        "failed": 2,
        "bounced": 1,
        "suppressed": 1,
    }
    assert counted.contacts == sum(counted.answers.values()) == sum(counted.delivery.values())
    assert counted.headcount == 5
    assert counted.turnout == (5, 8)
    assert counted.unreachable == 3
    assert counted.review == 2


def test_nobody_is_expected_after_a_cancellation(story: Story, invite: Invite) -> None:
    """What was said stays to be read, and no chair is put out."""
    story.text("ACCEPTED", 1, 3)
    story.cancel(2)
    counted = ledger.count(ledger.rows([invite("ann")], story.standings), story.standings)

    assert (counted.answers["accepted"], counted.headcount, counted.turnout) == (1, 0, (0, 0))
