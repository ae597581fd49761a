"""A store of each kind, empty, and a way to open it once more."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from mailer.store.sql import SqlStore, open_store
from tests.servers import postgres

KINDS = ["sqlite", pytest.param("postgresql", marks=pytest.mark.servers)]


@pytest.fixture(params=KINDS)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty store."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'data' / 'mailer.sqlite'}"
    return postgres.database(request.getfixturevalue("cluster"))


@pytest.fixture
def reopen(url: str) -> Iterator[Callable[[], SqlStore]]:
    """Open the store once more."""
    opened: list[SqlStore] = []

    def again() -> SqlStore:
        opened.append(open_store(url))
        return opened[-1]

    yield again
    for store in opened:
        store.close()


@pytest.fixture
def store(reopen: Callable[[], SqlStore]) -> SqlStore:
    """An empty store."""
    return reopen()
