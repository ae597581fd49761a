"""Read the contact lists of a campaign and make the list of its invitees (the roll)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from mailer import campaign as campaigns
from mailer import contacts, files
from mailer.jobs import read_list
from mailer.model.campaign import Campaign
from mailer.model.contact import Contact, Problem, Reading, Severity
from mailer.model.names import name_forms
from mailer.model.people import Invitee
from mailer.store import Store


@dataclass(frozen=True, slots=True)
class Gathered:
    """The contacts of all lists of a campaign, with problems, and grouped into households that share an address."""

    reading: Reading
    households: tuple[tuple[Contact, ...], ...]


def gather(workspace: Path, campaign: Campaign) -> Gathered:
    """Read every list of a campaign.

    Raises ContactsError for a list that cannot be used; problems of single lines are in the reading.
    """
    readings = []
    for source in campaign.lists:
        content = files.read_plain(workspace / source.path, at_most=contacts.MAX_BYTES)
        readings.append(read_list.read(source.path, content, source))
    merged = contacts.merge(readings)
    return Gathered(merged, tuple(contacts.households(merged.contacts)))


def with_objections(store: Store, reading: Reading) -> Reading:
    """Return a reading with a warning added for each address that asked not to be written to."""
    barred = store.suppressed(contact.email for contact in reading.contacts if contact.email)
    objections = tuple(
        Problem(Severity.WARNING, "asked-not-to-be-written-to", contact.origin, contact.email)
        for contact in reading.contacts
        if contact.email in barred
    )
    return replace(reading, problems=reading.problems + objections)


def forgotten(store: Store | None, people: Iterable[Contact]) -> Callable[[Contact], bool]:
    """Return a function that tells which of these people were erased at their wish, and are not listed again."""
    known = store.forgotten(each for contact in people for each in _keys(contact)) if store else set()
    return lambda contact: bool(known) and not known.isdisjoint(_keys(contact))


def _keys(contact: Contact) -> set[tuple[str, str]]:
    return {(contact.email, form) for form in name_forms(contact) or {""}} if contact.email else set()


def invitees(secret: bytes, slug: str, households: Iterable[tuple[Contact, ...]]) -> list[Invitee]:
    """Return one invitee for each household, with its reference, in list order."""
    return [campaigns.invitee(secret, slug, people) for people in households]
