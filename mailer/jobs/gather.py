"""Bring the contact lists of a campaign together into its roll."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from mailer import campaign as campaigns
from mailer import contacts, files
from mailer.model.campaign import Campaign
from mailer.model.contact import Contact, Problem, Reading, Severity
from mailer.model.invitation import Invitee
from mailer.store import Store


@dataclass(frozen=True, slots=True)
class Gathered:
    """What the lists gave: one reading of them all, and the people who share an address put together."""

    reading: Reading
    households: tuple[tuple[Contact, ...], ...]


def gather(workspace: Path, campaign: Campaign) -> Gathered:
    """Read every list of a campaign.

    Raises ContactsError for a list that cannot be used; problems of single lines are in the reading.
    """
    readings = []
    for source in campaign.lists:
        content = files.read(workspace / source.path, at_most=contacts.MAX_BYTES)
        readings.append(contacts.read(source.path, content, source))
    merged = contacts.merge(readings)
    return Gathered(merged, tuple(contacts.households(merged.contacts)))


def with_objections(store: Store, reading: Reading) -> Reading:
    """Add a warning for everybody who asked not to be written to: they never are, from whatever list."""
    barred = store.suppressed(contact.email for contact in reading.contacts if contact.email)
    objections = tuple(
        Problem(Severity.WARNING, "asked-not-to-be-written-to", contact.origin, contact.email)
        for contact in reading.contacts
        if contact.email in barred
    )
    return replace(reading, problems=reading.problems + objections)


def invitees(secret: bytes, slug: str, households: Iterable[tuple[Contact, ...]]) -> list[Invitee]:
    """Name the invitees a campaign has in these households, in list order."""
    return [
        Invitee(campaigns.reference(secret, slug, people), people[0].email, people) for people in households
    ]
