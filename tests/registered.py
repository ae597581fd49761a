"""Put people into a campaign's ledger, as tests need them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from mailer.jobs import roll
from mailer.model.contact import Contact
from mailer.model.people import Invitee, Person, Why
from mailer.store import Store


def members(ref: str, *people: Contact) -> tuple[Person, ...]:
    """Return the persons of an invitee, whose references are made from the invitee's."""
    return tuple(Person(f"{ref}-{place}", contact) for place, contact in enumerate(people, 1))


def enrol(store: Store, slug: str, invitees: Iterable[Invitee], now: datetime) -> None:
    """Write into the ledger that these are invited."""
    store.append([entry for each in invitees for entry in roll.placed(slug, each, Why.LISTED, now)])
