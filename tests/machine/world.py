"""Two campaigns that share people, an SMTP server that remembers what it read, a mailbox, and the commands on them."""

from __future__ import annotations

import asyncio
import contextlib
import email
import email.policy
import re
import subprocess
import sys
import time
import zlib
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import icalendar
import sqlalchemy as sa

from mailer.demo.post_office import PASSWORD, Delivered, post_office
from mailer.demo.received import ReceivedInvitation, open_letter
from mailer.jobs import collect, gather, send, standings
from mailer.jobs.drafts import Draft, Wish
from mailer.jobs.standings import Record
from mailer.model.campaign import Campaign
from mailer.model.invitation import Kind
from mailer.store import Store, tables
from mailer.store.sql import SqlStore, open_store
from mailer.workspace import Workspace
from tests.servers.fault_smtp import Break, Fault, FaultServer
from tests.workspaces import OWNER, sample

BEGINS = datetime.fromisoformat("2025-03-03T09:00:00+01:00")
SLUGS = ("bal", "conseil")
LONGEST = 10
"""For how many seconds a process that is to be killed may go on."""

COMMANDS = {
    Kind.INVITATION: "send",
    Kind.REMINDER: "remind",
    Kind.UPDATE: "update",
    Kind.CANCEL: "cancel",
}

CAMPAIGN = """\
subject = "Invitation : réunion {slug}"
language = "fr"
host = "Ville d'Hellemmes"
contact = "Camille Julien"
templates = "templates/restitution-hellemmes"
retention_months = 6
attachments = {attachments}
lists = ["contacts/{slug}.csv"]

[meeting]
title = "Réunion {slug}"
starts = "2025-05-26 {hour}:00"
ends = "2025-05-26 {end}:00"
zone = "Europe/Paris"
place = "16 bis rue des Travailleurs, Hellemmes"
room = "{room}"
description = "{text}"

[organizer]
name = "Camille Julien"
address = "{owner}"

[notice]
controller = "Mairie d'Hellemmes"
purpose = "vous inviter à cette réunion"
basis = "mission d'intérêt public"
recipients = "le service organisateur"
retention = "six mois"
contact = "{owner}"
"""


@dataclass(frozen=True)
class Line:
    """A line of a contact list."""

    first: str
    last: str
    address: str

    @property
    def name(self) -> str:
        """The full name, by which a person is known in a test: each stands for one person."""
        return f"{self.first} {self.last}"


@dataclass
class Plan:
    """What the campaign file says of the meeting."""

    hour: int = 14
    room: str = "Salle 1"
    text: str = "Venez nombreux."
    attachment: str = ""

    def written(self, slug: str) -> str:
        """The campaign file."""
        return CAMPAIGN.format(
            slug=slug,
            owner=OWNER,
            hour=self.hour,
            end=self.hour + 2,
            room=self.room,
            text=self.text,
            attachments='["contacts/plan.txt"]' if self.attachment else "[]",
        )


@dataclass(frozen=True)
class Letter:
    """A message as the server read it."""

    recipient: str
    message_id: str
    subject: str
    method: str
    uid: str
    sequence: int
    starts: datetime
    location: str
    slug: str
    text: str = field(repr=False)

    @property
    def hour(self) -> int:
        """The hour it names, where the meeting is."""
        return self.starts.astimezone(ZoneInfo("Europe/Paris")).hour

    @property
    def said(self) -> tuple[object, ...]:
        """What it says to whom, whatever its date."""
        return (self.recipient.casefold(), self.uid, self.method, self.sequence, self.subject, self.text)


@cache
def opened(received: bytes, recipient: str) -> Letter:
    """A message, read with `email` and icalendar, not with our own parsers."""
    message = email.message_from_bytes(received, policy=email.policy.default)
    parts = {part.get_content_type(): part for part in message.walk()}
    octets = parts["text/calendar"].get_payload(decode=True)
    assert isinstance(octets, bytes)
    calendar = icalendar.Calendar.from_ical(octets)
    (event,) = calendar.walk("VEVENT")
    return Letter(
        recipient,
        str(message["Message-ID"]),
        str(message["Subject"]),
        str(calendar["METHOD"]),
        str(event["UID"]),
        int(event.get("SEQUENCE", 0)),
        event.decoded("DTSTART"),
        str(event.get("LOCATION", "")),
        str(event["SUMMARY"]).rpartition(" ")[2],
        parts["text/plain"].get_content(),
    )


@cache
def read_letter(received: bytes, recipient: str) -> ReceivedInvitation:
    """A message, as the recipient's program reads it. Raises ValueError if nobody can answer it."""
    return open_letter(Delivered("", recipient, received))


Row = dict[str, Any]


def dump(store: Store) -> list[Row]:
    """Every row of every table, with the table's name."""
    assert isinstance(store, SqlStore)
    with store._engine.connect() as connection:
        return [
            {"table": table.name, **row._mapping}
            for table in tables.metadata.sorted_tables
            for row in connection.execute(sa.select(table))
        ]


def holds(row: Row, text: str) -> bool:
    """Whether a row holds this name or address as a whole word, written as text, as octets, or compressed."""
    wanted = re.compile(rf"(?<![\w.+-]){re.escape(text)}(?![\w-]|\.\w)", re.IGNORECASE)
    return any(wanted.search(shown) for value in row.values() for shown in _shown(value))


def _shown(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value.encode().decode("unicode_escape", "replace") if "\\u" in value else value
    elif isinstance(value, bytes):
        yield value.decode("utf-8", "replace")
        with contextlib.suppress(zlib.error):
            yield zlib.decompress(value).decode("utf-8", "replace")


class World:
    """The workspace, the servers, the clock and the ledger of one run."""

    def __init__(self, path: Path, url: str) -> None:
        self._open = ExitStack()
        self.path = sample(path)
        self.url = url or f"sqlite:///{self.path}/data/mailer.sqlite"
        (self.path / "data").mkdir(exist_ok=True)
        self.server = FaultServer(faults=[])
        self._open.enter_context(self.server.in_a_thread())
        self.office = self._open.enter_context(post_office(OWNER))
        for file in (self.path / "config" / "campaigns").glob("*.toml"):
            file.unlink()
        (self.path / "config" / "mailer.toml").write_text(
            f'[smtp]\nhost = "127.0.0.1"\nport = {self.server.port}\nsecurity = "none"\n'
            f'[imap]\nhost = "127.0.0.1"\nport = {self.office.imap_port}\nsecurity = "none"\nusername = "{OWNER}"\n'
            f'[store]\nurl = "{self.url}"\n'
            "[delivery]\nconnections = 1\nper_minute = 0\nper_hour = 0\nper_day = 0\n",
            "utf-8",
        )
        secret = self.path / "config" / "secrets" / "imap_password"
        secret.parent.mkdir(exist_ok=True)
        secret.write_text(PASSWORD, "utf-8")
        self.now = BEGINS
        self.plans = {slug: Plan() for slug in SLUGS}
        self.lists: dict[str, list[Line]] = {slug: [] for slug in SLUGS}
        self.store: Store = open_store(self.url)

    def close(self) -> None:
        """Close everything."""
        self.store.close()
        self._open.close()

    def reopen(self) -> None:
        """Open the ledger anew, as another process does after this one died."""
        self.store.close()
        self.store = open_store(self.url)

    # -- what staff write into files -------------------------------------------------------------------------------
    def write(self, slug: str) -> None:
        """Write campaign file, list and attachment."""
        plan = self.plans[slug]
        (self.path / "config" / "campaigns" / f"{slug}.toml").write_text(plan.written(slug), "utf-8")
        (self.path / "contacts" / "plan.txt").write_text(plan.attachment, "utf-8")
        rows = [f"M.;{one.last};{one.first};;{one.address}" for one in self.lists[slug]]
        text = "\r\n".join(["Civilité;Nom;Prénom;Organisme;Courriel", *rows, ""])
        (self.path / "contacts" / f"{slug}.csv").write_bytes(text.encode("utf-8-sig"))

    def read_lists(self) -> None:
        """Take over what the program changed in the lists."""
        for slug in SLUGS:
            lines = (self.path / "contacts" / f"{slug}.csv").read_text("utf-8-sig").splitlines()[1:]
            cells = [line.split(";") for line in lines]
            self.lists[slug] = [Line(cell[2], cell[1], cell[4]) for cell in cells]

    # -- what is known ---------------------------------------------------------------------------------------------
    @property
    def workspace(self) -> Workspace:
        """The workspace at this moment."""
        return Workspace(self.path, self.now)

    def campaign(self, slug: str) -> Campaign:
        """A campaign as its file says."""
        return self.workspace.campaign(slug)

    def households(self, slug: str) -> gather.Gathered:
        """The lists as they are."""
        return gather.gather(self.path, self.campaign(slug))

    def record(self, slug: str) -> Record:
        """All that the ledger knows."""
        return standings.record(self.store, slug)

    def letters(self) -> list[Letter]:
        """What the server accepted, oldest first."""
        return [opened(one.content, one.recipient) for one in self.server.accepted]

    def received(self) -> list[ReceivedInvitation]:
        """The invitations the server accepted, as their recipients read them."""
        found = []
        for one in self.server.accepted:
            with contextlib.suppress(ValueError):
                found.append(read_letter(one.content, one.recipient))
        return found

    # -- commands --------------------------------------------------------------------------------------------------
    def draft(self, slug: str, kind: Kind, wish: Wish, only: Sequence[str] = ()) -> Draft:
        """The plan of a command; nothing is written."""
        campaign = self.campaign(slug)
        return send.plan(
            kind,
            campaign,
            self.store,
            lambda: self.households(slug).households,
            self.now,
            only=only,
            wish=wish,
            sources=self.workspace.templates(campaign),
        )

    def confirm(self, draft: Draft, *, whole: bool = True) -> None:
        """Check a plan and queue it."""
        sources = self.workspace.templates(draft.campaign)
        secret = self.store.secret()
        composer = send.check(draft, sources, secret, self.now, mailbox=OWNER, whole=whole)
        send.queue(draft, composer, self.store, self.now)

    def deliver(self, slug: str, *, stop_after: int = 0, die_at: str = "", after: int = 0) -> None:
        """Deliver what waits; stopped after so many messages, or dead in the middle of a transaction."""
        asyncio.run(self._deliver(slug, stop_after, die_at, after))

    async def _deliver(self, slug: str, stop_after: int, die_at: str, after: int) -> None:
        stop = asyncio.Event()
        tried = 0

        def count(event: object) -> None:
            nonlocal tried
            tried += 1
            if stop_after and tried >= stop_after:
                stop.set()

        async def nap(seconds: float) -> None:
            await asyncio.sleep(0.002)
            self.now += timedelta(seconds=seconds)

        death = Fault(die_at, Break.HANG, after=after, times=1) if die_at else None
        if death:
            self.server.faults = [death, *self.server.faults]
        delivering = asyncio.create_task(
            send.deliver(
                self.store,
                self.workspace.route(),
                self.campaign(slug),
                clock=lambda: self.now,
                patience=timedelta(seconds=1),
                progress=count,
                stop=stop,
                sleep=nap,
            )
        )
        try:
            while death and death.times and not delivering.done():
                await asyncio.sleep(0.001)
            if death and not delivering.done():
                delivering.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await delivering
        finally:
            self.server.faults = [one for one in self.server.faults if one is not death]
        if death:
            self.reopen()

    def kill(self, slug: str, kind: Kind, more: int, after: float) -> bool:
        """Start the program, and kill it after so many commands of SMTP, or so many seconds; whether it still ran."""
        typed = [sys.executable, "-m", "mailer", "--workspace", str(self.path), "--now", self.now.isoformat()]
        until, latest = len(self.server.commands) + more, time.monotonic() + LONGEST
        with subprocess.Popen(
            [*typed, COMMANDS[kind], slug, "--yes", "--sure"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        ) as process:
            if not more:
                time.sleep(after)
            while more and len(self.server.commands) < until and process.poll() is None:
                if time.monotonic() > latest:
                    break  # it waits for the moment of another try
                time.sleep(0.001)
            running = process.poll() is None
            process.kill()
        return running

    def read(self) -> None:
        """Read the mailbox."""
        known = {slug: self.campaign(slug) for slug in SLUGS}
        with self.workspace.mailbox().open() as reader:
            collect.collect(reader, self.store, known, now=lambda: self.now)
