"""Measure the speed of sending a campaign, against ``smtp-source -d``, mailmerge and a plain script, into smtp-sink.

Run: python bench/delivery.py [--sizes 1000 10000] [--connections 8] [--folders /dev/shm /tmp] [--delay 15]
                              [--mailmerge .../bin/mailmerge] [--profile]

``send`` is the whole of `mailer send`, from the list to the ledger, in a process of its own. ``deliver`` is its last
part alone: the messages in the outbox are sent, and the ledger is written. ``smtp-source``, Postfix's load generator,
composes and records nothing: it sends one ready message of the same size, over as many connections.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import pstats
import resource
import shutil
import smtplib
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path
from zoneinfo import ZoneInfo

import icalendar

from mailer.jobs.deliver import DeliveryTerms, deliver
from mailer.model.account import Account, Security
from mailer.model.invitation import Kind, MessageKey
from mailer.model.message import OutgoingMessage
from mailer.store import Promise, Queued
from mailer.store.sql import open_store
from mailer.wire.smtp import SmtpSender

CAMPAIGN = "restitution-hellemmes"
NOW = "2025-03-13T09:00:00+01:00"
FAR = datetime(2100, 1, 1, tzinfo=UTC)
PLAIN = 300
"""Messages that the slow programs send; their time per message does not depend on it."""


# -- servers -------------------------------------------------------------------------------------------------------


def free_port() -> int:
    """Return a port that is free."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def sink() -> Iterator[int]:
    """Run Postfix's smtp-sink; yield its port."""
    port = free_port()
    user = ["-u", "postfix"] if os.getuid() == 0 else []
    process = subprocess.Popen(["smtp-sink", *user, f"127.0.0.1:{port}", "1000"])
    while socket.socket().connect_ex(("127.0.0.1", port)):
        time.sleep(0.05)
    try:
        yield port
    finally:
        process.kill()
        process.wait()


@contextlib.contextmanager
def far_away(port: int, milliseconds: int) -> Iterator[int]:
    """Delay every byte to and from a server by so many milliseconds; yield the port of the delayed connection."""
    if not milliseconds:
        yield port
        return
    loop = asyncio.new_event_loop()
    near = free_port()

    async def carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(1 << 16):
            loop.call_later(milliseconds / 1000, writer.write, data)
        loop.call_later(milliseconds / 1000, writer.close)

    async def meet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError):
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", port)
            await asyncio.gather(carry(reader, far_writer), carry(far_reader, writer))

    server = loop.run_until_complete(asyncio.start_server(meet, "127.0.0.1", near))
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        yield near
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        server.close()


# -- what is measured ----------------------------------------------------------------------------------------------


def workspace(folder: Path, people: int) -> Path:
    """Make the sample workspace with so many people on its list; return its folder."""
    place = folder / "workspace"
    shutil.rmtree(place, ignore_errors=True)
    mailer("init", str(place))
    with (place / "contacts" / "invites.csv").open("w", encoding="utf-8-sig", newline="") as file:
        file.write("Civilité;Nom;Prénom;Organisme;Courriel\r\n")
        for n in range(people):
            file.write(
                f"{'Mme' if n % 2 else 'M.'};Nom{n};Prénom{n};Association {n % 37};p{n}@example.org\r\n"
            )
    return place


@dataclass(frozen=True)
class Cost:
    """The cost of a process: seconds of wall time and of processor time, and its peak memory in MB."""

    seconds: float
    processor: float
    memory: float


def cost_of(command: list[str], folder: Path | None = None, **variables: str) -> Cost:
    """Run a command and return its cost."""
    start = time.perf_counter()
    process = subprocess.Popen(
        command, cwd=folder, stdout=subprocess.DEVNULL, env={**os.environ, **variables}
    )
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0, command
    seconds = time.perf_counter() - start
    return Cost(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def mailer(*arguments: str, **variables: str) -> Cost:
    """Run a command of mailer and return its cost."""
    return cost_of([sys.executable, "-m", "mailer", *arguments], None, **variables)


def send(place: Path, port: int, connections: int, url: str) -> Cost:
    """Run `mailer send` and return its cost."""
    return mailer(
        *("--workspace", str(place), "--now", NOW, "send", CAMPAIGN, "--yes"),
        MAILER_SMTP__HOST="127.0.0.1",
        MAILER_SMTP__PORT=str(port),
        MAILER_SMTP__SECURITY="none",
        MAILER_SMTP__USERNAME="",
        MAILER_STORE__URL=url,
        MAILER_DELIVERY__CONNECTIONS=str(connections),
        MAILER_DELIVERY__PER_MINUTE="0",
        MAILER_DELIVERY__PER_HOUR="0",
    )


def sample(place: Path, folder: Path) -> bytes:
    """Return one message of the campaign as it is sent."""
    out = folder / "preview"
    shutil.rmtree(out, ignore_errors=True)
    mailer(
        *("--workspace", str(place), "--now", NOW, "preview", CAMPAIGN),
        *("--out", str(out), "--only", "p1@example.org"),
    )
    return next(out.glob("*.eml")).read_bytes()


class ReadyLetters:
    """Letters that differ from a ready one in the address alone, all of them owed."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    def owed(self, claimed: Sequence[Queued]) -> list[Queued]:
        """Return all promises."""
        return list(claimed)

    def compose(self, promises: Sequence[Promise]) -> list[OutgoingMessage]:
        """Return the letters of promises."""
        return [self._letter(one) for one in promises]

    def _letter(self, promise: Promise) -> OutgoingMessage:
        name = promise.invitee
        content = self._content.replace(b"p1@example.org", f"{name}@example.org".encode())
        return OutgoingMessage(
            "c", name, promise.key, promise.message_id, "a@example.org", f"{name}@example.org", content
        )


def deliver_alone(content: bytes, people: int, port: int, connections: int, url: str) -> float:
    """Return the seconds it takes to send a full queue of ready letters."""
    store, key, now = open_store(url), MessageKey(Kind.INVITATION, 0, 1), datetime.now(UTC)
    store.enqueue(
        (
            Promise("c", f"q{n}", key, (f"q{n}",), 0, "", now, f"<{n}@x>", "example.org")
            for n in range(people)
        ),
        now,
    )
    sender = SmtpSender(Account("127.0.0.1", port, Security.NONE))
    start = time.perf_counter()
    report = asyncio.run(
        deliver(
            store,
            sender,
            "c",
            ReadyLetters(content),
            DeliveryTerms(FAR, connections),
            clock=lambda: datetime.now(UTC),
        )
    )
    took = time.perf_counter() - start
    assert report.left == 0
    store.close()
    return took


def smtp_source(size: int, people: int, port: int, connections: int) -> float:
    """Return the seconds that Postfix's load generator takes."""
    command = ["smtp-source", "-d", "-s", str(connections), "-m", str(people), "-l", str(size)]
    start = time.perf_counter()
    subprocess.run([*command, "-f", "a@example.org", "-t", "b@example.org", f"127.0.0.1:{port}"], check=True)
    return time.perf_counter() - start


def plain_script(people: int, port: int) -> Cost:
    """Send the invitations by a short script with EmailMessage, icalendar and smtplib; return its cost."""
    paris = ZoneInfo("Europe/Paris")
    start, processor = time.perf_counter(), time.process_time()
    with smtplib.SMTP("127.0.0.1", port) as server:
        for n in range(people):
            event = icalendar.Event.new(
                uid=f"{n}@example.org",
                summary="Présentation du diagnostic",
                start=datetime(2025, 3, 31, 14, tzinfo=paris),
                end=datetime(2025, 3, 31, 16, tzinfo=paris),
                organizer=icalendar.vCalAddress("mailto:a@example.org"),
                stamp=datetime.now(UTC),
            )
            event.add("attendee", icalendar.vCalAddress(f"mailto:p{n}@example.org"))
            calendar = icalendar.Calendar.new(method="REQUEST", subcomponents=[event])
            calendar.add_missing_timezones()
            message = EmailMessage()
            message["From"], message["To"] = "a@example.org", f"p{n}@example.org"
            message["Subject"] = "Invitation : présentation du diagnostic"
            message.set_content(f"Bonjour Prénom{n},\n\n" + "Vous êtes invité à la présentation.\n" * 60)
            message.add_alternative(f"<p>Bonjour Prénom{n},</p>" + "<p>Vous êtes invité.</p>\n" * 60, "html")
            message.add_alternative(calendar.to_ical().decode(), "calendar", params={"method": "REQUEST"})
            server.send_message(message)
    return Cost(time.perf_counter() - start, time.process_time() - processor, 0)


def mailmerge(program: str, folder: Path, people: int, port: int) -> Cost:
    """Send a message without a calendar part by mailmerge; return its cost."""
    place = folder / "mailmerge"
    place.mkdir(exist_ok=True)
    body = "Vous êtes invité à la présentation du diagnostic territorial.\n" * 150
    (place / "mailmerge_template.txt").write_text(
        f"TO: {{{{email}}}}\nSUBJECT: Invitation\nFROM: a@example.org\n\nBonjour {{{{name}}}},\n\n{body}"
    )
    rows = "".join(f"p{n}@example.org,Prénom{n}\n" for n in range(people))
    (place / "mailmerge_database.csv").write_text("email,name\n" + rows)
    (place / "mailmerge_server.conf").write_text(f"[smtp_server]\nhost = 127.0.0.1\nport = {port}\n")
    return cost_of([program, "--no-dry-run", "--no-limit"], place)


# -- the table -----------------------------------------------------------------------------------------------------


def row(name: str, people: int, seconds: float, source: float, note: str = "") -> None:
    """Print one line; `source` is the time of smtp-source for one message, in seconds."""
    each = seconds / people
    print(
        f"  {name:<12} {people:>7} {people / seconds:>9.0f}/s {each * 1e6:>9.0f} us {source / each:>7.3f}  {note}",
        flush=True,
    )


def measure(folder: Path, people: int, port: int, options: argparse.Namespace) -> float:
    """Print the figures of one size in one folder; return the seconds of `mailer send` for one message."""
    place = workspace(folder, people)
    content = sample(place, folder)
    count = options.connections
    source = smtp_source(len(content), people, port, count) / people
    row("smtp-source", people, source * people, source, f"{len(content)} octets")
    for query in ("", "?synchronous=normal"):
        kind = "fsync" if not query else "normal"
        file = folder / f"alone-{people}-{kind}.sqlite"
        seconds = deliver_alone(content, people, port, count, f"sqlite:///{file}{query}")
        row("deliver", people, seconds, source, kind)
    ours = send(place, port, count, f"sqlite:///{folder / f'send-{people}.sqlite'}")
    worked = ours.processor / people * 1e6
    row("send", people, ours.seconds, source, f"fsync, {ours.memory:.0f} MB, {worked:.0f} us of processor")
    few = min(people, PLAIN)
    others = {"plain script": plain_script(few, port)}
    if options.mailmerge:
        others["mailmerge"] = mailmerge(options.mailmerge, folder, few, port)
    for name, other in others.items():
        row(name, few, other.seconds, source, f"{other.processor / few * 1e6:.0f} us of processor")
    again = smtp_source(len(content), people, port, count) / people
    row("smtp-source", people, again * people, again, "again")
    each = ours.seconds / people
    faster = "".join(f", {other.seconds / few / each:.1f} times {name}" for name, other in others.items())
    print(f"  send: {(source + again) / 2 / each:.2f} of smtp-source{faster}", flush=True)
    less = ", ".join(
        f"{other.processor / few / ours.processor * people:.1f} times {name}"
        for name, other in others.items()
    )
    print(f"  and in processor time, which a busy machine changes less: {less}", flush=True)
    return each


def profile(folder: Path, people: int, port: int) -> None:
    """Print the profile of one `mailer send`."""
    place, stats = workspace(folder, people), folder / "profile"
    code = (
        "import cProfile, sys; from mailer.cli import group; run = cProfile.Profile();"
        "run.runcall(group.main, sys.argv[2:]); run.dump_stats(sys.argv[1])"
    )
    settings = {
        "SMTP__HOST": "127.0.0.1",
        "SMTP__PORT": str(port),
        "SMTP__SECURITY": "none",
        "SMTP__USERNAME": "",
        "DELIVERY__CONNECTIONS": "8",
        "DELIVERY__PER_MINUTE": "0",
        "DELIVERY__PER_HOUR": "0",
    }
    subprocess.run(
        [
            *(sys.executable, "-c", code, str(stats)),
            *("--workspace", str(place), "--now", NOW, "send", CAMPAIGN, "--yes"),
        ],
        check=True,
        stdout=subprocess.DEVNULL,
        env={**os.environ, **{f"MAILER_{name}": value for name, value in settings.items()}},
    )
    pstats.Stats(str(stats)).sort_stats("cumulative").print_stats("mailer/", 40)


def main() -> None:
    """Print a table for each folder and size, then one for a far server over a single connection."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--sizes", type=int, nargs="+", default=[1000, 10_000])
    parser.add_argument("--connections", type=int, default=8)
    parser.add_argument("--folders", nargs="+", default=["/dev/shm", tempfile.gettempdir()])
    parser.add_argument("--delay", type=int, default=15, help="milliseconds each way")
    parser.add_argument("--mailmerge", default=shutil.which("mailmerge"))
    parser.add_argument("--profile", action="store_true", help="only print the profile of one send")
    options = parser.parse_args()
    if not shutil.which("smtp-sink"):
        print("delivery: smtp-sink is not installed (Debian: postfix); nothing was measured")
        return
    if options.profile:
        with sink() as port, tempfile.TemporaryDirectory() as name:
            profile(Path(name), options.sizes[-1], port)
        return
    for base in options.folders:
        took: dict[int, float] = {}
        for people in options.sizes:
            with sink() as port, tempfile.TemporaryDirectory(dir=base) as name:
                print(f"{base}, {people} people, {options.connections} connections")
                took[people] = measure(Path(name), people, port, options)
        first, *larger = took
        for people in larger:
            print(f"  a message of {people} takes {took[people] / took[first]:.2f} of one of {first}")
    with sink() as port, far_away(port, options.delay) as far, tempfile.TemporaryDirectory() as name:
        print(f"a server {2 * options.delay} ms away, one connection")
        source = smtp_source(13_000, 100, far, 1) / 100
        row("smtp-source", 100, source * 100, source)
        seconds = deliver_alone(
            b"x: y\r\n\r\n" + b"line\r\n" * 2100, 100, far, 1, f"sqlite:///{name}/far.sqlite"
        )
        row("deliver", 100, seconds, source, "fsync")
    print(f"peak of this process: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


if __name__ == "__main__":
    main()
