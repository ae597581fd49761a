"""A ledger that is gone is not a new one: nobody is written to again (security review, attacks 96 and 98)."""

from __future__ import annotations

import json
import os
import shutil
import time
from contextlib import contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa

from mailer.cli import health
from mailer.demo.post_office import PostOffice
from mailer.errors import StoreError
from mailer.store.engine import open_engine
from mailer.store.tables import metadata
from mailer.workspace import Workspace, memory
from tests.desk.conftest import serving
from tests.memory.conftest import Mailer
from tests.service import test_run as service
from tests.workspaces import BEGINS, SLUG

TITLE = "Présentation du diagnostic territorial d'Hellemmes"
SENDERS = (
    ("send", SLUG, "--yes"),
    ("remind", SLUG, "--yes"),
    ("update", SLUG, "--yes"),
    ("cancel", SLUG, "--yes"),
    ("send", SLUG, "--release-in-doubt", "--yes"),
)


def lose(url: str) -> None:
    """Lose the ledger: the file, or all tables of the database."""
    if url.startswith("sqlite"):
        return
    engine = open_engine(url)
    with engine.begin() as connection:
        metadata.drop_all(connection)
        connection.execute(sa.text("DROP TABLE alembic_version"))
    engine.dispose()


@pytest.fixture
def lost(sent: Path, url: str, office: PostOffice) -> Path:
    """The workspace was sent from, and its ledger is gone, data/ and all."""
    lose(url)
    shutil.rmtree(sent / "data", ignore_errors=True)
    office.delivered.clear()
    return sent


def test_nobody_is_written_to_without_the_ledger(
    lost: Path, mailer: Mailer, office: PostOffice, capsys: pytest.CaptureFixture[str]
) -> None:
    """Attack 98, gone: each command that sends refuses, in one sentence that names both ways on."""
    for said in SENDERS:
        capsys.readouterr()
        assert mailer(*said) == 2, said
        told = capsys.readouterr().err
        assert "mailer restore" in told
        assert "--new-ledger" in told
    assert office.delivered == []


def test_a_command_that_only_looks_does_not_hide_the_loss(
    lost: Path, mailer: Mailer, office: PostOffice
) -> None:
    """Another of its kind: `status` makes a ledger anew, `record` fails on it, and sending still refuses."""
    mailer("status")
    mailer("add", SLUG, "new@example.org")
    assert mailer("send", SLUG, "--yes") == 2
    assert office.delivered == []


def test_the_title_typed_is_the_word(lost: Path, mailer: Mailer, office: PostOffice) -> None:
    """Another title is refused; the right one sends, and from then on this ledger is the one."""
    assert mailer("send", SLUG, "--yes", "--new-ledger", "oui") == 2
    assert office.delivered == []
    assert mailer("send", SLUG, "--yes", "--new-ledger", TITLE.upper()) == 0
    assert len(office.delivered) == 20
    assert mailer("send", SLUG, "--yes") == 0
    assert len(office.delivered) == 20


def test_the_ledger_of_another_campaign_does_not_stand_in_for_it(
    lost: Path, mailer: Mailer, office: PostOffice
) -> None:
    """Another of its kind: in the folder that lost it nobody is written to for a new campaign either: who objected is lost, too."""
    campaigns = lost / "config" / "campaigns"
    shutil.copy(campaigns / f"{SLUG}.toml", campaigns / "autre.toml")
    assert mailer("send", "autre", "--yes") == 2
    assert office.delivered == []


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_an_empty_file_is_no_ledger(
    sent: Path, mailer: Mailer, office: PostOffice, capsys: pytest.CaptureFixture[str]
) -> None:
    """Attack 98, emptied: every command says so, also without the mark of the sendings."""
    ledger = sent / "data" / "mailer.sqlite"
    for mark in (True, False):
        for file in ledger.parent.glob("mailer.sqlite*"):
            file.unlink()
        ledger.touch()
        hour_ago = time.time() - 3600
        os.utime(ledger, (hour_ago, hour_ago))
        if not mark:
            (sent / "config" / "sent.json").unlink()
        office.delivered.clear()
        for said in (*SENDERS, ("status",), ("read",), ("record", SLUG, "x@example.org", "yes")):
            capsys.readouterr()
            assert mailer(*said) == 2, said
            assert "mailer restore" in capsys.readouterr().err
    assert office.delivered == []
    assert not ledger.stat().st_size


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("left", ["mailer.sqlite.before-0002", "backup"])
def test_what_lies_beside_tells_where_no_mark_was_left(
    sent: Path, mailer: Mailer, office: PostOffice, left: str
) -> None:
    """A workspace of an earlier version: a copy or a backup in it shows that there was a ledger."""
    ledger = sent / "data" / "mailer.sqlite"
    if left == "backup":
        assert mailer("backup", str(sent / "sauvegarde")) == 0
    else:
        shutil.copy(ledger, ledger.with_name(left))
    ledger.unlink()
    (sent / "config" / "sent.json").unlink()
    office.delivered.clear()
    assert mailer("send", SLUG, "--yes") == 2
    assert office.delivered == []


def test_a_workspace_that_is_new_is_sent(place: Path, mailer: Mailer, office: PostOffice) -> None:
    """What stays: files and folders, passwords, exports and previews are no sign of a ledger."""
    for name in ("exports/présence.csv", "config/secrets/imap_password", "preview/index.html"):
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        (place / name).write_text("secret", "utf-8")
    mailer("check")
    assert mailer("send", SLUG, "--yes") == 0
    assert len(office.delivered) == 20


def test_a_copy_for_a_new_campaign_is_sent(
    sent: Path, mailer: Mailer, office: PostOffice, tmp_path: Path
) -> None:
    """What stays: the folder is copied without its data, and another meeting written into it. The same one is refused."""
    copy = tmp_path / "copie"
    shutil.copytree(sent, copy, ignore=shutil.ignore_patterns("data"))
    settings = copy / "config" / "mailer.toml"
    settings.write_text(settings.read_text("utf-8").partition("[store]")[0], "utf-8")
    office.delivered.clear()
    assert mailer("send", SLUG, "--yes", at=copy) == 2
    assert office.delivered == []

    campaign = copy / "config" / "campaigns" / f"{SLUG}.toml"
    campaign.write_text(campaign.read_text("utf-8").replace(TITLE, "Fête de quartier"), "utf-8")
    assert mailer("send", SLUG, "--yes", at=copy) == 0
    assert len(office.delivered) == 20


def test_a_purged_campaign_is_not_refused(sent: Path, mailer: Mailer, office: PostOffice) -> None:
    """What stays: its people are erased, but the ledger is the same."""
    assert mailer("purge", "--yes", now="2026-03-31T10:00:00+02:00") == 1  # the list names them still
    assert mailer("send", SLUG, "--yes") == 0


def test_a_ledger_that_is_older_than_the_last_sending_refuses(
    sent: Path, mailer: Mailer, office: PostOffice, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """Another of its kind: an old backup does not know who was written to since."""
    backup = tmp_path / "old"
    assert mailer("backup", str(backup)) == 0
    lists = next((sent / "contacts").glob("*.csv"))
    lists.write_text(
        f"{lists.read_text('utf-8-sig').rstrip()}\r\n;Neuf;Nina;;nina@example.org\r\n", "utf-8-sig"
    )
    assert mailer("send", SLUG, "--yes") == 0
    assert len(office.delivered) == 21
    capsys.readouterr()
    assert mailer("restore", str(backup), "--replace", "24") == 1  # the number is another one
    with Workspace(sent).store() as store:
        entries = str(store.size())
    assert mailer("restore", str(backup), "--replace", entries) == 0
    assert mailer("send", SLUG, "--yes") == 2
    assert "--new-ledger" in capsys.readouterr().err
    assert len(office.delivered) == 21


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_where_config_cannot_be_written_the_mark_lies_beside_the_ledger(
    place: Path, mailer: Mailer, office: PostOffice
) -> None:
    """A service may have config/ to read only."""
    (place / "config" / "sent.json").mkdir()
    assert mailer("send", SLUG, "--yes") == 0
    assert (place / "data" / "sent.json").is_file()


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_check_the_desk_and_the_service_refuse_too(
    lost: Path, mailer: Mailer, office: PostOffice, capsys: pytest.CaptureFixture[str]
) -> None:
    """Attack 98 by the other ways to send; what was sent from before is sent from again after a restore."""
    assert mailer("check", SLUG) == 1
    assert "--new-ledger" in capsys.readouterr().out
    with contextmanager(serving)(lost) as desk:
        desk.enter()
        shown = desk.ask(f"/c/{SLUG}/send?kind=invitation").text
        assert "--new-ledger" in shown
        sent = desk.ask(f"/c/{SLUG}/send", {"kind": "invitation", "number": "20", "stamp": "x"})
        assert sent.status == 422
        assert "--new-ledger" in sent.text
    process = service.run(lost, now="2025-03-20T09:29:58+01:00")
    try:
        service.until(lambda: (lost / health.FILE).exists(), process)
        service.until(lambda: json.loads((lost / health.FILE).read_bytes())["turned"], process)
    finally:
        status, logged = service.stop(process)
    assert status == 0
    assert any("--new-ledger" in str(line) for line in logged)
    assert office.delivered == []


def test_what_was_never_sent_leaves_no_mark(
    place: Path, mailer: Mailer, office: PostOffice, url: str
) -> None:
    """What stays: people added and answers noted are no sending; a ledger that only had those may be begun anew."""
    assert mailer("add", SLUG, "new@example.org") == 0
    process = service.run(place, now="2025-03-01T09:00:00+01:00")
    service.until(lambda: (place / health.FILE).exists(), process)
    service.stop(process)
    lose(url)
    shutil.rmtree(place / "data", ignore_errors=True)
    assert mailer("send", SLUG, "--yes") == 0
    assert len(office.delivered) == 20


def test_a_rehearsal_is_no_sending(lost: Path, mailer: Mailer) -> None:
    """What stays: who rehearsed as of another day, and threw that ledger away, may send for real; the other way round not."""
    real, rehearsed = Workspace(lost), Workspace(lost, BEGINS)
    campaign = real.campaign(SLUG)
    with real.store() as store:
        with pytest.raises(StoreError):
            memory.refuse_lost(rehearsed, store, campaign)
        memory.refuse_lost(real, store, campaign)
        memory.refuse_lost(real, store, campaign, TITLE)  # leaves the mark of a real sending
        mark = (lost / memory.MARK).read_bytes()
        memory.refuse_lost(rehearsed, store, campaign)

    lose(real.settings.store.url)
    shutil.rmtree(lost / "data", ignore_errors=True)
    for workspace in (real, rehearsed):
        with workspace.store() as store, pytest.raises(StoreError):
            memory.refuse_lost(workspace, store, campaign)
    assert mailer("send", SLUG, "--yes", "--new-ledger", TITLE) == 0
    assert (lost / memory.MARK).read_bytes() == mark
    with real.store() as store, pytest.raises(StoreError):
        memory.refuse_lost(real, store, campaign)
