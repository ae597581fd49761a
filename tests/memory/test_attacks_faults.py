"""Attacks on a ledger that was sent from: full disks, busy and damaged files, a chain made anew, and mails that no table can hold."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa

from mailer.demo import clients
from mailer.demo.post_office import PostOffice
from mailer.demo.received import open_letter
from mailer.jobs import standings
from mailer.model.entry import Heard
from mailer.model.finding import PartStat
from mailer.store import engine as engines
from mailer.store.chain import bind
from mailer.store.engine import open_engine
from mailer.store.tables import campaigns, entries
from mailer.workspace import Workspace
from tests.hostile import filled
from tests.memory.conftest import Mailer
from tests.workspaces import BEGINS, SLUG

LATER = "2025-03-20T10:00:00+01:00"
WHO = "elodie.lefevre@example.org"
COMMANDS = (
    ("read",),
    ("record", SLUG, WHO, "no"),
    ("remind", SLUG, "--yes"),
    ("forget", WHO, "--yes"),
)


def yes(office: PostOffice, address: str = WHO) -> bytes:
    """A written yes to the invitation of somebody."""
    letter = open_letter(next(one for one in office.delivered if one.recipient == address))
    return clients.written(letter, BEGINS, "Oui, je viendrai.")


def answers(path: Path) -> dict[str, PartStat]:
    """Who answered what, by address."""
    with Workspace(path).store() as store:
        known = standings.record(store, SLUG)
        return {
            person.contact.email: known.standings[person.ref].partstat
            for invitee in known.register.roll
            for person in invitee.members
        }


ODD = {
    "NUL": b"Subject: \x00\x00\r\n\r\nOui\x00 ou non\x00",
    "an encoded NUL": b"Subject: =?utf-8?q?a=00b?=\r\n\r\nx",
    "half a character": b"Subject: =?utf-8?q?=ED=A0=80?=\r\nContent-Type: text/plain; charset=utf-16\r\n\r\n\xd8\x00\xd8",
    "a long subject": b"Subject: " + filled("a", 300_000) + b"\r\n\r\nx",
    "a long address": b"Reply-To: " + filled("a", 300_000) + b"@b.example\r\nSubject: x\r\n\r\nx",
    "the year 100": b"Date: Mon, 01 Jan 0100 00:00:00 +2359\r\nSubject: x\r\n\r\nx",
    "a Message-ID that is no text": b"Message-ID: <\xff\x00\xed\xa0\x80@x>\r\nSubject: x\r\n\r\nx",
}


def test_46_a_mail_that_no_table_can_hold_stops_no_other(
    sent: Path, mailer: Mailer, office: PostOffice
) -> None:
    """In each database: whatever an invitee's mail holds, it is recorded or left, and a genuine yes behind it counts."""
    letter = open_letter(next(one for one in office.delivered if one.recipient == WHO))
    for odd in ODD.values():
        head = f"From: {WHO}\r\nIn-Reply-To: {letter.message_id}\r\n".encode()
        office.post(WHO, head + odd, BEGINS)
    office.post(WHO, yes(office))
    assert mailer("read", now=LATER) in (0, 1)

    assert answers(sent)[WHO] is PartStat.ACCEPTED
    assert [one for one in answers(sent).values() if one is not PartStat.NEEDS_ACTION] == [PartStat.ACCEPTED]
    assert mailer("verify") == 0


def test_92_a_mail_of_a_forgotten_person_gives_nothing_back(
    sent: Path, mailer: Mailer, office: PostOffice
) -> None:
    """Read again, in a copy with other trace fields, and in a new one: no name or address of theirs comes into the ledger."""
    office.post(WHO, yes(office))
    assert mailer("read", now=LATER) == 0
    before = answers(sent)
    assert before[WHO] is PartStat.ACCEPTED
    mailer("forget", WHO, "--yes", now=LATER)

    office.post(WHO, b"Received: from elsewhere; x\r\n" + yes(office))
    office.post(WHO, yes(office))
    mailer("read", now="2025-03-21T10:00:00+01:00")
    with Workspace(sent).store() as store:
        heard = [one.fact for one in store.entries(SLUG) if isinstance(one.fact, Heard)]
        assert not any(WHO in str(fact) or "Lefèvre" in str(fact) for fact in heard)
        assert store.verify(SLUG) is None
    after = answers(sent)
    assert WHO not in after
    assert after.pop("") is before.pop(WHO)  # the line that stays, so that totals hold
    assert after == before


@contextmanager
def full_disk() -> Iterator[None]:
    """Let no SQLite database grow, whoever opens it."""

    def limit(connection: object, _record: object) -> None:
        if isinstance(connection, sqlite3.Connection):
            (pages,) = connection.execute("PRAGMA page_count").fetchone()
            connection.execute(f"PRAGMA max_page_count = {pages}")
            free = connection.execute("PRAGMA freelist_count").fetchone()[0]
            assert free < 50

    sa.event.listen(sa.Engine, "connect", limit)
    try:
        yield
    finally:
        sa.event.remove(sa.Engine, "connect", limit)


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_94_a_full_disk_loses_nothing(
    sent: Path, mailer: Mailer, office: PostOffice, capsys: pytest.CaptureFixture[str]
) -> None:
    """Reading, writing down and reminding say so in a sentence; with room again each does what it should, once."""
    for one in list(office.delivered):
        office.post(one.recipient, yes(office, one.recipient))
    office.delivered.clear()
    with full_disk():
        for said in COMMANDS[:3]:
            capsys.readouterr()
            status = mailer(*said, now=LATER)
            told = capsys.readouterr().err
            assert status == 0 or "disk is full" in told.replace("\n", " "), (said, told)
            assert "fault of the program" not in told
    assert mailer("verify") == 0
    for said in COMMANDS[:3]:
        assert mailer(*said, now=LATER) in (0, 1), said
    found = answers(sent)
    assert found.pop(WHO) is PartStat.DECLINED
    assert set(found.values()) == {PartStat.ACCEPTED}
    assert office.delivered == []


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_95_a_busy_ledger_is_said_so(
    sent: Path,
    mailer: Mailer,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Another program holds the database: after a while a sentence, and afterwards everything as before."""
    monkeypatch.setattr(engines, "BUSY_SECONDS", 0.2)
    before = answers(sent)
    with closing(sqlite3.connect(sent / "data" / "mailer.sqlite", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        for said in (COMMANDS[1], COMMANDS[3]):
            capsys.readouterr()
            assert mailer(*said, now=LATER) == 2, said
            assert "Another program is using the ledger" in " ".join(capsys.readouterr().err.split())
        other.execute("ROLLBACK")
    assert answers(sent) == before
    assert mailer(*COMMANDS[1], now=LATER) == 0


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("damage", ["header", "half", "pages"])
def test_96_a_damaged_file_sends_nothing(
    sent: Path, mailer: Mailer, office: PostOffice, capsys: pytest.CaptureFixture[str], damage: str
) -> None:
    """A false header, half a file, damaged pages: the commands say what to do, never that it is a fault of the program."""
    file = sent / "data" / "mailer.sqlite"
    octets = file.read_bytes()
    file.write_bytes(
        {
            "header": b"not a database!!" * 64 + octets[1024:],
            "half": octets[: len(octets) // 2],
            "pages": octets[:4096] + b"\xff" * (len(octets) - 4096),
        }[damage]
    )
    office.delivered.clear()
    for said in (("send", SLUG, "--yes"), *COMMANDS, ("status",), ("export", SLUG, str(sent / "x.csv"))):
        capsys.readouterr()
        assert mailer(*said, now=LATER) == 2, said
        told = " ".join(capsys.readouterr().err.split())
        assert "mailer restore" in told, (said, told)
        assert "fault of the program" not in told
    assert office.delivered == []


def test_101_a_chain_that_was_made_anew_does_not_fit_the_hash_kept_apart(
    sent: Path, mailer: Mailer, url: str, office: PostOffice, capsys: pytest.CaptureFixture[str]
) -> None:
    """Who has the file can write a sound chain over other entries; the mark of the sendings knows the last hash."""
    engine = open_engine(url)
    with engine.begin() as connection:
        previous = ""
        for row in connection.execute(sa.select(entries).order_by(entries.c.number)).mappings().all():
            link = dict(row) | {"previous": previous, "source": row["source"] or "changed"}
            stored = sa.select(sa.type_coerce(entries.c.recorded_at, sa.String))
            number = entries.c.number == row["number"]
            link["recorded_at"] = connection.execute(stored.where(number)).scalar_one()
            previous = bind(previous, link)
            changes = {"previous": link["previous"], "source": link["source"], "hash": previous}
            connection.execute(sa.update(entries).where(number).values(changes))
        connection.execute(sa.update(campaigns).values(hash=previous))
    engine.dispose()
    assert mailer("verify") == 0
    office.delivered.clear()
    capsys.readouterr()
    assert mailer("remind", SLUG, "--yes", now=LATER) == 2
    assert "mailer restore" in " ".join(capsys.readouterr().err.split())
    assert office.delivered == []
