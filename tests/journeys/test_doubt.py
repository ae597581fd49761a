"""Test a connection lost after the final dot: the message is in doubt until an answer, a bounce or a person settles it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from mailer.demo import clients
from mailer.demo.post_office import Delivered
from mailer.demo.received import ReceivedInvitation, open_letter
from mailer.jobs.departure import Departure
from mailer.jobs.seal import PLAIN
from mailer.model.entry import Channel, Delivery, Entry
from mailer.model.outcome import Reply, Stage, State
from mailer.store import Settled
from mailer.store.sql import SqlStore, open_store
from mailer.workspace import Workspace
from tests.journeys.conftest import SLUG, Desk
from tests.journeys.test_hellemmes import AT, MARIE, attendance, letters

ADDRESS = "marie.dupont@example.org"
NOW = datetime(2025, 3, 13, 8, tzinfo=UTC)


@contextmanager
def ledger(desk: Desk) -> Iterator[SqlStore]:
    """The ledger of the workspace."""
    store = open_store(f"sqlite:///{desk.path}/data/mailer.sqlite")
    try:
        yield store
    finally:
        store.close()


@pytest.fixture
def doubted(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> tuple[Desk, ReceivedInvitation]:
    """Marie's message was queued, and the connection lost after its final dot; the letter it is."""
    desk.invite(MARIE)
    monkeypatch.setenv("MAILER_SMTP__PORT", "1")
    assert desk.type("send", SLUG, "--yes")[0] == 2
    monkeypatch.delenv("MAILER_SMTP__PORT")
    with ledger(desk) as store:
        (queued,) = store.claim(SLUG, 1, NOW, timedelta(minutes=5))
        promise = queued.promise
        lost = Reply(Stage.DOT, 0)
        fact = Delivery(
            promise.key,
            0,
            State.IN_DOUBT,
            promise.message_id,
            lost,
            promise.persons,
            promise.round,
            promise.version,
            made_at=promise.made_at,
        )
        entry = Entry(SLUG, promise.invitee, NOW, Channel.OUTBOX, fact)
        store.settle([Settled(promise, State.IN_DOUBT, lost, entry)], NOW)
        departure = Departure(store, Workspace(desk.path, NOW).campaign(SLUG), PLAIN, lambda: NOW)
        (message,) = departure.compose([promise])
    return desk, open_letter(Delivered("", ADDRESS, message.content))


def test_doubt_is_not_sent_again_by_itself(doubted: tuple[Desk, ReceivedInvitation]) -> None:
    """Sending again sends nothing and says so; a person's word sends the same message once (RFC 1047)."""
    desk, letter = doubted
    status, shown = desk.type("send", SLUG, "--yes")
    assert status == 1
    assert "--release-in-doubt" in shown
    assert desk.office.delivered == []

    assert desk.type("send", SLUG, "--release-in-doubt", "--yes")[0] == 0
    (sent,) = letters(desk, ADDRESS)
    assert sent.message_id == letter.message_id
    assert desk.type("send", SLUG, "--yes")[0] == 0
    assert len(desk.office.delivered) == 1


def test_an_answer_settles_the_doubt(doubted: tuple[Desk, ReceivedInvitation]) -> None:
    """Whoever answers has got it."""
    desk, letter = doubted
    desk.office.post(ADDRESS, clients.thunderbird(letter, AT, "ACCEPTED"))
    desk.type("read", now="2025-03-15T09:00+01:00")

    row = attendance(desk)[ADDRESS]
    assert (row["delivery"], row["answer"]) == ("sent", "accepted")
    assert desk.type("send", SLUG, "--yes")[0] == 0
    assert desk.office.delivered == []


def test_a_bounce_settles_it_the_other_way(doubted: tuple[Desk, ReceivedInvitation]) -> None:
    """Whose mail server sent it back has not."""
    desk, letter = doubted
    desk.office.post("mailer-daemon@mx.example.net", clients.bounce(letter, AT))
    desk.type("read", now="2025-03-15T09:00+01:00")

    assert attendance(desk)[ADDRESS]["delivery"] in ("bounced", "failed")
    assert desk.type("send", SLUG, "--release-in-doubt", "--yes")[0] == 0
    assert desk.office.delivered == []


def test_a_withdrawal_leaves_the_doubt(doubted: tuple[Desk, ReceivedInvitation]) -> None:
    """Who may have been invited is told that they are not any more; nobody sends the invitation after that."""
    desk, letter = doubted
    assert desk.type("cancel", SLUG, "--only", ADDRESS, "--yes")[0] == 1
    with ledger(desk) as store:
        (queued,) = store.queue(SLUG)
        assert (queued.promise.message_id, queued.state) == (letter.message_id, State.IN_DOUBT)

    assert desk.type("send", SLUG, "--release-in-doubt", "--yes")[0] == 0
    (sent,) = desk.office.delivered
    assert b"METHOD:CANCEL" in sent.content or b"method=CANCEL" in sent.content


@pytest.mark.parametrize(("sequence", "settled"), [(0, False), (1, True)])
def test_an_answer_to_an_earlier_letter_settles_nothing(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, sequence: int, settled: bool
) -> None:
    """A change is in doubt: who answers the invitation need not have got it, who answers the change has."""
    desk.invite(MARIE)
    assert desk.type("send", SLUG, "--yes")[0] == 0
    (letter,) = letters(desk, ADDRESS)
    desk.rewrite('"2025-03-31 14:00"', '"2025-03-31 15:00"')
    monkeypatch.setenv("MAILER_SMTP__PORT", "1")
    assert desk.type("update", SLUG, "--yes")[0] == 2
    monkeypatch.delenv("MAILER_SMTP__PORT")
    with ledger(desk) as store:
        (queued,) = store.claim(SLUG, 1, NOW, timedelta(minutes=5))
        store.settle([Settled(queued.promise, State.IN_DOUBT, Reply(Stage.DOT, 0))], NOW)
    desk.office.post(ADDRESS, clients.thunderbird(replace(letter, sequence=sequence), AT, "ACCEPTED"))
    desk.type("read", now="2025-03-15T09:00+01:00")

    with ledger(desk) as store:
        assert [one.state for one in store.queue(SLUG)] == [State.IN_DOUBT] * (not settled)
