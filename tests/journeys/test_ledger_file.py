"""The ledger leaves the workspace as a file, and anybody can tell whether it is as it was written."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest

from mailer.cli import group
from mailer.demo.post_office import PostOffice
from mailer.store.lines import entry
from mailer.workspace import Workspace
from tests import workspaces
from tests.journeys.conftest import SLUG

NOW = "2025-03-24T09:00:00+01:00"


@pytest.fixture
def exported(tmp_path: Path, office: PostOffice) -> Path:
    """The ledger of the sample campaign, sent and answered, as a file."""
    workspaces.answered().copy(tmp_path / "mairie", office)
    file = tmp_path / "elsewhere" / "ledger.jsonl"
    words = ["--workspace", str(tmp_path / "mairie"), "--now", NOW, "export", SLUG, str(file)]
    assert group.main(words) == 0
    return file


def verify(file: Path, capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    """Verify a file in a folder that is no workspace; return the exit status and what was said."""
    capsys.readouterr()
    status = group.main(["--workspace", str(file.parent), "verify", str(file)])
    shown = capsys.readouterr()
    return status, " ".join((shown.out + shown.err).replace("\u00a0", " ").split())


def test_the_file_has_the_ledger(exported: Path, tmp_path: Path) -> None:
    """Every entry is in it, and it is for its owner alone."""
    with Workspace(tmp_path / "mairie").store() as store:
        wanted = list(store.entries(SLUG))

    assert [entry(line) for line in exported.read_text("utf-8").splitlines()] == wanted
    assert len(wanted) > 20
    assert stat.S_IMODE(exported.stat().st_mode) == 0o600


def test_anybody_can_verify_it(exported: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Without the workspace; the last hash is shown, to be compared."""
    status, said = verify(exported, capsys)

    assert status == 0
    assert json.loads(exported.read_text("utf-8").splitlines()[-1])["hash"] in said.replace(" ", "")


def test_a_changed_answer_is_named(exported: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The first entry that was altered, by its number, with 1."""
    lines = exported.read_text("utf-8").splitlines(keepends=True)
    number = next(n for n, line in enumerate(lines, 1) if '"partstat":"ACCEPTED"' in line)
    lines[number - 1] = lines[number - 1].replace("ACCEPTED", "DECLINED")
    exported.write_text("".join(lines), "utf-8")

    status, said = verify(exported, capsys)

    assert status == 1
    assert f" {number} " in said


@pytest.mark.parametrize("content", ["", "Bonjour\n"], ids=["empty", "no-ledger"])
def test_a_file_without_entries_is_not_sound(
    exported: Path, content: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """It cannot be told to be as it was written, so it ends with 1."""
    exported.write_text(content, "utf-8")

    status, said = verify(exported, capsys)

    assert status == 1
    assert said


def test_a_missing_file_is_said(exported: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With 2, as every wrong name."""
    status, said = verify(exported.with_name("other.jsonl"), capsys)

    assert status == 2
    assert "other.jsonl" in said
