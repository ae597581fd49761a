"""The duties towards the people in the records: erase a person, apply retention, check that nothing was altered."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from mailer import contacts, files
from mailer.errors import ContactsError
from mailer.model.address import normal
from mailer.model.campaign import Campaign
from mailer.model.invitation import Invitee
from mailer.store import Breach, Store

MONTH = timedelta(days=30.44)
LISTS = "contacts"
DERIVED = ("exports", "preview")
"""Folders whose files can be written again at any time."""


@dataclass(frozen=True, slots=True)
class Trace:
    """A file of the workspace that names a person. `lines` are those to take out of a list; None where that cannot be done here."""

    path: Path
    derived: bool
    lines: tuple[int, ...] | None = None


@dataclass(frozen=True, slots=True)
class Person:
    """Everything that belongs to one person: their lines on the rolls, their addresses, and the files that name them."""

    invitees: tuple[tuple[str, Invitee], ...]
    addresses: frozenset[str]
    traces: tuple[Trace, ...]


def verify(store: Store) -> list[tuple[str, Breach | None]]:
    """Follow the chain of every campaign: its name, and the first entry that is not as it was written."""
    return [(slug, store.verify(slug)) for slug in store.campaigns()]


def find(workspace: Path, store: Store, who: str) -> Person:
    """Gather what belongs to whoever has this address, in every campaign and file."""
    address = normal(who)
    found = [
        (slug, invitee)
        for slug in store.campaigns()
        for invitee in store.roll(slug)
        if address in {normal(invitee.email), *(normal(person.email) for person in invitee.people)}
    ]
    return Person(tuple(found), frozenset([address]), tuple(_traces(workspace, address)))


def forget(store: Store, person: Person, now: datetime) -> list[Path]:
    """Erase a person; return the files that still name them and must be seen to by hand.

    What stays is a keyed hash of the address, so that no list brings them back.
    """
    for address in person.addresses:
        store.suppress(address, now, "forgotten")
    store.forget([invitee.ref for _slug, invitee in person.invitees], person.addresses)
    left = []
    for trace in person.traces:
        if trace.derived:
            trace.path.unlink(missing_ok=True)
        elif trace.lines is None:
            left.append(trace.path)
        else:
            _take_out(trace.path, trace.lines)
    return left


def outlived(campaigns: Iterable[Campaign], now: datetime) -> list[Campaign]:
    """The campaigns whose people are to be erased: their meeting ended longer ago than the file says to keep."""
    return [
        campaign
        for campaign in campaigns
        if campaign.retention_months and now > campaign.meeting.ends + campaign.retention_months * MONTH
    ]


def purge(store: Store, campaign: Campaign) -> int:
    """Erase everybody of a campaign, without barring them from later ones; return how many there were."""
    people = [invitee for invitee in store.roll(campaign.slug) if invitee.email]
    store.forget([invitee.ref for invitee in people], ())
    return len(people)


def _traces(workspace: Path, address: str) -> Iterable[Trace]:
    for path in _files(workspace, DERIVED):
        if _names(path, address):
            yield Trace(path, derived=True)
    for path in _files(workspace, (LISTS,)):
        if _names(path, address):
            yield Trace(path, derived=False, lines=_lines(path, address))


def _files(workspace: Path, folders: Sequence[str]) -> list[Path]:
    return [path for name in folders for path in sorted((workspace / name).rglob("*")) if path.is_file()]


def _names(path: Path, address: str) -> bool:
    """Whether a file names an address, as text or inside a spreadsheet."""
    content = files.read(path)
    if address.encode() in content.lower() or address.encode("utf-16-le") in content.lower():
        return True
    if not content.startswith(b"PK"):
        return False
    try:
        reading = contacts.read(path.name, content)
    except ContactsError:
        return False
    return any(address == normal(contact.email) for contact in reading.contacts)


def _lines(path: Path, address: str) -> tuple[int, ...] | None:
    """The lines to take out of a text list; None where lines are not its entries."""
    content = files.read(path)
    lines = content.splitlines(keepends=True)
    hit = tuple(number for number, line in enumerate(lines) if address.encode() in line.lower())
    sound = all(line.count(b'"') % 2 == 0 for line in lines) and not content.lstrip().upper().startswith(
        b"BEGIN:"
    )
    return hit if hit and sound else None


def _take_out(path: Path, lines: Sequence[int]) -> None:
    kept = [
        line for number, line in enumerate(files.read(path).splitlines(keepends=True)) if number not in lines
    ]
    files.write(path, b"".join(kept))
