"""The facts that put a person into an invitation, or take them from one to another."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from mailer.model.contact import Contact
from mailer.model.entry import Allowed, Gone, Placed
from mailer.model.people import Invitee, Person, Why
from mailer.people.homes import Home


@dataclass(frozen=True, slots=True)
class Change:
    """A fact about a person to be recorded as an entry of an invitation."""

    invitee: str
    person: str
    fact: Placed | Gone | Allowed


def placing(why: Why, person: str, contact: Contact, home: Home, origin: str = "") -> Change:
    """Return the fact that a person is a member of an invitation, with these names and this address."""
    return Change(home.invitee, person, Placed(why, contact, home.uid, home.token, origin))


def leaving(person: Person, contact: Contact, source: Invitee, target: Home) -> Iterator[Change]:
    """Yield the facts of a person who leaves one invitation for another one; what holds of them holds there, too."""
    yield Change(source.ref, person.ref, Gone(Why.MOVED, target.invitee))
    yield placing(person.why, person.ref, contact, target, source.ref)
    if person.unlisted:
        yield Change(target.invitee, person.ref, Gone(Why.UNLISTED))
    if person.withdrawn:
        yield Change(target.invitee, person.ref, Gone(Why.WITHDRAWN))
    if person.allowed:
        yield Change(target.invitee, person.ref, Allowed())
