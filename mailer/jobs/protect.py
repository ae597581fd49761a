"""Data protection: erase a person everywhere, erase campaigns after their retention, verify the ledger."""

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
    """A file of the workspace that names a person.

    `derived` files can be written again and are deleted. `lines` are the line numbers (from 0) to remove from a list;
    None if the file has to be edited by hand.
    """

    path: Path
    derived: bool
    lines: tuple[int, ...] | None = None


@dataclass(frozen=True, slots=True)
class PersonRecords:
    """Everything that is kept of one person: invitees by campaign, addresses, and the files that name them."""

    invitees: tuple[tuple[str, Invitee], ...]
    addresses: frozenset[str]
    traces: tuple[Trace, ...]


def verify(store: Store) -> list[tuple[str, Breach | None]]:
    """Verify the hash chain of every campaign; return each name with the first altered entry, None if there is none."""
    return [(slug, store.verify(slug)) for slug in store.campaigns()]


def find(workspace: Path, store: Store, who: str) -> PersonRecords:
    """Find everything that is kept of the person with this address, in every campaign and file."""
    address = normal(who)
    found = [
        (slug, invitee)
        for slug in store.campaigns()
        for invitee in store.roll(slug)
        if address in {normal(invitee.email), *(normal(person.email) for person in invitee.people)}
    ]
    return PersonRecords(tuple(found), frozenset([address]), tuple(_traces(workspace, address)))


def forget(store: Store, person: PersonRecords, now: datetime) -> list[Path]:
    """Erase a person; return the files that still name them and have to be edited by hand.

    A keyed hash of the address is kept, so that no list brings them back.
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
    """Return the campaigns whose meeting ended longer ago than their `retention_months`."""
    return [
        campaign
        for campaign in campaigns
        if campaign.retention_months and now > campaign.meeting.ends + campaign.retention_months * MONTH
    ]


def purge(store: Store, campaign: Campaign) -> int:
    """Erase everybody of a campaign, who may be invited again later; return how many there were."""
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
    """Return whether a file contains an address, as text or inside a spreadsheet."""
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
    """Return the line numbers to remove from a text list; None if an entry is not one line (vCard, quoted breaks)."""
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
