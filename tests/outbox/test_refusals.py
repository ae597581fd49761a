"""Whose a refusal is: the address's own, or perhaps that of the account or the server."""

from __future__ import annotations

import pytest

from mailer.model.invitation import Kind, MessageKey
from mailer.model.message import GivenBack
from mailer.model.outcome import Reply, Stage
from mailer.outbox import Refusals, words

KEY = MessageKey(Kind.INVITATION, 0, 1)
MARIE, PAUL, LUCIE = ("marie", KEY), ("paul", KEY), ("lucie", KEY)
DEAD = Reply(Stage.RCPT, 550, "No such user here")
LIMIT = Reply(Stage.RCPT, 550, "You have exceeded the max emails per hour (31/30)")
NO = Reply(Stage.RCPT, 550, "Administrative prohibition")
SPAM = Reply(Stage.DOT, 554, "5.7.1 not wanted")
LOGIN = Reply(Stage.MAIL, 530, "5.7.0 Authentication required")

ALIKE = [
    ("550", "5.1.1 <marie@a.example>: no such user", "5.1.1 <paul@b.example>: No such user"),
    ("550", "User marie unknown", "User paul unknown"),
    ("550", 'mailbox "marie" is gone', "mailbox «Paul» is gone"),
    (
        "550",
        "Domain a.example exceeded 31/30 (103%) per hour",
        "Domain b.example exceeded 41/40 (102%) per hour",
    ),
    ("550", "5.7.1 Blocked. ab12cd34-xy - gsmtp", "5.7.1 Blocked. 99zz00-xy - gsmtp"),
    ("550", "", "5.0.0"),
]


@pytest.mark.parametrize(("code", "one", "other"), ALIKE, ids=[one[:20] or "empty" for _, one, _ in ALIKE])
def test_the_same_words(code: str, one: str, other: str) -> None:
    """Addresses, names, hosts and numbers aside, two people were refused in the same words."""
    assert words(Reply(Stage.RCPT, int(code), one), "marie@a.example") == words(
        Reply(Stage.RCPT, int(code), other), "paul@b.example"
    )


def test_other_words() -> None:
    """What is said in other words is another refusal, and a name within a longer word is none."""
    assert words(DEAD, "p@example.org") != words(SPAM, "p@example.org")
    assert words(Reply(Stage.RCPT, 550, "not accepted"), "a@example.org") == "not accepted"
    assert words(DEAD, "user@example.org") != words(DEAD, "marie@example.org")


def own(refusals: Refusals, reply: Reply, *, attempts: int = 2, alike: int = 0) -> bool:
    """Whether this refusal of Marie is her own."""
    return refusals.is_own(MARIE, reply, "marie@example.org", attempts=attempts, alike=alike)


def given_back(reply: Reply) -> Refusals:
    """Marie was given back in this run."""
    refusals = Refusals()
    refusals.give_back(MARIE, reply, "marie@example.org")
    return refusals


@pytest.mark.parametrize("reply", [DEAD, SPAM], ids=["rcpt", "dot"])
def test_refused_again_while_others_were_accepted(reply: Reply) -> None:
    """Once says nothing, twice in a row neither; twice with another accepted in between says whose it is."""
    assert not own(Refusals(), reply, attempts=1)
    refusals = given_back(reply)
    assert not own(refusals, reply)
    assert not refusals.ready()

    refusals.accept(PAUL)

    assert list(refusals.ready()) == [MARIE]
    assert list(refusals.ready()) == []
    assert own(refusals, reply)
    assert not own(refusals, LOGIN)
    assert not own(refusals, Reply(reply.stage, 550, "something else"))


def test_in_an_earlier_run() -> None:
    """The store says whether others were accepted since."""
    since, alone = (Refusals([GivenBack("marie", KEY, DEAD, others)]) for others in (True, False))

    assert own(since, DEAD)
    assert not own(alone, DEAD)
    assert list(since.ready()) == [MARIE]
    assert list(alone.ready()) == []
    assert list(alone.earlier) == [MARIE]


def test_the_next_in_those_words() -> None:
    """Once these words are known to be an address's, so are they for the next; other words are not."""
    refusals = given_back(DEAD)
    refusals.accept(PAUL)
    refusals.settle(MARIE, DEAD, "marie@example.org", own=True)

    assert refusals.is_own(LUCIE, DEAD, "lucie@example.org", attempts=1, alike=0)
    assert not refusals.is_own(LUCIE, SPAM, "lucie@example.org", attempts=1, alike=0)


def test_many_alike_are_nobodys_own() -> None:
    """While others are refused for the first time in these words, with nobody accepted, it may be the account."""
    refusals = given_back(DEAD)
    refusals.accept(PAUL)

    assert own(refusals, DEAD, alike=2)
    assert not own(refusals, DEAD, alike=3)


def test_a_limit_is_rarely_ones_own() -> None:
    """What speaks of a limit for sending comes and goes: it is somebody's own only at the fourth try."""
    refusals = given_back(LIMIT)
    refusals.accept(PAUL)

    assert not own(refusals, LIMIT, attempts=3)
    assert own(refusals, LIMIT, attempts=4)


def test_what_passes_is_not_ones_own() -> None:
    """Another who was refused in these words is accepted now: the words were not about an address."""
    refusals = given_back(DEAD)
    refusals.give_back(PAUL, DEAD, "paul@example.org")
    refusals.accept(PAUL)

    assert not own(refusals, DEAD, attempts=3)
    assert own(refusals, DEAD, attempts=4)


@pytest.mark.parametrize(("reply", "told"), [(DEAD, True), (SPAM, False), (LIMIT, False), (NO, False)])
def test_what_a_probe_tells(reply: Reply, told: bool) -> None:
    """An address of ours accepted at RCPT makes sure that the unknown user is unknown, and nothing else."""
    refusals = given_back(reply)
    assert refusals.worth_probing is told

    refusals.probe()

    assert bool(refusals.ready()) is told
    assert own(refusals, reply, attempts=9) is told
