"""When sending stops by itself, and the state after each outcome."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from mailer.model.outcome import Deferred, Failed, Halted, InDoubt, Outcome, Reply, Sent, Stage, State
from mailer.outbox import UNFINISHED, Breaker, state_after, unfinished

SENT = Sent(Reply(Stage.DOT, 250, "2.0.0 ok"))
BUSY = Halted(Reply(Stage.MAIL, 451, "4.7.1 Ratelimit"))
LOCKED = Halted(Reply(Stage.AUTH, 535, "5.7.8 no"))
UNKNOWN = Failed(Reply(Stage.RCPT, 550, "5.1.1 unknown"), "5.1.1")
SPAM = Failed(Reply(Stage.DOT, 554, "5.7.1 spam"), "5.7.1")
LATER = Deferred(Reply(Stage.RCPT, 451, "4.3.0 busy"), datetime(2025, 3, 13, tzinfo=UTC))
DOUBT = InDoubt(Reply(Stage.DOT, 0))

RUNS = [
    ("all-well", [SENT] * 50, ""),
    ("account-5yz", [SENT, LOCKED], "account-refused"),
    ("account-4yz-once", [BUSY, SENT, BUSY, SENT, BUSY, SENT], ""),
    ("account-4yz-thrice", [SENT, BUSY, BUSY, BUSY], "account-refused"),
    ("spam", [SENT, SPAM, SPAM, SPAM], "messages-refused"),
    ("spam-now-and-then", [SPAM, SENT, SPAM, SENT, SPAM, SENT], ""),
    ("bad-list", [SENT, UNKNOWN] * 10, "too-many-refused"),
    ("few-refused", ([SENT] * 9 + [UNKNOWN]) * 20, ""),
    ("short-list", [UNKNOWN] * 9, ""),
    ("greylisting", [LATER] * 50, ""),
    ("doubt", [DOUBT] * 3, ""),
]


@pytest.mark.parametrize(("outcomes", "tripped"), [run[1:] for run in RUNS], ids=[run[0] for run in RUNS])
def test_when_it_trips(outcomes: list[Outcome], tripped: str) -> None:
    """Refusals of the account, of message after message, or of too much of the list stop sending; others do not."""
    breaker = Breaker()
    for outcome in outcomes:
        breaker = breaker.after(outcome)

    assert breaker.tripped == tripped


def test_it_pauses_longer_each_time() -> None:
    """A server that turns us away is left alone, the longer the more often, until it takes something."""
    one = Breaker().after(BUSY)
    two = one.after(BUSY)

    assert Breaker().pause < one.pause < two.pause
    assert two.after(SENT).pause == Breaker().pause


def test_finished_is_counted_from_states() -> None:
    """Only what is sent or has failed is at an end."""
    counts = dict.fromkeys(State, 1)

    assert unfinished(counts) == len(UNFINISHED) == 4
    assert unfinished({State.SENT: 5, State.FAILED: 1}) == 0
    assert set(State) - set(UNFINISHED) == {State.SENT, State.FAILED}


@pytest.mark.parametrize(
    ("outcome", "state"),
    [
        (SENT, State.SENT),
        (BUSY, State.QUEUED),
        (UNKNOWN, State.FAILED),
        (LATER, State.DEFERRED),
        (DOUBT, State.IN_DOUBT),
    ],
    ids=lambda value: type(value).__name__ if not isinstance(value, State) else value.value,
)
def test_every_outcome_has_its_state(outcome: Outcome, state: State) -> None:
    """A claimed message has exactly this state afterwards; only a refusal of the account queues it again."""
    assert state_after(outcome) is state
