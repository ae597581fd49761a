"""The queue is made anew from the ledger, and letters are compared with what left."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from mailer import campaign as campaigns
from mailer import files
from mailer.jobs import rebuild, send
from mailer.jobs.drafts import Wish
from mailer.model.contact import Contact
from mailer.model.entry import Channel, Delivery, Entry
from mailer.model.invitation import Kind
from mailer.model.outcome import Reply, Stage, State
from mailer.store import Queued, Settled
from mailer.store.sql import SqlStore, open_store
from mailer.store.tables import promises

ROOT = Path(__file__).parents[2]
SLUG = "restitution-hellemmes"
FILE = ROOT / "config" / "campaigns" / f"{SLUG}.toml"
CAMPAIGN = campaigns.read(SLUG, str(FILE), FILE.read_bytes())
SOURCES = files.tree(ROOT / CAMPAIGN.templates)
NAMES = ("anne", "boris", "chloe", "denis", "elise")
HOUSEHOLDS = [(Contact(f"{name}@example.org", first_name=name, last_name=name.title()),) for name in NAMES]
NOW = datetime.fromisoformat("2025-03-13T09:00:00+01:00")
LEASE = timedelta(minutes=20)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlStore]:
    """Five invitations wait."""
    store = open_store(f"sqlite:///{tmp_path / 'mailer.sqlite'}")
    ask(store, Kind.INVITATION, NOW)
    yield store
    store.close()


def ask(store: SqlStore, kind: Kind, now: datetime) -> None:
    """Confirm what is due of a kind."""
    draft = send.plan(kind, CAMPAIGN, store, lambda: HOUSEHOLDS, now, wish=Wish(), sources=SOURCES)
    mailbox = CAMPAIGN.organizer.address
    composer = send.check(draft, SOURCES, store.secret(), now, mailbox=mailbox)
    send.queue(draft, composer, store, now)


def settle(store: SqlStore, queued: Queued, state: State) -> None:
    """Write down what became of a message, as the delivery does."""
    promise, reply = queued.promise, Reply(Stage.DOT, 250, "2.0.0 Ok")
    fact = Delivery(
        *(promise.key, 0, state, promise.message_id, reply, promise.persons, promise.round, promise.version),
        made_at=promise.made_at,
    )
    entry = Entry(SLUG, promise.invitee, NOW, Channel.OUTBOX, fact)
    later = NOW + LEASE if state is State.DEFERRED else None
    store.settle([Settled(promise, state, reply, entry, later)], NOW)


def drop(store: SqlStore) -> None:
    """Lose the queue."""
    with store._write() as connection:
        connection.execute(sa.delete(promises))


def waiting(store: SqlStore) -> dict[str, tuple[object, ...]]:
    """What waits for whom: the promise but for its place in the ledger, and whether it is in doubt."""
    return {
        one.promise.invitee: (
            *(one.promise.key, one.promise.persons, one.promise.round, one.promise.version),
            *(one.promise.made_at, one.promise.message_id, one.promise.domain, one.state is State.IN_DOUBT),
        )
        for one in store.queue(SLUG)
    }


def test_the_queue_is_made_anew_as_it_was(store: SqlStore) -> None:
    """What was sent is not in it; what was put off, refused by nobody yet, or in doubt is as it was."""
    sent, put_off, doubtful, *_ = store.claim(SLUG, 3, NOW, LEASE)
    for queued, state in ((sent, State.SENT), (put_off, State.DEFERRED), (doubtful, State.IN_DOUBT)):
        settle(store, queued, state)
    before = waiting(store)
    assert len(before) == 4

    drop(store)
    assert rebuild.rebuild(store, CAMPAIGN, NOW) == 4

    assert waiting(store) == before
    assert rebuild.rebuild(store, CAMPAIGN, NOW) == 4
    assert waiting(store) == before


def test_what_was_being_tried_is_in_doubt_where_the_queue_is_lost(store: SqlStore) -> None:
    """Nobody knows whether it left; the others wait as before."""
    (tried,) = store.claim(SLUG, 1, NOW, LEASE)

    drop(store)
    rebuild.rebuild(store, CAMPAIGN, NOW)

    states = {one.promise.invitee: one.state for one in store.queue(SLUG)}
    assert states.pop(tried.promise.invitee) is State.IN_DOUBT
    assert set(states.values()) == {State.QUEUED}
    assert len(states) == 4


def test_what_a_living_process_is_sending_is_left_alone(store: SqlStore) -> None:
    """Its claim stays, and it settles it."""
    (tried,) = store.claim(SLUG, 1, NOW, LEASE)

    assert rebuild.rebuild(store, CAMPAIGN, NOW) == 5

    states = {one.promise.invitee: one.state for one in store.queue(SLUG)}
    assert states[tried.promise.invitee] is State.CLAIMED


def test_a_round_of_reminders_is_made_anew(store: SqlStore) -> None:
    """Those it has reached are not in it."""
    for queued in store.claim(SLUG, 9, NOW, LEASE):
        settle(store, queued, State.SENT)
    send.end_rounds(SLUG, store, NOW)
    ask(store, Kind.REMINDER, NOW + timedelta(days=3))
    reminded, *_ = store.claim(SLUG, 1, NOW + timedelta(days=3), LEASE)
    settle(store, reminded, State.SENT)
    before = waiting(store)
    assert len(before) == 4

    drop(store)
    rebuild.rebuild(store, CAMPAIGN, NOW + timedelta(days=3))

    assert waiting(store) == before
