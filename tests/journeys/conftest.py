"""Set up a workspace with mail servers, and a function that types commands as a person does."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from pathlib import Path

import pytest

from mailer import environment
from mailer.cli import group
from mailer.demo.post_office import PASSWORD, PostOffice
from tests.workspaces import BEGINS, SLUG, sample

__all__ = ["BEGINS", "SLUG"]


A_WEEK_LATER = "2025-03-20T09:00+01:00"


@dataclass(frozen=True, slots=True)
class Desk:
    """Camille's desk: her workspace, the post office, and a way to type commands."""

    path: Path
    office: PostOffice
    type: Callable[..., tuple[int, str]]

    def campaign(self) -> str:
        """The text of the campaign file."""
        return (self.path / "config" / "campaigns" / f"{SLUG}.toml").read_text("utf-8")

    def rewrite(self, before: str, after: str) -> None:
        """Change the campaign file, as Camille would in an editor."""
        text = self.campaign()
        assert before in text
        (self.path / "config" / "campaigns" / f"{SLUG}.toml").write_text(text.replace(before, after), "utf-8")

    def invite(self, *lines: str) -> None:
        """Replace the contact list."""
        heading = "Civilité;Nom;Prénom;Organisme;Courriel"
        text = "\r\n".join([heading, *lines, ""])
        (self.path / "contacts" / "invites.csv").write_bytes(text.encode("utf-8-sig"))


@pytest.fixture
def desk(
    tmp_path: Path, office: PostOffice, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Desk:
    """The sample workspace, set up for the servers of the post office, in French."""
    for name in ("LANG", "LANGUAGE", "LC_ALL", "LC_MESSAGES", "MAILER_NOW"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("MAILER_LANGUAGE", "fr")
    path = sample(tmp_path / "mairie")
    (path / "config" / "mailer.toml").write_text(
        f'[smtp]\nhost = "127.0.0.1"\nport = {office.smtp_port}\nsecurity = "none"\n'
        f'[imap]\nhost = "127.0.0.1"\nport = {office.imap_port}\nsecurity = "none"\nusername = "{office.owner}"\n'
        "[delivery]\nper_minute = 0\nper_hour = 0\n",
        "utf-8",
    )
    monkeypatch.setenv("MAILER_IMAP__PASSWORD", PASSWORD)
    environment.speak("fr")

    minutes = count()

    def type_(*words: str, now: str = "") -> tuple[int, str]:
        """Type a command; a minute passes between two, so that what is typed later is later."""
        moment = now or (BEGINS + timedelta(minutes=next(minutes))).isoformat()
        status = group.main(["--workspace", str(path), "--now", moment, *words])
        shown = capsys.readouterr()
        return status, re.sub(r"\s+", " ", (shown.out + shown.err).replace("\u00a0", " "))

    return Desk(path, office, type_)
