"""Fixtures: servers that take access tokens, skipped where a program they need is missing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.desk.conftest import chromium, sheet
from tests.servers.absent import absent
from tests.signin_servers.house import House, why_not
from tests.signin_servers.house import house as house_of
from tests.signin_servers.town_hall import INVITEES, TownHall, town_hall

__all__ = ["chromium", "sheet"]


@pytest.fixture(scope="session")
def installed() -> None:
    """Skip the test where the servers cannot be started."""
    if (reason := why_not()) is not None:
        absent(reason)


@pytest.fixture(scope="module")
def quick_house(installed: None) -> Iterator[House]:
    """Servers whose access tokens last two seconds."""
    with house_of("marie@example.org", seconds=2) as running:
        yield running


@pytest.fixture
def house(installed: None) -> Iterator[House]:
    """Servers whose access tokens last five seconds."""
    with house_of(*INVITEES) as running:
        yield running


@pytest.fixture
def slow_house(installed: None) -> Iterator[House]:
    """The same, but each message takes a second."""
    with house_of(*INVITEES, slowness=1) as running:
        yield running


@pytest.fixture
def hall(tmp_path: Path, house: House) -> TownHall:
    """The town hall, where nobody is signed in yet."""
    return town_hall(tmp_path / "mairie", house, *INVITEES)


@pytest.fixture
def slow_hall(tmp_path: Path, slow_house: House) -> TownHall:
    """The same, with the slow servers."""
    return town_hall(tmp_path / "mairie", slow_house, *INVITEES)
