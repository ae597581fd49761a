"""Who holds a claim, and whether they still live.

A claim names its worker. A worker holds a lock that the operating system, or PostgreSQL, takes from it at the
moment it dies, however it dies. So what a killed process had on the wire is known to be in doubt at once, and what
a living one has is left to it.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import secrets
from pathlib import Path
from typing import Protocol

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine


class Worker(Protocol):
    """One opened store, as the holder of claims."""

    def name(self) -> str:
        """Take the lock, at the first call, and return what it is known by."""
        ...

    def alive(self, connection: Connection, name: str) -> bool:
        """Whether the worker of that name still holds its lock."""
        ...

    def close(self) -> None:
        """Let go of the lock."""
        ...


class FileWorker:
    """A worker on this machine: it locks a file of its own beside the database."""

    def __init__(self, database: Path) -> None:
        self._database = database
        self._name = ""
        self._lock = -1

    def name(self) -> str:
        if not self._name:
            self._sweep()
            name = secrets.token_hex(8)
            new = self._path(f"{name}.new")
            self._lock = os.open(new, os.O_RDWR | os.O_CREAT, 0o600)
            fcntl.flock(self._lock, fcntl.LOCK_EX)
            new.rename(self._path(name))
            self._name = name
        return self._name

    def alive(self, connection: Connection, name: str) -> bool:  # noqa: ARG002
        return self._living(self._path(name))

    def _living(self, path: Path) -> bool:
        """Whether somebody holds the lock of this file; if nobody does, it goes."""
        try:
            lock = os.open(path, os.O_RDWR)
        except FileNotFoundError:
            return False
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        else:
            path.unlink(missing_ok=True)
            return False
        finally:
            os.close(lock)

    def close(self) -> None:
        if self._name:
            with contextlib.suppress(OSError):
                self._path(self._name).unlink()
            os.close(self._lock)
            self._name = ""

    def _sweep(self) -> None:
        """Take away the files that the dead left."""
        beginning = self._path("").name
        for path in self._database.parent.glob(f"{beginning}*"):
            if path.suffix != ".new":
                self._living(path)

    def _path(self, name: str) -> Path:
        return self._database.with_name(f"{self._database.name}-worker-{name}")


class SessionWorker:
    """A worker on any machine: it holds an advisory lock of a PostgreSQL session of its own."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._session: Connection | None = None
        self._name = ""

    def name(self) -> str:
        if self._session is None:
            number = secrets.randbits(62)
            self._session = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
            self._session.execute(sa.select(sa.func.pg_advisory_lock(number)))
            self._name = str(number)
        return self._name

    def alive(self, connection: Connection, name: str) -> bool:
        free = sa.select(sa.func.pg_try_advisory_xact_lock(int(name)))
        return not connection.execute(free).scalar_one()

    def close(self) -> None:
        if self._session is not None:
            self._session.invalidate()
            self._session.close()
            self._session = None
