"""The ledger's integrity, and forgetting a person without breaking it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa

from mailer.jobs import roll
from mailer.model.contact import Contact
from mailer.model.entry import ERASED, Delivery, Heard, Placed
from mailer.model.finding import PartStat
from mailer.model.invitation import Kind, MessageKey
from mailer.model.outcome import Reply, Stage, State
from mailer.model.people import Invitee
from mailer.store import Breach, Read
from mailer.store.sql import SqlStore
from tests.registered import enrol, members
from tests.store.cases import KEY, LEASE, NOW, heard, invitee, items, settled

Reopen = Callable[[], SqlStore]

TAMPERINGS = [
    ("altered-fact", "UPDATE entries SET fact = replace(fact, 'ACCEPTED', 'DECLINED') WHERE number = 3", (3, "altered")),
    ("altered-words", "UPDATE entries SET words = replace(words, 'viens', 'reste') WHERE number = 2", (2, "altered")),
    ("altered-invitee", "UPDATE entries SET invitee = 'r9' WHERE number = 4", (4, "altered")),
    ("altered-moment", "UPDATE entries SET recorded_at = replace(recorded_at, '2025', '2024') WHERE number = 1", (1, "altered")),
    ("removed-first", "DELETE FROM entries WHERE number = 1", (1, "removed")),
    ("removed-middle", "DELETE FROM entries WHERE number = 3", (3, "removed")),
    ("removed-last", "DELETE FROM entries WHERE number = 5", (5, "removed")),
    ("removed-and-closed-up", "DELETE FROM entries WHERE number = 2; UPDATE entries SET number = number - 1 WHERE number > 2", (2, "removed")),
    ("swapped", "UPDATE entries SET number = 99 WHERE number = 2; UPDATE entries SET number = 2 WHERE number = 4; UPDATE entries SET number = 4 WHERE number = 99", (2, "reordered")),
    ("moved-to-another-campaign", "UPDATE entries SET campaign = 'd' WHERE number = 5", (5, "removed")),
]  # fmt: skip


@pytest.mark.parametrize(("sql", "breach"), [t[1:] for t in TAMPERINGS], ids=[t[0] for t in TAMPERINGS])
def test_verify_names_the_first_breach(store: SqlStore, url: str, sql: str, breach: tuple[int, str]) -> None:
    """An entry that was altered, removed or moved is named, and a sound ledger has none."""
    store.append(heard(n) for n in range(5))
    assert store.verify("c") is None

    engine = sa.create_engine(url.replace("postgresql:", "postgresql+psycopg:"))
    with engine.begin() as connection:
        for statement in sql.split("; "):
            connection.exec_driver_sql(statement)
    engine.dispose()

    assert store.verify("c") == Breach(*breach)  # type: ignore[arg-type]


def test_an_empty_ledger_is_sound(store: SqlStore) -> None:
    """Nothing was written, so nothing is missing."""
    assert store.verify("c") is None


def fill(store: SqlStore) -> None:
    """A campaign in which p1 and p2 were written to and answered, and p3 speaks of p1."""
    enrol(store, "c", [invitee(1), invitee(2), invitee(3)], NOW)
    store.enqueue(items(1, 2, 3), NOW)
    store.keep_octets("c", [(f"r{n}", KEY, b"Bonjour") for n in (1, 2, 3)])
    one, two, three = store.claim("c", 9, NOW, LEASE)
    refusal = Reply(Stage.RCPT, 550, "5.1.1 <p1@example.org> unknown")
    store.settle([settled(one, State.FAILED, refusal), settled(two, State.SENT)], NOW)
    store.settle([settled(three, State.QUEUED)], NOW)
    store.append([heard(1), heard(2), heard(3, "demandez plutôt à P1@Example.org")])
    store.record([(Read("INBOX", 1, 1, "d1", "<x@y>", "p1@example.org", "Re: P1"), [])])


def test_forgetting_leaves_totals_and_chain(store: SqlStore) -> None:
    """The line, its answers and its mail stay countable; the name, the words and the address are gone."""
    fill(store)
    store.suppress("p1@example.org", NOW, "forget")

    store.forget(["r1"], [])

    forgotten, *others = roll.invitees(store, "c")
    assert (forgotten.ref, forgotten.email, forgotten.called) == ("r1", "", "")
    assert others == [invitee(2), invitee(3)]
    assert store.verify("c") is None
    _, delivery, answer = store.entries("c", "r1")
    assert isinstance(delivery.fact, Delivery)
    assert delivery.fact.state is State.FAILED
    assert delivery.fact.reply == Reply(Stage.RCPT, 550, "")
    assert isinstance(answer.fact, Heard)
    assert (answer.fact.finding.text, answer.note) == ("", "")
    assert answer.fact.finding.claim == replace(heard(1).fact.finding.claim, delegate="")  # type: ignore[union-attr]
    assert store.known(["d1"]) == {"d1"}
    assert store.suppressed(["p1@example.org"])
    assert [queued.promise.invitee for queued in store.queue("c")] == ["r3"]
    assert [store.octets("c", f"r{n}", KEY) for n in (1, 2)] == [None, b"Bonjour"]
    assert list(store.entries("c", "r2"))[2].fact == heard(2).fact


def test_one_person_of_an_invitation_is_forgotten(store: SqlStore) -> None:
    """Only the entries about them alone lose their words; those about the other one, or both, stay as they are."""
    both = Invitee(
        "r1",
        "p@example.org",
        members(
            "r1",
            Contact("p@example.org", first_name="Jean", last_name="Moreau"),
            Contact("p@example.org", first_name="Lucie", last_name="Moreau"),
        ),
    )
    enrol(store, "c", [both], NOW)
    store.append([heard(1, "oui, à deux"), *(replace(heard(1), person=each.ref) for each in both.members)])
    other = MessageKey(Kind.INVITATION, 0, 2)
    (theirs,), (hers,) = items(1), items(1, key=other)
    store.enqueue([theirs, replace(hers, persons=("r1-2",))], NOW)
    before = list(store.entries("c"))

    store.forget([], [both.members[0].ref])

    after = list(store.entries("c"))
    assert [entry for entry in after if entry.person != "r1-1"] == [
        entry for entry in before if entry.person != "r1-1"
    ]
    gone = [entry for entry in after if entry.person == "r1-1"]
    assert isinstance(gone[0].fact, Placed)
    assert isinstance(gone[1].fact, Heard)
    assert (gone[0].fact.contact, gone[1].fact.finding.text, gone[1].note) == (ERASED, "", "")
    assert [one.promise.key for one in store.queue("c")] == [other]
    assert store.verify("c") is None


@pytest.mark.parametrize(
    "other",
    [
        ("p1@example.org", "lucie"),
        ("p1@example.org", ""),
        ("ap1@example.org", "jean"),
        ("p.1@example.org", "jean"),
        ("p1@example.org.example", "jean"),
    ],
)
def test_the_mark_of_a_forgotten_person_is_nobody_elses(store: SqlStore, other: tuple[str, str]) -> None:
    """It holds for the address in any spelling with the name, and bars no address."""
    store.note_forgotten([("p1@example.org", "jean")], NOW)
    store.note_forgotten([("p1@example.org", "jean")], NOW)

    assert store.forgotten([("P1@Example.org", "jean"), other]) == {("P1@Example.org", "jean")}
    assert store.suppressed(["p1@example.org", other[0]]) == set()


def test_a_bar_is_lifted_for_one_address(store: SqlStore) -> None:
    """In any spelling; the neighbour's stays."""
    for address in ("p1@example.org", "ap1@example.org"):
        store.suppress(address, NOW, "asked")
    store.lift(["P1@example.org"])

    assert store.suppressed(["p1@example.org", "ap1@example.org"]) == {"ap1@example.org"}


def test_an_address_of_nobody_can_be_forgotten(store: SqlStore) -> None:
    """Words in which an address stands go, whoever said them."""
    fill(store)
    store.forget([], mentions=["p1@example.org"])

    assert [entry.fact.finding.text for entry in store.entries("c") if isinstance(entry.fact, Heard)] == [
        "",
        "je viens",
        "",
    ]


NEIGHBOURS = (
    "ap1@example.org",
    "p1@example.org.example",
    "p1.b@example.org",
    "x+p1@example.org",
    "p1@example.orga",
)
"""Addresses that hold the letters of p1@example.org and are somebody else's."""


@pytest.mark.parametrize("neighbour", NEIGHBOURS)
def test_a_neighbour_of_like_letters_is_left(store: SqlStore, neighbour: str) -> None:
    """Words, replies and reads that name an address which merely contains the erased one stay as they are."""
    enrol(store, "c", [invitee(1), invitee(2, neighbour)], NOW)
    store.append([heard(2, f"écrivez à {neighbour}, merci")])
    store.record([(Read("INBOX", 1, 1, "d1", "<x@y>", neighbour, "Re: réunion"), [])])
    before = list(store.entries("c"))[1:], roll.invitees(store, "c")[1]

    store.forget(["r1"], senders=["p1@example.org"], mentions=["p1@example.org"])

    assert (list(store.entries("c"))[1:], roll.invitees(store, "c")[1]) == before


@pytest.mark.parametrize(
    "said", ["<P1@Example.org>", "'p1@example.org'", "mailto:p1@example.org.", "(p1@example.org)"]
)
def test_the_address_is_found_in_whatever_stands_around_it(store: SqlStore, said: str) -> None:
    """Case, brackets, quotation marks and the full stop of a sentence hide no address."""
    enrol(store, "c", [invitee(1), invitee(2)], NOW)
    store.append([heard(2, f"voyez {said}")])

    store.forget(["r1"], senders=["p1@example.org"], mentions=["p1@example.org"])

    _, entry = store.entries("c", "r2")
    assert isinstance(entry.fact, Heard)
    assert entry.fact.finding.text == ""


def test_purging_one_campaign_leaves_the_others(store: SqlStore) -> None:
    """The same people in a running campaign keep their messages, words, tokens and reads; the purged keep numbers alone."""
    for slug in ("c", "running"):
        enrol(store, slug, [replace(invitee(n), ref=f"{slug}{n}") for n in (1, 2)], NOW)
        own = [replace(one, invitee=f"{slug}{one.invitee[1:]}") for one in items(1, 2, campaign=slug)]
        store.enqueue(own, NOW)
        store.keep_octets(slug, [(one.invitee, KEY, b"Bonjour") for one in own])
        store.append([replace(heard(1, f"p1@example.org, {slug}"), campaign=slug, invitee=f"{slug}1")])
    store.record([(Read("INBOX", 1, 1, "d1", "<x@y>", "p1@example.org", "Re: réunion"), [])])

    def running() -> tuple[object, ...]:
        of_it = [store.octets("running", f"running{n}", KEY) for n in (1, 2)]
        return (
            list(store.entries("running")),
            list(store.queue("running")),
            roll.invitees(store, "running"),
            of_it,
        )

    before = running()
    store.purge("c")

    assert running() == before
    assert [each.email for each in roll.invitees(store, "c")] == ["", ""]
    assert list(store.queue("c")) == []
    *_, entry = store.entries("c")
    assert isinstance(entry.fact, Heard)
    assert (entry.fact.finding.text, entry.fact.finding.claim.partstat) == ("", PartStat.ACCEPTED)  # type: ignore[union-attr]
    assert store.verify("c") is None
    assert store.verify("running") is None
    assert store.suppressed(["p1@example.org"]) == set()


def test_no_octet_of_the_address_stays_in_any_file(tmp_path: Path, reopen: Reopen, url: str) -> None:
    """Not in the database, its log or beside them; the others' are still there."""
    if not url.startswith("sqlite"):
        pytest.skip("PostgreSQL keeps its files to itself")
    store = reopen()
    fill(store)
    everything = b"".join(file.read_bytes() for file in tmp_path.rglob("*") if file.is_file())
    assert b"p1@example.org" in everything

    store.forget(["r1"], senders=["p1@example.org"], mentions=["p1@example.org"])

    everything = b"".join(file.read_bytes() for file in tmp_path.rglob("*") if file.is_file()).lower()
    assert b"p1@example.org" not in everything
    assert b"p2@example.org" in everything


def test_forgetting_works_while_others_read(store: SqlStore, reopen: Reopen) -> None:
    """A second open store does not keep a person from being forgotten."""
    fill(store)
    other = reopen()
    entries = other.entries("c")
    next(entries)

    store.forget(["r1", "r2"], [])

    assert [each.email for each in roll.invitees(other, "c")] == ["", "", "p3@example.org"]
