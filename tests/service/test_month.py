"""Test a month of a campaign that the service runs, on a stepped clock and real servers, killed often."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from mailer import campaign as campaigns
from mailer.cli import group
from mailer.cli import schedule as listing
from mailer.demo import clients
from mailer.demo.post_office import PASSWORD, Delivered, PostOffice
from mailer.demo.received import ReceivedInvitation, open_letter
from mailer.jobs import standings
from mailer.model.finding import PartStat
from mailer.model.invitation import Kind
from mailer.model.outcome import State
from mailer.workspace import Workspace
from tests.service import child
from tests.workspaces import sample

SLUG = "restitution-hellemmes"
PARIS = ZoneInfo("Europe/Paris")
BEGIN, END = datetime(2025, 3, 1, 8, tzinfo=PARIS), datetime(2025, 4, 2, 12, tzinfo=PARIS)
INVITEES = 200

Gesture = Callable[[ReceivedInvitation, datetime], bytes]


def _say(words: str) -> Gesture:
    return lambda letter, at: clients.written(letter, at, words)


def _calendar(client: Callable[..., bytes], partstat: str) -> Gesture:
    return lambda letter, at: client(letter, at, partstat)


@dataclass(frozen=True, slots=True)
class Temper:
    """How somebody answers: so long after which of the invitations, by which mails, and what they mean in the end."""

    meant: PartStat
    gestures: tuple[tuple[timedelta, Gesture], ...] = ()
    after: int = 1
    seats: int | None = None
    refused: bool = False

    @property
    def acknowledged(self) -> int:
        """How many of their answers are acknowledged: each one that says something new."""
        return 0 if self.meant is PartStat.NEEDS_ACTION else len(self.gestures)


SOON, DAYS, WEEK = timedelta(hours=2), timedelta(days=3), timedelta(days=8)
NIGHT = timedelta(hours=14)
TEMPERS = (
    Temper(PartStat.ACCEPTED, ((SOON, _calendar(clients.thunderbird, "ACCEPTED")),)),
    Temper(PartStat.ACCEPTED, ((NIGHT, _calendar(clients.google, "ACCEPTED")),)),
    Temper(PartStat.DECLINED, ((DAYS, _calendar(clients.exchange, "DECLINED")),)),
    Temper(PartStat.ACCEPTED, ((DAYS, _say("Bonjour, oui, je viendrai avec plaisir. Cordialement")),)),
    Temper(PartStat.ACCEPTED, ((WEEK, _say("Nous serons trois, merci pour l'invitation.")),), seats=3),
    Temper(PartStat.DECLINED, ((SOON, _say("Je ne pourrai malheureusement pas venir.")),)),
    Temper(PartStat.NEEDS_ACTION),
    Temper(PartStat.ACCEPTED, ((SOON, _calendar(clients.apple, "ACCEPTED")),), after=2),
    Temper(
        PartStat.DECLINED,
        (
            (SOON, _calendar(clients.nextcloud, "ACCEPTED")),
            (WEEK, _say("Finalement je ne pourrai pas venir.")),
        ),
    ),
    Temper(
        PartStat.ACCEPTED,
        (
            (SOON, _calendar(clients.thunderbird, "TENTATIVE")),
            (WEEK, lambda letter, at: clients.link(letter, at, 0)),
        ),
    ),
    Temper(
        PartStat.NEEDS_ACTION,
        (
            (
                timedelta(minutes=1),
                lambda letter, at: clients.absence(letter, at, "Je suis absent jusqu'au 20 mars."),
            ),
        ),
    ),
    Temper(PartStat.NEEDS_ACTION, ((timedelta(minutes=1), clients.bounce),)),
    Temper(PartStat.NEEDS_ACTION, refused=True),
    Temper(PartStat.TENTATIVE, ((DAYS, _calendar(clients.claws, "TENTATIVE")),)),
    Temper(PartStat.ACCEPTED, ((NIGHT, _say("C'est d'accord, je serai présente.")),), after=3),
    Temper(PartStat.NEEDS_ACTION),
)
SCHEDULE = """[schedule]
answer_by = "2025-03-26"
invitation = "2025-03-03 9 h 30"
reminders = ["9 jours avant la date limite à 9 h 30", "2 jours avant la date limite à 18 h", "2 jours avant la réunion à 19 h 45"]
details = "la veille à 21 h"
thanks = "le lendemain à 10 h"
working_days = false
acknowledge = true
"""


def temper(address: str) -> Temper:
    """How the invitee of an address answers."""
    return TEMPERS[int(address[1:4]) % len(TEMPERS)]


@dataclass
class World:
    """The mails, the invitees and the clock around the service."""

    path: Path
    office: PostOffice
    now: datetime = BEGIN
    to_come: list[tuple[datetime, Delivered, Gesture]] = field(default_factory=list)
    looked: int = 0
    due: int = 0
    invitations: Counter[str] = field(default_factory=Counter)
    sent: list[tuple[datetime, str, str]] = field(default_factory=list)
    listed: dict[str, set[str]] = field(default_factory=dict)

    def set_up(self) -> None:
        """Make the workspace."""
        sample(self.path)
        file = self.path / "config" / "campaigns" / f"{SLUG}.toml"
        text = file.read_text("utf-8")
        begin, end = text.index("[schedule]"), text.index("[organizer]")
        file.write_text(text[:begin] + SCHEDULE + text[end:], "utf-8")
        (self.path / "config" / "mailer.toml").write_text(
            f'[smtp]\nhost = "127.0.0.1"\nport = {self.office.smtp_port}\nsecurity = "none"\n'
            f'[imap]\nhost = "127.0.0.1"\nport = {self.office.imap_port}\nsecurity = "none"\n'
            f'username = "{self.office.owner}"\n[delivery]\nconnections = 4\nper_minute = 0\nper_hour = 0\n',
            "utf-8",
        )
        (self.path / "config" / "secrets").mkdir(exist_ok=True)
        (self.path / "config" / "secrets" / "imap_password").write_text(PASSWORD, "utf-8")
        addresses = [f"p{number:03}@example.org" for number in range(INVITEES)]
        lines = [f"M.;Nom{a[1:4]};Prénom;;{a}" for a in addresses]
        (self.path / "contacts" / "invites.csv").write_text(
            "\n".join(["Civilité;Nom;Prénom;Organisme;Courriel", *lines, ""]), "utf-8"
        )
        self.office.unknown |= {a for a in addresses if temper(a).refused}
        assert (
            group.main(["--workspace", str(self.path), "--now", BEGIN.isoformat(), "schedule", SLUG, "--yes"])
            == 0
        )

    def look(self) -> None:
        """Let the invitees see what has come for them, and decide to answer."""
        delivered = self.office.delivered
        for one in delivered[self.looked :]:
            subject, _ = _kind(one)
            self.sent.append((self.now, one.recipient, subject))
            if subject not in ("invitation", "reminder"):
                continue
            self.invitations[one.recipient] += 1
            how = temper(one.recipient)
            if self.invitations[one.recipient] == how.after:
                self.to_come += [(self.now + after, one, gesture) for after, gesture in how.gestures]
        self.looked = len(delivered)
        self.to_come.sort(key=lambda event: event[0])

    def answer(self) -> None:
        """Post the answers whose moment has come."""
        while self.to_come and self.to_come[0][0] <= self.now:
            at, delivered, gesture = self.to_come.pop(0)
            sender = "" if gesture is clients.bounce else delivered.recipient
            self.office.post(sender, gesture(open_letter(delivered), at))

    def step(self, until: datetime) -> None:
        """Set the clock to the next moment at which anything happens."""
        moments = [until] + [event[0] for event in self.to_come[:1]]
        self.now = max(self.now + timedelta(seconds=1), min(moments)).astimezone(PARIS)

    def list_what_is_next(self) -> None:
        """Remember whom the schedule lists for what is due now, just before it is kept."""
        workspace = Workspace(self.path, self.now)
        due = {one.at for one in workspace.campaign(SLUG).schedule.appointments if one.at <= self.now}
        if len(due) == self.due:
            return
        self.due = len(due)
        for item in listing.plan(workspace, workspace.campaign(SLUG)):
            one = item.planned.appointment
            if item.planned.stand in (campaigns.Stand.DUE, campaigns.Stand.AHEAD) and one.at <= self.now:
                self.listed[f"{one.kind.value} {one.number}"] = {i.email for i in item.invitees}


_KINDS = {
    "Invitation": "invitation",
    "Rappel": "reminder",
    "C'est noté": "acknowledgement",
    "Merci": "thanks",
    "lundi": "details",
}


def _kind(delivered: Delivered) -> tuple[str, str]:
    import email
    import email.policy

    subject = str(email.message_from_bytes(delivered.content, policy=email.policy.default)["Subject"])
    return next(kind for start, kind in _KINDS.items() if subject.startswith(start)), subject


class Process:
    """The service, in a process of its own."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._process = self._start()

    def _start(self) -> subprocess.Popen[str]:
        command = [sys.executable, child.__file__, str(self._path)]
        return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def turn(self, now: datetime, kill_after: float | None = None) -> dict[str, Any] | None:
        """Run one turn; None where it was killed in it and started again."""
        process = self._process
        assert process.stdin
        assert process.stdout
        process.stdin.write(f"{now.isoformat()}\n")
        process.stdin.flush()
        if kill_after is not None:
            time.sleep(kill_after)
            self.end()
            self._process = self._start()
            return None
        line = process.stdout.readline()
        assert line, "the service ended by itself"
        found: dict[str, Any] = json.loads(line)
        return found

    def end(self) -> None:
        """Kill it."""
        self._process.kill()
        self._process.communicate()


def live(world: World, kills: int) -> list[str]:
    """Live the month; return what the service told. It is killed `kills` times, most when it has much to do."""
    rng = random.Random(kills)
    busy = [datetime(2025, 3, day, hour, minute, tzinfo=PARIS) for day, hour, minute in BUSY]
    told: list[str] = []
    process = Process(world.path)
    try:
        while world.now < END:
            world.answer()
            world.list_what_is_next()
            if kills and any(moment <= world.now < moment + timedelta(minutes=9) for moment in busy):
                kills -= 1
                process.turn(world.now, kill_after=rng.uniform(0.3, 1.6))
                _release(world)
                world.look()
                world.now += timedelta(seconds=1)
                continue
            found = process.turn(world.now)
            assert found is not None
            told += found["events"]
            world.look()
            world.step(datetime.fromisoformat(found["until"]))
    finally:
        process.end()
    return told


BUSY = ((3, 9, 30), (17, 9, 30), (24, 18, 0), (29, 19, 45), (30, 19, 0))


def _release(world: World) -> None:
    """A person looks at what is in doubt after a crash, asks those concerned, and settles it by what they say."""
    from mailer.model.entry import Channel, Delivery, Entry
    from mailer.store import Settled

    workspace = Workspace(world.path, world.now)
    with workspace.store() as store:
        store.expire(SLUG, world.now)
        arrived = b"".join(one.content.partition(b"\r\n\r\n")[0] for one in world.office.delivered)
        doubtful = [queued for queued in store.queue(SLUG) if queued.state is State.IN_DOUBT]
        came = [queued for queued in doubtful if queued.promise.message_id.encode() in arrived]
        for queued in came:
            promise = queued.promise
            fact = Delivery(
                promise.key, 0, State.SENT, promise.message_id, None, promise.persons, promise.round
            )
            entry = Entry(SLUG, promise.invitee, world.now, Channel.OUTBOX, fact)
            store.settle([Settled(promise, State.SENT, None, entry)], world.now)
        store.release(SLUG, world.now)


def outcome(world: World) -> dict[str, tuple[PartStat, int | None]]:
    """Where everybody stands in the end."""
    workspace = Workspace(world.path, world.now)
    with workspace.store() as store:
        record = standings.record(store, SLUG)
        assert store.verify(SLUG) is None
    found = {}
    for invitee in record.roll:
        standing = record.standings[invitee.members[0].ref]
        found[invitee.email] = (standing.partstat, standing.headcount)
    return found


@pytest.fixture(params=[0, 10], ids=["in one go", "killed ten times"])
def lived(request: pytest.FixtureRequest, tmp_path: Path, office: PostOffice) -> tuple[World, list[str]]:
    """The world after the month."""
    world = World(tmp_path / "mairie", office)
    world.set_up()
    told = live(world, request.param)
    return world, told


@pytest.mark.slow
def test_the_month(lived: tuple[World, list[str]]) -> None:
    """What was sent is what the schedule listed, in its hours, to who had not answered, and all stand as they meant."""
    world, told = lived

    assert not [event for event in told if event.startswith(("trouble", "missed"))]
    assert outcome(world) == {
        address: (how.meant, 0 if how.meant is PartStat.DECLINED else how.seats)
        for address, how in (
            (f"p{n:03}@example.org", temper(f"p{n:03}@example.org")) for n in range(INVITEES)
        )
    }
    by_kind: dict[str, list[str]] = {}
    for _at, recipient, name in world.sent:
        by_kind.setdefault(name, []).append(recipient)
    for kind in (Kind.INVITATION, Kind.DETAILS, Kind.THANKS):
        listed = world.listed[f"{kind.value} 1"] - world.office.unknown
        assert sorted(by_kind[kind.value]) == sorted(listed)
    reminded = [who for n in (1, 2, 3) for who in world.listed[f"reminder {n}"]]
    assert sorted(by_kind["reminder"]) == sorted(reminded)
    assert all(8 <= at.hour < 20 for at, _recipient, _kind in world.sent)
    answered = _first_answers(world)
    assert not [1 for at, who, kind in world.sent if kind == "reminder" and at > answered.get(who, END)]
    assert Counter(by_kind["acknowledgement"]) == Counter(
        {a: n for a in world.invitations if (n := temper(a).acknowledged)}
    )
    assert max(Counter((who, kind) for _, who, kind in world.sent if kind != "reminder").values()) <= 2


def _first_answers(world: World) -> dict[str, datetime]:
    """When each invitee's first answer was in the mailbox."""
    first: dict[str, datetime] = {}
    invited: Counter[str] = Counter()
    for at, who, kind in world.sent:
        if kind in ("invitation", "reminder"):
            invited[who] += 1
            how = temper(who)
            if invited[who] == how.after and how.meant is not PartStat.NEEDS_ACTION:
                first[who] = at + how.gestures[0][0]
    return first
