"""One process at a time: a campaign that runs by itself is held by whoever runs it.

The operating system, or PostgreSQL, lets go of the hold at the moment its process dies, however it dies.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from mailer.errors import StoreError
from mailer.store.engine import explained


@contextlib.contextmanager
def file_hold(database: Path, campaign: str, who: str) -> Iterator[None]:
    """Hold a campaign on this machine, by a lock on a file beside the database that names the holder."""
    path = database.with_name(f"{database.name}-run-{campaign}")
    try:
        lock = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise StoreError("store-unwritable", file=str(path), reason=error.strerror or "") from error
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise StoreError(
                "campaign-held", campaign=campaign, who=os.pread(lock, 200, 0).decode() or "?"
            ) from error
        with contextlib.suppress(OSError):  # a full disk: the hold counts, not the name in it
            os.ftruncate(lock, 0)
            os.pwrite(lock, who.encode(), 0)
        yield
    finally:
        os.close(lock)


@contextlib.contextmanager
def session_hold(engine: Engine, campaign: str, who: str) -> Iterator[None]:
    """Hold a campaign on every machine, by an advisory lock of a session that carries the holder's name."""
    digest = hashlib.sha256(f"run {campaign}".encode()).digest()
    high, low = (int.from_bytes(digest[at : at + 4], signed=True) for at in (0, 4))
    with contextlib.ExitStack() as closing:
        with explained(engine):
            session = closing.enter_context(engine.connect())
            session = session.execution_options(isolation_level="AUTOCOMMIT")
            name = f"mailer run, {who}"[:63]
            session.execute(sa.select(sa.func.set_config("application_name", name, False)))
            free = session.execute(sa.select(sa.func.pg_try_advisory_lock(high, low))).scalar_one()
            if not free:
                holder = session.execute(_HOLDER, {"high": high % 2**32, "low": low % 2**32}).scalar()
                raise StoreError("campaign-held", campaign=campaign, who=holder or "?")
        try:
            yield
        finally:
            with contextlib.suppress(sa.exc.SQLAlchemyError):
                session.execute(sa.select(sa.func.pg_advisory_unlock(high, low)))


_HOLDER = sa.text(
    "SELECT application_name FROM pg_stat_activity JOIN pg_locks USING (pid) "
    "WHERE locktype = 'advisory' AND granted AND classid = :high AND objid = :low LIMIT 1"
)
