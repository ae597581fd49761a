"""Reading one person only gives the same as reading everybody."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from mailer import contacts
from mailer.errors import ConfigError
from mailer.jobs import find, people, roll
from mailer.model.contact import Contact, Origin
from mailer.model.people import Invitee
from mailer.store.sql import SqlStore, open_store
from tests.servers import postgres

NOW = datetime(2025, 3, 13, 9, tzinfo=UTC)


def line(email: str, first: str, last: str) -> Contact:
    """A line of a list."""
    return Contact(email, first_name=first, last_name=last, origin=Origin("contacts/liste.csv", 2))


LINES = (
    line("ana@example.org", "Ana", "Petit"),
    line("diana@example.org", "Diana", "Petit"),
    line("ana@example.org.example", "Anaïs", "Roux"),
    line("A_na@Example.net", "Ana", "Blanc"),
    line("axna@example.net", "Axna", "Blanc"),
    line("moreau@example.org", "Jean", "Moreau"),
    line("moreau@example.org", "Lucie", "Moreau"),
    line("été@example.org", "Élise", "Été"),
    line("old@example.org", "Paul", "Roux"),
    *(line(f"p{n}@many.example", "Many", f"Number{n}") for n in range(30)),
)
WHO = (
    "ana@example.org",
    "ANA@Example.org",
    "mailto:ana@example.org",
    " <diana@example.org> ",
    "a_na@example.net",
    "axna@example.net",
    "moreau@example.org",
    "ÉTÉ@example.org",
    "old@example.org",
    "new@example.net",
    "lucie@example.net",
    "nobody@example.org",
    "@example.org",
    "p1@many.example",
    "@many.example",
    "%@example.org",
    "Ana Petit",
    "Moreau",
    "Roux",
    "nobody",
    "",
)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.servers)])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SqlStore]:
    """A ledger with people whose addresses contain one another, a couple, and some who moved or are gone."""
    if request.param == "sqlite":
        opened = open_store(f"sqlite:///{tmp_path}/ledger.sqlite")
    else:
        opened = open_store(postgres.database(request.getfixturevalue("cluster")))
    compared = people.reconcile(opened, "c", contacts.households(LINES))
    people.record_reconciled(opened, "c", compared, now=NOW)
    people.move(opened, "c", "old@example.org", "new@example.net", now=NOW)
    people.move(opened, "c", "Lucie Moreau", "lucie@example.net", now=NOW)
    erased = find.person(roll.invitees(opened, "c"), "p7@many.example")
    opened.forget([erased.invitee.ref])
    yield opened
    opened.close()


def found(read: Callable[[SqlStore, str, str], list[Invitee]], store: SqlStore, who: str) -> object:
    """Whoever is meant, or the error with its words."""
    try:
        return find.meant(read(store, "c", who), who)
    except ConfigError as error:
        return error.code, str(error)


def everybody(store: SqlStore, slug: str, _who: str) -> list[Invitee]:
    """All invitees."""
    return roll.invitees(store, slug)


def test_reading_one_person_finds_whom_reading_everybody_finds(store: SqlStore) -> None:
    """By addresses and parts of them, former addresses, references and names."""
    register = roll.register(store, "c")
    refs = [ref for one in register.roll for ref in (one.ref, *(each.ref for each in one.members))]
    for who in (*WHO, *refs, "p7@many.example"):
        assert found(roll.meant, store, who) == found(everybody, store, who), who


def test_an_address_reads_only_those_who_have_it(store: SqlStore) -> None:
    """And whose address contains it; a name reads everybody."""
    assert [one.email for one in roll.meant(store, "c", "ana@example.org")] == [
        "ana@example.org",
        "diana@example.org",
        "ana@example.org.example",
    ]
    assert [one.email for one in roll.meant(store, "c", "A_NA@example.net")] == ["A_na@Example.net"]
    assert [one.email for one in roll.meant(store, "c", "old@example.org")] == ["new@example.net"]
    assert roll.meant(store, "c", "nobody@example.org") == []
    assert len(roll.meant(store, "c", "Ana Petit")) == len(roll.invitees(store, "c"))
