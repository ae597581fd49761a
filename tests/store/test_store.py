"""What every store does: one suite, over SQLite and PostgreSQL."""

from __future__ import annotations

import contextlib
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from mailer.jobs import roll
from mailer.model.entry import Announced, Channel, Delivery, Entry
from mailer.model.invitation import Kind, MessageKey
from mailer.model.meeting import Meeting
from mailer.model.outcome import Reply, Stage, State
from mailer.model.pace import Limit
from mailer.outbox import UNFINISHED
from mailer.store import Queued, Read, Settled, entries
from mailer.store.sql import SqlStore
from tests.registered import enrol
from tests.store.cases import KEY, LEASE, NOW, SENT, heard, invitee, items, settled

Reopen = Callable[[], SqlStore]
LOST = Reply(Stage.DOT, 0, "")
MEETING = Meeting(
    "Réunion", NOW + timedelta(days=18), NOW + timedelta(days=18, hours=2), "Mairie", "Europe/Paris"
)


def test_the_secret_is_made_once_for_all(store: SqlStore, reopen: Reopen) -> None:
    """32 octets, the same for whoever opens the store."""
    assert len(store.secret()) == 32
    assert reopen().secret() == store.secret()


# -- the roll ------------------------------------------------------------------------------------------------------


def test_the_roll_keeps_its_order_and_is_brought_up_to_date(store: SqlStore) -> None:
    """Whoever is known stays in their place with what is known now; nobody is taken off."""
    enrol(store, "c", [invitee(1), invitee(2)], NOW)
    renamed = invitee(1, "P1@example.org")
    enrol(store, "c", [invitee(3), renamed], NOW)

    assert [(one.ref, one.email) for one in roll.invitees(store, "c")] == [
        (one.ref, one.email) for one in (renamed, invitee(2), invitee(3))
    ]
    assert roll.invitees(store, "other") == []


def test_campaigns_come_oldest_first(store: SqlStore) -> None:
    """A campaign is known by its invitees."""
    for slug in ("b", "a", "b"):
        enrol(store, slug, [invitee(1)], NOW)

    assert store.campaigns() == ["b", "a"]


CHANGES: dict[str, Callable[[SqlStore], object]] = {
    "a new invitee": lambda store: enrol(store, "c", [invitee(9)], NOW),
    "a new name": lambda store: enrol(store, "c", [invitee(1, "P1@example.org")], NOW),
    "a promise": lambda store: store.enqueue(items(2), NOW),
    "a claim": lambda store: store.claim("c", 1, NOW, LEASE),
    "an entry": lambda store: store.append([heard(1)]),
    "an objection": lambda store: store.suppress("p1@example.org", NOW, "asked"),
    "an erasure": lambda store: store.forget([invitee(1).ref], []),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_the_mark_changes_with_whatever_is_kept(
    store: SqlStore, reopen: Reopen, change: Callable[[SqlStore], object]
) -> None:
    """It is the same as long as nothing happens, and another one once anybody has written."""
    enrol(store, "c", [invitee(1), invitee(2)], NOW)
    store.enqueue(items(1), NOW)
    before = store.change_token("c")
    assert reopen().change_token("c") == before == store.change_token("c")
    change(reopen())

    after = store.change_token("c")
    assert after != before
    assert after.has_grown(before) is (list(store.entries("c", above=before.newest)) != [])


# -- the queue -------------------------------------------------------------------------------------------------------


def test_a_promise_is_queued_once(store: SqlStore) -> None:
    """One that was never tried takes on what is promised now; one that is being tried stays as it is."""
    assert store.enqueue(items(1, 2), NOW) == 2
    (tried,) = store.claim("c", 1, NOW, LEASE)
    store.settle([settled(tried, State.DEFERRED, not_before=NOW + LEASE)], NOW)

    corrected = [replace(one, version="v2") for one in items(1, 2, 3)]
    assert store.enqueue(corrected, NOW) == 2

    assert [one.promise.version for one in store.queue("c")] == ["v1", "v2", "v2"]
    assert store.enqueue(items(1, key=MessageKey(Kind.REMINDER, 0, 1)), NOW) == 1


def test_what_is_claimed_is_what_was_promised(store: SqlStore) -> None:
    """In queue order, and each once."""
    given = list(items(*range(1, 1200)))
    store.enqueue(iter(given), NOW)

    first = store.claim("c", 1000, NOW, LEASE)
    rest = store.claim("c", 1000, NOW, LEASE)

    assert [queued.promise for queued in first + rest] == given
    assert {(queued.attempts, queued.state) for queued in first + rest} == {(1, State.CLAIMED)}
    assert store.claim("c", 1, NOW, LEASE) == []


def test_no_more_are_claimed_than_asked_for(store: SqlStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where PostgreSQL plans to look for what is due once for each row; that claimed everything."""
    store.enqueue(items(*range(1, 12)), NOW)
    begin = store._engine.begin

    @contextlib.contextmanager
    def planned() -> Iterator[Connection]:
        with begin() as connection:
            if connection.dialect.name == "postgresql":
                for way in ("hashagg", "hashjoin", "mergejoin", "material", "sort", "memoize"):
                    connection.execute(sa.text(f"SET LOCAL enable_{way} = off"))
            yield connection

    monkeypatch.setattr(store._engine, "begin", planned)

    assert [len(store.claim("c", n, NOW, LEASE)) for n in (2, 1, 5)] == [2, 1, 5]


def test_entries_of_some_invitees(store: SqlStore) -> None:
    """Of these, and of these kinds only; one after the other, each in order, and none twice."""
    store.append([heard(1), heard(2), heard(11), heard(1, "non"), heard(1, campaign="d")])
    store.append([Entry("c", "r1", NOW, Channel.OUTBOX, Announced(1, MEETING))])
    found = store.entries_of("c", ["r2", "r1", "r2", "r9"], ["heard"])
    assert found == [*store.entries("c", "r2"), *store.entries("c", "r1", kinds=["heard"])]
    assert [entry.number for entry in found] == [2, 1, 4]
    assert store.entries_of("c", [], ["heard"]) == []


def test_entries_one_invitee_after_the_other(store: SqlStore) -> None:
    """Those about nobody come first, each invitee's in order, and what is written meanwhile is left out."""
    nobody = replace(heard(1), invitee="")
    store.append([heard(2), heard(1), nobody, heard(2), heard(1), heard(1, campaign="d")])
    store.append([heard(3) for _ in range(2 * entries.PAGE)])

    reading = store.by_invitee("c")
    found = [next(reading)]
    store.append([heard(4), heard(2)])
    found += reading

    assert [entry.number for entry in found] == [3, 2, 5, 1, 4, *range(6, 6 + 2 * entries.PAGE)]
    assert list(store.by_invitee("other")) == []


def test_a_claim_says_what_is_news(store: SqlStore) -> None:
    """An entry about the invitee, or an announcement, that is newer than the promise; not one about somebody else."""
    store.append([heard(1)])
    store.enqueue(items(1, 2), NOW)
    store.append([heard(2)])
    assert [queued.news for queued in store.claim("c", 9, NOW, LEASE)] == [False, True]

    store.enqueue(items(3), NOW)
    store.append([Entry("c", "", NOW, Channel.OUTBOX, Announced(1, MEETING))])
    assert [queued.news for queued in store.claim("c", 9, NOW, LEASE)] == [True]


def test_void_takes_out_what_is_not_being_sent(store: SqlStore) -> None:
    """What is being sent stays, and so does what the others are promised."""
    store.enqueue(items(1, 2, 3), NOW)
    store.claim("c", 1, NOW, LEASE)

    assert store.void("c", [("r1", KEY), ("r2", KEY), ("r9", KEY)]) == 1

    assert [queued.promise.invitee for queued in store.queue("c")] == ["r1", "r3"]
    assert list(store.entries("c")) == []


def test_octets_are_kept_as_they_are(store: SqlStore) -> None:
    """By invitee and key; the last ones given count."""
    store.keep_octets("c", [("r1", KEY, b"first"), ("r2", KEY, bytes(range(256)) * 9)])
    store.keep_octets("c", [("r1", KEY, b"second")])

    assert store.octets("c", "r1", KEY) == b"second"
    assert store.octets("c", "r2", KEY) == bytes(range(256)) * 9
    assert store.octets("d", "r1", KEY) is None


@pytest.mark.parametrize(
    ("state", "reply", "left", "again"),
    [
        (State.SENT, SENT, False, False),
        (State.FAILED, Reply(Stage.RCPT, 550, "5.1.1 no"), False, False),
        (State.IN_DOUBT, LOST, True, False),
        (State.QUEUED, Reply(Stage.MAIL, 421, "4.7.0 busy"), True, True),
    ],
    ids=lambda value: value.value if isinstance(value, State) else "",
)
def test_settling(store: SqlStore, state: State, reply: Reply, left: bool, again: bool) -> None:
    """Outcome and entry are written together; what has an end leaves the queue."""
    store.enqueue(items(1), NOW)
    (queued,) = store.claim("c", 1, NOW, LEASE)

    store.settle([settled(queued, state, reply)], NOW)

    assert [(one.state, one.reply, one.attempts) for one in store.queue("c")] == [(state, reply, 1)] * left
    assert [entry.fact for entry in store.entries("c", "r1")] == [
        Delivery(KEY, 0, state, queued.promise.message_id, reply, ("r1-1",), 1, "v1")
    ]
    assert bool(store.claim("c", 1, NOW, LEASE)) is again


MOVES: dict[str, tuple[Callable[[SqlStore, Sequence[Queued]], object], dict[State, State | None]]] = {
    "claim": (
        lambda store, _queued: store.claim("c", 9, NOW, LEASE),
        {State.QUEUED: State.CLAIMED, State.DEFERRED: State.CLAIMED},
    ),
    "settle": (
        lambda store, queued: store.settle([settled(each, State.SENT) for each in queued], NOW),
        dict.fromkeys(UNFINISHED),
    ),
    "expire": (lambda store, _queued: store.expire("c", NOW + LEASE), {State.CLAIMED: State.IN_DOUBT}),
    "release": (lambda store, _queued: store.release("c", NOW), {State.IN_DOUBT: State.QUEUED}),
    "void": (
        lambda store, queued: store.void("c", [(one.promise.invitee, KEY) for one in queued]),
        dict.fromkeys([State.QUEUED, State.DEFERRED, State.IN_DOUBT]),
    ),
}


@pytest.mark.parametrize(("step", "moves"), MOVES.values(), ids=MOVES)
def test_only_the_moves_of_the_drawing_happen(
    store: SqlStore,
    step: Callable[[SqlStore, Sequence[Queued]], object],
    moves: dict[State, State | None],
) -> None:
    """Each operation changes promises in the states drawn in `outbox.states`, and leaves all others as they are."""
    store.enqueue(items(*range(1, 5)), NOW)
    claimed = store.claim("c", 3, NOW, LEASE)
    before = [State.DEFERRED, State.IN_DOUBT, State.CLAIMED, State.QUEUED]
    ended = zip(claimed, before[:2], strict=False)
    store.settle([settled(each, state, not_before=NOW) for each, state in ended], NOW)
    assert [one.state for one in store.queue("c")] == before

    step(store, list(store.queue("c")))

    after = [moves.get(state, state) for state in before]
    assert [one.state for one in store.queue("c")] == [state for state in after if state]


def test_the_deferred_wait_for_their_moment_and_come_after_the_fresh(store: SqlStore) -> None:
    """A deferred message is claimed no sooner than told."""
    store.enqueue(items(1, 2), NOW)
    (first,) = store.claim("c", 1, NOW, LEASE)
    later = NOW + timedelta(minutes=10)
    store.settle([settled(first, State.DEFERRED, Reply(Stage.RCPT, 451, "4.7.1"), later)], NOW)

    assert store.next_due("c", NOW) == NOW
    assert [q.promise.invitee for q in store.claim("c", 9, NOW, LEASE)] == ["r2"]
    assert store.next_due("c", NOW) == later
    assert store.claim("c", 9, later - timedelta(seconds=1), LEASE) == []
    (again,) = store.claim("c", 9, later, LEASE)
    assert (again.promise, again.attempts) == (first.promise, 2)
    assert store.next_due("c", later) is None


def test_settle_and_claim_are_one_step(store: SqlStore) -> None:
    """What is done and what comes next are one transaction."""
    store.enqueue(items(1, 2), NOW)
    (first,) = store.claim("c", 1, NOW, LEASE)

    (second,) = store.claim("c", 1, NOW, LEASE, settled=[settled(first, State.SENT)])

    assert second.promise.invitee == "r2"
    assert store.counts("c") == {**dict.fromkeys(State, 0), State.CLAIMED: 1}


def test_what_is_sent_stays_sent(store: SqlStore) -> None:
    """A late settling brings nothing back into the queue."""
    store.enqueue(items(1), NOW)
    (queued,) = store.claim("c", 1, NOW, LEASE)
    store.settle([settled(queued, State.SENT)], NOW)
    store.settle([settled(queued, State.QUEUED)], NOW)

    assert list(store.queue("c")) == []


def test_two_stores_never_get_the_same_message(store: SqlStore, reopen: Reopen) -> None:
    """Eight at once, each claiming and settling: everybody once."""
    store.enqueue(items(*range(400)), NOW)
    stores = [reopen() for _ in range(8)]

    def work(mine: SqlStore) -> list[str]:
        got: list[str] = []
        done: list[Settled] = []
        while claimed := mine.claim("c", 3, NOW, LEASE, settled=done):
            got += [queued.promise.invitee for queued in claimed]
            done = [settled(queued, State.SENT) for queued in claimed]
        return got

    with ThreadPoolExecutor(8) as pool:
        everybody = Counter(ref for got in pool.map(work, stores) for ref in got)

    assert everybody == Counter(f"r{n}" for n in range(400))
    assert list(store.queue("c")) == []
    assert [entry.number for entry in store.entries("c")] == list(range(1, 401))
    assert store.verify("c") is None


# -- doubt -----------------------------------------------------------------------------------------------------------


def test_a_dead_claimants_messages_are_in_doubt(store: SqlStore, reopen: Reopen) -> None:
    """A claim outlives its claimant as a doubt, with its entry; a living one's is left alone."""
    store.enqueue(items(1, 2), NOW)
    other = reopen()
    other.claim("c", 1, NOW, LEASE)
    store.claim("c", 1, NOW, LEASE)

    assert store.expire("c", NOW) == 0
    other.close()
    # PostgreSQL takes a moment to notice that its client is gone.
    expired = 0
    for _ in range(2400):
        if expired := store.expire("c", NOW):
            break
        time.sleep(0.05)
    assert expired == 1
    assert store.expire("c", NOW) == 0

    assert [queued.state for queued in store.queue("c")] == [State.IN_DOUBT, State.CLAIMED]
    (entry,) = store.entries("c")
    assert isinstance(entry.fact, Delivery)
    assert (entry.invitee, entry.fact.state) == ("r1", State.IN_DOUBT)


def test_a_claim_past_its_lease_is_in_doubt(store: SqlStore) -> None:
    """Whoever holds a message too long no longer holds it."""
    store.enqueue(items(1), NOW)
    store.claim("c", 1, NOW, LEASE)

    assert store.expire("c", NOW + LEASE - timedelta(seconds=1)) == 0
    assert store.expire("c", NOW + LEASE) == 1


def test_doubt_is_never_claimed_until_a_person_releases_it(store: SqlStore) -> None:
    """Released, the same bytes with the same Message-ID go again; the release is in the ledger."""
    store.enqueue(items(1, 2), NOW)
    (first,) = store.claim("c", 1, NOW, LEASE)
    store.settle([settled(first, State.IN_DOUBT, LOST)], NOW)
    assert [q.promise.invitee for q in store.claim("c", 9, NOW, LEASE)] == ["r2"]

    assert store.release("c", NOW) == 1

    (again,) = store.claim("c", 9, NOW, LEASE)
    assert again.promise == first.promise
    facts = [entry.fact for entry in store.entries("c", "r1")]
    assert [fact.state for fact in facts if isinstance(fact, Delivery)] == [State.IN_DOUBT, State.QUEUED]


def test_a_slow_claimant_resolves_the_doubt(store: SqlStore) -> None:
    """Who comes back after the lease and knows what became of the message may say so."""
    store.enqueue(items(1), NOW)
    (queued,) = store.claim("c", 1, NOW, LEASE)
    store.expire("c", NOW + LEASE)
    store.settle([settled(queued, State.SENT)], NOW + LEASE)

    assert list(store.queue("c")) == []
    assert store.release("c", NOW) == 0


# -- the budget ------------------------------------------------------------------------------------------------------

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


def test_all_callers_share_a_budget(store: SqlStore, reopen: Reopen) -> None:
    """Two open stores, two campaigns, one account: the limit holds for all of them together, and after reopening."""
    store.enqueue(items(*range(10)), NOW)
    store.enqueue(items(*range(10), campaign="d"), NOW)
    limits = [Limit(MINUTE, 5), Limit(HOUR, 8)]

    one = store.claim("c", 3, NOW, LEASE, account="x", limits=limits)
    two = reopen().claim("d", 9, NOW, LEASE, account="x", limits=limits)
    assert (len(one), len(two)) == (3, 2)
    assert store.claim("c", 9, NOW, LEASE, account="x", limits=limits) == []
    assert store.next_due("c", NOW, "x", limits) == NOW + MINUTE

    later = NOW + MINUTE
    assert len(store.claim("c", 9, later, LEASE, account="x", limits=limits)) == 3
    assert store.next_due("c", later, "x", limits) == NOW + HOUR
    assert len(store.claim("c", 9, later, LEASE, account="y", limits=limits)) == 4


def test_a_window_rolls(store: SqlStore) -> None:
    """However a run is cut, no window of a minute holds more than its limit."""
    store.enqueue(items(*range(60)), NOW)
    limits = [Limit(MINUTE, 7)]
    taken: list[datetime] = []
    now = NOW
    while len(taken) < 60:
        claimed = store.claim("c", 2, now, LEASE, account="x", limits=limits)
        taken += [now] * len(claimed)
        due = store.next_due("c", now, "x", limits)
        now = max(now + timedelta(seconds=4), due) if due else now

    assert all(sum(at <= each < at + MINUTE for each in taken) <= 7 for at in taken)


def test_a_domain_has_a_limit_of_its_own(store: SqlStore) -> None:
    """A full domain is passed over, and the others go on."""
    store.enqueue(items(*range(10)), NOW)
    limits = [Limit(MINUTE, 2, "a.example")]

    claimed = store.claim("c", 20, NOW, LEASE, account="x", limits=limits)

    domains = Counter(queued.promise.domain for queued in claimed)
    assert domains == {"a.example": 2, "b.example": 5}
    assert store.next_due("c", NOW, "x", limits) == NOW + MINUTE


# -- the ledger ------------------------------------------------------------------------------------------------------


def test_entries_come_back_as_they_were(store: SqlStore) -> None:
    """Numbered from 1 in each campaign, in order, whole."""
    added = store.append([heard(1), heard(1, campaign="d"), heard(2, "non merci, à bientôt ✉")])

    assert [(entry.campaign, entry.number) for entry in added] == [("c", 1), ("d", 1), ("c", 2)]
    assert list(store.entries("c")) == [added[0], added[2]]
    assert list(store.entries("c", "r2")) == [added[2]]
    assert replace(added[0], number=0) == heard(1)


def test_entries_go_on_over_many_pages(store: SqlStore) -> None:
    """No page is lost or doubled."""
    store.append(heard(n % 3) for n in range(4500))

    assert [entry.number for entry in store.entries("c")] == list(range(1, 4501))
    assert sum(1 for _ in store.entries("c", "r2")) == 1500


def test_nothing_is_appended_when_one_entry_cannot_be(store: SqlStore) -> None:
    """One step is one step."""
    broken = replace(heard(2), recorded_at=None)  # type: ignore[arg-type]
    with pytest.raises(AttributeError):
        store.append([heard(1), broken])

    assert list(store.entries("c")) == []


# -- what was read ---------------------------------------------------------------------------------------------------


def read(uid: int, digest: str = "") -> Read:
    """A mail at a place."""
    return Read(
        "INBOX", 4_000_000_000, uid, digest or f"d{uid}", f"<{uid}@x>", "p1@example.org", "Re: …", NOW
    )


def test_a_mail_is_read_once(store: SqlStore) -> None:
    """The mail and its entries are noted together; a second time changes nothing."""
    (entry,) = store.record([(read(7), [heard(1)])])

    assert entry.number == 1
    assert store.record([(read(7), [heard(1)])]) == []
    assert len(list(store.entries("c"))) == 1
    assert store.known(["d7", "d8"]) == {"d7"}


def test_the_last_uid_is_a_folders_at_its_validity(store: SqlStore) -> None:
    """Another folder, or another UIDVALIDITY, begins anew."""
    store.record([(read(3_000_000_000), [])])
    store.record([(read(5), [])])

    assert store.last_uid("INBOX", 4_000_000_000) == 3_000_000_000
    assert store.last_uid("INBOX", 1) == 0
    assert store.last_uid("Junk", 4_000_000_000) == 0


# -- suppression -----------------------------------------------------------------------------------------------------


def test_suppression_knows_every_spelling(store: SqlStore, reopen: Reopen) -> None:
    """Asked in any spelling, answered in the one asked; for every campaign, for good."""
    store.suppress("Marie.Petit@Example.org", NOW, "opt-out")
    store.suppress("marie.petit@example.org", NOW, "again")

    asked = ["marie.petit@example.org", "MARIE.PETIT@EXAMPLE.ORG", "paul@example.org"]
    assert reopen().suppressed(asked) == set(asked[:2])
    assert store.suppressed([]) == set()


def test_octets_that_are_no_text_do_no_harm(store: SqlStore) -> None:
    """Mails hold NUL and half characters; they are kept in words, and left out of what is only shown."""
    odd = "a\0b\udce9"
    entry = heard(1, odd)
    store.record([(replace(read(1), subject=odd, sender=odd, message_id=odd), [entry])])

    (kept,) = store.entries("c")
    assert kept.fact == entry.fact
    assert store.verify("c") is None


def test_the_dead_leave_no_files(reopen: Reopen, tmp_path: Path, url: str) -> None:
    """What a killed process left beside the database is taken away by the next that claims."""
    if not url.startswith("sqlite"):
        pytest.skip("PostgreSQL keeps its locks to itself")
    store = reopen()
    store.enqueue(items(1), NOW)
    left = tmp_path / "data" / "mailer.sqlite-worker-0123"
    left.touch()
    store.claim("c", 1, NOW, LEASE)

    assert not left.exists()
    assert len(list(left.parent.glob("*-worker-*"))) == 1
    store.close()
    assert list(left.parent.glob("*worker*")) == []
