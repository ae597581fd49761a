"""Words that are nowhere else, planted as secrets, and a search for them in whatever others can read."""

from __future__ import annotations

import base64
import os
import stat
import threading
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import psutil

PASSWORD = "Zq7plantedPasswordKx"
TOKEN = "Zq7plantedTokenWv"
CLIENT = "Zq7plantedClientSecretHb"
TEXT = "Zq7plantedMailTextGm"

SHOWN_BY = ("review", "inspect", "why", "export", "read", "record", "status", "forget")
"""The commands that show a person the words of a mail, on standard output: that is what they are for."""


def forms(secret: bytes) -> set[bytes]:
    """Return how a secret may be written: as it is, in hexadecimal, in a URL, and in base64 behind anything."""
    found = {secret, secret.hex().encode(), quote(secret).encode(), repr(secret)[2:-1].encode()}
    for before in range(3):
        written = base64.b64encode(bytes(before) + secret).rstrip(b"=")
        found.add(written[before + bool(before) : len(written) - bool((before + len(secret)) % 3)])
    return found


def marks(key: bytes = b"", cookies: tuple[str, ...] = ()) -> dict[str, set[bytes]]:
    """Return what is searched for, by what it is."""
    secrets = {"password": PASSWORD, "token": TOKEN, "client secret": CLIENT}
    found = {what: forms(secret.encode()) for what, secret in secrets.items()}
    found |= {f"cookie {n}": forms(cookie.encode()) for n, cookie in enumerate(cookies)}
    if key:
        found["key"] = forms(key)
    return found


def found_in(octets: bytes, wanted: dict[str, set[bytes]]) -> list[str]:
    """Return which secrets are in a text."""
    return [what for what, written in wanted.items() if any(form in octets for form in written)]


def readable_files(*folders: Path) -> Iterator[Path]:
    """Yield the files in folders that other users may open, if they may come so far: the folders themselves count as open."""
    for folder in folders:
        for path, names, files in os.walk(folder):
            names[:] = [name for name in names if Path(path, name).stat().st_mode & stat.S_IXOTH]
            for name in files:
                file = Path(path, name)
                if file.is_file() and not file.is_symlink() and file.stat().st_mode & stat.S_IROTH:
                    yield file


class Processes:
    """Looks at the command lines of a process and of all it starts, and at the `environments` of what it starts."""

    def __init__(self, pid: int, *, environments: bool = True) -> None:
        self._environments = environments
        self.seen: set[bytes] = set()
        self._over = threading.Event()
        self._root = psutil.Process(pid)
        self._thread = threading.Thread(target=self._look)
        self._thread.start()

    def end(self) -> None:
        """Look no more."""
        self._over.set()
        self._thread.join()

    def children(self) -> list[psutil.Process]:
        """Return what it has started and what those have."""
        try:
            return list(self._root.children(recursive=True))
        except psutil.Error:
            return []

    def _look(self) -> None:
        while not self._over.wait(0.03):
            for process in [self._root, *self.children()]:
                inherited = self._environments and process.pid != self._root.pid
                names = ["cmdline", "environ"] if inherited else ["cmdline"]
                for name in names:
                    try:
                        self.seen.add(Path(f"/proc/{process.pid}/{name}").read_bytes())
                    except OSError:
                        continue
