"""Test delivery against SMTP servers that fail: every message ends in the right state and arrives at most once."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from mailer.errors import StoreError, WireError
from mailer.jobs.deliver import DeliveryReport, DeliveryTerms, Dropped, Paused, Tried, deliver, deliver_one
from mailer.model.entry import Delivery
from mailer.model.outcome import Deferred, Reply, Sent, Stage, State
from mailer.model.pace import Pace
from mailer.store.sql import SqlStore, open_store
from mailer.wire.smtp import SmtpSender
from tests.jobs.sending import Letters, items
from tests.servers.fault_smtp import Break, Fault, FaultServer

NOW = datetime(2025, 3, 13, 9, tzinfo=UTC)
DEADLINE = datetime(2025, 3, 31, 11, tzinfo=UTC)


@dataclass
class Clock:
    """A clock that stands still but for those who sleep."""

    now: datetime = NOW
    slept: list[float] = field(default_factory=list)

    def __call__(self) -> datetime:
        """The time."""
        return self.now

    async def sleep(self, seconds: float) -> None:
        """Let the time pass at once."""
        await asyncio.sleep(0)
        self.slept.append(seconds)
        self.now += timedelta(seconds=seconds)


@dataclass
class Desk:
    """A store with a campaign of ten in it, and what was told while it was sent."""

    store: SqlStore
    clock: Clock = field(default_factory=Clock)
    told: list[Tried | Dropped | Paused] = field(default_factory=list)
    letters: Letters = field(default_factory=Letters)

    def send(self, server: FaultServer, **options: object) -> DeliveryReport:
        """Send what is due."""

        async def go() -> DeliveryReport:
            async with server:
                return await self.over(server, **options)

        return asyncio.run(go())

    async def over(self, server: FaultServer, **options: object) -> DeliveryReport:
        """Send over a server that runs."""
        given: dict[str, object] = {
            "clock": self.clock,
            "sleep": self.clock.sleep,
            "deadline": DEADLINE,
            "progress": self.told.append,
            **options,
        }
        limits = {one.name: given.pop(one.name) for one in fields(DeliveryTerms) if one.name in given}
        terms = DeliveryTerms(**limits)  # type: ignore[arg-type]
        sender = SmtpSender(server.account, timeouts=server.patience)
        return await deliver(self.store, sender, "c", self.letters, terms, **given)  # type: ignore[arg-type]

    def states(self) -> dict[str, State]:
        """Where everybody stands."""
        facts = {e.invitee: e.fact.state for e in self.store.entries("c") if isinstance(e.fact, Delivery)}
        return facts | {queued.promise.invitee: queued.state for queued in self.store.queue("c")}

    def told_of(self, ref: str) -> list[State]:
        """What the ledger says of one."""
        facts = [entry.fact for entry in self.store.entries("c", ref)]
        return [fact.state for fact in facts if isinstance(fact, Delivery)]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """Ten messages are queued."""
    store = open_store(f"sqlite:///{tmp_path / 'mailer.sqlite'}")
    store.enqueue(items(10), NOW)
    yield Desk(store)
    store.close()


@pytest.mark.parametrize("connections", [1, 3, 20], ids=str)
def test_everybody_once(desk: Desk, connections: int) -> None:
    """Over however many connections, each message arrives as queued, once, and the ledger says so."""
    server = FaultServer()

    report = desk.send(server, connections=connections)

    letters = [desk.letters.letter(promise) for promise in items(10)]
    contents = {message.recipient: message.content for message in letters}
    assert {each.recipient: each.content for each in server.accepted} == contents
    assert len(server.accepted) == 10
    assert set(desk.states().values()) == {State.SENT}
    assert desk.told_of("r3") == [State.SENT]
    assert (report.tried, report.left, report.stopped) == ({State.SENT: 10}, 0, "")
    assert Counter(type(event.outcome) for event in desk.told if isinstance(event, Tried)) == {Sent: 10}


def test_again_sends_nothing(desk: Desk) -> None:
    """A second run has nothing to do, and does not even connect."""
    desk.send(FaultServer())
    server = FaultServer()

    report = desk.send(server)

    assert (server.connections, report.tried, report.left) == (0, {}, 0)


def test_those_added_later_get_theirs(desk: Desk) -> None:
    """New messages are sent, the others not again."""
    desk.send(FaultServer())
    desk.store.enqueue(list(items(12))[10:], NOW)
    server = FaultServer()
    desk.send(server)

    assert sorted(each.recipient for each in server.accepted) == ["p10@example.org", "p11@example.org"]


FAULTS = [
    ("rcpt", "550 5.1.1 no such user", State.FAILED),
    ("rcpt", "450 4.2.0 mailbox busy", State.DEFERRED),
    ("data", "451 4.3.0 not now", State.DEFERRED),
    ("dot", "554 5.6.0 not like this", State.FAILED),
    ("dot", "451 4.3.0 not now", State.DEFERRED),
    ("rcpt", Break.DROP, State.DEFERRED),
    ("rcpt", Break.HANG, State.DEFERRED),
    ("rcpt", Break.GARBAGE, State.DEFERRED),
    ("data", Break.DROP, State.DEFERRED),
    ("data", Break.HANG, State.DEFERRED),
    ("dot", Break.DROP, State.IN_DOUBT),
    ("dot", Break.HANG, State.IN_DOUBT),
    ("dot", Break.GARBAGE, State.IN_DOUBT),
    ("dot", Break.SLOW, State.SENT),
]


@pytest.mark.parametrize(
    ("at", "does", "state"), FAULTS, ids=[f"{f[0]}-{getattr(f[1], 'value', f[1])}"[:12] for f in FAULTS]
)
def test_one_persons_trouble_is_theirs_alone(desk: Desk, at: str, does: str | Break, state: State) -> None:
    """Whatever happens to one message, it is in the right state and the nine others are sent."""
    server = FaultServer(faults=[Fault(at, does, to="p4@")])

    report = desk.send(server, connections=2, patience=timedelta(0))

    expected = {f"r{n}": State.SENT for n in range(10)} | {"r4": state}
    assert desk.states() == expected
    assert desk.told_of("r4") == [state]
    assert report.left == (0 if state in (State.SENT, State.FAILED) else 1)


def test_doubt_is_kept_for_a_person(desk: Desk) -> None:
    """Lost after the dot is not tried again by any run, until it is released: then the same bytes go."""
    server = FaultServer(faults=[Fault("dot", Break.DROP, to="p4@", times=1)])
    desk.send(server)
    desk.clock.now += timedelta(days=2)
    desk.send(server)
    assert [each.recipient for each in server.received].count("p4@example.org") == 1
    assert desk.states()["r4"] is State.IN_DOUBT

    desk.store.release("c", desk.clock())
    desk.send(server)

    first, second = [each for each in server.received if each.recipient == "p4@example.org"]
    assert first.content == second.content
    assert b"Message-ID: <invitation.0.1.4@mairie.example>" in second.content
    assert desk.told_of("r4") == [State.IN_DOUBT, State.QUEUED, State.SENT]


QUOTAS = [
    ("mail", "550 sorry, too many emails (#5.7.1)"),
    ("rcpt", "554 5.7.0 The limit on the number of allowed outgoing messages was exceeded."),
    ("dot", "450 Mail send limit exceeded"),
    ("mail", "421 4.7.0 too many errors"),
    ("rcpt", "451 4.7.1 Ratelimit"),
    ("rcpt", "452 4.5.3 Too many recipients"),
    ("mail", "432 4.3.2 STOREDRV.ClientSubmit; concurrent connection limit exceeded"),
]


@pytest.mark.parametrize(("at", "says"), QUOTAS, ids=[q[1][:12] for q in QUOTAS])
def test_a_used_up_account_marks_nobody(desk: Desk, at: str, says: str) -> None:
    """After four messages the account is refused: sending stops, and six are queued as before, to be sent later."""
    server = FaultServer(faults=[Fault(at, says, after=4)])

    report = desk.send(server)

    assert Counter(desk.states().values()) == {State.SENT: 4, State.QUEUED: 6}
    assert (report.stopped, report.left) == ("account-refused", 6)
    assert report.reply is not None
    assert report.reply.code == int(says[:3])
    assert all(desk.told_of(f"r{n}") == [] for n in range(4, 10))
    healed = FaultServer()
    assert desk.send(healed).left == 0
    assert len(healed.accepted) == 6


def test_a_server_that_goes_away_marks_nobody(desk: Desk) -> None:
    """No new connection to be had: what was under way is in doubt, the rest waits."""
    faults = [Fault("dot", Break.DROP, after=3, times=1), Fault("greeting", "554 5.3.2 closed", after=1)]

    report = desk.send(FaultServer(faults=faults))

    assert Counter(desk.states().values()) == {State.SENT: 3, State.IN_DOUBT: 1, State.QUEUED: 6}
    assert report.stopped == "account-refused"


@pytest.mark.parametrize(
    "fault",
    [Fault("greeting", "554 5.7.1 not you"), Fault("greeting", Break.DROP), Fault("ehlo", Break.HANG)],
    ids=["554", "drop", "hang"],
)
def test_no_connection_at_all(desk: Desk, fault: Fault) -> None:
    """The error names the server, and nothing was claimed."""
    with pytest.raises(WireError) as caught:
        desk.send(FaultServer(faults=[fault]))

    assert caught.value.values["host"] == "localhost"
    assert set(desk.states().values()) == {State.QUEUED}


def test_fewer_connections_than_wished(desk: Desk) -> None:
    """A server that allows two connections gets its ten messages over two."""
    server = FaultServer(most_connections=2)

    report = desk.send(server, connections=8)

    assert (report.tried, report.left) == ({State.SENT: 10}, 0)


def test_a_list_full_of_dead_addresses_stops(desk: Desk) -> None:
    """Before the account comes to harm."""
    desk.store.enqueue(items(100), NOW)

    report = desk.send(FaultServer(faults=[Fault("rcpt", "550 5.1.1 unknown")]))

    assert report.stopped == "too-many-refused"
    assert report.tried[State.FAILED] < 20


def test_a_letter_nobody_takes_stops(desk: Desk) -> None:
    """Refused three times for its content, it is not tried on everybody, and nobody is lost by it."""
    report = desk.send(FaultServer(faults=[Fault("dot", "554 5.7.1 spam")]))

    assert report.stopped == "messages-refused"
    assert report.tried == {State.QUEUED: 3}
    assert set(desk.states().values()) == {State.QUEUED}


def test_a_refused_envelope_sender_falls_back(desk: Desk) -> None:
    """Where only the login may be the sender, everybody is sent to from it, after one refusal."""
    desk.letters.envelope = "bounce+token@mairie.example"
    refusal = "553 5.7.1 Sender address rejected: not owned by user mairie"
    server = FaultServer(faults=[Fault("mail", refusal, times=1)])

    report = desk.send(server, plain_from="mairie@mairie.example")

    assert (report.tried, report.left) == ({State.SENT: 10}, 0)
    assert {each.sender for each in server.accepted} == {"mairie@mairie.example"}


# -- time ----------------------------------------------------------------------------------------------------------


def test_the_pace_is_kept(desk: Desk) -> None:
    """Three a minute: no minute has more, and the waits are told."""
    times: list[datetime] = []
    pace = Pace("account", per_minute=3)

    def tell(event: Tried | Dropped | Paused) -> None:
        desk.told.append(event)
        if isinstance(event, Tried) and event.queued.changed_at:
            times.append(event.queued.changed_at)

    report = desk.send(FaultServer(), pace=pace, progress=tell, connections=2)

    assert report.left == 0
    assert times[-1] - times[0] >= timedelta(minutes=3)
    minute = timedelta(minutes=1)
    assert all(sum(at <= each < at + minute for each in times) <= 3 for at in times)
    waits = [event for event in desk.told if isinstance(event, Paused)]
    assert len(waits) == 3
    assert all(wait.paced for wait in waits)


def test_the_pace_outlives_the_run(desk: Desk) -> None:
    """What was sent before counts for the next run."""
    pace = Pace("account", per_hour=4)
    stop = asyncio.Event()

    def tell(event: Tried | Dropped | Paused) -> None:
        if isinstance(event, Paused):
            stop.set()

    first = desk.send(FaultServer(), pace=pace, progress=tell, stop=stop)
    assert (first.tried, first.stopped) == ({State.SENT: 4}, "interrupted")
    assert first.next_due == NOW + timedelta(hours=1)

    begun = desk.clock.now
    desk.send(FaultServer(), pace=pace)
    assert desk.clock.now >= begun + timedelta(hours=1)


def test_greylisting_is_waited_for(desk: Desk) -> None:
    """A second try ten minutes later is made in the same run."""
    server = FaultServer(faults=[Fault("rcpt", "451 4.7.1 Greylisted, try again later", times=10)])

    report = desk.send(server)

    assert (report.tried, report.left) == ({State.DEFERRED: 10, State.SENT: 10}, 0)
    assert timedelta(minutes=10) <= desk.clock.now - NOW < timedelta(minutes=15)
    assert [event.paced for event in desk.told if isinstance(event, Paused)] == [False]


def test_what_takes_long_is_left_for_later(desk: Desk) -> None:
    """Beyond the patience, the run ends and says when the next try is due."""
    server = FaultServer(faults=[Fault("rcpt", "451 4.3.0 busy", to="p4@")])

    report = desk.send(server)

    assert report.states[State.DEFERRED] == 1
    assert report.next_due == NOW + timedelta(minutes=30)
    deferred = [event.outcome for event in desk.told if isinstance(event, Tried)][4]
    assert isinstance(deferred, Deferred)


def test_nothing_is_sent_after_the_deadline(desk: Desk) -> None:
    """Late is late: no connection is made, and the messages are still there."""
    server = FaultServer()
    desk.clock.now = DEADLINE

    report = desk.send(server)

    assert (report.stopped, report.left, server.connections) == ("late", 10, 0)


def test_it_stops_on_the_way_at_the_deadline(desk: Desk) -> None:
    """What the pace would put after the deadline is not sent."""
    report = desk.send(FaultServer(), pace=Pace("x", per_minute=2), deadline=NOW + timedelta(minutes=2))

    assert (report.stopped, report.tried) == ("late", {State.SENT: 4})


def test_stopping_lets_the_wire_finish(desk: Desk) -> None:
    """Asked to stop, what is on its way is settled, and the rest is queued."""
    stop = asyncio.Event()

    def tell(event: Tried | Dropped | Paused) -> None:
        stop.set()

    report = desk.send(FaultServer(), progress=tell, stop=stop, connections=2)

    counts = Counter(desk.states().values())
    assert set(counts) == {State.SENT, State.QUEUED}
    assert counts[State.SENT] <= 4
    assert report.stopped == "interrupted"


def test_a_cancelled_run_leaves_doubt_at_most(desk: Desk, tmp_path: Path) -> None:
    """Cut off amid a transaction, that message is in doubt at the next run, and nobody else."""

    async def go() -> None:
        async with FaultServer(faults=[Fault("dot", Break.HANG, after=3)]) as server:
            sender = SmtpSender(server.account)
            running = asyncio.ensure_future(
                deliver(desk.store, sender, "c", desk.letters, DeliveryTerms(DEADLINE), clock=desk.clock)
            )
            while len(server.received) < 4 and not running.done():
                await asyncio.sleep(0.01)
            running.cancel()
            with pytest.raises(asyncio.CancelledError):
                await running

    asyncio.run(go())
    desk.store.close()
    again = Desk(open_store(f"sqlite:///{tmp_path / 'mailer.sqlite'}"))
    server = FaultServer()
    again.send(server)

    assert Counter(again.states().values()) == {State.SENT: 9, State.IN_DOUBT: 1}
    assert "p3@example.org" not in {each.recipient for each in server.received}
    again.store.close()


def test_a_full_disk_stops_before_the_next_message(desk: Desk, tmp_path: Path) -> None:
    """When the ledger cannot be written, nothing more is sent, and what was sent meanwhile is in doubt."""
    broken = StoreError("store-disk-full", file="x")
    claim = desk.store.claim
    calls = 0

    def failing(*given: object, **named: object) -> object:
        nonlocal calls
        calls += 1
        if calls == 4:
            raise broken
        return claim(*given, **named)  # type: ignore[arg-type]

    desk.store.claim = failing  # type: ignore[method-assign, assignment]
    server = FaultServer()
    with pytest.raises(StoreError) as caught:
        desk.send(server)
    assert caught.value is broken
    assert len(server.accepted) == 3
    desk.store.close()

    again = Desk(open_store(f"sqlite:///{tmp_path / 'mailer.sqlite'}"))
    again.send(FaultServer())
    assert Counter(again.states().values()) == {State.SENT: 9, State.IN_DOUBT: 1}
    again.store.close()


# -- at once -------------------------------------------------------------------------------------------------------


def test_two_runs_at_once_share_the_work(desk: Desk, tmp_path: Path) -> None:
    """Two stores, two senders, one campaign: each recipient once."""
    desk.store.enqueue(items(300), NOW)
    other = Desk(open_store(f"sqlite:///{tmp_path / 'mailer.sqlite'}"))
    server = FaultServer()

    async def go() -> tuple[DeliveryReport, DeliveryReport]:
        async with server:
            return await asyncio.gather(desk.over(server, connections=2), other.over(server, connections=2))

    reports = asyncio.run(go())

    assert sum(report.tried.get(State.SENT, 0) for report in reports) == 300
    assert Counter(each.recipient for each in server.accepted) == {f"p{n}@example.org": 1 for n in range(300)}
    assert desk.store.verify("c") is None
    other.store.close()


def test_a_test_message_leaves_no_trace(desk: Desk) -> None:
    """One message, one reply, and the ledger knows nothing of it."""
    message = desk.letters.letter(next(items(1)))

    async def go() -> Reply:
        async with FaultServer() as server:
            return await deliver_one(SmtpSender(server.account), message)

    assert asyncio.run(go()) == Reply(Stage.DOT, 250, "2.0.0 queued")
    assert list(desk.store.entries("c")) == []
