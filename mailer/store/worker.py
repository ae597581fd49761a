"""Which process claimed a message, and whether that process still lives.

A claim names its worker, and a worker holds a lock that is free again as soon as its process dies. So a message that a
killed process had claimed is known to be in doubt at once, and one that a living process has is left to it.
"""

from __future__ import annotations

import contextlib
import secrets
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from mailer.store import locks

if TYPE_CHECKING:
    from filelock import BaseFileLock


class Worker(Protocol):
    """One opened store, as the holder of claims."""

    def name(self) -> str:
        """Return the name under which this worker claims; the first call takes its lock.

        To be called within a writing transaction only, as `alive`: no lock is tried while another one is being made.
        """
        ...

    def alive(self, connection: Connection, name: str) -> bool:
        """Return whether the worker of that name still holds its lock."""
        ...

    def close(self) -> None:
        """Give the lock back."""
        ...


class FileWorker:
    """A worker on this machine: it locks a file of its own beside the database."""

    def __init__(self, database: Path) -> None:
        self._database = database
        self._name = ""
        self._lock: BaseFileLock | None = None

    def name(self) -> str:
        """Return the name under which this worker claims; see `Worker.name`."""
        if self._lock is None:
            self._sweep()
            self._name = secrets.token_hex(8)
            self._lock = locks.take(self._path(self._name))
            assert self._lock  # nobody else draws this name
        return self._name

    def alive(self, connection: Connection, name: str) -> bool:  # noqa: ARG002 - the database is not asked here
        """Return whether a worker is alive; see `Worker.alive`."""
        return self._holds(self._path(name))

    def _holds(self, path: Path) -> bool:
        """Return whether a living process holds the lock of this file; remove the file if none does."""
        if not path.exists():
            return False
        lock = locks.take(path)
        if lock is not None:
            locks.give_back(lock)
        return lock is None

    def close(self) -> None:
        """Give the lock back."""
        if self._lock is not None:
            locks.give_back(self._lock)
            self._lock = None

    def _sweep(self) -> None:
        """Remove the files of dead workers."""
        beginning = self._path("").name
        for path in self._database.parent.glob(f"{beginning}*"):
            if "." not in path.name.removeprefix(beginning):  # filelock's own, if there is no fcntl
                with contextlib.suppress(OSError):
                    self._holds(path)

    def _path(self, name: str) -> Path:
        return self._database.with_name(f"{self._database.name}-worker-{name}")


class SessionWorker:
    """A worker on any machine: it holds an advisory lock of a PostgreSQL session of its own."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._session: Connection | None = None
        self._name = ""

    def name(self) -> str:
        """Return the name under which this worker claims; see `Worker.name`."""
        if self._session is None:
            number = secrets.randbits(62)
            self._session = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
            self._session.execute(sa.select(sa.func.pg_advisory_lock(number)))
            self._name = str(number)
        return self._name

    def alive(self, connection: Connection, name: str) -> bool:
        """Return whether a worker is alive; see `Worker.alive`."""
        free = sa.select(sa.func.pg_try_advisory_xact_lock(int(name)))
        return not connection.execute(free).scalar_one()

    def close(self) -> None:
        """Give the lock back."""
        if self._session is not None:
            self._session.invalidate()
            self._session.close()
            self._session = None
