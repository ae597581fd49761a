"""A backup is one moment of the ledger, and brings it back whole or not at all, in either database."""

from __future__ import annotations

import gzip
import json
import shutil
import stat
import threading
from pathlib import Path

import pytest
import sqlalchemy as sa

from mailer.cli import ask
from mailer.demo.post_office import PostOffice
from mailer.errors import StoreError
from mailer.jobs import standings
from mailer.model.outcome import State
from mailer.store.engine import open_engine
from mailer.store.sql import SqlStore, open_store
from mailer.store.tables import metadata
from mailer.workspace import Workspace
from tests.memory.conftest import Mailer
from tests.memory.test_missing import lose
from tests.memory.test_verify import by_hand, objects, queue
from tests.registered import enrol
from tests.servers import postgres
from tests.store.cases import NOW, content, heard, invitee, items
from tests.workspaces import SLUG

TITLE = "Présentation du diagnostic territorial d'Hellemmes"
THREE = {"solene.carpentier@example.net", "sean.oconnor@example.org", "odile.quenelle@example.net"}
TABLES = metadata.sorted_tables


@pytest.fixture
def other(request: pytest.FixtureRequest, url: str, tmp_path: Path) -> str:
    """The URL of an empty store of the other kind, where there is PostgreSQL."""
    if url.startswith("postgresql") or not postgres.installed():
        return f"sqlite:///{tmp_path / 'other.sqlite'}"
    return postgres.database(request.getfixturevalue("cluster"))


def filled(store: SqlStore) -> None:
    """Something in every table."""
    enrol(store, "c", [invitee(n) for n in (1, 2, 3)], NOW)
    store.append([heard(1), heard(2, "NUL \\0, é, 😀")])
    enrol(store, "d", [invitee(4)], NOW)
    store.suppress("p9@example.org", NOW, "asked")
    store.note_forgotten([("p8@example.org", "x")], NOW)
    store.keep_version("c", "v1", b"\0\xff")
    store.keep_letters("c", "v1", [("r1", next(items(1)).key, "{}")])
    store.keep_octets("c", [("r2", next(items(2)).key, content(2))])
    store.enqueue(items(1, 2, 3), NOW)


def rows(url: str) -> dict[str, list[tuple[object, ...]]]:
    """All that is stored, but for what changes with every change."""
    engine = open_engine(url)
    with engine.connect() as connection:
        found = {
            table.name: [
                tuple(bytes(cell) if isinstance(cell, memoryview) else cell for cell in row)
                for row in connection.execute(sa.select(table).order_by(*table.primary_key.columns))
            ]
            for table in TABLES
        }
    engine.dispose()
    found["keys"] = [row for row in found["keys"] if row[0] != "changed"]
    return found


def test_a_backup_comes_back_in_the_other_database(store: SqlStore, url: str, other: str) -> None:
    """Every row of every table is as it was; new ones are numbered behind them; what waited is in doubt."""
    filled(store)
    lines = list(store.backup(NOW, {}))
    before = rows(url)

    restored = open_store(other)
    told = restored.restore(lines, NOW)
    assert (told.made_at, dict(told.entries), told.doubtful) == (NOW, {"c": 5, "d": 1}, 3)
    after = rows(other)
    for name in set(before) - {"promises", "campaigns", "entries"}:
        assert after[name] == before[name], name
    assert set(before["entries"]) <= set(after["entries"])
    assert [one.promise for one in restored.queue("c")] == [one.promise for one in store.queue("c")]
    assert {one.state for one in restored.queue("c")} == {State.IN_DOUBT}
    assert restored.secret() == store.secret()
    assert restored.suppressed(["p9@example.org", "p1@example.org"]) == {"p9@example.org"}
    assert restored.verify("c") is None
    restored.enqueue(items(7), NOW)
    enrol(restored, "e", [invitee(5)], NOW)
    assert restored.verify("e") is None
    again = list(restored.backup(NOW, {}))
    restored.close()
    assert len(again) > len(lines)


def test_it_is_one_moment_while_others_write(store: SqlStore, url: str) -> None:
    """Entries that are written while it is read are not in it, and its ledger is sound."""
    filled(store)
    lines = store.backup(NOW, {})
    taken = [next(lines), next(lines)]
    writer = open_store(url)
    writing = threading.Thread(target=lambda: writer.append([heard(3)] * 50))
    writing.start()
    writing.join()
    taken += lines
    writer.close()
    store.restore(taken, NOW)

    assert sum(entry.recorded_at == NOW for entry in store.entries("c")) == 5 + 3
    assert store.verify("c") is None


def test_all_or_nothing(store: SqlStore, url: str) -> None:
    """Cut short, changed, with a line more, of another version, or not sound: nothing of what is there changes."""
    filled(store)
    good = list(store.backup(NOW, {}))
    store.append([heard(1, "later")])
    before = rows(url)
    header = json.loads(good[0])
    at = next(n for n, line in enumerate(good) if b'"placed"' in line)
    broken = {
        "backup-broken": (
            good[:-1],
            good[:5],
            [*good[:-1], good[-1].rstrip(b"\n")],
            [*good, b"[]\n"],
            [good[0], *good[2:]],
            [*good[:at], good[at].replace(b"LIST", b"STAF").replace(b"list", b"staf"), *good[at + 1 :]],
            [*good[:at], b"{\n", *good[at + 1 :]],
            [*good[:at], b"[1,2]\n", *good[at + 1 :]],
        ),
        "backup-other-version": (
            [json.dumps({**header, "mailer-backup": 9}).encode() + b"\n", *good[1:]],
            [json.dumps({**header, "schema": "0009"}).encode() + b"\n", *good[1:]],
            [json.dumps({**header, "schema": "0001"}).encode() + b"\n", *good[1:]],
        ),
        "backup-unreadable": ([], [b"%PDF-1.7\n"], [b"[]\n"]),
    }
    for code, several in broken.items():
        for lines in several:
            with pytest.raises(StoreError) as caught:
                store.restore(lines, NOW)
            assert caught.value.code == code
            assert rows(url) == before


def test_a_ledger_that_is_not_sound_is_not_backed_up(
    sent: Path, mailer: Mailer, url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The sound backup from before stays, and brings the ledger back."""
    file = tmp_path / "sauvegarde"
    assert mailer("backup", str(file)) == 0
    good = file.read_bytes()
    by_hand(url, sa.text("UPDATE entries SET fact = '{' WHERE number = 7"))
    assert mailer("backup", str(file)) == 2
    assert "7" in capsys.readouterr().err
    assert file.read_bytes() == good

    with Workspace(sent).store() as store:
        n = store.size()
    assert mailer("restore", str(file), "--replace", str(n)) == 0
    assert mailer("verify") == 0
    assert mailer("status") == 0


def test_it_is_private_and_has_no_passwords(place: Path, mailer: Mailer, tmp_path: Path) -> None:
    """Only its owner reads it; passwords are in it where they are asked for, and never overwrite others."""
    secret = place / "config" / "secrets" / "imap_password"
    secret.parent.mkdir(exist_ok=True)
    secret.write_text("s3cret-word", "utf-8")
    plain, full = tmp_path / "plain", tmp_path / "full"
    assert mailer("backup", str(plain)) == 0
    assert mailer("backup", str(full), "--secrets") == 0
    for file in (plain, full):
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    encoded = b"czNjcmV0LXdvcmQ="
    assert encoded not in gzip.decompress(plain.read_bytes())
    assert encoded in gzip.decompress(full.read_bytes())

    secret.write_text("another", "utf-8")
    assert mailer("restore", str(full)) == 0
    assert secret.read_text("utf-8") == "another"
    secret.unlink()
    assert mailer("restore", str(full)) == 0
    assert (secret.read_text("utf-8"), stat.S_IMODE(secret.stat().st_mode)) == ("s3cret-word", 0o600)


def test_what_left_after_the_backup_is_not_sent_again(
    place: Path,
    mailer: Mailer,
    office: PostOffice,
    tmp_path: Path,
    url: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The danger: twenty wait, the backup is taken, all leave, the ledger is lost and restored."""
    queue(place, mailer, office)
    file = tmp_path / "sauvegarde"
    assert mailer("backup", str(file)) == 0
    assert mailer("send", SLUG, "--yes") == 0
    assert len(office.delivered) == 20
    with Workspace(place).store() as store:
        n = store.size()

    assert mailer("restore", str(file), "--replace", str(n)) == 0
    assert "20" in capsys.readouterr().out
    assert mailer("verify") == 0
    for said in (("send", SLUG, "--yes"), ("send", SLUG, "--yes", "--new-ledger", TITLE)):
        assert mailer(*said) != 0
    assert len(office.delivered) == 20
    with Workspace(place).store() as store:
        assert [one.state for one in store.queue(SLUG)] == [State.IN_DOUBT] * 20

    assert mailer("send", SLUG, "--release-in-doubt", "--yes") == 0  # the word
    assert len(office.delivered) == 40


def test_the_folder_for_sent_mail_tells_what_left(
    place: Path, mailer: Mailer, office: PostOffice, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Seventeen of the twenty left after the backup, with copies; they are settled, and the others stay in doubt."""
    settings = place / "config" / "mailer.toml"
    settings.write_text(
        settings.read_text("utf-8").replace("[delivery]\n", '[delivery]\nsent_folder = "INBOX"\n'), "utf-8"
    )
    queue(place, mailer, office)
    file = tmp_path / "sauvegarde"
    assert mailer("backup", str(file)) == 0
    office.unknown |= THREE
    mailer("send", SLUG, "--yes")
    assert len(office.delivered) == 17
    with Workspace(place).store() as store:
        n = store.size()

    capsys.readouterr()
    assert mailer("restore", str(file), "--replace", str(n)) == 0
    assert "17 of them lie in “INBOX”" in capsys.readouterr().out
    assert mailer("verify") == 0
    with Workspace(place).store() as store:
        assert len(list(store.queue(SLUG))) == 3
    office.unknown.clear()
    mailer("send", SLUG, "--new-ledger", TITLE, "--release-in-doubt", "--yes")
    assert len(office.delivered) == 20
    assert len({one.recipient for one in office.delivered}) == 20


def test_a_ledger_that_is_there_is_replaced_at_a_word_only(
    sent: Path, mailer: Mailer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The number of its entries; --yes there is none."""
    file = tmp_path / "sauvegarde"
    assert mailer("backup", str(file)) == 0
    assert mailer("restore", str(file)) == 2  # nobody to ask
    assert mailer("restore", str(file), "--replace", "1") == 1
    monkeypatch.setattr(ask, "number", lambda _question, _expected, *, yes: not yes)
    assert mailer("restore", str(file)) == 0


@pytest.mark.parametrize(("field", "written"), [("schema", "0001"), ("schema", "0009"), ("mailer-backup", 2)])
def test_a_backup_of_another_version_is_named(
    sent: Path,
    mailer: Mailer,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    field: str,
    written: object,
) -> None:
    """An older or a newer program wrote it: a sentence with both formats and what to do, and the ledger stays as it is."""
    file = tmp_path / "sauvegarde"
    assert mailer("backup", str(file)) == 0
    header, rest = gzip.decompress(file.read_bytes()).split(b"\n", 1)
    other = json.dumps({**json.loads(header), field: written}).encode()
    file.write_bytes(gzip.compress(other + b"\n" + rest))
    with Workspace(sent).store() as store:
        n = store.size()
    capsys.readouterr()

    assert mailer("restore", str(file), "--replace", str(n)) == 2
    told = " ".join(capsys.readouterr().err.split())
    assert str(written) in told
    assert "Restore it with that version" in told
    with Workspace(sent).store() as store:
        assert store.size() == n


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("damage", ["empty", "gone", "header", "half", "pages"])
def test_whatever_became_of_the_file(
    sent: Path, mailer: Mailer, office: PostOffice, tmp_path: Path, damage: str
) -> None:
    """Attacks 96 and 98: after the restoring all is as it was, and what was damaged is put aside."""
    file, ledger = tmp_path / "sauvegarde", sent / "data" / "mailer.sqlite"
    assert mailer("backup", str(file)) == 0
    octets = ledger.read_bytes()
    middle = len(octets) // 2
    match damage:
        case "empty":
            ledger.write_bytes(b"")
        case "gone":
            ledger.unlink()
        case "header":
            ledger.write_bytes(b"not a database!!" * 64 + octets[1024:])
        case "half":
            ledger.write_bytes(octets[:middle])
        case _:
            ledger.write_bytes(octets[:4096] + b"\xff" * (len(octets) - 4096))
    assert mailer("restore", str(file)) == 0
    assert mailer("verify") == 0
    assert mailer("send", SLUG, "--yes") == 0
    assert len(office.delivered) == 20
    assert len(list(ledger.parent.glob("*.damaged-*"))) == (damage in ("header", "half", "pages"))


def test_forget_and_purge_name_the_backups(
    sent: Path, mailer: Mailer, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """Attack 91: a backup keeps who was erased; those in the workspace are named, and no other file is."""
    file = sent / "sauvegardes" / "lundi.gz"
    assert mailer("backup", str(file)) == 0
    (sent / "autre.gz").write_bytes(gzip.compress(b"{}"))
    assert mailer("forget", "elodie.lefevre@example.org", "--yes") in (0, 1)
    told = capsys.readouterr().out
    assert "lundi.gz" in told
    assert "autre.gz" not in told
    assert mailer("purge", "--yes", now="2026-03-31T10:00:00+02:00") == 1  # the list names them still
    assert "lundi.gz" in capsys.readouterr().out


def restored(mailer: Mailer, file: Path, folder: Path, capsys: pytest.CaptureFixture[str]) -> str:
    """Restore a backup over the ledger; return what is said."""
    with Workspace(folder).store() as store:
        n = store.size()
    capsys.readouterr()
    assert mailer("restore", str(file), "--replace", str(n)) == 0
    return capsys.readouterr().out


def told_of(folder: Path) -> tuple[set[str], str]:
    """Return the addresses of everybody registered, and all words of the ledger."""
    with Workspace(folder).store() as store:
        assert store.verify(SLUG) is None
        known = {one.email for one in standings.record(store, SLUG).roll if one.email}
        return known, "\n".join(store.lines(SLUG))


def test_who_was_forgotten_after_the_backup_stays_forgotten(
    sent: Path, mailer: Mailer, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """It is said how many they are, and everybody else comes back; whoever was forgotten before is not counted."""
    with Workspace(sent).store() as store:
        before = {one.email for one in standings.record(store, SLUG).roll}
    mailer("forget", "odile.quenelle@example.net", "--yes")
    file = tmp_path / "lundi"
    assert mailer("backup", str(file)) == 0
    mailer("forget", "elodie.lefevre@example.org", "--yes")
    told = restored(mailer, file, sent, capsys)
    known, words = told_of(sent)

    assert before - known == {"elodie.lefevre@example.org", "odile.quenelle@example.net"}
    assert "elodie" not in words.casefold()
    assert "1 " in told
    assert "mailer forget" not in told
    assert mailer("verify") == 0


def test_a_mark_knows_who_was_forgotten_where_the_entries_do_not(
    sent: Path, mailer: Mailer, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """A backup from before the person came, then one from after: neither brings them back. Others of the list come back."""
    first, second = tmp_path / "lundi", tmp_path / "mardi"
    assert mailer("backup", str(first)) == 0
    for name in ("Nina", "Omar"):
        assert mailer("add", SLUG, f"{name.casefold()}@example.net", "--name", f"{name} Neuf", "--yes") == 0
    assert mailer("backup", str(second)) == 0
    mailer("forget", "nina@example.net", "--yes")
    restored(mailer, first, sent, capsys)
    assert "nina@example.net" not in told_of(sent)[0] | {"omar@example.net"}
    restored(mailer, second, sent, capsys)
    known, words = told_of(sent)

    assert "omar@example.net" in known
    assert "nina" not in words.casefold()


def test_the_other_person_at_the_address_comes_back(
    sent: Path, mailer: Mailer, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """Somebody forgotten at a shared address is erased again, by an entry, and the other stays."""
    file = tmp_path / "lundi"
    for name in ("Nina", "Omar"):
        assert mailer("add", SLUG, "duo@example.net", "--name", f"{name} Neuf", "--yes") == 0
    with Workspace(sent).store() as store:
        (duo,) = (one for one in standings.record(store, SLUG).roll if one.email == "duo@example.net")
        nina = next(one.ref for one in duo.members if one.contact.first_name == "Nina")
    assert mailer("backup", str(file)) == 0
    mailer("forget", nina, "--yes")
    restored(mailer, file, sent, capsys)
    with Workspace(sent).store() as store:
        (duo,) = (one for one in standings.record(store, SLUG).roll if one.email == "duo@example.net")

    assert [one.contact.first_name for one in duo.members if not one.erased] == ["Omar"]
    assert "Nina" not in told_of(sent)[1]


def test_who_was_purged_after_the_backup_stays_purged(
    sent: Path, mailer: Mailer, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """A campaign whose time was over is not brought back with people."""
    file = tmp_path / "lundi"
    assert mailer("backup", str(file)) == 0
    mailer("purge", "--yes", now="2026-03-31T10:00:00+02:00")
    restored(mailer, file, sent, capsys)

    assert told_of(sent)[0] == set()


def test_a_new_machine_cannot_know_who_was_forgotten(
    sent: Path, mailer: Mailer, capsys: pytest.CaptureFixture[str], tmp_path: Path, url: str
) -> None:
    """It says so, with what to type; and everybody of the backup comes back."""
    file = tmp_path / "lundi"
    assert mailer("backup", str(file)) == 0
    mailer("forget", "elodie.lefevre@example.org", "--yes")
    lose(url)
    shutil.rmtree(sent / "data", ignore_errors=True)
    capsys.readouterr()
    assert mailer("restore", str(file)) == 0

    assert "mailer forget" in capsys.readouterr().out
    assert "elodie.lefevre@example.org" in told_of(sent)[0]


def test_a_restored_ledger_is_sent_from_again(
    sent: Path, mailer: Mailer, office: PostOffice, tmp_path: Path, url: str
) -> None:
    """Attack 98, put right: the ledger is lost, sending refuses, the backup is restored, and nobody is written to twice."""
    file = tmp_path / "sauvegarde"
    assert mailer("backup", str(file)) == 0
    lose(url)
    shutil.rmtree(sent / "data", ignore_errors=True)
    assert mailer("send", SLUG, "--yes") == 2
    assert mailer("restore", str(file)) == 0
    assert mailer("send", SLUG, "--yes") == 0
    assert len(office.delivered) == 20
    assert mailer("remind", SLUG, "--yes", now="2025-03-20T10:00:00+01:00") == 0
    assert len(office.delivered) == 40


def test_an_objection_survives(sent: Path, mailer: Mailer, office: PostOffice, tmp_path: Path) -> None:
    """What stays: whoever objected is written to from no restored ledger."""
    email = objects(sent)
    file = tmp_path / "sauvegarde"
    assert mailer("backup", str(file)) == 0
    with Workspace(sent).store() as store:
        n = store.size()
    assert mailer("restore", str(file), "--replace", str(n)) == 0
    office.delivered.clear()
    mailer("remind", SLUG, "--yes", now="2025-03-20T10:00:00+01:00")
    assert len(office.delivered) == 19
    assert email not in {one.recipient for one in office.delivered}
