"""A workspace with secrets in it that was sent and answered, on mail servers that ask for a password."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from mailer.demo.post_office import PostOffice
from tests.planted import marks
from tests.servers.fault_smtp import FaultServer
from tests.workspaces import OWNER, SLUG, answered

NOW = "2025-03-24T09:00:00+01:00"
DRIVER = Path(__file__).with_name("driver.py")
ROOT = Path(__file__).parents[2]
WHO = "elodie.lefevre@example.org"

MAIL = f"""\
From: Élodie Lefèvre <{WHO}>
To: {OWNER}
Subject: Re: Restitution
Message-ID: <planted@example.org>
Date: Mon, 24 Mar 2025 08:00:00 +0100
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: 8bit

Je ne sais pas encore, peut-être. {marks.TEXT}
"""

COMMANDS: tuple[tuple[str, ...], ...] = (
    ("check",),
    ("read",),
    ("read", "--json"),
    ("inspect", "mail.eml"),
    ("review", SLUG, "--list"),
    ("review", SLUG, "--csv", "exports/review.csv"),
    ("status", SLUG),
    ("status", "--json"),
    ("why", SLUG, WHO),
    ("contacts", "contacts/invites.csv"),
    ("preview", SLUG, "--out", "preview"),
    ("add", SLUG, "new.person@example.net"),
    ("record", SLUG, WHO, "accepted", "--note", "au téléphone"),
    ("move", SLUG, WHO, "elodie@example.net"),
    ("merge", SLUG, "elodie@example.net", "new.person@example.net"),
    ("withdraw", SLUG, "new.person@example.net"),
    ("allow", SLUG, WHO),
    ("send", SLUG, "--yes"),
    ("send", SLUG, "--test", "tester@example.net"),
    ("remind", SLUG, "--yes", "--again"),
    ("update", SLUG, "--yes"),
    ("details", SLUG, "--yes"),
    ("thank", SLUG, "--yes"),
    ("schedule", SLUG),
    ("export", SLUG, "exports/a.csv"),
    ("export", SLUG, "exports/a.html", "--sheet"),
    ("correct", SLUG, "exports/a.csv", "--yes"),
    ("poll", SLUG, "exports/a.csv", "--yes"),
    ("verify",),
    ("verify", "exports/a.csv"),
    ("backup", "mailer.backup"),
    ("login", "--no-browser"),
    ("logout",),
    ("run",),
    ("run", "--health"),
    ("desk", "--no-browser"),
    ("purge", "--yes"),
    ("forget", "somebody@example.net", "--yes"),
    ("cancel", SLUG, "--yes"),
    ("restore", "mailer.backup"),
    ("init", "another"),
)
"""Every command but ``demo``, which has a workspace of its own; those that end a campaign come last."""


@dataclass
class World:
    """The workspace at `path`, its servers, and how the commands are started."""

    path: Path
    office: PostOffice
    smtp: FaultServer
    running: ExitStack
    environment: dict[str, str] = field(default_factory=dict)
    now: str = NOW
    meanwhile: Callable[[marks.Processes], None] = lambda _processes: None

    def settle(self, *, smtp: str = "", imap: str = "", imap_port: int = 0, rest: str = "") -> None:
        """Write the settings; `smtp` and `imap` are lines in place of host and security."""
        here = 'host = "127.0.0.1"\nsecurity = "none"\n'
        (self.path / "config" / "mailer.toml").write_text(
            f'language = "en"\n[smtp]\nport = {self.smtp.port}\nusername = "camille"\n{smtp or here}'
            f'[imap]\nport = {imap_port or self.office.imap_port}\nusername = "{OWNER}"\n{imap or here}'
            f"[delivery]\nper_minute = 0\nper_hour = 0\n{rest}",
            "utf-8",
        )

    def secret(self, name: str, content: str | bytes) -> None:
        """Write a secret file, which its owner alone can read."""
        folder = self.path / "config" / "secrets"
        folder.mkdir(mode=0o700, exist_ok=True)
        file = folder / name
        file.touch()
        file.chmod(0o600)
        file.write_bytes(content if isinstance(content, bytes) else content.encode())

    @property
    def campaign(self) -> Path:
        """The file of the campaign."""
        return self.path / "config" / "campaigns" / f"{SLUG}.toml"

    @property
    def ledger(self) -> Path:
        """The file of the ledger."""
        return self.path / "data" / "mailer.sqlite"

    def run(self, commands: tuple[tuple[str, ...], ...] = COMMANDS) -> Outcome:
        """Run commands in one process, with debugging on, and return what came of it."""
        own = self.path.parent / "own"
        own.mkdir(mode=0o700)
        home = self.path.parent / "home"
        home.mkdir()
        (home / "tmp").mkdir()
        words = [[*(["--now", self.now] if self.now else []), *command] for command in commands]
        (own / "commands.json").write_text(json.dumps(words), "utf-8")
        environment = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(ROOT),
            "HOME": str(home),
            "TMPDIR": str(home / "tmp"),
            "MAILER_DEBUG": "1",
            "MAILER_FIND__ONLINE": "false",
            "LANG": "C.UTF-8",
            **self.environment,
        }
        with (own / "out").open("wb") as out, (own / "err").open("wb") as err:
            child = subprocess.Popen(
                [sys.executable, str(DRIVER), str(own / "commands.json"), str(own / "out")],
                cwd=self.path,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=err,
                umask=0o022,
            )
            # A secret that is given as a variable is handed on to what is started; nobody else can read it there.
            given = any(
                one in value for one in (marks.PASSWORD, marks.CLIENT) for value in self.environment.values()
            )
            looking = marks.Processes(child.pid, environments=not given)
            try:
                self.meanwhile(looking)
                child.wait(600)
            finally:
                child.kill()
                looking.end()
        cookies = (own / "cookie").read_text("utf-8").split() if (own / "cookie").exists() else []
        return Outcome(
            self.path.parent,
            (own / "out").read_bytes(),
            (own / "err").read_bytes(),
            looking.seen,
            tuple(cookies),
            child.returncode,
        )


@dataclass(frozen=True)
class Outcome:
    """What commands showed, which command lines and environments there were, and the cookies of the desk."""

    folder: Path
    out: bytes
    err: bytes
    processes: set[bytes]
    cookies: tuple[str, ...]
    status: int

    def leaks(self, key: bytes) -> list[str]:
        """Return where a planted secret is, and which."""
        wanted = marks.marks(key, self.cookies)
        text = {"text of a mail": marks.forms(marks.TEXT.encode())}
        places = {"standard output": self.out, "standard error": self.err}
        places |= {f"process {n}": seen for n, seen in enumerate(self.processes)}
        found = [
            f"{place}: {what}" for place, octets in places.items() for what in marks.found_in(octets, wanted)
        ]
        found += [f"standard error: {what}" for what in marks.found_in(self.err, text)]
        for part in self.out.split(b"\n$ ")[1:]:
            line = part.partition(b"\n")[0].decode()
            if not any(f" {command} " in f" {line} " for command in marks.SHOWN_BY):
                found += [f"what “{line}” shows: {what}" for what in marks.found_in(part, text)]
        for file in marks.readable_files(self.folder / "mairie", self.folder / "home"):
            inside = file.relative_to(self.folder)
            found += [f"{inside}: {what}" for what in marks.found_in(file.read_bytes(), wanted | text)]
        return found


@contextmanager
def world(path: Path, office: PostOffice) -> Iterator[World]:
    """Set the world up in a folder; the post office has the planted password."""
    answered().copy(path, office)
    (path / "exports").mkdir(exist_ok=True)
    for content in (MAIL, MAIL.replace("<planted@", "<other@").replace("utf-8", "x-unknown")):
        office.post(WHO, content.encode())
    (path / "mail.eml").touch(0o600)
    (path / "mail.eml").write_bytes(MAIL.encode())
    with ExitStack() as running:
        smtp = FaultServer(login=("camille", marks.PASSWORD))
        running.enter_context(smtp.in_a_thread())
        made = World(path, office, smtp, running)
        made.settle()
        for name in ("smtp_password", "imap_password"):
            made.secret(name, marks.PASSWORD)
        made.secret("oauth_client_secret", marks.CLIENT)
        yield made


@contextmanager
def between(port: int, change: Callable[[bytes], bytes | None]) -> Iterator[int]:
    """Forward connections to a server and change what it says; None breaks the connection off."""
    listener = socket.create_server(("127.0.0.1", 0))
    open_now: list[socket.socket] = [listener]

    def carry(source: socket.socket, target: socket.socket, how: Callable[[bytes], bytes | None]) -> None:
        with suppress(OSError):
            while said := source.recv(1 << 16):
                changed = how(said)
                if changed is None:
                    break
                target.sendall(changed)
        for one in (source, target):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    def serve() -> None:
        while True:
            try:
                near, _ = listener.accept()
                far = socket.create_connection(("127.0.0.1", port))
            except OSError:
                return
            open_now.extend((near, far))
            threading.Thread(target=carry, args=(near, far, lambda said: said), daemon=True).start()
            threading.Thread(target=carry, args=(far, near, change), daemon=True).start()

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        for one in open_now:
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()
        thread.join()
