"""A damaged entry is named, with the way to put the ledger right, by every command (security review, attack 97)."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa

from mailer.errors import StoreError
from mailer.store import serial
from mailer.store.engine import open_engine
from mailer.store.sql import SqlStore
from mailer.store.tables import entries, promises
from mailer.workspace import Workspace
from tests.memory.conftest import Mailer
from tests.registered import enrol
from tests.store.cases import NOW, heard, invitee, items
from tests.workspaces import SLUG


def write(url: str, table: sa.Table, number: int, **values: object) -> None:
    """Change a row by hand, below the program."""
    engine = open_engine(url)
    key = table.c.number if table is entries else table.c.position
    with engine.begin() as connection:
        connection.execute(sa.update(table).where(key == number).values(values))
    engine.dispose()


def cell(url: str, name: str, number: int) -> str:
    """What is stored in an entry."""
    engine = open_engine(url)
    with engine.connect() as connection:
        query = sa.select(sa.type_coerce(entries.c[name], sa.String)).where(entries.c.number == number)
        found = str(connection.execute(query).scalar_one())
    engine.dispose()
    return found


def flipped(text: str, bit: int) -> str:
    """A text with one bit of one octet flipped; what is no UTF-8 then, or NUL, is a question mark."""
    octets = bytearray(text.encode())
    octets[bit // 8] ^= 1 << bit % 8
    return octets.decode(errors="replace").replace("\0", "?")


COMMANDS = (
    ("status",),
    ("read",),
    ("send", SLUG, "--yes"),
    ("export", SLUG, "x.csv"),
    ("review", SLUG, "--list"),
)


def test_every_command_names_the_entry(
    sent: Path, mailer: Mailer, url: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Attack 97: the number, and what to do; never that it is a fault of the program."""
    monkeypatch.chdir(sent)
    write(url, entries, 23, fact=flipped(cell(url, "fact", 23), 0))
    for said in COMMANDS:
        capsys.readouterr()
        assert mailer(*said) == 2, said
        told = capsys.readouterr().err
        assert "23" in told
        assert "mailer restore" in told
        assert "fault of the program" not in told
    capsys.readouterr()
    assert mailer("verify") == 1
    assert "23" in capsys.readouterr().out


@pytest.mark.parametrize("column", ["fact", "words", "kind", "channel", "recorded_at", "person", "hash"])
def test_every_bit_of_an_entry(store: SqlStore, url: str, column: str) -> None:
    """Others of its kind: whichever bit of whichever column: the entry is read as it is, or named; `verify` finds it."""
    enrol(store, "c", [invitee(1)], NOW)
    number = store.append([heard(1)])[0].number
    was = cell(url, column, number)
    for bit in range(0, 8 * len(was.encode()), max(1, len(was) // 6)):
        raw(url, number, column, flipped(was, bit))
        damaged: tuple[str, object] = ("entry-damaged", number)
        try:
            list(store.entries("c"))
            list(store.by_invitee("c"))
        except StoreError as error:
            damaged = (error.code, error.values.get("n"))
        assert damaged == ("entry-damaged", number)
        breach = store.verify("c")
        assert (breach is not None and breach.number == number) or flipped(was, bit) == was
        assert len([json.loads(line) for line in store.lines("c")]) == number
        store.naming(["p1@example.org"])


def raw(url: str, number: int, column: str, text: str) -> None:
    """Write a text into a column, also one that is no moment."""
    engine = open_engine(url)
    with engine.begin() as connection:
        connection.execute(
            sa.text(f"UPDATE entries SET {column} = :text WHERE number = :number"),
            {"text": text, "number": number},
        )
    engine.dispose()


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_a_value_of_another_type(store: SqlStore, url: str) -> None:
    """Another of its kind: one bit in the header of a SQLite row makes a text octets."""
    enrol(store, "c", [invitee(1)], NOW)
    store.append([heard(1)])
    with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as connection:
        connection.execute("UPDATE entries SET words = CAST(words AS BLOB), fact = x'ff00' WHERE number = 2")
        connection.commit()
    with pytest.raises(StoreError) as caught:
        list(store.entries("c"))
    assert (caught.value.code, caught.value.values["n"]) == ("entry-damaged", 2)
    breach = store.verify("c")
    assert breach is not None
    assert breach.number == 2


def test_what_a_newer_program_wrote_is_not_called_damaged(
    store: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Attack 107: a kind, a format or a word that only a later version knows is named as such; nothing is changed."""
    enrol(store, "c", [invitee(1)], NOW)
    good = serial.fact_to_json
    for new in ('{"v":2}', '{"v":1,"finding":{"is":"new"}}', '{"v":1,"trust":"PERFECT"}'):
        monkeypatch.setattr(serial, "fact_to_json", lambda _fact, new=new: (new, {}))
        store.append([heard(1)])
        monkeypatch.setattr(serial, "fact_to_json", good)
        with pytest.raises(StoreError) as caught:
            list(store.entries("c"))
        assert caught.value.code == "fact-unknown"
        assert store.verify("c") is None


def test_a_damaged_queue_is_made_anew(
    place: Path, mailer: Mailer, url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Another of its kind: the queue follows from the ledger, and `verify --rebuild` says so and does it."""
    assert mailer("send", SLUG, "--yes") == 0
    with Workspace(place).store() as store:
        store.enqueue(items(1, campaign=SLUG), NOW)
    engine = open_engine(url)
    with engine.connect() as connection:
        position = connection.execute(sa.select(promises.c.position)).scalar_one()
    engine.dispose()
    write(url, promises, position, persons="[")
    capsys.readouterr()
    assert mailer("status") == 2
    assert "--rebuild" in capsys.readouterr().err
    assert mailer("verify", "--rebuild") == 0
    assert mailer("status") == 0
