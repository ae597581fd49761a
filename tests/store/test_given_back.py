"""Test the promises that were refused and wait for another try, on both kinds of database."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from mailer.model.outcome import Reply, Stage, State
from mailer.store.sql import SqlStore
from tests.store.cases import KEY, LEASE, NOW, items, settled

REFUSAL = Reply(Stage.RCPT, 550, "No such user")
LATER = NOW + timedelta(minutes=30)


def test_what_was_given_back_comes_after_the_fresh(store: SqlStore) -> None:
    """Queued again with its reply, it waits for its moment, or is claimed at once when asked for, behind the others."""
    store.enqueue(items(*range(1, 7)), NOW)
    first, second, third, fourth = store.claim("c", 4, NOW, LEASE)
    store.settle(
        [
            settled(first, State.QUEUED, REFUSAL, LATER),
            settled(second, State.QUEUED, Reply(Stage.CONNECT, 421, "closing")),
            settled(third, State.DEFERRED, Reply(Stage.RCPT, 451, "4.3.0 busy"), LATER),
            settled(fourth, State.FAILED, REFUSAL),
        ],
        NOW,
    )

    (back,) = store.given_back("c")
    assert (back.invitee, back.key, back.reply, back.others) == ("r1", KEY, REFUSAL, False)
    store.hasten("c", [(f"r{n}", KEY) for n in range(1, 7)], NOW)
    claimed = [one for _ in range(5) for one in store.claim("c", 1, NOW, LEASE)]
    assert [queued.promise.invitee for queued in claimed] == ["r2", "r5", "r6", "r1"]
    assert claimed[3].reply == REFUSAL
    assert store.given_back("c") == []


def test_whether_others_were_sent_since_a_refusal(store: SqlStore) -> None:
    """What was sent before it, or by another campaign, does not count."""
    store.enqueue(items(1, 2, 3), NOW)
    store.enqueue(items(1, campaign="other"), NOW)
    first, second, third = store.claim("c", 3, NOW, LEASE)
    (elsewhere,) = store.claim("other", 1, NOW, LEASE)
    minute = timedelta(minutes=1)
    store.settle([settled(first, State.SENT)], NOW)
    store.settle([settled(second, State.QUEUED, REFUSAL)], NOW + minute)
    store.settle([settled(elsewhere, State.SENT)], NOW + 2 * minute)
    assert [back.others for back in store.given_back("c")] == [False]

    sent = settled(third, State.SENT)
    assert sent.entry is not None
    entry = replace(sent.entry, recorded_at=NOW + 2 * minute)
    store.settle([replace(sent, entry=entry)], NOW + 2 * minute)
    assert [back.others for back in store.given_back("c")] == [True]


@pytest.mark.parametrize(
    ("state", "reply", "replaced"),
    [
        (State.QUEUED, REFUSAL, True),
        (State.QUEUED, None, False),
        (State.IN_DOUBT, Reply(Stage.DOT, 0), False),
        (State.DEFERRED, Reply(Stage.RCPT, 451, "4.3.0 busy"), False),
    ],
    ids=["given-back", "released", "in-doubt", "deferred"],
)
def test_a_mended_letter_takes_the_place_of_a_refused_one(
    store: SqlStore, state: State, reply: Reply | None, replaced: bool
) -> None:
    """A promise whose message no server has is replaced by the new one; all others stay as they were tried."""
    store.enqueue(items(1), NOW)
    (first,) = store.claim("c", 1, NOW, LEASE)
    store.settle([replace(settled(first, state), reply=reply)], NOW)

    assert store.enqueue((replace(one, version="v2") for one in items(1)), NOW) == replaced

    (queued,) = store.queue("c")
    assert queued.replaceable is replaced
    assert queued.promise.version == ("v2" if replaced else "v1")
    assert (queued.attempts, queued.reply) == (1, reply)
