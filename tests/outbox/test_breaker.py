"""When sending stops by itself, and the state after each outcome."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

import pytest

from mailer.model.outcome import Deferred, Failed, Halted, InDoubt, Outcome, Reply, Sent, Stage, State
from mailer.outbox import UNFINISHED, Breaker, state_after, unfinished

SENT = Sent(Reply(Stage.DOT, 250, "2.0.0 ok"))
BUSY = Halted(Reply(Stage.MAIL, 451, "4.7.1 Ratelimit"))
LOCKED = Halted(Reply(Stage.AUTH, 535, "5.7.8 no"))
UNKNOWN = Failed(Reply(Stage.RCPT, 550, "5.1.1 unknown"), "5.1.1")
SPAM = Halted(Reply(Stage.DOT, 554, "5.7.1 spam"))
DENIED = Halted(Reply(Stage.RCPT, 550, "Administrative prohibition"))
CLIENT = Halted(Reply(Stage.RCPT, 554, "5.7.1 <unknown[192.0.2.7]>: Client host rejected: Access denied"))
EHLO = Halted(Reply(Stage.RCPT, 450, "4.7.1 <pc.example>: Helo command rejected: Host not found"))
LATER = Deferred(Reply(Stage.RCPT, 451, "4.3.0 busy"), datetime(2025, 3, 13, tzinfo=UTC))
DOUBT = InDoubt(Reply(Stage.DOT, 0))

RUNS = [
    ("all-well", [SENT] * 50, ""),
    ("account-5yz", [SENT, LOCKED], "account-refused"),
    ("account-4yz-once", [BUSY, SENT, BUSY, SENT, BUSY, SENT], ""),
    ("account-4yz-thrice", [SENT, BUSY, BUSY, BUSY], "account-refused"),
    ("ehlo-4yz", [SENT, EHLO], "account-refused"),
    ("spam", [SENT, SPAM, SPAM, SPAM], "messages-refused"),
    ("spam-for-few", [SENT, SPAM, SPAM, SENT, SPAM, SPAM], ""),
    ("three-domains", [SENT, DENIED, DENIED, DENIED], "account-refused"),
    ("two-domains", [SENT, DENIED, DENIED, SENT, DENIED, DENIED], ""),
    ("client-at-rcpt", [SENT, CLIENT], "account-refused"),
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
    for n, outcome in enumerate(outcomes):
        breaker = breaker.after(outcome, f"p{n}@d{n}.example")

    assert breaker.tripped == tripped


def after(breaker: Breaker, outcome: Outcome, recipients: Iterable[str], *, again: bool = False) -> Breaker:
    """Return a breaker after the same outcome for each of these."""
    for recipient in recipients:
        breaker = breaker.after(outcome, recipient, again=again)
    return breaker


def test_one_domain_needs_ten() -> None:
    """Nine people of one domain refused in the same words are nine; the tenth stops, and the same one twice does not."""
    nine = after(Breaker(), DENIED, (f"p{n}@example.org" for n in range(9)))

    assert nine.tripped == ""
    assert nine.after(DENIED, "p3@example.org").tripped == ""
    assert nine.after(DENIED, "p9@example.org").tripped == "account-refused"
    assert nine.after(SENT, "p9@example.org").after(DENIED, "p10@example.org").tripped == ""


def test_nobody_stops_sending_twice() -> None:
    """Who was refused before in these words trips nothing, until so many are that the server is to be left alone."""
    everybody = [f"p{n}@d{n}.example" for n in range(30)]

    assert after(Breaker(warned=True), CLIENT, everybody[:29], again=True).tripped == ""
    assert after(Breaker(warned=True), CLIENT, everybody, again=True).tripped == "account-refused"
    assert after(Breaker(warned=True), CLIENT, everybody[:2]).tripped == ""
    assert after(Breaker(warned=True), CLIENT, everybody[:3]).tripped == "account-refused"


def test_a_probe_clears_what_the_words_do_not_tell() -> None:
    """An address of ours that is accepted says that dead addresses are dead, not that a letter is liked."""
    breaker = after(after(Breaker(), DENIED, ["a@a.example", "b@b.example"]), SPAM, ["c@c.example"])

    probed = breaker.after_probe()

    assert [one.recipient for one in probed.streak] == ["c@c.example"]


def test_it_pauses_longer_each_time() -> None:
    """A server that turns us away is left alone, the longer the more often, until it takes something."""
    one = Breaker().after(BUSY, "a@example.org")
    two = one.after(BUSY, "b@example.org")

    assert Breaker().pause < one.pause < two.pause
    assert two.after(SENT, "c@example.org").pause == Breaker().pause


def test_nothing_to_log_in_with() -> None:
    """Where there is nothing to log in with sending stops at once; a connection that is lost is tried again."""
    ended, lost = Reply(Stage.AUTH, 0, "sign-in-expired"), Reply(Stage.CONNECT, 0, "timed out")

    assert Breaker().after(Halted(ended), "a@example.org").tripped == "account-refused"
    assert Breaker().after(Halted(lost), "a@example.org").tripped == ""


def test_finished_is_counted_from_states() -> None:
    """Only what is sent, has failed or is not owed any more is at an end."""
    counts = dict.fromkeys(State, 1)

    assert unfinished(counts) == len(UNFINISHED) == 4
    assert unfinished({State.SENT: 5, State.FAILED: 1}) == 0
    assert set(State) - set(UNFINISHED) == {State.SENT, State.FAILED, State.VOID}


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
