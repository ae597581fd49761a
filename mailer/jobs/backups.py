"""Make backups of the ledger, restore them, and find those that lie in a workspace."""

from __future__ import annotations

import gzip
import json
import os
import re
import zlib
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path

from mailer import files
from mailer.errors import UserError
from mailer.jobs import protect
from mailer.model.entry import Channel, Delivery, Entry
from mailer.model.outcome import State
from mailer.store import Restored, Settled, Store
from mailer.wire import MailboxReader

SECRETS = Path("config") / "secrets"
GZIP, SQLITE = b"\x1f\x8b", b"SQLite format 3\0"
SKIPPED = ("node_modules", "__pycache__")


def make(store: Store, workspace: Path, file: Path, now: datetime, *, secrets: bool = False) -> None:
    """Write a backup that others may not read, while others go on; with the files of passwords if `secrets`.

    Raises StoreError ``entry-damaged`` where the ledger is not sound, and leaves an older backup as it is.
    """
    found = _secrets(workspace) if secrets else {}
    files.write_pieces(file, _compressed(store.backup(now, found)))


def restore(store: Store, workspace: Path, file: Path, now: datetime) -> Restored:
    """Put a backup in the place of all that the ledger has, and its passwords where there are none.

    Raises what `Store.restore` raises; nothing is changed then.
    """
    if not file.is_file():
        raise UserError("file-missing", file=str(file))
    try:
        with gzip.open(file) as written:
            restored = store.restore(written, now)
    except UserError as error:
        error.file = error.file or str(file)
        raise
    if restored.forgotten:
        protect.close_unreadable(store, now)
    for name, content in restored.secrets.items():
        place = workspace / SECRETS / Path(name).name
        if not place.exists():
            files.write(place, content)
    return restored


def settle_by_copies(store: Store, reader: MailboxReader, folder: str, now: datetime) -> tuple[str, int]:
    """Settle what is in doubt and has a copy in the folder for sent mail: it left; return the folder's name and how many."""
    name = reader.examine(folder).name
    doubtful = {
        one.promise.message_id.encode(): one.promise
        for slug in store.campaigns()
        for one in store.queue(slug)
        if one.state is State.IN_DOUBT
    }
    if not doubtful:
        return name, 0
    begun = min(promise.made_at for promise in doubtful.values())
    settled = []
    for uid in reader.uids(0, begun - timedelta(days=1)):
        fetched = reader.fetch(uid)
        head = ((fetched and fetched.content) or b"").partition(b"\r\n\r\n")[0]
        for message_id in _MESSAGE_ID.findall(head):
            if promise := doubtful.pop(message_id, None):
                fact = Delivery(
                    promise.key,
                    promise.key.sequence,
                    State.SENT,
                    promise.message_id,
                    None,
                    promise.persons,
                    promise.round,
                    promise.version,
                    made_at=promise.made_at,
                )
                entry = Entry(promise.campaign, promise.invitee, now, Channel.OUTBOX, fact)
                settled.append(Settled(promise, State.SENT, None, entry))
    store.settle(settled, now)
    return name, len(settled)


_MESSAGE_ID = re.compile(rb"(?im)^message-id:\s*(<[^<>\s]+>)")


def in_workspace(workspace: Path, ledger: Path | None) -> list[Path]:
    """Return the files in a workspace that are backups of a ledger, or copies of one, sorted; hidden folders are left out."""
    found = []
    for folder, folders, names in os.walk(workspace):
        folders[:] = [name for name in folders if not name.startswith(".") and name not in SKIPPED]
        for name in names:
            path = Path(folder, name)
            if (ledger is None or not _is_same(path, ledger)) and is_backup(path):
                found.append(path)
    return sorted(found)


def _is_same(path: Path, ledger: Path) -> bool:
    """Return whether a file is the ledger, or one that SQLite keeps beside it."""
    return path.resolve() in {
        ledger.resolve(),
        *(ledger.with_name(f"{ledger.name}{end}").resolve() for end in ("-wal", "-shm")),
    }


def is_backup(path: Path) -> bool:
    """Return whether a file is a backup of a ledger, or a ledger."""
    try:
        if not path.is_file():  # a pipe would be waited for
            return False
        with path.open("rb") as file:
            start = file.read(16)
            if start == SQLITE:
                return _has_entries(path)
            if not start.startswith(GZIP):
                return False
        with gzip.open(path) as written:
            header = json.loads(written.readline(1 << 20))
        return isinstance(header, dict) and "mailer-backup" in header
    except (OSError, EOFError, ValueError, zlib.error):
        return False


def _has_entries(path: Path) -> bool:
    """Return whether a SQLite file has a table of entries, which its first pages name."""
    with path.open("rb") as file:
        return b"CREATE TABLE entries" in file.read(1 << 20)


def _secrets(workspace: Path) -> Mapping[str, bytes]:
    folder = workspace / SECRETS
    return {path.name: files.read(path) for path in sorted(folder.glob("*")) if path.is_file()}


def _compressed(lines: Iterator[bytes]) -> Iterator[bytes]:
    press = zlib.compressobj(
        6, zlib.DEFLATED, 31
    )  # 31: with the header of gzip (RFC 1952), and no time in it
    for line in lines:
        if piece := press.compress(line):
            yield piece
    yield press.flush()
