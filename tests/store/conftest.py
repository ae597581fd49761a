"""A store of each kind, empty, and a second door to the same one."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from mailer.store.sql import SqlStore, open_store
from tests.servers import postgres

KINDS = ["sqlite", pytest.param("postgresql", marks=pytest.mark.servers)]
_names = itertools.count(1)


@pytest.fixture(scope="session")
def cluster() -> Iterator[str]:
    """A PostgreSQL server; skipped where there is none."""
    if not postgres.installed():
        pytest.skip("PostgreSQL is not installed")
    with postgres.cluster() as url:
        yield url


@pytest.fixture(params=KINDS)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty store."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'data' / 'mailer.sqlite'}"
    base: str = request.getfixturevalue("cluster")
    name = f"store{next(_names)}"
    import psycopg

    with psycopg.connect(base, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    return base.rpartition("/")[0] + f"/{name}"


@pytest.fixture
def door(url: str) -> Iterator[Callable[[], SqlStore]]:
    """Open the store once more."""
    opened: list[SqlStore] = []

    def again() -> SqlStore:
        opened.append(open_store(url))
        return opened[-1]

    yield again
    for store in opened:
        store.close()


@pytest.fixture
def store(door: Callable[[], SqlStore]) -> SqlStore:
    """An empty store."""
    return door()
