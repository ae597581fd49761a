"""A workspace whose campaign was sent, on a store of each kind."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from mailer import environment
from mailer.cli import group
from mailer.demo.post_office import PostOffice
from tests.servers import postgres
from tests.store.conftest import KINDS, reopen, store
from tests.workspaces import BEGINS, SLUG, point_at, sample

__all__ = ["reopen", "store"]

Mailer = Callable[..., int]


@pytest.fixture(autouse=True)
def english() -> None:
    """The commands speak English, whatever was spoken before."""
    environment.speak("en")


@pytest.fixture(params=KINDS)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of the workspace's ledger."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'mairie' / 'data' / 'mailer.sqlite'}"
    return postgres.database(request.getfixturevalue("cluster"))


@pytest.fixture
def place(tmp_path: Path, url: str, office: PostOffice) -> Path:
    """A workspace that was never sent from, with a ledger of each kind."""
    path = sample(tmp_path / "mairie")
    point_at(path, office)
    if url.startswith("postgresql"):
        settings = path / "config" / "mailer.toml"
        settings.write_text(f'{settings.read_text("utf-8")}\n[store]\nurl = "{url}"\n', "utf-8")
    return path


@pytest.fixture
def mailer(place: Path) -> Mailer:
    """Run a command in the workspace at a moment of March 2025, and return its exit status."""

    def run(*said: str, now: str = BEGINS.isoformat(), at: Path = place) -> int:
        return group.main(["--workspace", str(at), "--now", now, *said])

    return run


@pytest.fixture
def sent(place: Path, mailer: Mailer, office: PostOffice) -> Path:
    """The workspace after the campaign was sent to all twenty."""
    assert mailer("send", SLUG, "--yes") == 0
    assert len(office.delivered) == 20
    return place
