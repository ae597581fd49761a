"""Test that a second process understands mails with the same results, and that its death changes nothing."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from mailer import inbox
from mailer.jobs import understand_many
from mailer.jobs.attribute import Situation
from mailer.jobs.understand_many import Batch, in_order, understand_batch
from mailer.wire import Fetched, Folder

REPLIES = sorted((Path(__file__).parent.parent / "corpus" / "replies").glob("*.eml"))
NOW = datetime(2025, 3, 20, tzinfo=UTC)
FOLDER = Folder("INBOX", 1, 100)


@pytest.fixture
def situation() -> Situation:
    """Nobody is invited: what comes is understood, and is about nothing of ours."""
    return Situation(inbox.Index(), {}, "", {}, b"secret")


def batches(known: frozenset[str] = frozenset()) -> list[Batch]:
    """All the sample answers, five together."""
    mails = [
        (Fetched(uid, path.stat().st_size, NOW, path.read_bytes()), str(uid))
        for uid, path in enumerate(REPLIES, 1)
    ]
    return [Batch(FOLDER, mails[at : at + 5], known, NOW) for at in range(0, len(mails), 5)]


def test_another_process_understands_the_same(situation: Situation) -> None:
    """However many mails there are, each batch comes in its turn with what it says."""
    few = list(in_order(iter(batches()), situation, 1))
    many = list(in_order(iter(batches()), situation, understand_many.MANY))

    assert len(few) > 5
    assert many == few


def test_mails_read_before_are_passed_over(situation: Situation) -> None:
    """What was read before is not understood again."""
    first, *_ = batches(frozenset("2"))

    assert [taken is None for taken in understand_batch(first, situation)] == [
        False,
        True,
        False,
        False,
        False,
    ]


def arrive(home: int) -> bytes:
    """Break the process that receives it, unless it is at home there."""
    if home != os.getpid():
        os._exit(3)
    return b"secret"


class Unwelcome(bytes):
    """A secret that cannot be taken to another process."""

    def __reduce__(self) -> tuple[Callable[[int], bytes], tuple[int]]:
        """Come out as `arrive` says."""
        return arrive, (os.getpid(),)


def test_a_process_that_dies_costs_nothing(situation: Situation) -> None:
    """Where the other process cannot live, its mails are understood in this one."""
    deadly = replace(situation, secret=Unwelcome(b"secret"))

    assert list(in_order(iter(batches()), deadly, understand_many.MANY)) == list(
        in_order(iter(batches()), situation, 1)
    )
