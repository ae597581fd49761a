"""Opening a database: its locks, durability and schema version, and the error codes for what can go wrong."""

from __future__ import annotations

import contextlib
import errno
import filecmp
import itertools
import os
import re
import sqlite3
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.engine import URL, Connection, Engine, make_url

from mailer import files
from mailer.clear_text import addresses_here
from mailer.errors import StoreError
from mailer.model.loopback import is_loopback
from mailer.model.redaction import Redaction
from mailer.store.tables import SCHEMA, metadata

READING = {"mailer_begin": "BEGIN"}
"""The execution options of a transaction that only reads."""

OUTSIDE = {"mailer_begin": ""}
"""The execution options of a statement outside a transaction."""

BUSY_SECONDS = 60
CHECKPOINT_PAGES = 8000
MIGRATING = 0x6D61696C6572
"""The number of the PostgreSQL advisory lock held during a migration: ``mailer`` in ASCII."""


def open_engine(url: str) -> Engine:
    """Open the database and bring its tables up to date. Raises StoreError."""
    try:
        parsed = make_url(url)
    except sa.exc.ArgumentError:
        raise _url_error("it does not begin so") from None
    except ValueError:  # a port that is no number: often the end of a password with "@" and ":" in it
        raise _url_error("the port is no number") from None
    match parsed.drivername.partition("+")[0]:
        case "sqlite":
            engine = _sqlite(parsed)
        case "postgresql":
            engine = _postgresql(parsed)
        case _:
            raise _url_error("it does not begin so")
    try:
        with explained(engine):
            migrate(engine)
    except BaseException:
        engine.dispose()
        raise
    return engine


def place(engine: Engine) -> str:
    """Return the place of the store as shown to people: a path, or a URL without its password and its options."""
    if engine.dialect.name == "sqlite":
        return str(engine.url.database)
    return engine.url.set(query={}).render_as_string(hide_password=True)


def _url_error(reason: str) -> StoreError:
    """Return an error that tells which part of a URL is wrong, never the URL: a password may be anywhere in it."""
    return StoreError("store-url", reason=reason)


# -- SQLite ------------------------------------------------------------------------------------------------------


def _sqlite(url: URL) -> Engine:
    """Open a file; others may not read a new one.

    ``?synchronous=normal`` is faster, but loses the last commits when the power fails; the default keeps them.
    """
    if not url.database or url.database == ":memory:":
        raise _url_error("no file is named")
    synchronous = str(url.query.get("synchronous", "full")).upper()
    if synchronous not in ("FULL", "NORMAL", "EXTRA", "OFF"):
        raise _url_error("synchronous is full, normal, extra or off")
    file = Path(url.database)
    try:
        files.make_folder(file.parent)
        file.touch(mode=files.mode())
    except OSError as error:
        raise refused_by_system(error, file) from error
    engine = sa.create_engine(
        url.set(query={}),
        connect_args={"timeout": BUSY_SECONDS, "check_same_thread": False},
        hide_parameters=True,
    )

    @event.listens_for(engine, "connect")
    def _prepare(connection: sqlite3.Connection, _record: Any) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode = WAL")
        cursor.execute(f"PRAGMA synchronous = {synchronous}")
        cursor.execute(f"PRAGMA wal_autocheckpoint = {CHECKPOINT_PAGES}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        """Take the write lock at once: a deferred one lets two processes claim the same message."""
        begin = connection.get_execution_options().get("mailer_begin", "BEGIN IMMEDIATE")
        if begin:
            connection.connection.cursor().execute(begin)

    return engine


# -- PostgreSQL --------------------------------------------------------------------------------------------------


ENCRYPTED = ("require", "verify-ca", "verify-full")
"""The values of libpq's sslmode with which nothing is ever sent in clear; "prefer", the default, does so where it must."""

_HOST = re.compile(r"[\w.:%,-]*", re.ASCII)


def _postgresql(url: URL) -> Engine:
    if not _HOST.fullmatch(url.host or "") or "@" in (url.database or ""):
        raise _url_error(
            "there is an @ too many"
        )  # what follows the first in a password is taken for host and name
    try:
        engine = sa.create_engine(
            url.set(drivername="postgresql+psycopg"), pool_pre_ping=True, hide_parameters=True
        )
    except ModuleNotFoundError as error:
        raise StoreError("store-driver", read="psycopg") from error

    @event.listens_for(engine, "do_connect")
    def _encrypt(_dialect: object, _record: object, _positional: object, named: dict[str, Any]) -> None:
        """Before each connection, since names may lead elsewhere by then."""
        named |= _safely(named)

    return engine


def _safely(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return what to add to libpq's parameters so that nothing goes in clear to another machine.

    A password may come from the URL, from PGPASSWORD or from ``~/.pgpass``; libpq gives it to whoever asks, so every server is judged
    alike. Where no encryption is asked for, a host must be a Unix socket, or a name all of whose addresses are loopback ones,
    which are then connected to whatever the name means later. Raises StoreError ``store-in-clear`` or ``store-url``.
    """
    from psycopg import ProgrammingError, conninfo, pq

    defaults = {one.keyword.decode(): (one.val or b"").decode() for one in pq.Conninfo.get_defaults()}
    try:
        written = {**conninfo.conninfo_to_dict(str(given.get("conninfo", ""))), **given}
    except ProgrammingError:  # whose message repeats it
        raise _url_error("conninfo cannot be read") from None
    if set(given) - set(defaults) - {"conninfo", "context"}:  # psycopg's message names it
        raise _url_error("an option is not known")
    found = defaults | {name: str(value) for name, value in written.items() if name in defaults}
    if service := found["service"]:  # its file may name any host, and wins over PGSSLMODE
        if written.get("sslmode") not in ENCRYPTED:
            raise StoreError("store-in-clear", host=service)
        return {}
    if found["sslmode"] in ENCRYPTED:
        return {}
    if found["hostaddr"]:
        if elsewhere := [host for host in found["hostaddr"].split(",") if not is_loopback(host)]:
            raise StoreError("store-in-clear", host=", ".join(elsewhere))
        return {}
    hosts, ports = found["host"].split(","), found["port"].split(",")
    # libpq takes what begins with "/" or "@" for a Unix socket, and no host for that of this machine.
    addresses = {host: addresses_here(host) for host in hosts if host and host[0] not in "/@"}
    if elsewhere := [host for host, reached in addresses.items() if not reached]:
        raise StoreError("store-in-clear", host=", ".join(elsewhere))
    if not addresses:
        return {}
    each = ports if len(ports) == len(hosts) else ports * len(hosts)
    tries = [
        (host, at, port) for host, port in zip(hosts, each, strict=False) for at in addresses.get(host, ("",))
    ]
    return {
        name: ",".join(values)
        for name, values in zip(("host", "hostaddr", "port"), zip(*tries, strict=True), strict=True)
    }


# -- the version of the tables -------------------------------------------------------------------------------


def migrate(engine: Engine) -> None:
    """Bring the schema to the newest version: create the tables if there are none, else run the migrations.

    Only migrations import Alembic, which is slow.
    """
    if _version(engine) == SCHEMA:
        return
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(MIGRATING)))
        if not sa.inspect(connection).get_table_names():
            _create(connection)
        elif _number(connection) != SCHEMA:  # another process may just have done it
            back_up(engine)
            _upgrade(connection)


def _version(engine: Engine) -> str | None:
    """Return the schema version, None for an empty database. Raises StoreError ``store-newer``."""
    with engine.connect().execution_options(**READING) as connection:
        version = _number(connection)
    if version is not None and version > SCHEMA:
        raise StoreError("store-newer", file=place(engine), read=version, known=SCHEMA)
    return version


def _number(connection: Connection) -> str | None:
    if not sa.inspect(connection).has_table("alembic_version"):
        return None
    number: str | None = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
    return number


def back_up(engine: Engine) -> None:
    """Copy the file of a database to one beside it, such as ``mailer.db.before-0002``, which others may not read.

    To be called under the write lock. A copy that is there stays; another one with other content gets a number behind
    its name. PostgreSQL has no file of ours: docs/ledger.md says to take a dump.
    """
    if engine.dialect.name != "sqlite":
        return
    file = Path(str(engine.url.database))
    copy = file.with_name(f"{file.name}.before-{SCHEMA}")
    fresh = copy.with_name(f"{copy.name}.writing")
    fresh.unlink(missing_ok=True)  # of a process that was killed
    fresh.touch(mode=files.mode())
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT", **OUTSIDE) as connection:
        connection.exec_driver_sql("VACUUM INTO ?", (str(fresh),))
    with fresh.open("rb+") as written:
        os.fsync(written.fileno())
    names = itertools.chain([copy], (copy.with_name(f"{copy.name}-{n}") for n in itertools.count(2)))
    for name in names:
        if not name.exists():
            fresh.rename(name)
            return
        if filecmp.cmp(fresh, name, shallow=False):
            fresh.unlink()
            return


def _create(connection: Connection) -> None:
    metadata.create_all(connection)
    versions = sa.MetaData()
    number = sa.Column("version_num", sa.String(32), nullable=False)
    key = sa.PrimaryKeyConstraint("version_num", name="alembic_version_pkc")
    table = sa.Table("alembic_version", versions, number, key)
    versions.create_all(connection)
    connection.execute(sa.insert(table).values(version_num=SCHEMA))


def _upgrade(connection: Connection) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).with_name("migrations")).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, SCHEMA)


# -- leaving nothing behind --------------------------------------------------------------------------------------


def scrub(engine: Engine) -> None:
    """Rewrite the database file without deleted data, and empty its write-ahead log."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT", **OUTSIDE) as connection:
        if engine.dialect.name == "postgresql":
            connection.exec_driver_sql("VACUUM FULL")
        else:
            connection.exec_driver_sql("VACUUM")
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")


# -- what errors mean --------------------------------------------------------------------------------------------


def refused_by_system(error: OSError, file: Path) -> StoreError:
    """Return the error for a file of the ledger that the system does not let be made."""
    is_full = error.errno in (errno.ENOSPC, errno.EDQUOT)
    code = "store-disk-full" if is_full else "store-unwritable"
    return StoreError(code, file=str(file), reason=error.strerror or "")


_MEANINGS = (
    ("disk is full", "store-disk-full"),
    ("no space left", "store-disk-full"),
    ("disk i/o error", "store-disk-full"),
    ("database is locked", "store-busy"),
    ("not a database", "store-damaged"),
    ("malformed", "store-damaged"),
    ("could not decode", "store-damaged"),
    ("readonly", "store-unwritable"),
    ("unable to open", "store-unwritable"),
    ("connection", "store-unreachable"),
)


@contextlib.contextmanager
def explained(engine: Engine) -> Iterator[None]:
    """Turn errors of the database into StoreError, with the code for a sentence."""
    try:
        yield
    except (sa.exc.DBAPIError, engine.dialect.loaded_dbapi.Error) as error:
        orig = error.orig if isinstance(error, sa.exc.DBAPIError) else error
        # Beside its first line, PostgreSQL repeats the rows that were to be written.
        reason = str(getattr(getattr(orig, "diag", None), "message_primary", None) or orig).strip()
        reason = reason.partition("\nDETAIL:")[0].replace("\n", " ")
        said = reason.lower()
        code = next((code for words, code in _MEANINGS if words in said), "store-refused")
        raise StoreError(code, file=place(engine), reason=Redaction(*_secrets(engine)).of(reason)) from error


def _secrets(engine: Engine) -> Iterator[str]:
    """Yield the passwords that a server was given, which it may repeat."""
    if engine.dialect.name != "postgresql":
        return
    from psycopg import pq

    yield str(engine.url.password or "")
    for name, value in engine.url.query.items():
        if "password" in name or name == "conninfo":
            yield value if isinstance(value, str) else "".join(value)
    yield from ((one.val or b"").decode() for one in pq.Conninfo.get_defaults() if one.keyword == b"password")
