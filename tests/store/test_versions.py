"""Prepared letters in the database: versions, and what each letter has of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from mailer.model.invitation import Kind, MessageKey
from mailer.store.sql import SqlStore

Reopen = Callable[[], SqlStore]
KEY = MessageKey(Kind.INVITATION, 0, 1)
REMINDER = MessageKey(Kind.REMINDER, 0, 1)
CONTENT = b"{}\n" + bytes(range(256)) * 9


def letters(*numbers: int, key: MessageKey = KEY, said: str = "") -> Iterator[tuple[str, MessageKey, str]]:
    """What letters to these people have of their own."""
    for n in numbers:
        yield f"r{n}", key, f'{{"texts":{{"salutation":"Zoé {n}{said}"}},"variant":0}}'


def own(store: SqlStore, campaign: str, *numbers: int, key: MessageKey = KEY) -> list[tuple[str, str] | None]:
    """What is kept of letters to these people."""
    return [store.letter(campaign, f"r{n}", key) for n in numbers]


def test_a_version_is_kept_once_for_each_campaign(store: SqlStore, reopen: Reopen) -> None:
    """It is read by whoever opens the store, as it was given; what is kept is never replaced."""
    store.keep_version("c", "d1", CONTENT)
    store.keep_version("c", "d1", b"other")
    store.keep_version("e", "d1", b"")

    assert [reopen().version(campaign, "d1") for campaign in ("c", "e", "x")] == [CONTENT, b"", None]
    assert store.version("c", "d2") is None


def test_the_letters_wanted_are_read_together(store: SqlStore, reopen: Reopen) -> None:
    """Each has its version and values; what was not kept, or is another campaign's, is not there."""
    store.keep_letters("c", "d1", letters(*range(450)))
    store.keep_letters("c", "d2", letters(1, key=REMINDER, said=" encore"))
    store.keep_letters("e", "d3", letters(500))
    wanted = [
        *((f"r{n}", KEY) for n in range(440, 510)),
        ("r1", REMINDER),
        *((f"r{n}", KEY) for n in range(300)),
    ]
    found = reopen().letters("c", wanted)

    assert found.keys() == {
        *((f"r{n}", KEY) for n in (*range(300), *range(440, 450))),
        ("r1", REMINDER),
    }
    assert found["r7", KEY] == ("d1", next(letters(7))[2])
    assert found["r1", REMINDER] == ("d2", next(letters(1, said=" encore"))[2])
    assert store.letters("c", []) == {}


def test_a_letter_prepared_again_is_replaced(store: SqlStore) -> None:
    """It has the version and the values given last, and no other letter changes."""
    store.keep_letters("c", "d1", letters(1, 2))
    store.keep_letters("e", "d1", letters(1))
    before = store.change_token("c")
    store.keep_letters("c", "d2", letters(1, said=" B."))

    assert own(store, "c", 1, 2) == [("d2", next(letters(1, said=" B."))[2]), ("d1", next(letters(2))[2])]
    assert own(store, "e", 1) == [("d1", next(letters(1))[2])]
    assert store.change_token("c") != before


def test_many_letters_are_kept(store: SqlStore) -> None:
    """More than one transaction writes."""
    store.keep_letters("c", "d1", letters(*range(2345)))

    assert None not in own(store, "c", 0, 999, 1000, 2000, 2344)
    assert own(store, "c", 2345) == [None]


def test_who_is_forgotten_has_no_letter_any_more(store: SqlStore) -> None:
    """Every letter to them is gone, in each campaign; versions stay, and so does everybody else's letter."""
    store.keep_version("c", "d1", CONTENT)
    store.keep_letters("c", "d1", letters(1, 2, 11))
    store.keep_letters("c", "d1", letters(1, 2, key=REMINDER))
    store.keep_letters("e", "d1", letters(1, 2))
    kept = own(store, "c", 2, 11), own(store, "c", 2, key=REMINDER), own(store, "e", 2)

    store.forget(["r1"], ["p1@example.org"])

    assert own(store, "c", 1) == own(store, "c", 1, key=REMINDER) == own(store, "e", 1) == [None]
    assert (own(store, "c", 2, 11), own(store, "c", 2, key=REMINDER), own(store, "e", 2)) == kept
    assert store.version("c", "d1") == CONTENT


def test_a_purge_takes_the_letters_of_its_campaign(store: SqlStore) -> None:
    """Those of another campaign stay, and so do the versions, which name nobody."""
    for campaign in ("c", "e"):
        store.keep_version(campaign, "d1", CONTENT)
        store.keep_letters(campaign, "d1", letters(1, 2))
    kept = own(store, "e", 1, 2)

    store.purge("c")

    assert own(store, "c", 1, 2) == [None, None]
    assert own(store, "e", 1, 2) == kept
    assert [store.version(campaign, "d1") for campaign in ("c", "e")] == [CONTENT, CONTENT]


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_nothing_of_a_forgotten_letter_is_left_in_the_file(store: SqlStore, tmp_path: Path) -> None:
    """The octets under which it was kept are gone from the file and its log; those of another letter are there."""
    store.keep_letters("c", "d1", letters(1, 2))
    with store._read() as connection:
        rows = connection.exec_driver_sql("SELECT invitee, personal FROM letters").all()
    octets = {row.invitee: bytes(row.personal) for row in rows}
    store.forget(["r1"], [])
    left = b"".join(file.read_bytes() for file in (tmp_path / "data").iterdir() if file.is_file())

    assert octets["r1"] not in left
    assert octets["r2"] in left
