"""Mails are understood in processes of their own: in order, each within its budget, and those beyond it are set aside."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import psutil
import pytest

from mailer import inbox
from mailer.bounded import Allowance
from mailer.inbox import Holder
from mailer.jobs import understand_many
from mailer.jobs.attribute import Attributed, Situation
from mailer.jobs.understand_many import Batch, UnderstoodMail, in_order
from mailer.model.entry import Heard, Trust
from mailer.model.finding import Answer, Unclear
from mailer.wire import Fetched, Folder

REPLIES = sorted((Path(__file__).parent.parent / "corpus" / "replies").glob("*.eml"))
NOW = datetime(2025, 3, 20, tzinfo=UTC)
FOLDER = Folder("INBOX", 1, 100)
NARROW = Allowance(seconds=0.1, wall_seconds=60.0, octets=understand_many.BUDGET.octets)
"""A budget that a page of half a million letters does not keep."""

HEAD = (
    b"From: Marie Petit <marie@example.org>\r\nTo: c@example.net\r\nSubject: Re: Invitation\r\n"
    b"In-Reply-To: <ours@example.net>\r\nMessage-ID: <%s@example.org>\r\n"
)
HEAVY = HEAD % b"heavy" + b"Content-Type: text/html\r\n\r\n" + b"<p a='1'>Je viens.</p>" * 23_000
LIGHT = HEAD % b"light" + b"\r\nJe viens.\r\n"


@pytest.fixture
def situation() -> Situation:
    """Marie is invited, and had our letter."""
    index = inbox.Index()
    marie = Holder("c", "marie")
    index.enrol(marie, "marie@example.org")
    index.add(marie, message_id="<ours@example.net>")
    return Situation(index, {}, "c", {}, b"secret")


def batch(contents: Sequence[bytes], known: frozenset[str] = frozenset()) -> Batch:
    """The mails as one batch; their digests are their places."""
    mails = [(Fetched(at, len(content), NOW, content), str(at)) for at, content in enumerate(contents)]
    return Batch(FOLDER, mails, known, NOW)


def batches() -> list[Batch]:
    """All the sample answers, five together."""
    contents = [path.read_bytes() for path in REPLIES]
    return [batch(contents[at : at + 5]) for at in range(0, len(contents), 5)]


def read(
    contents: Sequence[bytes], situation: Situation, budget: Allowance = NARROW
) -> list[UnderstoodMail | None]:
    """Understand mails."""
    ((_, made),) = in_order(iter([batch(contents)]), situation, 1, budget=budget)
    return made


def heard(attributed: Attributed) -> Heard:
    """Return what is recorded of a mail."""
    assert attributed.entry
    assert isinstance(attributed.entry.fact, Heard)
    return attributed.entry.fact


def children() -> set[psutil.Process]:
    """Return the processes that this one has started to read in."""
    return {child for child in psutil.Process().children() if "spawn_main" in str(child.cmdline())}


def test_two_processes_understand_the_same_as_one(situation: Situation) -> None:
    """However many mails there are, each batch comes in its turn with what it says."""
    few = list(in_order(iter(batches()), situation, 1))
    many = list(in_order(iter(batches()), situation, understand_many.MANY))

    assert len(few) > 5
    assert many == few


def test_mails_read_before_are_passed_over(situation: Situation) -> None:
    """What was read before is not understood again, heavy or not."""
    (_, made), *_ = in_order(
        iter([batch([LIGHT, HEAVY, LIGHT], frozenset("1"))]), situation, 1, budget=NARROW
    )

    assert [taken is None for taken in made] == [False, True, False]


def test_a_mail_beyond_its_budget_waits_for_a_person_and_the_others_count(situation: Situation) -> None:
    """It is known whose it is, by its header, and why it waits; the yes before it and the one behind it are answers."""
    before, heavy, after = read([LIGHT, HEAVY, LIGHT], situation)
    assert before
    assert heavy
    assert after
    fact = heard(heavy.attributed)

    assert [taken.set_aside for taken in (before, heavy, after)] == [False, True, False]
    assert (fact.held, fact.why, fact.trust) == (True, "set-aside-time", Trust.SENDER)
    assert fact.finding.claim == Unclear(why="set-aside-time")
    assert fact.finding.evidence == "Re: Invitation"
    assert heavy.attributed.entry
    assert heavy.attributed.entry.invitee == "marie"
    assert (heavy.read.digest, heavy.read.sender) == ("1", "marie@example.org")
    assert all(isinstance(heard(one.attributed).finding.claim, Answer) for one in (before, after))


def test_a_mail_of_nobody_beyond_its_budget_is_shown_all_the_same(situation: Situation) -> None:
    """Nobody could say whether it is an answer, so a person looks, whoever wrote it; a light one is left alone."""
    strange = b"From: x@example.com\r\nSubject: Promotion\r\nList-Id: <l.example.com>\r\nList-Unsubscribe: <https://example.com/u>\r\n"
    heavy, light = read(
        [strange + HEAVY.partition(b"<heavy@example.org>\r\n")[2], strange + b"\r\nAchetez !\r\n"], situation
    )
    assert heavy
    assert light

    assert heard(heavy.attributed).held
    assert heavy.attributed.entry
    assert (heavy.attributed.entry.campaign, heavy.attributed.entry.invitee) == ("c", "")
    assert light.attributed == Attributed(aside="strange")


def test_a_header_that_is_beyond_all_bounds_costs_no_more_than_itself(situation: Situation) -> None:
    """Where not even the header can be read, the mail is recorded with nothing of it."""
    nothing = replace(NARROW, seconds=-1.0, wall_seconds=0.0)
    made = read([HEAVY], situation, nothing)

    assert made[0]
    assert made[0].set_aside
    assert heard(made[0].attributed).held
    assert made[0].read.digest == "0"


def test_what_takes_the_memory_is_set_aside(situation: Situation) -> None:
    """The memory of a mail is bounded like its time."""
    small = replace(understand_many.BUDGET, octets=20 * 1024 * 1024)
    # The pages take the time in which the memory is seen to be taken.
    heavy = HEAVY.replace(b"<heavy@", b"<large@") + b"x" * 9_000_000
    one_by_one = (batch([content]) for content in (LIGHT, heavy, LIGHT))
    made = [taken for _, (taken,) in in_order(one_by_one, situation, 1, budget=small) if taken]

    assert [taken.set_aside for taken in made] == [False, True, False]
    assert heard(made[1].attributed).why == "set-aside-memory"


def test_a_process_that_is_killed_costs_nothing(situation: Situation) -> None:
    """Whoever ends the process that reads, what is read is the same."""

    def kill() -> None:
        for child in children():
            child.kill()

    timer = threading.Timer(3.0, kill)
    timer.start()
    killed = list(in_order(iter(batches()), situation, 1))
    timer.cancel()

    assert killed == list(in_order(iter(batches()), situation, 1))


class EnoughError(Exception):
    """Nobody wants to go on."""


def test_reading_ends_at_once_where_nobody_waits(situation: Situation) -> None:
    """While a mail is read, whoever waits is asked whether to go on, and no process is left behind."""

    def stop() -> None:
        raise EnoughError

    before = children()
    with pytest.raises(EnoughError):
        list(in_order(iter([batch([HEAVY] * 50)]), situation, 1, stop))

    assert (
        not {child for child in psutil.Process().children() if "spawn_main" in str(child.cmdline())} - before
    )
