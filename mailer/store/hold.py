"""The lock that lets only one process at a time run a campaign by itself (`mailer run`)."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Iterator
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from mailer import files
from mailer.errors import StoreError, UserError
from mailer.store import locks
from mailer.store.engine import explained, refused_by_system


@contextlib.contextmanager
def file_hold(database: Path, campaign: str, who: str) -> Iterator[None]:
    """Hold a campaign on this machine by a lock on a file beside the database; a second file names the holder.

    Raises StoreError ``campaign-held`` if another process holds it. The lock ends with the process.
    """
    path = database.with_name(f"{database.name}-run-{campaign}")
    # Not in the locked file itself: Windows lets nobody else read that.
    holder = database.with_name(f"{database.name}-by-{campaign}")
    try:
        lock = locks.take(path)
    except OSError as error:
        raise refused_by_system(error, path) from error
    if lock is None:
        raise StoreError("campaign-held", campaign=campaign, who=_name_in(holder))
    try:
        with contextlib.suppress(UserError):  # a full disk: the lock counts, not the name
            files.write(holder, who.encode())
        yield
    finally:
        with contextlib.suppress(OSError):
            holder.unlink()
        locks.give_back(lock)


def _name_in(holder: Path) -> str:
    try:
        return holder.read_text("utf-8", "replace") or "?"
    except OSError:
        return "?"


@contextlib.contextmanager
def session_hold(engine: Engine, campaign: str, who: str) -> Iterator[None]:
    """Hold a campaign on all machines by a PostgreSQL advisory lock, in a session that carries the holder's name.

    Raises StoreError ``campaign-held`` if another session holds it. The lock ends with the session.
    """
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
