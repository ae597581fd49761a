"""Test ``mailer run`` as a process: it sends, reads, stops, locks its campaign, and recovers from failures."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from mailer.cli import group, health
from mailer.cli.run import HeldCampaigns, WorkspaceCampaign, adapters
from mailer.cli.service_log import Log
from mailer.demo import clients
from mailer.demo.post_office import PASSWORD, PostOffice, post_office
from mailer.demo.received import open_letter
from mailer.errors import StoreError
from mailer.jobs import serve as jobs_serve
from mailer.jobs import service_interface as health_of
from mailer.jobs import standings
from mailer.jobs.serve import Service
from mailer.model.contact import Contact
from mailer.model.finding import PartStat
from mailer.store.sql import open_store
from mailer.workspace import Workspace
from tests.servers import postgres
from tests.servers.ports import kept
from tests.service.test_month import Process
from tests.workspaces import sample

SLUG = "restitution-hellemmes"
PARIS = ZoneInfo("Europe/Paris")
PATIENCE = 180
STARTS = "2025-03-13T09:29:59+01:00"


def set_up(path: Path, office: PostOffice, *, invitees: tuple[str, ...], acknowledge: bool = False) -> Path:
    """A workspace for a post office, with these addresses invited."""
    sample(path)
    (path / "config" / "mailer.toml").write_text(
        f'[smtp]\nhost = "127.0.0.1"\nport = {office.smtp_port}\nsecurity = "none"\n'
        f'[imap]\nhost = "127.0.0.1"\nport = {office.imap_port}\nsecurity = "none"\nusername = "{office.owner}"\n'
        "[delivery]\nper_minute = 0\nper_hour = 0\n",
        "utf-8",
    )
    (path / "config" / "secrets").mkdir(exist_ok=True)
    (path / "config" / "secrets" / "imap_password").write_text(PASSWORD, "utf-8")
    lines = [
        "Civilité;Nom;Prénom;Organisme;Courriel",
        *(f"Mme;Martin;Nora {at};;{one}" for at, one in enumerate(invitees)),
        "",
    ]
    (path / "contacts" / "invites.csv").write_text("\n".join(lines), "utf-8")
    file = path / "config" / "campaigns" / f"{SLUG}.toml"
    text = file.read_text("utf-8").replace("cjulien@mairie-lille.example", office.owner)
    file.write_text(text.replace("acknowledge = false", f"acknowledge = {str(acknowledge).lower()}"), "utf-8")
    confirm(path)
    return path


def confirm(path: Path, slug: str = SLUG) -> None:
    """Confirm what leaves by itself, as letters and meeting are now."""
    assert group.main(["--workspace", str(path), "--now", STARTS, "schedule", slug, "--yes"]) == 0


def run(path: Path, *words: str, now: str = STARTS, **variables: str) -> subprocess.Popen[str]:
    """Start ``mailer run``."""
    command = [sys.executable, "-m", "mailer", "--workspace", str(path), "--now", now, "run", *words]
    environment = {**os.environ, "MAILER_LANGUAGE": "fr", "PYTHONUNBUFFERED": "1", **variables}
    return subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environment)


def until(true: Callable[[], object], process: subprocess.Popen[str] | None = None) -> None:
    """Wait until something is true."""
    end = time.monotonic() + PATIENCE
    while not true():
        assert process is None or process.poll() is None, "the service ended by itself"
        assert time.monotonic() < end, "it did not come true"
        time.sleep(0.05)


def stop(process: subprocess.Popen[str], number: int = signal.SIGTERM) -> tuple[int, list[dict[str, object]]]:
    """Ask for the end; return the exit status and what was logged."""
    process.send_signal(number)
    _, logged = process.communicate(timeout=PATIENCE)
    return process.returncode, [json.loads(line) for line in logged.splitlines()]


@pytest.fixture
def desk(tmp_path: Path, office: PostOffice) -> Path:
    """A workspace of two invitees."""
    return set_up(tmp_path / "mairie", office, invitees=("nora@example.org", "paul@example.org"))


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_sends_reads_and_stops(desk: Path, office: PostOffice, number: int) -> None:
    """The invitation leaves at its moment, an answer is read when it comes, a signal ends it in order, and no address is logged."""
    process = run(desk)
    try:
        until(lambda: len(office.delivered) == 2, process)
        letter = open_letter(office.delivered[0])
        at = datetime(2025, 3, 13, 9, 30, tzinfo=PARIS)
        office.post(letter.recipient, clients.thunderbird(letter, at, "ACCEPTED"))
        until(lambda: _answers(desk) == 1, process)
        assert json.loads((desk / health.FILE).read_bytes())["waiting"] == 0
    finally:
        status, logged = stop(process, number)

    assert status == 0
    # A connection to the mailbox may break and come back on a busy machine; that is told and heals by itself.
    events = [line["event"] for line in logged if line["event"] not in ("trouble", "well-again")]
    assert events == ["kept", "sent", "read", "stopped"], logged
    assert "@" not in json.dumps(logged)
    assert all(line["message"] for line in logged)


def _answers(path: Path) -> int:
    """How many have said yes."""
    with Workspace(path).store() as store:
        known = standings.record(store, SLUG)
    return sum(one.partstat is PartStat.ACCEPTED for one in known.standings.values())


def test_a_second_one_is_turned_away(desk: Path, office: PostOffice) -> None:
    """Whoever starts it again is told who runs it already; once that one is killed, the campaign is free."""
    process = run(desk)
    try:
        until(lambda: len(office.delivered) == 2, process)
        second = run(desk)
        _, said = second.communicate(timeout=PATIENCE)
        assert second.returncode == 2
        assert f"pid {process.pid}" in said
        assert "déjà en marche" in said
    finally:
        process.kill()
        process.communicate()

    third = run(desk, now="2025-03-13T10:00:00+01:00")
    until(lambda: json.loads((desk / health.FILE).read_bytes())["pid"] == third.pid, third)
    assert stop(third)[0] == 0
    assert len(office.delivered) == 2


@pytest.mark.skipif(not hasattr(signal, "SIGSTOP"), reason="this system stops no process for a while")
def test_one_that_stands_still_keeps_its_campaign(desk: Path, office: PostOffice) -> None:
    """Attack 102: while the first one is stopped the second is turned away, and the first goes on; nobody is written to twice."""
    process = run(desk)
    try:
        until(lambda: len(office.delivered) == 2, process)
        process.send_signal(signal.SIGSTOP)
        second = run(desk, now="2025-03-13T10:00:00+01:00")
        _, said = second.communicate(timeout=PATIENCE)
        assert second.returncode == 2
        assert f"pid {process.pid}" in said
        process.send_signal(signal.SIGCONT)
        assert stop(process)[0] == 0
    finally:
        process.kill()
        process.communicate()
    assert len(office.delivered) == 2


def test_the_health_line(desk: Path, office: PostOffice) -> None:
    """While it runs and all is well the status is 0; once it was stopped, or long after it was killed, 1, with what to do."""
    process = run(desk)
    try:
        until(lambda: (desk / health.FILE).exists(), process)
        here = _health(desk, "2025-03-13T09:31:00+01:00")
    finally:
        stop(process)
    ended = _health(desk, "2025-03-13T09:32:00+01:00")
    file = desk / health.FILE
    file.write_text(json.dumps({**json.loads(file.read_bytes()), "stopped": ""}), "utf-8")
    later = _health(desk, "2025-03-13T12:00:00+01:00")

    assert here.returncode == 0
    assert "en marche" in here.stdout
    assert ended.returncode == 1
    assert "a été arrêté" in ended.stdout
    assert later.returncode == 1
    assert "mailer run" in later.stdout


def _health(path: Path, now: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "mailer", "--workspace", str(path), "--now", now, "run", "--health"]
    environment = {**os.environ, "MAILER_LANGUAGE": "fr"}
    return subprocess.run(command, capture_output=True, text=True, check=False, env=environment)


def test_systemd_is_told(desk: Path, tmp_path: Path) -> None:
    """READY, a sign of life and a status after each turn, STOPPING at the end (sd_notify(3))."""
    path = tmp_path / "notify"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as channel:
        channel.bind(str(path))
        channel.settimeout(PATIENCE)
        process = run(desk, NOTIFY_SOCKET=str(path))
        first = channel.recv(1000).decode()
        stop(process)
        rest = [first]
        while not rest[-1].startswith("STOPPING=1"):
            rest.append(channel.recv(1000).decode())

    assert first.startswith("READY=1\nWATCHDOG=1\nSTATUS=")


def test_servers_that_were_away_come_back(tmp_path: Path) -> None:
    """While neither server answers nothing is lost, the reminder waits for the mailbox, and each trouble is told once a try."""
    first = PostOffice("cjulien@mairie-lille.example")
    first.open()
    with ExitStack() as closing:
        closing.callback(first.close)
        path = set_up(tmp_path / "mairie", first, invitees=("nora@example.org", "paul@example.org"))
        process = Process(path)
        try:
            at = datetime(2025, 3, 13, 9, 30, tzinfo=PARIS)
            assert process.turn(at)["events"] == ["kept", "sent"]  # type: ignore[index]
            letter = open_letter(first.delivered[0])
            closing.close()
            closing.enter_context(kept(first.smtp_port, first.imap_port))
            away = process.turn(datetime(2025, 3, 19, 9, 30, tzinfo=PARIS))
            assert away is not None
            assert [event.partition(" ")[0] for event in away["events"]] == ["trouble", "waits-for-mailbox"]
            again = process.turn(datetime(2025, 3, 19, 9, 31, tzinfo=PARIS))
            assert again is not None
            assert [event.partition(" ")[0] for event in again["events"]] == ["trouble"]
            ports = (first.smtp_port, first.imap_port)
            with _back(first.owner, ports) as office:
                office.post(letter.recipient, clients.thunderbird(letter, at + timedelta(days=1), "ACCEPTED"))
                well = process.turn(datetime(2025, 3, 19, 11, 0, tzinfo=PARIS))
                assert well is not None
                assert well["events"] == ["read", "well-again", "kept", "sent"]
                assert [one.recipient for one in office.delivered] == ["paul@example.org"]
        finally:
            process.end()


@contextmanager
def _back(owner: str, ports: tuple[int, int]) -> Iterator[PostOffice]:
    """A post office at the ports of one that was closed."""
    office = PostOffice(owner, ports)
    office.open()
    try:
        yield office
    finally:
        office.close()


def test_two_that_face_each_other_fall_silent(tmp_path: Path) -> None:
    """Each has the other's mailbox among its invitees and acknowledges answers: after a few mails nothing more is said."""
    with post_office("anne@example.org") as one, post_office("bob@example.net") as other:
        offices = (one, other)
        paths = [
            set_up(tmp_path / name, office, invitees=(facing.owner, "nora@example.org"), acknowledge=True)
            for name, office, facing in (("a", one, other), ("b", other, one))
        ]
        processes = [Process(path) for path in paths]
        carried, counts = [0, 0], []
        at = datetime(2025, 3, 13, 9, 30, tzinfo=PARIS)
        try:
            for turn in range(12):
                for process in processes:
                    process.turn(at)
                for number, (office, facing) in enumerate((offices, offices[::-1])):
                    for mail in office.delivered[carried[number] :]:
                        # The invitation itself would wait for a person, and with it all that its sender says.
                        if mail.recipient == facing.owner and b"auto-replied" in mail.content:
                            facing.post(mail.envelope_from, mail.content)
                    carried[number] = len(office.delivered)
                if turn == 1:
                    for office, facing in (offices, offices[::-1]):
                        letter = open_letter(next(m for m in facing.delivered if m.recipient == office.owner))
                        facing.post(
                            office.owner, clients.written(letter, at, "Oui, je viendrai avec plaisir.")
                        )
                counts.append(len(one.delivered) + len(other.delivered))
                at += timedelta(minutes=20)
        finally:
            for process in processes:
                process.end()

        acknowledged = [m for office in offices for m in office.delivered if b"auto-replied" in m.content]
        assert len(acknowledged) == 2
        assert all(mail.envelope_from == "" for mail in acknowledged)
        assert counts[-1] == counts[4] == 6


def test_the_hold_of_a_store(tmp_path: Path) -> None:
    """On SQLite one store holds a campaign at a time, others are free, and closing lets go."""
    url = f"sqlite:///{tmp_path}/ledger.sqlite"
    _hold(url)


@pytest.mark.servers
def test_the_hold_of_a_shared_store(cluster: str) -> None:
    """The same on PostgreSQL, for every machine."""
    _hold(postgres.database(cluster))


def _hold(url: str) -> None:
    first, second = open_store(url), open_store(url)
    try:
        with first.hold("fete", "Anne, pid 1"), second.hold("autre", "Bob, pid 2"):
            with pytest.raises(StoreError) as caught, second.hold("fete", "Bob, pid 2"):
                pass
            assert caught.value.code == "campaign-held"
            assert "Anne, pid 1" in str(caught.value.values["who"])
        with second.hold("fete", "Bob, pid 2"):
            pass
    finally:
        first.close()
        second.close()


class Broken(WorkspaceCampaign):
    """A campaign whose lists cannot be read for a reason nobody thought of."""

    def households(self) -> Sequence[tuple[Contact, ...]]:
        """Fail as a fault of ours would."""
        raise RuntimeError("surprise")


def test_a_fault_of_ours_in_one_campaign_leaves_the_rest_alone(desk: Path, office: PostOffice) -> None:
    """It is told as such, tried again later, and the other campaign is kept meanwhile."""
    sound = desk / "config" / "campaigns" / "autre.toml"
    sound.write_bytes((desk / "config" / "campaigns" / f"{SLUG}.toml").read_bytes())
    confirm(desk, "autre")
    workspace = Workspace(desk, datetime(2025, 3, 13, 9, 30, tzinfo=PARIS))
    told: list[str] = []
    log = Log(workspace, as_json=True, addresses=False)
    with workspace.store() as store, ExitStack() as holds:
        held = HeldCampaigns(workspace, store, log, holds, "")
        files = [
            Broken(workspace, workspace.campaign(SLUG), store),
            WorkspaceCampaign(workspace, workspace.campaign("autre"), store),
        ]
        open_ = replace(
            adapters(workspace, store, held, log),
            campaigns=lambda: files,
            tell=lambda event: told.append(f"{event.code} {event.campaign} {event.error or ''}".strip()),
        )
        service = Service(open_)
        asyncio.run(service.turn())
        service.close()

    assert told == [f"trouble {SLUG} program-fault kind=RuntimeError('surprise')", "kept autre", "sent autre"]
    assert len(office.delivered) == 2


def test_it_says_that_it_reads_and_can_be_stopped_meanwhile(
    desk: Path, office: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Attack 38: while a mail is read that takes long, the health is written, and the end comes before it is read; the next one reads it."""
    assert group.main(["--workspace", str(desk), "--now", STARTS, "send", SLUG, "--yes"]) == 0
    head = b"From: x@example.com\r\nSubject: x\r\nContent-Type: text/html\r\nMessage-ID: <%d@example.com>\r\n\r\n"
    for number in range(20):
        office.post("x@example.com", head % number + b"<p>a<br>" * 40_000)
    monkeypatch.setattr(jobs_serve, "BEAT", timedelta(0))
    workspace = Workspace(desk, datetime.fromisoformat(STARTS) + timedelta(days=1))

    def serve_until(enough: Callable[[health_of.Health], bool]) -> tuple[list[datetime | None], int]:
        """Run the service until it says so; return when it had read, each time it told, and how many mails are recorded."""
        told: list[datetime | None] = []
        log = Log(workspace, as_json=True, addresses=False)
        with workspace.store() as store, ExitStack() as holds:

            def turned(found: health_of.Health) -> None:
                told.append(found.read)
                if enough(found):
                    service.stop()

            held = HeldCampaigns(workspace, store, log, holds, "")
            service = Service(adapters(workspace, store, held, log), turned)
            asyncio.run(jobs_serve.serve(service))
            with workspace.mailbox().open() as reader:
                last = store.last_uid("INBOX", reader.examine("INBOX").uidvalidity)
                return told, sum(uid <= last for uid in reader.uids(0))

    told, before = serve_until(lambda _found: True)
    _, after = serve_until(lambda found: found.read is not None)

    assert told[0] is None
    assert before < 20
    assert after == 20


def test_a_server_that_refuses_is_left_alone_for_a_while(tmp_path: Path, office: PostOffice) -> None:
    """Where most are refused sending stops, is told, and is not tried again at once but after a pause."""
    addresses = tuple(f"p{number}@example.net" for number in range(40))
    path = set_up(tmp_path / "mairie", office, invitees=addresses)
    office.unknown |= set(addresses)
    process = Process(path)
    try:
        at = datetime(2025, 3, 13, 9, 30, tzinfo=PARIS)
        first = process.turn(at)
        second = process.turn(at + timedelta(seconds=1))
        third = process.turn(at + timedelta(seconds=20))
    finally:
        process.end()

    assert first is not None
    assert second is not None
    assert third is not None
    assert [event.split()[:2] for event in first["events"]][-1] == [
        "trouble",
        "sending-stopped-too-many-refused",
    ]
    assert datetime.fromisoformat(first["until"]) == at + timedelta(seconds=15)
    assert second["events"] == []
    assert third["events"]


def test_settings_that_are_away_for_a_moment_end_nothing(desk: Path) -> None:
    """What was held is still run, and the trouble is told once."""
    workspace = Workspace(desk, datetime(2025, 3, 13, 9, 0, tzinfo=PARIS))
    told: list[str] = []
    log = Log(workspace, as_json=True, addresses=False)
    log.tell = lambda event: told.append(f"{event.code} {event.error.code}")  # type: ignore[method-assign,union-attr]
    with workspace.store() as store, ExitStack() as holds:
        held = HeldCampaigns(workspace, store, log, holds, "")
        held.hold_all()
        (desk / "config" / "mailer.toml").rename(desk / "config" / "away.toml")
        away = [list(held.campaigns()) for _ in range(2)]
        (desk / "config" / "away.toml").rename(desk / "config" / "mailer.toml")
        back = list(held.campaigns())

    assert [one.campaign.slug for one in back] == [SLUG]
    assert len(away) == 2
    assert told[0] == "trouble workspace-missing"
    assert len(told) <= 2
