"""What the program writes is kept from other users of the machine, and a person's file stays as they made it (attack 89)."""

from __future__ import annotations

import os
import shlex
import stat
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from mailer import files
from mailer.workspace import Workspace
from mailer.workspace.readable import readable
from tests.journeys.conftest import SLUG, Desk

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such modes")

SECRET = "config/secrets/imap_password"


@pytest.fixture(autouse=True)
def _again() -> Iterator[None]:
    """Put back the umask, and who may read."""
    before = os.umask(0o022)
    yield
    os.umask(before)
    files.let_group_read(False)


def mode(path: Path) -> int:
    """Return the mode of a file or folder."""
    return stat.S_IMODE(path.stat().st_mode)


def settings(desk: Desk, lines: str) -> None:
    """Add lines to the settings."""
    with (desk.path / "config" / "mailer.toml").open("a", encoding="utf-8") as file:
        file.write(lines)


def everything(desk: Desk) -> None:
    """Type every command that writes a file."""
    out = desk.path / "exports" / "papiers"
    desk.type("send", SLUG, "--yes")
    who = desk.office.delivered[0].recipient
    desk.type("record", SLUG, who, "accepted")
    for name in ("p.csv", "p.xlsx", "p.ods", "rapport.html", "feuille.pdf", "journal.jsonl"):
        assert desk.type("export", SLUG, str(out / name))[0] == 0
    desk.type("preview", SLUG, "--out", str(desk.path / "preview"))
    desk.type("why", SLUG, who, "--save", str(out / "details.html"))
    desk.type("contacts", str(desk.path / "contacts" / "invites.csv"), "--report", str(out / "report.csv"))
    desk.type("backup", str(desk.path / "copies" / "b.mailer"))
    desk.type("read")
    assert (out / "details.html").exists()
    assert (out / "report.csv").exists()


@pytest.mark.parametrize(
    ("umask", "group", "file", "folder"),
    [
        (0o000, False, 0o600, 0o700),
        (0o022, True, 0o640, 0o750),
        (0o077, True, 0o600, 0o700),
    ],
)
def test_what_is_made_is_closed_to_others(
    umask: int, group: bool, file: int, folder: int, desk: Desk
) -> None:
    """Every file and folder that a command makes, whatever the umask; what was there before keeps its mode."""
    before = {path: mode(path) for path in desk.path.rglob("*")}
    if group:
        settings(desk, "[files]\ngroup = true\n")
    os.umask(umask)
    everything(desk)

    made = [path for path in desk.path.rglob("*") if path not in before]
    assert len(made) > 30
    wrong = {
        str(path.relative_to(desk.path)): oct(mode(path))
        for path in made
        if mode(path) != (folder if path.is_dir() else file)
    }
    assert wrong == {}
    assert before == {path: mode(path) for path in before}


@pytest.mark.parametrize("umask", [0o000, 0o022])
def test_a_new_workspace_is_its_owners(umask: int, tmp_path: Path, desk: Desk) -> None:
    """All that `mailer init` writes."""
    os.umask(umask)
    folder = tmp_path / "neuf" / "mairie"
    assert desk.type("init", str(folder))[0] == 0

    assert {0o700} == {mode(path) for path in (folder.parent, folder, *folder.rglob("*")) if path.is_dir()}
    assert {0o600} == {mode(path) for path in folder.rglob("*") if path.is_file()}


def test_nobody_else_can_read_a_file_while_it_is_written(tmp_path: Path) -> None:
    """From the first octet on, and at the end."""
    os.umask(0)
    seen: list[int] = []

    def pieces() -> Iterator[bytes]:
        for _ in range(3):
            yield b"x" * 100_000
            seen.extend(mode(path) for path in tmp_path.iterdir())

    files.write_pieces(tmp_path / "a", pieces())
    for path in (tmp_path / "b", tmp_path / "c" / "d"):
        files.rewrite(path, b"x")

    assert seen == [0o600] * 3
    assert [mode(path) for path in tmp_path.rglob("*") if path.is_file()] == [0o600] * 3
    assert mode(tmp_path / "c") == 0o700


def test_what_was_open_before_is_closed(desk: Desk) -> None:
    """An export and the state of the service that an older version left open are closed when they are written again."""
    export, health = desk.path / "exports" / "p.csv", desk.path / "data" / "written.json"
    for path in (export, health):
        path.parent.mkdir(exist_ok=True)
        path.write_text("{}", "utf-8")
        path.chmod(0o644)
    desk.type("send", SLUG, "--yes")
    assert desk.type("export", SLUG, str(export))[0] == 0

    assert (mode(export), mode(health)) == (0o600, 0o600)


@pytest.mark.parametrize("kept", [0o644, 0o664, 0o640, 0o600, 0o444])
def test_a_persons_file_keeps_its_mode(kept: int, tmp_path: Path) -> None:
    """The mode of a file that is rewritten, whatever the umask and who may read new ones."""
    file = tmp_path / "liste.csv"
    file.write_bytes(b"a")
    file.chmod(kept)
    os.umask(0o077)
    files.rewrite(file, b"b")

    assert (file.read_bytes(), mode(file)) == (b"b", kept)


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    """A list that is a link to a file elsewhere is written where it leads."""
    (tmp_path / "there").mkdir()
    real, link = tmp_path / "there" / "liste.csv", tmp_path / "liste.csv"
    real.write_bytes(b"a")
    real.chmod(0o664)
    link.symlink_to(real)
    files.rewrite(link, b"b")

    assert link.is_symlink()
    assert (real.read_bytes(), mode(real)) == (b"b", 0o664)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="needs root, to give files away")
def test_a_persons_file_keeps_its_owner_and_group(tmp_path: Path) -> None:
    """A service that may do so leaves a colleague's file to the colleague and to the group."""
    file = tmp_path / "liste.csv"
    file.write_bytes(b"a")
    os.chown(file, 12345, 23456)
    file.chmod(0o660)
    files.rewrite(file, b"b")
    found = file.stat()

    assert (found.st_uid, found.st_gid, mode(file)) == (12345, 23456, 0o660)


def check(desk: Desk) -> str:
    """Return what `mailer check` says, without the line breaks of the terminal."""
    return desk.type("check", SLUG)[1]


def spoilt(desk: Desk, name: str, mode: int = 0o644) -> Path:
    """Open a file to others, made if it is not there."""
    file = desk.path / name
    file.parent.mkdir(exist_ok=True, parents=True)
    if not file.exists():
        file.write_bytes(b"x")
    file.chmod(mode)
    return file


@pytest.mark.parametrize(
    "name",
    [
        SECRET,
        "config/secrets/dkim_key",
        "config/secrets/sign-in/camille@example.org.json",
        "data/mailer.sqlite",
        "data/mailer.sqlite.before-0002",
        "exports/présences d'avril.csv",
    ],
)
@pytest.mark.parametrize("open_to", [0o644, 0o604, 0o640, 0o602])
def test_a_secret_that_others_can_read_is_named(name: str, open_to: int, desk: Desk) -> None:
    """Passwords, keys, the sign-in, the ledger, its copies, answers: with the command to type, which ends it."""
    file = spoilt(desk, name, open_to)
    ((_place, said),) = readable(Workspace(desk.path))

    assert name in said
    assert f"chmod 600 {shlex.quote(str(file))}" in said
    file.chmod(0o600)
    assert readable(Workspace(desk.path)) == []


def test_check_names_it(desk: Desk) -> None:
    """At the terminal, as one of the things to look at."""
    assert "chmod" not in check(desk)
    file = spoilt(desk, SECRET)

    assert f"chmod 600 {file}" in check(desk)


def test_the_command_does_what_it_says(desk: Desk) -> None:
    """What is proposed is a command of the shell, also where names have spaces and apostrophes."""
    names = [SECRET, *(f"exports/l'été {n}.csv" for n in range(8)), "exports/a b/c.csv"]
    for name in names:
        spoilt(desk, name)
    (desk.path / "exports" / "a b").chmod(0o755)
    found = readable(Workspace(desk.path))
    assert [place for place, _said in found] == ["config/secrets", "exports", "exports/a b"]
    for _place, said in found:
        assert os.system(said[said.index("chmod") :]) == 0

    assert readable(Workspace(desk.path)) == []
    assert {0o600} == {mode(desk.path / name) for name in names}


def test_the_file_a_link_leads_to_is_judged(tmp_path: Path, desk: Desk) -> None:
    """The mode of a link itself says nothing: that of the file does, closed or open."""
    real = tmp_path / "vault"
    real.write_text("x", "utf-8")
    (desk.path / SECRET).symlink_to(real)
    real.chmod(0o600)
    assert readable(Workspace(desk.path)) == []
    real.chmod(0o644)

    assert "chmod 600" in readable(Workspace(desk.path))[0][1]


def test_the_settings_are_a_secret_where_they_hold_one(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """A database's password in mailer.toml makes it a secret; the same password in a variable does not."""
    file = spoilt(desk, "config/mailer.toml")
    assert readable(Workspace(desk.path)) == []
    with monkeypatch.context() as said:
        said.setenv("MAILER_STORE__URL", "postgresql://mailer:s3cr3t@127.0.0.1/m")
        assert readable(Workspace(desk.path)) == []
    settings(desk, '[store]\nurl = "postgresql://mailer:s3cr3t@127.0.0.1/m"\n')
    found = readable(Workspace(desk.path))

    assert [place for place, _said in found] == ["config"]
    assert f"chmod 600 {file}" in found[0][1]
    assert "s3cr3t" not in found[0][1]


def test_what_no_secret_is_may_be_read(desk: Desk) -> None:
    """Lists, letters, campaign files and what lies beside are the officer's own business."""
    for name in (
        "contacts/invites.csv",
        f"config/campaigns/{SLUG}.toml",
        "notes.txt",
        "attachments/plan.pdf",
    ):
        spoilt(desk, name)

    assert readable(Workspace(desk.path)) == []


def test_a_group_that_shares_is_no_other(desk: Desk) -> None:
    """With `[files] group = true` the group may read; anybody else may not."""
    settings(desk, "[files]\ngroup = true\n")
    file = spoilt(desk, SECRET, 0o640)
    assert readable(Workspace(desk.path)) == []
    file.chmod(0o644)

    assert f"chmod 640 {file}" in readable(Workspace(desk.path))[0][1]


def test_nothing_is_said_on_windows(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Windows shows 0666 for every file; the permissions of the folder are what holds there."""
    spoilt(desk, SECRET, 0o666)
    assert readable(Workspace(desk.path))
    monkeypatch.setattr(files, "WINDOWS", True)

    assert readable(Workspace(desk.path)) == []
