"""Reading the mailbox leaves nothing out: what a server does not give is asked for again, then waits for a person."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from mailer import contacts, ledger, people
from mailer.errors import WireError
from mailer.jobs import collect, compare
from mailer.jobs import people as staff
from mailer.jobs.collect import PATIENCE, ReadingReport
from mailer.model.contact import Contact, Origin
from mailer.model.entry import Entry, Heard
from mailer.store.sql import SqlStore, open_store
from mailer.wire import imap
from mailer.wire.imap import ImapAdapter
from tests.servers import postgres
from tests.servers.odd_imap import GIVE, HANG_UP, NIL, OMIT, REFUSE, OddImap

NOW = datetime(2025, 3, 14, 12, tzinfo=UTC)
NAMES = ("ana", "bea", "cora", "dora")


def mail(name: str) -> bytes:
    """An answer, which is recorded for whoever has this address, and waits for a person."""
    return (
        f"From: {name}@example.org\r\nTo: mairie@example.org\r\nSubject: Re: Invitation\r\n"
        f"Date: Fri, 14 Mar 2025 10:00:00 +0100\r\nMessage-ID: <{name}@example.org>\r\n\r\nOui, je viens.\r\n"
    ).encode()


MAILS = {uid: mail(name) for uid, name in enumerate(NAMES, 9)}


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.servers)])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SqlStore]:
    """A ledger with the people who answer."""
    if request.param == "sqlite":
        opened = open_store(f"sqlite:///{tmp_path}/ledger.sqlite")
    else:
        opened = open_store(postgres.database(request.getfixturevalue("cluster")))
    lines = [Contact(f"{name}@example.org", last_name=name, origin=Origin("l.csv", 2)) for name in NAMES]
    compared = staff.reconcile(opened, "c", contacts.households(lines))
    staff.record_reconciled(opened, "c", compared, now=NOW)
    yield opened
    opened.close()


def read(
    server: OddImap, store: SqlStore, after: timedelta = timedelta(0), done_folder: str = ""
) -> ReadingReport:
    """Read the mailbox some time later."""
    with server.running(), ImapAdapter(server.account, timeout=5).open() as reader:
        return collect.collect(reader, store, {}, now=lambda: NOW + after, done_folder=done_folder)


def heard(store: SqlStore) -> list[Entry]:
    """What was recorded of mails."""
    return [entry for entry in store.entries("c") if isinstance(entry.fact, Heard)]


def senders(store: SqlStore) -> list[str]:
    """Who was recorded, in order."""
    return [entry.fact.sender.partition("@")[0] for entry in heard(store) if isinstance(entry.fact, Heard)]


def waiting(store: SqlStore) -> set[int]:
    """The entries that wait for a person."""
    entries = list(store.entries("c"))
    standings = ledger.attendance(entries, people.register(entries)).values()
    return {number for standing in standings for number in standing.to_review}


@pytest.mark.parametrize("how", [OMIT, NIL, REFUSE, HANG_UP])
def test_a_message_that_is_not_given_is_asked_for_again(how: str, store: SqlStore) -> None:
    """The others are recorded, and it is by the next reading; nothing is recorded twice, and nothing waits for nothing."""
    server = OddImap({"INBOX": dict(MAILS)}, treat=lambda uid: how if uid == 10 else GIVE)
    first = read(server, store)

    assert (first.withheld, senders(store)) == ({"INBOX": 1}, ["ana", "cora", "dora"])
    server.treat = lambda _uid: GIVE
    second = read(server, store, timedelta(minutes=1))
    assert (second.withheld, second.given_up, senders(store)) == ({}, 0, ["ana", "cora", "dora", "bea"])
    before = len(server.commands)
    third = read(server, store, timedelta(minutes=2))
    assert (sum(third.by_kind.values()), third.again, len(heard(store))) == (0, 0, 4)
    assert not [command for command in server.commands[before:] if "UID FETCH" in command]


@pytest.mark.parametrize("headers", [True, False])
def test_a_message_that_is_never_given_waits_for_a_person(store: SqlStore, headers: bool) -> None:
    """After an hour it is an item of review under whom its header names, with folder and UID, and is asked for no more."""
    server = OddImap({"INBOX": dict(MAILS)}, treat=lambda uid: REFUSE if uid == 10 else GIVE, headers=headers)
    reports = [read(server, store, minutes * timedelta(minutes=1)) for minutes in (0, 30, 59, 60)]

    assert [(one.withheld, one.given_up) for one in reports] == [({"INBOX": 1}, 0)] * 3 + [({}, 1)]
    assert reports[3].waiting_in == {"c": 1}
    (item,) = [entry for entry in heard(store) if entry.source.startswith("given up ")]
    assert isinstance(item.fact, Heard)
    assert item.number in waiting(store)
    assert (item.fact.sender, item.fact.why) == ("bea@example.org" if headers else "", "set-aside-withheld")
    assert item.fact.finding.evidence == "INBOX, UID 10" + (": Re: Invitation" if headers else "")
    before = len(server.commands)
    assert (read(server, store, timedelta(hours=2)).withheld, len(heard(store))) == ({}, 4)
    assert not [command for command in server.commands[before:] if "UID FETCH" in command]


def test_what_was_given_up_can_be_asked_for_once_more(store: SqlStore) -> None:
    """In vain: it waits as it did. With success: it is read like any mail, and the item is closed."""
    server = OddImap({"INBOX": dict(MAILS)}, treat=lambda uid: REFUSE if uid == 10 else GIVE)
    for hours in (0, 1):
        read(server, store, timedelta(hours=hours))
    (item,) = [entry.number for entry in heard(store) if entry.source.startswith("given up ")]
    assert store.ask_again() == 1
    read(server, store, timedelta(hours=2))
    assert len(heard(store)) == 4
    assert item in waiting(store)

    server.treat = lambda _uid: GIVE
    assert store.ask_again() == 1
    read(server, store, timedelta(hours=3))
    assert senders(store) == ["ana", "cora", "dora", "bea", "bea"]
    assert item not in waiting(store)
    assert store.ask_again() == 0
    assert compare.compare(store, "c", None, NOW).unread == ()


def test_a_message_that_is_deleted_meanwhile_is_forgotten(store: SqlStore) -> None:
    """It is neither asked for again nor anybody's task."""
    server = OddImap({"INBOX": dict(MAILS)}, treat=lambda uid: REFUSE if uid == 10 else GIVE)
    read(server, store)
    del server.folders["INBOX"][10]

    assert read(server, store, timedelta(hours=2)).given_up == 0
    assert store.withheld("INBOX", 77) == {}
    assert len(heard(store)) == 3


def test_a_folder_that_gives_nothing_is_not_a_thousand_tasks(
    store: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Reading ends early and says so; as soon as the server gives again, all is read, each once."""
    monkeypatch.setattr(collect, "MOST_WITHHELD", 2)
    server = OddImap({"INBOX": dict(MAILS)}, treat=lambda _uid: REFUSE)
    report = read(server, store)

    assert report.withheld == {"INBOX": 2}
    assert [error.code for error in report.troubles] == ["imap-withholds"]
    server.treat = lambda _uid: GIVE
    assert read(server, store, timedelta(minutes=1)).troubles == []
    assert sorted(senders(store)) == sorted(NAMES)


def test_what_a_search_left_out_is_found_later(store: SqlStore) -> None:
    """A mail that shows up below what was read already is read; those that were read are not fetched again."""
    server = OddImap({"INBOX": {uid: each for uid, each in MAILS.items() if uid != 10}})
    read(server, store)
    server.folders["INBOX"][10] = MAILS[10]
    before = len(server.commands)
    read(server, store)

    assert senders(store) == ["ana", "cora", "dora", "bea"]
    fetched = [command for command in server.commands[before:] if "UID FETCH" in command]
    assert all(command.startswith("UID FETCH 10 ") for command in fetched)


def test_what_was_read_before_a_lost_connection_is_recorded(
    store: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The mails that came before the loss are in the ledger; the next reading goes on after them."""
    monkeypatch.setattr(imap, "MOST_LOSSES", 0)
    monkeypatch.setattr(collect, "BATCH", 1)
    monkeypatch.setattr(imap, "PREFETCH", 1)
    server = OddImap({"INBOX": dict(MAILS)}, treat=lambda uid: HANG_UP if uid > 10 else GIVE)
    with pytest.raises(WireError, match="imap-lost"):
        read(server, store)

    assert senders(store) == ["ana", "bea"]
    server.treat = lambda _uid: GIVE
    read(server, store)
    assert senders(store) == list(NAMES)


def test_two_readers_at_once_lose_and_double_nothing(store: SqlStore) -> None:
    """One gets a message that the other does not; whoever records first."""
    server = OddImap({"INBOX": dict(MAILS)})
    with (
        server.running(),
        ImapAdapter(server.account).open() as one,
        ImapAdapter(server.account).open() as other,
    ):
        asked = iter(range(1000))

        def meanwhile(*_numbers: int) -> None:
            if next(asked) == 0:
                collect.collect(other, store, {}, now=lambda: NOW)

        server.treat = lambda uid: OMIT if uid == 10 and next(asked) < 4 else GIVE
        collect.collect(one, store, {}, now=lambda: NOW, progress=meanwhile)
        collect.collect(one, store, {}, now=lambda: NOW)

    assert sorted(senders(store)) == sorted(NAMES)


def test_a_folder_that_was_made_anew_is_read_anew(store: SqlStore) -> None:
    """Under another UIDVALIDITY every mail is looked at, and those that were read are known by what they say."""
    server = OddImap({"INBOX": dict(MAILS)}, treat=lambda uid: REFUSE if uid == 10 else GIVE)
    read(server, store)
    server.uidvalidity, server.treat = 78, lambda _uid: GIVE
    report = read(server, store)

    assert (report.again, sorted(senders(store))) == (3, sorted(NAMES))


def test_a_refused_move_stops_no_reading(store: SqlStore) -> None:
    """It is said once, nothing is moved, and all is recorded; where moving is allowed, all are moved."""
    server = OddImap({"INBOX": dict(MAILS)}, refused={"UID MOVE": "[NOPERM] no"})
    report = read(server, store, done_folder="Traités")

    assert [error.code for error in report.troubles] == ["imap-move-refused"]
    assert senders(store) == list(NAMES)
    assert list(server.folders["INBOX"]) == list(MAILS)
    report = read(server, store, done_folder="Traités")
    assert [error.code for error in report.troubles] == []

    server.refused = {}
    report = read(server, store, done_folder="Traités")
    assert (report.troubles, list(server.folders["INBOX"])) == ([], [])
    assert len(server.folders["Trait&AOk-s"]) == len(MAILS)
    assert senders(store) == list(NAMES)


def test_what_somebody_moved_back_stays(store: SqlStore) -> None:
    """A copy of an answer that was moved has another UID, and is let lie."""
    server = OddImap({"INBOX": dict(MAILS)})
    read(server, store, done_folder="Traités")
    server.folders["INBOX"][50] = next(iter(MAILS.values()))
    for _ in range(2):
        read(server, store, done_folder="Traités")

    assert list(server.folders["INBOX"]) == [50]


def test_answers_are_moved_and_what_is_withheld_stays(store: SqlStore) -> None:
    """Out of several batches, too."""
    server = OddImap({"INBOX": dict(MAILS)}, treat=lambda uid: REFUSE if uid == 10 else GIVE)
    report = read(server, store, done_folder="Traités")

    assert report.troubles == []
    assert list(server.folders["INBOX"]) == [10]
    assert len(server.folders["Trait&AOk-s"]) == 3


def test_a_folder_that_is_missing_hides_no_other(store: SqlStore) -> None:
    """The others are read, and it is named; where there is none at all, that is an error."""
    server = OddImap({"INBOX": dict(MAILS)})
    with server.running(), ImapAdapter(server.account, ["Ablage", "INBOX"]).open() as reader:
        report = collect.collect(reader, store, {}, now=lambda: NOW)
    assert [error.values["folder"] for error in report.troubles] == ["Ablage"]
    assert senders(store) == list(NAMES)

    with (
        server.running(),
        ImapAdapter(server.account, ["Ablage"]).open() as reader,
        pytest.raises(WireError, match="imap-folder-missing"),
    ):
        collect.collect(reader, store, {}, now=lambda: NOW)


def test_the_patience_is_an_hour() -> None:
    """A person is told the same day."""
    assert timedelta(minutes=10) < PATIENCE < timedelta(hours=6)


def test_a_long_name_of_a_folder_fits_into_the_ledger(store: SqlStore) -> None:
    """What waits is named by its place, which PostgreSQL takes up to 128 letters."""
    name = "A" * 200
    server = OddImap({name: dict(MAILS)}, treat=lambda uid: REFUSE if uid == 10 else GIVE)
    for hours in (0, 1):
        with server.running(), ImapAdapter(server.account, [name]).open() as reader:
            collect.collect(reader, store, {}, now=lambda hours=hours: NOW + timedelta(hours=hours))  # type: ignore[misc]

    assert [len(entry.source) <= 128 for entry in heard(store) if entry.source.startswith("given")] == [True]
