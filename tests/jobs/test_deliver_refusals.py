"""Test refusals that may be about the account: nobody is lost by them, and no address stops two sendings."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from mailer.jobs.deliver import Dropped, Paused, Tried
from mailer.model.message import OutgoingMessage
from mailer.model.outcome import State
from mailer.store import Promise
from mailer.store.sql import open_store
from tests.jobs.sending import Letters, items
from tests.jobs.test_deliver import NOW, Desk
from tests.servers.fault_smtp import Fault, FaultServer

OURS = "mairie@mairie.example"
DOMAINS = ("example.org", "example.net", "a.example", "b.example", "c.example")


class Addressed(Letters):
    """Letters to addresses by place in a list, which may be replaced by others."""

    def __init__(self, addresses: list[str]) -> None:
        super().__init__()
        self.addresses = addresses

    def letter(self, promise: Promise) -> OutgoingMessage:
        """The letter of one promise."""
        recipient = self.addresses[int(promise.invitee.removeprefix("r"))]
        return replace(super().letter(promise), recipient=recipient)


def queue(desk: Desk, addresses: list[str]) -> None:
    """Queue a message to each of these addresses."""
    desk.letters = Addressed(addresses)
    desk.store.enqueue(items(len(addresses)), NOW)


def people(n: int) -> list[str]:
    """As many addresses, spread over five domains."""
    return [f"p{i}@{DOMAINS[i % len(DOMAINS)]}" for i in range(n)]


@pytest.fixture
def open_desk(tmp_path: Path) -> Iterator[Desk]:
    """An empty store."""
    store = open_store(f"sqlite:///{tmp_path / 'mailer.sqlite'}")
    yield Desk(store)
    store.close()


def with_state(desk: Desk, state: State) -> set[str]:
    """The addresses whose message is in this state."""
    assert isinstance(desk.letters, Addressed)
    addresses = desk.letters.addresses
    return {addresses[int(ref[1:])] for ref, found in desk.states().items() if found is state}


def reached(*servers: FaultServer) -> Counter[str]:
    """How often each address was sent to."""
    return Counter(each.recipient for server in servers for each in server.accepted)


# -- dead addresses ------------------------------------------------------------------------------------------------

DEAD = {f"dead{n}@gone.example": "550 User unknown" for n in range(10)} | {
    "closed@b.example": "550 no such account here",
    "full@c.example": "552 mailbox quota exceeded",
}
WHERE = ["first", "first-turned", "last", *[f"mixed-{seed}" for seed in range(6)]]


def arranged(where: str, dead: list[str], living: list[str]) -> list[str]:
    """The dead among the living."""
    match where.partition("-"):
        case ("first", _, turned):
            return (dead[::-1] if turned else dead) + living
        case ("last", _, _):
            return living + dead
        case (_, _, seed):
            everybody = dead + living
            random.Random(seed).shuffle(everybody)
            return everybody
    raise AssertionError


@pytest.mark.parametrize("connections", [1, 3], ids=str)
@pytest.mark.parametrize("where", WHERE)
def test_two_sendings_settle_a_list_with_dead_addresses(
    open_desk: Desk, where: str, connections: int
) -> None:
    """Wherever they stand, two sendings reach everybody else once, and the dead are refused, with one entry each."""
    living = people(48)
    queue(open_desk, arranged(where, list(DEAD), living))
    servers = []
    for _ in range(2):
        servers.append(FaultServer(faults=[Fault("rcpt", says, to=who) for who, says in DEAD.items()]))
        open_desk.send(servers[-1], connections=connections, plain_from=OURS)

    assert reached(*servers) == dict.fromkeys(living, 1)
    assert with_state(open_desk, State.FAILED) == set(DEAD)
    told = [open_desk.told_of(f"r{n}") for n in range(60)]
    assert Counter(map(tuple, told)) == {(State.SENT,): 48, (State.FAILED,): 12}


def test_one_dead_address_stops_nothing(open_desk: Desk) -> None:
    """Refused in the middle, it goes behind the others, is tried once more, and has failed within the same run."""
    queue(open_desk, people(10))
    server = FaultServer(faults=[Fault("rcpt", "550 No such user", to="p4@")])

    report = open_desk.send(server)

    assert (report.stopped, report.left) == ("", 0)
    assert with_state(open_desk, State.FAILED) == {"p4@c.example"}
    tried = [event.queued.promise.invitee for event in open_desk.told if isinstance(event, Tried)]
    assert tried == [*(f"r{n}" for n in range(10)), "r4"]


def test_the_last_one_is_asked_about(open_desk: Desk) -> None:
    """With nobody left to compare with, the server is asked for an address of ours; nothing is sent by that."""
    queue(open_desk, people(3))
    server = FaultServer(faults=[Fault("rcpt", "550 No such user", to="p2@")])

    report = open_desk.send(server, plain_from=OURS)

    assert report.left == 0
    assert with_state(open_desk, State.FAILED) == {"p2@a.example"}
    assert server.commands.count(f"RCPT TO:<{OURS}>") == 1
    assert len(server.received) == 2


def test_the_last_one_waits_where_nothing_tells(open_desk: Desk) -> None:
    """Where the server refuses our own address too, nobody is marked, and the reply is told; later it is sent."""
    queue(open_desk, people(3))

    report = open_desk.send(FaultServer(faults=[Fault("rcpt", "550 User unknown", after=2)]), plain_from=OURS)

    assert (report.stopped, report.left) == ("given-back", 1)
    assert report.reply is not None
    assert report.reply.text == "User unknown"
    assert open_desk.told_of("r2") == []
    healed = FaultServer()
    assert open_desk.send(healed, plain_from=OURS).left == 0
    assert reached(healed) == {"p2@a.example": 1}


def test_a_full_mailbox_is_refused_at_once(open_desk: Desk) -> None:
    """Enhanced codes for the mailbox need no second try."""
    queue(open_desk, people(5))
    faults = [
        Fault("rcpt", "552 5.2.2 mailbox full, quota exceeded", to="p0@"),
        Fault("rcpt", "550 5.2.1 disabled", to="p1@"),
        Fault("rcpt", "550 5.1.1 unknown", to="p2@"),
    ]
    server = FaultServer(faults=faults)

    report = open_desk.send(server)

    assert (report.tried, report.stopped) == ({State.FAILED: 3, State.SENT: 2}, "")
    assert sum(command.startswith("RCPT") for command in server.commands) == 5


def test_sender_for_whom_one_server_has_a_word_stops_one_sending(open_desk: Desk) -> None:
    """One address refused in words of the account stops the first sending, and none after it."""
    queue(open_desk, people(10))
    first, second = (
        FaultServer(faults=[Fault("rcpt", "550 5.7.1 Helo command rejected", to="p3@")]) for _ in range(2)
    )

    assert open_desk.send(first).stopped == "account-refused"
    assert with_state(open_desk, State.SENT) == set(people(3))
    report = open_desk.send(second)

    assert (report.stopped, report.left) == ("", 0)
    assert with_state(open_desk, State.FAILED) == {"p3@b.example"}
    assert reached(first, second) == {who: 1 for who in people(10) if not who.startswith("p3@")}


def test_one_address_put_off_in_words_of_the_account(open_desk: Desk) -> None:
    """Temporary, and again while others are accepted: it is deferred like any other, and the rest is sent."""
    queue(open_desk, people(6))
    server = FaultServer(faults=[Fault("rcpt", "451 4.7.1 Ratelimit", to="p0@")])

    report = open_desk.send(server, patience=timedelta(minutes=2))

    assert report.stopped == ""
    assert with_state(open_desk, State.DEFERRED) == {"p0@example.org"}
    assert len(server.accepted) == 5


# -- the account or the server -------------------------------------------------------------------------------------

REFUSALS = [
    ("rcpt", "550 Domain mairie.example has exceeded the max emails per hour (31/30 (103%)) allowed."),
    ("rcpt", "554 5.7.1 <unknown[192.0.2.7]>: Client host rejected: Access denied"),
    ("rcpt", "550 5.7.1 <[127.0.0.1]>: Helo command rejected: Invalid name"),
    ("rcpt", "550 5.7.708 Service unavailable. Access denied, traffic not accepted from this IP"),
    ("rcpt", "550 5.7.1 rejected by local policy"),
    ("rcpt", "550 5.7.350 Remote server returned message detected as spam"),
    ("rcpt", "550 Sender verify failed"),
    ("rcpt", "550 Administrative prohibition"),
    ("rcpt", "554 5.7.1 <mairie@mairie.example>: Sender access denied"),
    ("rcpt", "550 Domain mairie.example has exceeded the max defers and failures per hour (5/5)"),
    ("rcpt", "550 5.7.0 Limite d'envoi atteinte"),
    ("rcpt", "550 Quota d'envoi depasse"),
    ("rcpt", "550 Nein"),
    ("dot", "554 5.2.0 SubmissionQuotaExceededException; failed to process message"),
    ("dot", "554 5.2.0 OutboundSpamException; WASCL UserAction verdict is Suspend"),
    ("dot", "550 your email sending privileges have been suspended"),
    ("dot", "550 5.2.0 Mail rejete. Mail rejected. ofr_506 [506]"),
    ("dot", "554 5.7.1 Message content rejected"),
    ("mail", "552 5.3.4 Message size exceeds fixed limit"),
]


@pytest.mark.parametrize("spread", [True, False], ids=["domains", "domain"])
@pytest.mark.parametrize(("at", "says"), REFUSALS, ids=[says[:40] for _, says in REFUSALS])
def test_a_passing_refusal_of_everybody_marks_nobody(
    open_desk: Desk, at: str, says: str, spread: bool
) -> None:
    """After twenty of forty everybody is refused: sending stops soon, twice, and the next reaches everybody once."""
    everybody = people(40) if spread else [f"p{n}@example.org" for n in range(40)]
    queue(open_desk, everybody)
    ill = FaultServer(faults=[Fault(at, says, after=20)])
    still_ill = FaultServer(faults=[Fault(at, says)])

    for server, taken in ((ill, 20), (still_ill, 0)):
        report = open_desk.send(server, plain_from=OURS)
        assert report.stopped == (
            "messages-refused" if "content" in says or "size" in says else "account-refused"
        )
        assert report.reply is not None
        assert report.reply.code == int(says[:3])
        assert len(server.accepted) == taken
        assert sum(command.startswith("MAIL") for command in server.commands) <= taken + 10
    assert with_state(open_desk, State.FAILED) == set()
    assert all(open_desk.told_of(f"r{n}") == ([State.SENT] if n < 20 else []) for n in range(40))

    healed = FaultServer()
    assert open_desk.send(healed, plain_from=OURS).left == 0
    assert reached(ill, healed) == dict.fromkeys(everybody, 1)


@pytest.mark.parametrize(
    "says", ["550 Nein", "550 5.7.0 Daily sending quota exceeded"], ids=["none", "quota"]
)
def test_a_limit_that_comes_back_marks_nobody(open_desk: Desk, says: str) -> None:
    """Each sending has room for a few more, until all are reached; a limit is nobody's fault, however often."""
    everybody = people(40)
    queue(open_desk, everybody)
    servers = []
    for _ in range(8):
        servers.append(FaultServer(faults=[Fault("rcpt", says, after=7)]))
        open_desk.send(servers[-1])
        open_desk.clock.now += timedelta(hours=1)

    assert reached(*servers) == dict.fromkeys(everybody, 1)
    assert with_state(open_desk, State.FAILED) == set()


def test_a_mended_letter_reaches_those_who_were_refused(open_desk: Desk) -> None:
    """Three refused for the letter are given back; the others go first when it is accepted."""
    queue(open_desk, people(10))
    assert open_desk.send(FaultServer(faults=[Fault("dot", "554 5.6.0 no")])).stopped == "messages-refused"
    healed = FaultServer()

    open_desk.send(healed)

    assert [each.recipient for each in healed.accepted] == people(10)[3:] + people(10)[:3]


# -- where nobody is present ---------------------------------------------------------------------------------------


def test_without_a_person_the_server_is_left_alone(open_desk: Desk) -> None:
    """A run without patience tries again what was given back after half an hour, not at once."""
    queue(open_desk, people(1))
    ill = [Fault("rcpt", "550 No")]
    report = open_desk.send(FaultServer(faults=ill), patience=timedelta(0))
    assert report.next_due == NOW + timedelta(minutes=30)

    idle = FaultServer()
    open_desk.send(idle, patience=timedelta(0))
    assert idle.connections == 0

    open_desk.clock.now += timedelta(minutes=31)
    healed = FaultServer()
    open_desk.send(healed, patience=timedelta(0))
    assert reached(healed) == {"p0@example.org": 1}


def test_interrupted_before_the_second_try(open_desk: Desk) -> None:
    """What the run before saw counts: others were accepted since the refusal, so the next one is final."""
    queue(open_desk, people(6))
    stop = asyncio.Event()

    def tell(event: Tried | Dropped | Paused) -> None:
        open_desk.clock.now += timedelta(seconds=1)
        if isinstance(event, Tried) and event.queued.promise.invitee == "r5":
            stop.set()

    dead = [Fault("rcpt", "550 No such user", to="p0@")]
    report = open_desk.send(FaultServer(faults=dead), progress=tell, stop=stop)
    assert (report.stopped, report.left) == ("interrupted", 1)

    server = FaultServer(faults=[Fault("rcpt", "550 No such user", to="p0@")])
    report = open_desk.send(server)

    assert (report.tried, report.left) == ({State.FAILED: 1}, 0)
