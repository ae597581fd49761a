"""A ledger of the first schema, made by the program that wrote it, becomes one of this schema: all of it, or nothing."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import signal
import sqlite3
import stat
import subprocess
import sys
import tarfile
import time
import zlib
from collections import Counter
from contextlib import closing
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from mailer.campaign import tokens
from mailer.cli import group
from mailer.demo.post_office import PostOffice
from mailer.model.entry import Announced, Attended, Channel, Gone, Placed, Round
from mailer.model.invitation import MessageKey
from mailer.model.people import Why
from mailer.store import Breach
from mailer.store.sql import SqlStore, open_store
from mailer.store.tables import SCHEMA
from tests.servers import postgres
from tests.store import make_ledger_0001 as old_program
from tests.workspaces import point_at

HALL, QUARTER = old_program.HALL, old_program.QUARTER
MEANWHILE, NOW = "2025-03-13T10:00:00+01:00", "2025-04-12T09:00:00+02:00"
PLAIN_COLUMNS, ADDRESS, DELIVERY, REVIEW = 13, 4, 5, 11
"""How many columns of the machine-readable attendance there were, and which is the address; others follow behind."""


@cache
def archive() -> dict[str, bytes]:
    """The files of the workspace, by name."""
    with tarfile.open(old_program.FIXTURE) as files:
        members = [member for member in files.getmembers() if member.isfile()]
        found = {member.name.partition("/")[2]: files.extractfile(member) for member in members}
        return {name: file.read() for name, file in found.items() if file is not None}


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """The workspace as the old program left it."""
    for name, content in archive().items():
        file = tmp_path / "mairie" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    return tmp_path / "mairie"


@pytest.fixture
def ledger(workspace: Path) -> Path:
    """The file of its ledger."""
    (file,) = (workspace / "data").glob("*.sqlite")
    return file


def rows(file: Path, query: str) -> list[tuple[Any, ...]]:
    """Ask the file of a database."""
    with closing(sqlite3.connect(file)) as connection:
        return connection.execute(query).fetchall()


def change(file: Path, script: str) -> None:
    """Change the file of a database."""
    with closing(sqlite3.connect(file)) as connection:
        connection.executescript(script)


def opened(ledger: Path) -> SqlStore:
    """Open the ledger with this program."""
    return open_store(f"sqlite:///{ledger}")


# -- what is in the old ledger ---------------------------------------------------------------------------------


def test_the_old_ledger_has_a_bit_of_everything(ledger: Path) -> None:
    """Two thousand people, every state of a message, every kind of fact and claim, couples, and people erased."""
    people = [
        json.loads(people) for (people,) in rows(ledger, "SELECT people FROM invitees WHERE NOT forgotten")
    ]
    everybody = {(one["email"], one.get("last_name")) for several in people for one in several}
    states = {state for (state,) in rows(ledger, "SELECT state FROM outbox")}
    facts = [json.loads(fact) for (fact,) in rows(ledger, "SELECT fact FROM entries")]
    claims = {fact["finding"]["claim"]["is"] for fact in facts if fact["is"] == "Heard"}

    assert len(everybody) > 1990
    assert old_program.FIXTURE.stat().st_size < 1_000_000
    assert states == {"sent", "failed", "deferred", "in_doubt", "queued"}
    assert {fact["is"] for fact in facts} == {
        "Delivery",
        "Heard",
        "Attended",
        "Reviewed",
        "Announced",
        "Kept",
    }
    assert claims == {"Answer", "Undeliverable", "OptOut", "Unattended", "Unclear"}
    assert any(len(several) == 2 for several in people)
    assert rows(ledger, "SELECT count(*) FROM invitees WHERE forgotten")[0][0] >= 3
    assert rows(ledger, "SELECT count(*) FROM entries WHERE words IS NULL AND words_digest != ''")[0][0] > 0
    assert {fact.get("place", 0) for fact in facts if fact["is"] == "Attended"} == {0, 1, 2}
    assert {channel for (channel,) in rows(ledger, "SELECT channel FROM entries")} == {
        "outbox", "calendar", "text", "poll", "staff",
    }  # fmt: skip


# -- what becomes of it ----------------------------------------------------------------------------------------


def attendance(text: str) -> list[list[str]]:
    """Return the lines of a machine-readable attendance, without columns that were added later."""
    return [line[:PLAIN_COLUMNS] for line in csv.reader(io.StringIO(text.removeprefix("\ufeff")))]


def now(workspace: Path, slug: str) -> list[list[str]]:
    """Return the attendance that this program gives."""
    file = workspace / "now.csv"
    words = ["--workspace", str(workspace), "--now", NOW, "export", slug, str(file), "--machine"]
    assert group.main(words) == 0
    return attendance(file.read_text("utf-8"))


@pytest.mark.parametrize("slug", [HALL, QUARTER])
def test_the_attendance_is_the_same(workspace: Path, slug: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Line by line, who came of two people at one address included, and in every number of the status.

    Three things are said otherwise now: nothing is "to be sent" to who has no address, nobody is expected at a meeting
    that was called off, and what waits has its reason.
    """
    before = attendance(archive()[f"{slug}.csv"].decode())
    unreachable = sum(not line[ADDRESS] and line[DELIVERY] == "queued" for line in before)
    for line in before:
        if not line[ADDRESS] and line[DELIVERY] == "queued":
            line[DELIVERY] = "failed"
    after = now(workspace, slug)
    for line, then in zip(after, before, strict=True):
        if then[REVIEW] == "yes":  # the reason stands there now
            assert line[REVIEW]
            line[REVIEW] = "yes"

    assert after == before
    capsys.readouterr()
    group.main(["--workspace", str(workspace), "--now", NOW, "status", slug, "--json"])
    status, told = json.loads(capsys.readouterr().out), json.loads(archive()[f"{slug}.json"])
    told["delivery"]["queued"] -= unreachable
    told["delivery"]["failed"] += unreachable
    told["headcount"] *= slug == HALL
    assert status["review"] - told["review"] in (0, 1)  # what waits is counted for each person of an address
    told.pop("review")
    assert {name: status[name] for name in told} == told


def test_the_ledger_verifies_and_every_entry_is_there(ledger: Path) -> None:
    """Numbers, times, sources and words are as they were; people are added behind."""
    query = "SELECT campaign, number, invitee, recorded_at, channel, source, words_digest, words, salt FROM entries"
    before = rows(ledger, f"{query} ORDER BY campaign, number")
    last = dict(rows(ledger, "SELECT campaign, number FROM campaigns"))
    with closing(opened(ledger)) as store:
        assert [store.verify(slug) for slug in (HALL, QUARTER)] == [None, None]
        found = {slug: list(store.entries(slug)) for slug in (HALL, QUARTER)}
    after = rows(ledger, f"{query} WHERE kind NOT IN ('placed', 'gone', 'round') ORDER BY campaign, number")

    assert after == before
    for slug, entries in found.items():
        assert [entry.number for entry in entries] == list(range(1, len(entries) + 1))
        assert {type(entry.fact) for entry in entries[last[slug] :]} <= {Placed, Gone, Round}
        assert not any(isinstance(entry.fact, Placed | Gone | Round) for entry in entries[: last[slug]])


def test_everybody_of_the_roll_is_placed(ledger: Path) -> None:
    """With their names, the UID and token they were written to with, and a reference of their own."""
    roll = rows(
        ledger, "SELECT campaign, ref, people, enrolled_at, forgotten FROM invitees ORDER BY position"
    )
    issued = {
        (campaign, ref): (uid, token)
        for campaign, ref, uid, token in rows(ledger, "SELECT campaign, invitee, uid, token FROM outbox")
    }
    with closing(opened(ledger)) as store:
        secret = store.secret()
        placed = [entry for slug in (HALL, QUARTER) for entry in store.entries(slug, kinds=["placed"])]
    by_place = {(entry.campaign, entry.invitee, entry.person): entry for entry in placed}

    assert len(by_place) == len(placed) == sum(len(json.loads(people)) for _, _, people, *_ in roll)
    for campaign, ref, people, enrolled_at, forgotten in roll:
        for place, one in enumerate(json.loads(people), 1):
            person = tokens._base32(tokens._derive(secret, "person", campaign, ref, str(place)))[:16]
            entry = by_place[campaign, ref, person]
            fact = entry.fact
            assert isinstance(fact, Placed)
            assert (fact.why, entry.channel) == (Why.MIGRATED, Channel.LIST)
            assert entry.recorded_at.isoformat().startswith(enrolled_at.rstrip("Z").rstrip("0").rstrip("."))
            if forgotten:
                assert fact == Placed(Why.MIGRATED)
                continue
            assert (fact.contact.email, fact.contact.last_name) == (one["email"], one.get("last_name", ""))
            assert fact.contact.fields == one.get("fields", {})
            assert (fact.uid, fact.token) == issued.get((campaign, ref), _derived(secret, campaign, ref))


def _derived(secret: bytes, campaign: str, ref: str) -> tuple[str, str]:
    digest = tokens._derive(secret, "uid", campaign, ref)
    return tokens._uuid(digest), tokens._base32(tokens._derive(secret, "reply", campaign, ref))[:26]


def test_who_was_never_written_to_has_the_names_of_a_first_letter(ledger: Path) -> None:
    """Derived, and issued, are the same: a letter that leaves later is recognised."""
    issued = rows(ledger, "SELECT campaign, invitee, uid, token FROM outbox WHERE uid != ''")
    ((secret,),) = rows(ledger, "SELECT value FROM keys WHERE name = 'secret'")

    assert len(issued) > 2000
    assert all((uid, token) == _derived(secret, campaign, ref) for campaign, ref, uid, token in issued)


def test_presence_by_place_is_that_of_a_person(ledger: Path) -> None:
    """Whoever was ticked as the second of a couple is named, and who was ticked as all of them is not."""
    query = "SELECT invitee, number, fact FROM entries WHERE fact LIKE '%\"Attended\"%'"
    places = {number: (ref, json.loads(fact).get("place", 0)) for ref, number, fact in rows(ledger, query)}
    with closing(opened(ledger)) as store:
        secret = store.secret()
        attended = list(store.entries(HALL, kinds={"attended"}))

    assert len(attended) == len(places)
    for entry in attended:
        ref, place = places[entry.number]
        wanted = tokens._base32(tokens._derive(secret, "person", HALL, ref, str(place)))[:16] if place else ""
        assert isinstance(entry.fact, Attended)
        assert (entry.person, entry.fact.place) == (wanted, 0)


def test_open_messages_are_promises(ledger: Path) -> None:
    """Each as it was in the queue, with the very octets that would have left, and asked for by a round."""
    wanted = [tuple(one) for one in json.loads(archive()["open.json"])]
    with closing(opened(ledger)) as store:
        found = [queued for slug in (HALL, QUARTER) for queued in store.queue(slug)]
        rounds = {
            slug: {one.number: one.fact for one in store.entries(slug, kinds=["round"])}
            for slug in (HALL, QUARTER)
        }
        kept = []
        for queued in found:
            promise = queued.promise
            content = store.octets(promise.campaign, promise.invitee, promise.key) or b""
            digest = hashlib.sha256(content).hexdigest()
            kept.append((promise.campaign, promise.invitee, str(promise.key), queued.state.value, digest))
            asked = rounds[promise.campaign][promise.round]
            assert isinstance(asked, Round)
            assert (asked.kind, asked.sequence, asked.number) == promise.key
            assert promise.persons
            assert set(promise.persons) <= set(asked.persons)

    assert kept == wanted
    assert {state for *_, state, _ in kept} == {"queued", "deferred", "in_doubt"}
    assert rows(ledger, "SELECT count(*) FROM octets") == [(len(kept),)]


def test_what_was_tried_leaves_as_it_was(workspace: Path, office: PostOffice) -> None:
    """Whom the server put off gets the very octets that were tried, and whoever was in doubt gets nothing."""
    waiting = [one for one in json.loads(archive()["open.json"]) if one[0] == HALL]
    digests = {state: {one[4] for one in waiting if one[3] == state} for state in ("deferred", "in_doubt")}
    point_at(workspace, office)

    group.main(["--workspace", str(workspace), "--now", MEANWHILE, "send", HALL, "--yes"])

    left = {hashlib.sha256(one.content).hexdigest() for one in office.delivered}
    assert len(digests["deferred"]) == 10
    assert digests["deferred"] <= left
    assert not digests["in_doubt"] & left
    assert len(office.delivered) == len(waiting) - 3


def test_news_since_then_is_judged_at_departure(ledger: Path) -> None:
    """A promise knows the announcement it speaks of, so that only later ones make it void."""
    with closing(opened(ledger)) as store:
        for slug in (HALL, QUARTER):
            announced = {one.number: one.fact for one in store.entries(slug, kinds=["announced"])}
            for queued in store.queue(slug):
                fact = announced[queued.promise.entry]
                assert isinstance(fact, Announced)
                assert fact.sequence == queued.promise.key.sequence


def test_who_was_taken_back_is_withdrawn(ledger: Path) -> None:
    """The one whose own invitation was cancelled, and nobody whose meeting was."""
    ((ref,),) = rows(ledger, "SELECT ref FROM invitees WHERE email = 'q9@example.net'")
    with closing(opened(ledger)) as store:
        gone = [one for slug in (HALL, QUARTER) for one in store.entries(slug, kinds=["gone"])]
        secret = store.secret()

    person = tokens._base32(tokens._derive(secret, "person", QUARTER, ref, "1"))[:16]
    assert [(one.campaign, one.invitee, one.person, one.fact) for one in gone] == [
        (QUARTER, ref, person, Gone(Why.WITHDRAWN))
    ]


LINES = b"P0,1,1,2\nX12,2,2,4\n\r\nYZ1,1,0,0\n"
PACKINGS = {
    "whole": (b"W" + zlib.compress(b"A\r\nB\r\n"), None, b"A\r\nB\r\n"),
    "lines": (LINES, b"a\r\nb\r\nc\r\n", b"a\r\nX1\r\nc\r\n\r\n\r\nYZ\r\nb"),
    "own-first": (b"P0,0,1,1\nx0,2,1,0\n", b"a\r\nb", b"x\r\na\r\nb\r\n"),
    "frame": (b"F3,0\nAna", b"\0frame 0,1,0 2,2,0,1\nheend", b"heAnaenAnad"),
}


@pytest.mark.parametrize("packing", PACKINGS)
def test_every_packing_is_unpacked(ledger: Path, packing: str) -> None:
    """Whole messages, lines of a base, and frames with values give the octets they stood for."""
    stored, base, content = PACKINGS[packing]
    key = "invitation.0.1"
    ((position, ref),) = rows(
        ledger, "SELECT position, invitee FROM outbox WHERE state = 'queued' OR state = 'deferred' LIMIT 1"
    )
    with closing(sqlite3.connect(ledger)) as file, file:
        file.execute("INSERT INTO bases VALUES (99, 'c', ?)", (base or b"",))
        file.execute("UPDATE contents SET content = ? WHERE position = ?", (stored, position))
        at = (99 if base else None, key, position)
        file.execute("UPDATE outbox SET base = ?, key = ?, campaign = 'c' WHERE position = ?", at)
    with closing(opened(ledger)) as store:
        assert store.octets("c", ref, MessageKey.parse(key)) == content


# -- the copy --------------------------------------------------------------------------------------------------


def copies(ledger: Path) -> list[Path]:
    """Return the copies beside a ledger."""
    return sorted(ledger.parent.glob(f"{ledger.name}.before-*"))


def test_a_copy_is_made_first(ledger: Path) -> None:
    """It holds what was there, for its owner alone, and nothing is copied at the next opening."""
    query = "SELECT * FROM entries ORDER BY campaign, number"
    before = rows(ledger, query)
    opened(ledger).close()
    opened(ledger).close()

    (copy,) = copies(ledger)
    assert copy.name == f"{ledger.name}.before-{SCHEMA}"
    assert rows(copy, query) == before
    assert rows(copy, "SELECT version_num FROM alembic_version") == [("0001",)]
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600


def test_a_copy_is_never_overwritten(ledger: Path) -> None:
    """What was copied earlier, of a ledger that was another then, stays beside the new copy."""
    earlier = ledger.with_name(f"{ledger.name}.before-{SCHEMA}")
    earlier.write_bytes(b"of another day")
    opened(ledger).close()

    assert [copy.name for copy in copies(ledger)] == [earlier.name, f"{earlier.name}-2"]
    assert earlier.read_bytes() == b"of another day"


def test_a_new_ledger_has_no_copy(tmp_path: Path) -> None:
    """There is nothing to go back to."""
    opened(tmp_path / "new.sqlite").close()

    assert copies(tmp_path / "new.sqlite") == []


# -- a ledger that was altered ---------------------------------------------------------------------------------

BROKEN = [
    ("UPDATE entries SET fact = replace(fact, 'sent', 'failed') WHERE number = 40 AND campaign = 'quartier'", Breach(40, "altered")),
    ("UPDATE entries SET fact = '{' WHERE number = 40 AND campaign = 'quartier'", Breach(40, "altered")),
    ("DELETE FROM entries WHERE number = 40 AND campaign = 'quartier'", Breach(40, "removed")),
    ("DELETE FROM entries WHERE campaign = 'quartier' AND number = (SELECT number FROM campaigns WHERE campaign = 'quartier')", None),
]  # fmt: skip


@pytest.mark.parametrize(("script", "breach"), BROKEN, ids=["altered", "garbled", "removed", "last-removed"])
def test_what_was_altered_before_is_not_covered_up(ledger: Path, script: str, breach: Breach | None) -> None:
    """The same entry is named afterwards, and the other campaign is sound."""
    last = dict(rows(ledger, "SELECT campaign, number FROM campaigns"))[QUARTER]
    change(ledger, script)
    with closing(opened(ledger)) as store:
        assert store.verify(QUARTER) == (breach or Breach(last, "removed"))
        assert store.verify(HALL) is None


# -- interrupted, twice at once, on PostgreSQL -----------------------------------------------------------------

OPEN = "import sys; from mailer.store.sql import open_store; open_store(sys.argv[1]).close()"


def fingerprint(file: Path) -> str:
    """Return a digest of everything but chance: salts of new entries, and so their hashes."""
    query = (
        "SELECT campaign, number, invitee, person, kind, recorded_at, fact, words FROM entries ORDER BY 1, 2"
    )
    tables = [
        rows(file, query),
        rows(file, "SELECT campaign, invitee, key, content FROM octets ORDER BY 1, 2, 3"),
    ]
    return hashlib.sha256(repr(tables).encode()).hexdigest()


@pytest.mark.slow
def test_killed_at_any_instant_it_is_done_or_not_done(ledger: Path, tmp_path: Path) -> None:
    """After a kill the ledger is the old one or the new one, and the next opening leaves the new one."""
    pristine = ledger.read_bytes()
    began = time.monotonic()
    subprocess.run([sys.executable, "-c", OPEN, f"sqlite:///{ledger}"], check=True)
    whole, wanted = time.monotonic() - began, fingerprint(ledger)
    seen: Counter[str] = Counter()
    for instant in range(24):
        file = tmp_path / f"killed-{instant}" / ledger.name
        file.parent.mkdir()
        file.write_bytes(pristine)
        process = subprocess.Popen([sys.executable, "-c", OPEN, f"sqlite:///{file}"])
        time.sleep(whole * (0.2 + instant / 28))
        process.send_signal(signal.SIGKILL)
        process.wait()
        ((version,),) = rows(file, "SELECT version_num FROM alembic_version")
        columns = {name for _, name, *_ in rows(file, "PRAGMA table_info(entries)")}
        assert ("kind" in columns) == (version == SCHEMA)
        seen["copied" if copies(file) and version != SCHEMA else version] += 1
        with closing(opened(file)) as store:
            assert [store.verify(slug) for slug in (HALL, QUARTER)] == [None, None]
        assert fingerprint(file) == wanted
        assert len([copy for copy in copies(file) if not copy.name.endswith(".writing")]) == 1

    assert seen["copied"], "no kill came between the copy and the end"


def test_two_at_once_do_it_once(ledger: Path) -> None:
    """One does it while the other waits, and both have it."""
    processes = [subprocess.Popen([sys.executable, "-c", OPEN, f"sqlite:///{ledger}"]) for _ in range(3)]

    assert [process.wait() for process in processes] == [0, 0, 0]
    assert rows(ledger, "SELECT count(*) FROM entries WHERE kind = 'placed' AND campaign = 'quartier'") == [
        (600,)
    ]
    assert len(copies(ledger)) == 1


TABLES = (
    "keys",
    "invitees",
    "suppressions",
    "bases",
    "outbox",
    "contents",
    "attempts",
    "campaigns",
    "entries",
    "reads",
)


@pytest.mark.servers
def test_it_is_the_same_on_postgresql(ledger: Path, request: pytest.FixtureRequest) -> None:
    """Entry by entry, from the same rows."""
    url = postgres.database(request.getfixturevalue("cluster"))
    _load(ledger, url)
    with closing(open_store(url)) as there, closing(opened(ledger)) as here:
        for slug in (HALL, QUARTER):
            assert there.verify(slug) is None
            assert list(there.entries(slug)) == list(here.entries(slug))
        with there._read() as one, here._read() as other:
            query = sa.text("SELECT campaign, invitee, key, common, content FROM octets ORDER BY 1, 2, 3")
            kept = [
                [tuple(map(_plain, row)) for row in connection.execute(query)] for connection in (one, other)
            ]
    assert sorted(kept[0]) == sorted(kept[1])
    assert kept[0]


def _plain(value: object) -> object:
    return bytes(value) if isinstance(value, memoryview) else value or 0


def _load(ledger: Path, url: str) -> None:
    """Put the rows of an old ledger into PostgreSQL, in tables as its first migration makes them."""
    from alembic import command
    from alembic.config import Config

    import mailer.store.migrations as migrations

    engine = sa.create_engine(url.replace("postgresql:", "postgresql+psycopg:"))
    with engine.begin() as connection:
        config = Config()
        config.set_main_option("script_location", str(Path(migrations.__file__).parent))
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        metadata = sa.MetaData()
        metadata.reflect(connection)
        for name in TABLES:
            with closing(sqlite3.connect(ledger)) as file:
                file.row_factory = sqlite3.Row
                found = [dict(row) for row in file.execute(f"SELECT * FROM {name}")]
            if name == "invitees":
                found = [{**row, "forgotten": bool(row["forgotten"])} for row in found]
            if found:
                connection.execute(sa.insert(metadata.tables[name]), found)
    engine.dispose()


# -- the program before ----------------------------------------------------------------------------------------


@pytest.mark.slow
def test_the_program_before_says_that_the_ledger_is_newer(
    ledger: Path, workspace: Path, tmp_path: Path
) -> None:
    """It refuses in its own words, with 2, and changes nothing; the copy it opens as before."""
    try:
        program = old_program.install(tmp_path)
    except subprocess.CalledProcessError as error:
        pytest.skip(
            f"commit {old_program.COMMIT} cannot be built here: {(error.stderr or b'').decode()[-200:]}"
        )
    opened(ledger).close()
    before = fingerprint(ledger)
    status = ("-m", "mailer", "--workspace", str(workspace), "--now", NOW, "status", HALL, "--json")

    refused = old_program.old(program, *status, cwd=tmp_path)

    assert refused.returncode == 2
    assert "was written by a newer version of this program" in refused.stderr
    assert fingerprint(ledger) == before
    (copy,) = copies(ledger)
    ledger.unlink()
    copy.rename(ledger)
    assert json.loads(old_program.old(program, *status, cwd=tmp_path).stdout) == json.loads(
        archive()[f"{HALL}.json"]
    )


# -- much of it ------------------------------------------------------------------------------------------------

MEASURE = """
import resource, sys
from mailer.store.sql import open_store
open_store(sys.argv[1]).close()
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
"""


@pytest.mark.slow
def test_memory_does_not_grow_with_the_ledger(ledger: Path) -> None:
    """A hundred thousand entries need hardly more than the few thousand of the workspace."""
    small = ledger.with_name("small.sqlite")
    small.write_bytes(ledger.read_bytes())
    many = """
        WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 30)
        INSERT INTO entries SELECT campaign || n, number, invitee, recorded_at, channel, source, fact, words_digest,
            previous, hash, salt, words FROM entries, n;
        INSERT INTO campaigns (campaign, number, hash)
            SELECT DISTINCT e.campaign, c.number, c.hash FROM entries e JOIN campaigns c ON e.campaign GLOB c.campaign || '[0-9]*';
    """
    change(ledger, many)
    assert rows(ledger, "SELECT count(*) FROM entries")[0][0] > 100_000

    def peak(file: Path) -> int:
        done = subprocess.run(
            [sys.executable, "-c", MEASURE, f"sqlite:///{file}"], capture_output=True, check=True
        )
        return int(done.stdout)

    assert peak(ledger) < peak(small) + 40
