"""Recognise folders that several machines share, and let one machine at a time use a ledger in one.

SQLite's locks and its write-ahead log hold on one machine only. On a network file system, or in a folder that a program
copies between machines, two machines would each send to everybody. No lock works there; so the ledger has a *lease* beside
it: a file that names the machine, and that this machine writes anew every two minutes. Another machine refuses to open the
ledger until the lease is ten minutes old.

Known weakness: a folder that is synchronised brings the lease late, or not at all while a machine is off the network, and
its age is told by the clocks of both machines. A lease warns of a mistake; it is no lock. PostgreSQL has real ones.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import socket
import tempfile
import threading
import uuid
from collections import Counter
from datetime import timedelta
from pathlib import Path

from mailer import files
from mailer.errors import StoreError

LEASE = timedelta(minutes=10)
RENEWED = timedelta(minutes=2)

NETWORK = frozenset(
    [
        "nfs",
        "nfs4",
        "cifs",
        "smb3",
        "smbfs",
        "9p",
        "afs",
        "ceph",
        "glusterfs",
        "lustre",
        "beegfs",
        "davfs",
        "davfs2",
        "virtiofs",
        "vboxsf",
        "vmhgfs",
        "prl_fs",
    ]
)
"""File systems that other machines see, too."""

_OCTAL = re.compile(r"\\([0-7]{3})")

LOCAL_FUSE = ("ntfs", "lowntfs", "exfat", "gocryptfs", "encfs", "cryfs", "bindfs", "mergerfs", "overlay")
"""How the names of file systems in user space begin, behind ``fuse.``, that only this machine sees."""

SYNCHRONISED = {
    "onedrive": "OneDrive",
    "dropbox": "Dropbox",
    "nextcloud": "Nextcloud",
    "owncloud": "ownCloud",
    "icloud": "iCloud",
    "mobile documents": "iCloud",
    "com~apple~clouddocs": "iCloud",
    "google drive": "Google Drive",
    "googledrive": "Google Drive",
    "my drive": "Google Drive",
    "kdrive": "kDrive",
    "pcloud": "pCloud",
    "seafile": "Seafile",
    "syncthing": "Syncthing",
}
"""How the names of folders begin that a program keeps the same on several machines, and the program."""

TRACES = {
    ".stfolder": "Syncthing",
    ".dropbox": "Dropbox",
    ".sync_*.db": "Nextcloud",
    ".owncloudsync.log": "Nextcloud",
}
"""What such a program leaves in its folder, whatever that is called."""


def shared_by(folder: Path, mounts: str | None = None) -> str:
    """Return what shares a folder with other machines: a file system or a program; empty if nothing known does.

    `mounts` is what ``/proc/mounts`` holds, where there is one.
    """
    whole = folder.absolute()
    with contextlib.suppress(OSError):
        whole = folder.resolve()
    if str(folder).startswith(("\\\\", "//")) and not str(folder).startswith("\\\\?\\"):
        return "SMB"
    return _file_system(whole, _mounts() if mounts is None else mounts) or _synchronised(whole)


def _mounts() -> str:
    try:
        return Path("/proc/mounts").read_text("utf-8", "replace")
    except OSError:
        return ""


def _file_system(folder: Path, mounts: str) -> str:
    """Return the name of the file system of a folder if other machines may see it."""
    found, longest = "", -1
    for line in mounts.splitlines():
        fields = line.split(" ")
        if len(fields) < 3:
            continue
        point = Path(_OCTAL.sub(lambda found: chr(int(found[1], 8)), fields[1]))  # \040 stands for a space
        if folder.is_relative_to(point) and len(point.parts) >= longest:
            found, longest = fields[2], len(point.parts)
    kind, _, behind = found.partition(".")
    if kind == "fuse" and not behind.startswith(LOCAL_FUSE):
        return found
    return found if found in NETWORK else ""


def _synchronised(folder: Path) -> str:
    for part in (folder, *folder.parents):
        name = part.name.casefold()
        for beginning, program in SYNCHRONISED.items():
            if name == beginning or name.startswith(
                (f"{beginning} ", f"{beginning}-", f"{beginning}_", f"{beginning}drive")
            ):
                return program
        for pattern, program in TRACES.items():
            with contextlib.suppress(OSError, RuntimeError):  # RuntimeError: this user has no home
                # Dropbox has its own settings in a folder of that name at home.
                if next(part.glob(pattern), None) and part != Path.home():
                    return program
    return ""


def machine() -> str:
    """Return a name for this machine that no other one has: its host name, and a number of its own."""
    try:
        own = Path("/etc/machine-id").read_text("ascii").strip()[:8]
    except (OSError, ValueError):
        own = f"{uuid.getnode():012x}"
    return f"{socket.gethostname()} ({own})"


_OPENED: Counter[Path] = Counter()
"""How often this process has each lease."""

_COUNTING = threading.Lock()


class Lease:
    """That this machine uses a ledger, for as long as the object is held."""

    def __init__(self, database: Path, by: str) -> None:
        self._file = database.with_name(f"{database.name}-lease")
        self._by = by
        self._before = b""
        self._own = json.dumps({"machine": machine(), "process": os.getpid()}).encode()
        self._over = threading.Event()

    def take(self) -> None:
        """Take the lease and go on renewing it. Raises StoreError ``ledger-elsewhere`` where another machine has it."""
        before = self._content()
        holder = _machine_of(before)
        if holder and holder != machine() and self._age() < LEASE:
            raise StoreError("ledger-elsewhere", file=str(self._file), read=holder, by=self._by)
        with _COUNTING:
            _OPENED[self._file] += 1
        self._before = before if holder == machine() and before != self._own else b""
        self._write(self._own)
        threading.Thread(target=self._renew, name="lease", daemon=True).start()

    def release(self) -> None:
        """Give the lease back; another process of this machine that had it before has it again."""
        self._over.set()
        with _COUNTING:
            _OPENED[self._file] -= 1
            if _OPENED[self._file]:
                return  # the ledger is still open in this process
        with contextlib.suppress(OSError):
            if self._content() == self._own:
                if self._before:
                    self._write(self._before)
                else:
                    self._file.unlink()

    def _renew(self) -> None:
        while not self._over.wait(RENEWED.total_seconds()):
            with contextlib.suppress(OSError):
                self._write(self._own)

    def _content(self) -> bytes:
        try:
            return self._file.read_bytes()
        except OSError:
            return b""

    def _write(self, content: bytes) -> None:
        with open(self._file, "wb", opener=files.opener) as file:
            file.write(content)

    def _age(self) -> timedelta:
        """Return how old the lease is by the clock of the folder: that of the server, where there is one."""
        try:
            with tempfile.NamedTemporaryFile(dir=self._file.parent, prefix=".lease-") as probe:
                probe.write(b" ")
                probe.flush()
                return timedelta(seconds=Path(probe.name).stat().st_mtime - self._file.stat().st_mtime)
        except OSError:
            return LEASE


def _machine_of(content: bytes) -> str:
    try:
        return str(json.loads(content)["machine"])
    except (ValueError, KeyError, TypeError):
        return ""
