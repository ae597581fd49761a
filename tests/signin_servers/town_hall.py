"""A workspace whose mailbox wants a sign-in, the programs that run on it, and a watch over what others could see."""

from __future__ import annotations

import os
import re
import signal
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from tests.clients.processes import PATIENCE
from tests.servers.browser import Browser
from tests.servers.identity_provider import CLIENT
from tests.servers.ports import HOST
from tests.signin_servers.house import PASSWORD, House
from tests.workspaces import BEGINS, OWNER, SLUG, sample

INVITEES = tuple(f"{name}@example.org" for name in ("anne", "bela", "chloe", "david", "emma", "farid"))
MAILER = (sys.executable, "-m", "mailer")


@dataclass
class TownHall:
    """The workspace; `said` is all that its programs have printed."""

    path: Path
    house: House
    said: list[str] = field(default_factory=list)
    _seen: set[str] = field(default_factory=set)
    _open: set[Path] = field(default_factory=set)

    # -- the programs ------------------------------------------------------------------------------------------
    def start(self, *words: str, now: str = BEGINS.isoformat(), **variables: str) -> Program:
        """Start a command of the product, as a process of its own, in French."""
        command = [*MAILER, "--workspace", str(self.path), "--now", now, *words]
        given = {"MAILER_LANGUAGE": "fr", "PYTHONUNBUFFERED": "1", **variables}
        if self.house.certificate:
            given["SSL_CERT_FILE"] = str(self.house.certificate)
        return Program(command, self, given)

    def type(self, *words: str, now: str = BEGINS.isoformat(), **variables: str) -> tuple[int, str]:
        """Type a command and wait for its end; return the exit status and what was shown, on one line."""
        return self.start(*words, now=now, **variables).end()

    def sign_in(self, *words: str, password: str = PASSWORD, address: str = OWNER) -> tuple[int, str]:
        """Type ``mailer login``, and sign in on the page whose address it shows."""
        with self.start("login", "--no-browser", *words) as login:
            (url,) = login.wait_for(r"(https?://\S+/auth\?\S+)")
            Browser(self.house.provider.trust).sign_in(url, address, password)
            return login.end()

    # -- what others could see ---------------------------------------------------------------------------------
    @contextmanager
    def watched(self) -> Iterator[None]:
        """Look at the command lines of all processes, and at the modes of secret files, while the block runs; see `leaks`."""
        over = threading.Event()

        def look() -> None:
            while not over.wait(0.1):
                self._open |= {file for file in self.path.glob("config/secrets/**/*") if _is_open(file)}
                for file in Path("/proc").glob("[0-9]*/cmdline"):
                    try:
                        self._seen.add(file.read_text("utf-8", "replace"))
                    except OSError:
                        continue  # It has ended.

        thread = threading.Thread(target=look)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()

    def leaks(self, *secrets: str) -> list[str]:
        """Return where a token or secret stands that others can see: what was printed, processes, files, logs."""
        wanted = [one.encode() for one in {*self.house.provider.tokens, *secrets}]
        assert wanted
        places = {f"printed {number}": text for number, text in enumerate(self.said)}
        places |= {f"process {line}": line for line in self._seen}
        places |= {"Postfix": self.house.postfix.log, "Dovecot": self.house.dovecot.log}
        found = [name for name, text in places.items() if any(one in text.encode() for one in wanted)]
        found += [f"open for a moment: {file}" for file in self._open]
        return found + [str(file) for file in _holding(self.path, wanted) if _is_open(file)]

    @property
    def kept_tokens(self) -> list[Path]:
        """Return the files of the workspace that hold a token the provider has issued."""
        return _holding(self.path, [one.encode() for one in self.house.provider.tokens])

    @property
    def commands_seen(self) -> list[str]:
        """Return the command lines of the product that were seen by `watched`."""
        return [line for line in self._seen if str(self.path) in line]


def _holding(folder: Path, wanted: Sequence[bytes]) -> list[Path]:
    """Return the files below a folder that hold any of these octets."""
    files = [file for file in folder.rglob("*") if file.is_file()]
    return [file for file in files if any(one in file.read_bytes() for one in wanted)]


def _is_open(file: Path) -> bool:
    """Return whether a file lets others read it; a folder and a missing file do not."""
    try:
        mode = file.stat().st_mode
    except OSError:
        return False
    return stat.S_ISREG(mode) and bool(mode & 0o077)


class Program:
    """A process of the product, whose output is read line by line; it ends with the block."""

    def __init__(self, command: list[str], hall: TownHall, variables: dict[str, str]) -> None:
        self._hall = hall
        self._lines: list[str] = []
        self._news = threading.Condition()
        kept = {name: value for name, value in os.environ.items() if not name.startswith("MAILER_")}
        self._process = subprocess.Popen(
            command,
            env={**kept, **variables},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self._reading = threading.Thread(target=self._read, name="reading")
        self._reading.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self.end()

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            with self._news:
                self._lines.append(line)
                self._news.notify_all()

    @property
    def shown(self) -> str:
        """Return what it has printed so far, on one line."""
        return re.sub(r"\s+", " ", "".join(self._lines).replace("\u00a0", " "))

    def wait_for(self, pattern: str) -> tuple[str, ...]:
        """Wait until it has printed something; return the groups of the pattern."""
        with self._news:
            self._news.wait_for(
                lambda: re.search(pattern, self.shown) or not self._reading.is_alive(), PATIENCE
            )
        found = re.search(pattern, self.shown)
        assert found, f"“{pattern}” was not shown: {self.shown}"
        return found.groups()

    def stop(self) -> tuple[int, str]:
        """Ask for the end, as a service manager does; return the exit status and what was shown."""
        self._process.send_signal(signal.SIGTERM)
        return self.end()

    def end(self) -> tuple[int, str]:
        """Wait for the end; return the exit status and what was shown."""
        status = self._process.wait(PATIENCE)
        self._reading.join()
        if self._process.stdout is not None and not self._process.stdout.closed:
            self._process.stdout.close()
            self._hall.said.append("".join(self._lines))
        return status, self.shown


def until(true: Callable[[], object], told: Callable[[], object] = lambda: "") -> None:
    """Wait until something is true; `told` is said where it does not come true."""
    give_up = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < give_up, told()
        time.sleep(0.05)


def town_hall(
    path: Path, house: House, *invitees: str, client: str = CLIENT, mailbox: str = OWNER
) -> TownHall:
    """Make a workspace of the sample campaign for these addresses, with the servers of `house`."""
    sample(path)
    way = ("localhost", "starttls") if house.certificate else (HOST, "none")
    server = f'host = "{way[0]}"\nsecurity = "{way[1]}"\nusername = "{mailbox}"\n'
    (path / "config" / "mailer.toml").write_text(
        f"[smtp]\nport = {house.postfix.port}\n{server}"
        f"[imap]\nport = {house.dovecot.port}\n{server}"
        f'[oauth]\nissuer = "{house.provider.issuer}"\nclient_id = "{client}"\n'
        f"[delivery]\nper_connection = 1\nper_minute = 0\nper_hour = 0\n",
        "utf-8",
    )
    lines = ["Civilité;Nom;Prénom;Organisme;Courriel"]
    lines += [f"Mme;Martin;Nora {number};;{one}" for number, one in enumerate(invitees)]
    (path / "contacts" / "invites.csv").write_text("\n".join([*lines, ""]), "utf-8")
    return TownHall(path, house)


__all__ = ["SLUG", "Program", "TownHall", "town_hall", "until"]
