"""Fixtures: the cells of a file, polls and invitees."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from zoneinfo import ZoneInfo

import pytest

from mailer import polls
from mailer.jobs.poll import meaning
from mailer.model.contact import Contact
from mailer.model.people import Invitee
from mailer.polls import Poll
from tests.registered import members

Read = Callable[..., Poll]
Said = Callable[..., list[tuple[str, str]]]


def cells(text: str, delimiter: str = ",") -> list[list[str]]:
    """A function from the text of a file to its cells."""
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))


@pytest.fixture
def table() -> Callable[..., list[list[str]]]:
    """Split a file into cells."""
    return cells


@pytest.fixture
def read() -> Read:
    """Read a poll from the text of its file."""

    def from_text(text: str, delimiter: str = ",") -> Poll:
        return polls.read(cells(text, delimiter), "results.csv", ZoneInfo("Europe/Paris"))

    return from_text


@pytest.fixture
def said(read: Read) -> Said:
    """A function from a poll to the votes on one option."""

    def of(text: str, wanted: str = "", delimiter: str = ",") -> list[tuple[str, str]]:
        poll = read(text, delimiter)
        told = polls.votes(poll, polls.choose(poll, wanted), meaning)
        return [(vote.ballot.name, vote.partstat.word if vote.partstat else "") for vote in told]

    return of


def person(ref: str, first: str, last: str, organisation: str = "", email: str = "") -> Invitee:
    """An invitee of one person."""
    email = email or f"{ref}@example.org"
    return Invitee(ref, email, members(ref, Contact(email, "Mme", first, last, organisation)))


@pytest.fixture(scope="session")
def roll() -> list[Invitee]:
    """The invitees of the campaign."""
    return [
        person("camille", "Camille", "Julien"),
        person("elodie", "Élodie", "Lefèvre"),
        person("benoit", "Benoît", "D'Haene"),
        person("anne", "Anne", "Dupont-Martin"),
        person("jean", "Jean", "Dupont"),
        person("jeanne", "Jeanne", "Dupont"),
        person("marie1", "Marie", "Petit"),
        person("marie2", "Marie", "Petit", email="marie@example.net"),
        person("parents", "", "", "Association des parents"),
        person("oe", "Maëlys", "Œuvrard"),
        Invitee(
            "couple",
            "roux@example.org",
            members(
                "couple",
                Contact("roux@example.org", "M.", "Paul", "Roux"),
                Contact("roux@example.org", "Mme", "Ève", "Roux"),
            ),
        ),
    ]
