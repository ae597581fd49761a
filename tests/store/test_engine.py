"""Opening a store: versions, errors in words, and what a full disk does."""

from __future__ import annotations

import sqlite3
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from mailer.errors import StoreError
from mailer.model.outcome import State
from mailer.store.engine import _upgrade
from mailer.store.sql import SqlStore, open_store
from mailer.store.tables import SCHEMA, metadata
from tests.store.cases import LEASE, NOW, items, settled

Reopen = Callable[[], SqlStore]


@pytest.mark.parametrize("by_migrations", [True, False], ids=["migrated", "made"])
def test_there_are_the_tables(url: str, by_migrations: bool) -> None:
    """What the migrations leave, from nothing, is what the program expects, and so is what it makes itself."""
    engine = sa.create_engine(url.replace("postgresql:", "postgresql+psycopg:"))
    if by_migrations:
        if engine.url.database and engine.dialect.name == "sqlite":
            Path(engine.url.database).parent.mkdir()
        with engine.begin() as connection:
            _upgrade(connection)
    open_store(url).close()
    with engine.connect() as connection:
        context = MigrationContext.configure(connection)
        differences = compare_metadata(context, metadata)
        version = context.get_current_revision()
    engine.dispose()

    assert differences == []
    assert version == SCHEMA


def test_migrations_are_numbered_without_a_gap() -> None:
    """The newest is the version the program names."""
    folder = Path(sys.modules["mailer.store.tables"].__file__ or "").with_name("migrations") / "versions"
    numbers = sorted(file.name[:4] for file in folder.glob("*.py"))

    assert numbers == [f"{n:04}" for n in range(1, len(numbers) + 1)]
    assert numbers[-1] == SCHEMA


def test_an_opened_store_needs_no_alembic(store: SqlStore, url: str) -> None:
    """Only a migration imports Alembic, which takes a second."""
    program = "import sys; from mailer.store.sql import open_store; open_store(sys.argv[1]).close(); "
    program += "print('alembic' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program, url], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "False"


def test_a_newer_store_is_left_alone(store: SqlStore, url: str) -> None:
    """An older program does not touch what a newer one wrote."""
    engine = sa.create_engine(url.replace("postgresql:", "postgresql+psycopg:"))
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    engine.dispose()

    with pytest.raises(StoreError) as caught:
        open_store(url)
    assert caught.value.code == "store-newer"


BAD_URLS = ["", "nonsense", "mysql://x/y", "sqlite://", "sqlite:///x.sqlite?synchronous=maybe"]


@pytest.mark.parametrize("url", BAD_URLS, ids=lambda url: url or "empty")
def test_a_bad_url_is_said_so(url: str) -> None:
    """Each is an error with a code, not a traceback of the library."""
    with pytest.raises(StoreError) as caught:
        open_store(url)
    assert caught.value.code == "store-url"


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    """A text file in its place is named."""
    file = tmp_path / "mailer.sqlite"
    file.write_text("Bonjour, ceci est une lettre, pas une base de données.\n" * 100)

    with pytest.raises(StoreError) as caught:
        open_store(f"sqlite:///{file}")
    assert (caught.value.code, caught.value.file) == ("store-damaged", str(file))


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    """A file stands where the folder should."""
    (tmp_path / "data").write_text("")

    with pytest.raises(StoreError) as caught:
        open_store(f"sqlite:///{tmp_path / 'data' / 'mailer.sqlite'}")
    assert caught.value.code == "store-unwritable"


def test_a_server_that_is_not_there() -> None:
    """PostgreSQL cannot be reached: the URL is named, without its password."""
    with pytest.raises(StoreError) as caught:
        open_store("postgresql://mailer:secret@127.0.0.1:1/mailer")
    assert caught.value.code == "store-unreachable"
    assert "secret" not in str(caught.value)


def test_the_file_is_its_owners_alone(tmp_path: Path) -> None:
    """Addresses and answers are not for every user of the machine."""
    file = tmp_path / "mailer.sqlite"
    open_store(f"sqlite:///{file}").close()

    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_durability_is_the_default(tmp_path: Path) -> None:
    """A commit is on the disk before the next step, unless the URL says otherwise."""
    for query, level in (("", 2), ("?synchronous=normal", 1)):
        store = open_store(f"sqlite:///{tmp_path / 'x.sqlite'}{query}")
        with store._read() as connection:
            assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == level
            assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        store.close()


def test_a_full_disk_is_said_so_and_breaks_nothing(tmp_path: Path) -> None:
    """The step that did not fit is undone whole, named, and works again when there is room."""
    store = open_store(f"sqlite:///{tmp_path / 'x.sqlite'}")
    store.enqueue(items(*range(200)), NOW)
    claimed = store.claim("c", 9, NOW, LEASE)
    with store._read() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
    store._engine.dispose()
    full = _limited(store, pages)

    with pytest.raises(StoreError) as caught:
        store.enqueue(items(*range(200, 2000)), NOW)
    assert (caught.value.code, caught.value.file) == ("store-disk-full", str(tmp_path / "x.sqlite"))

    full()
    store.settle([settled(queued, State.SENT) for queued in claimed], NOW)
    assert len(list(store.entries("c"))) == 9
    store.close()


def _limited(store: SqlStore, pages: int) -> Callable[[], None]:
    """Let the database grow no further; return what lets it grow again."""

    def limit(connection: sqlite3.Connection, _record: object) -> None:
        connection.execute(f"PRAGMA max_page_count = {pages}")

    sa.event.listen(store._engine, "connect", limit)

    def free() -> None:
        sa.event.remove(store._engine, "connect", limit)
        store._engine.dispose()

    return free
