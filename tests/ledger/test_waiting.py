"""What waits for a person, and how somebody came to stand where they stand."""

from __future__ import annotations

from dataclasses import replace

from mailer import ledger
from mailer.model.entry import Delivery, Heard
from mailer.model.finding import Answer, PartStat, Unclear
from mailer.model.outcome import Reply, Stage, State
from tests.ledger.conftest import Story


def test_what_waits_is_listed_with_what_it_most_likely_says(story: Story) -> None:
    """Oldest first, each with its reason, the proposal, and where the invitee stands meanwhile."""
    story.text("ACCEPTED", 1, 2)
    perhaps = Answer(PartStat.DECLINED)
    story.unclear(2, perhaps)
    story.text("ACCEPTED", 3, who="", held=True, why="unknown-sender")

    waiting = ledger.review(story.entries, story.standings)
    assert [("unclear", perhaps), ("unknown-sender", Answer(PartStat.ACCEPTED))] == [
        (item.why, item.proposal) for item in waiting
    ]
    assert PartStat.ACCEPTED is waiting[0].standing.partstat
    fact = waiting[0].entry.fact
    assert isinstance(fact, Heard)
    assert isinstance(fact.finding.claim, Unclear)


def test_nothing_waits_twice(story: Story) -> None:
    """What was decided is not listed again."""
    story.decided(story.unclear(2), 3)

    assert ledger.review(story.entries, story.standings) == []


def test_why_tells_step_by_step(story: Story) -> None:
    """Each step says what it changed, the words it rests on, and where the invitee stood before."""
    story.text("ACCEPTED", 1, 2)
    story.text("ACCEPTED", 1, 2)
    number = story.unclear(3, Answer(PartStat.DECLINED))
    story.decided(number, 4)
    story.text("ACCEPTED", 5, who="bob")

    steps = ledger.history(story.entries, story.register.invitees["ann"], "ann")
    effects = [step.effect.value for step in steps]
    assert effects == ["applied", "applied", "none", "waits", "applied"]
    assert (steps[3].rule, steps[3].words, steps[3].why) == ("a_rule", "some words", "unclear")
    assert PartStat.ACCEPTED is steps[4].before.partstat
    assert PartStat.DECLINED is steps[4].after.partstat


def test_what_is_decided_waited_and_the_decision_says_about_what(story: Story) -> None:
    """What still waits is not said to have waited."""
    number = story.unclear(3, Answer(PartStat.DECLINED))
    story.decided(number, 4)
    story.unclear(5)

    steps = ledger.history(story.entries, story.register.invitees["ann"], "ann")
    assert [(step.why, step.settled) for step in steps[1:]] == [
        ("unclear", True),
        ("", False),
        ("unclear", False),
    ]
    assert [step.about and step.about.number for step in steps] == [None, None, number, None]


def test_a_refusal_of_what_waits_decides(story: Story) -> None:
    """A decision that changes no answer is still told as one."""
    story.decided(story.unclear(3), 4, applied=False)

    assert (
        ledger.Effect.DECIDED
        is ledger.history(story.entries, story.register.invitees["ann"], "ann")[-1].effect
    )


def test_what_the_server_said_is_shown(blank: Story) -> None:
    """The reply of the mail server stands beside what became of the message."""
    blank.sent(state=State.FAILED)
    refused = Reply(Stage.RCPT, 550, "5.1.1 no such user")
    fact = blank.entries[0].fact
    assert isinstance(fact, Delivery)
    blank.entries[0] = replace(blank.entries[0], fact=replace(fact, reply=refused))

    assert (
        ledger.history(blank.entries, blank.register.invitees["ann"], "ann")[0].words == "5.1.1 no such user"
    )
    assert blank.ann.delivery_detail == "5.1.1 no such user"
