"""Data protection: erase a person everywhere, erase campaigns after their retention, verify the ledger."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from mailer import contacts, files
from mailer.errors import ConfigError, ContactsError
from mailer.jobs import roll, standings
from mailer.model.address import mentions, normal
from mailer.model.campaign import Campaign
from mailer.model.people import Invitee
from mailer.store import Breach, Store
from mailer.store.lines import VerifiedLines, verify_lines

MONTH = timedelta(days=30.44)
LISTS = "contacts"
DERIVED = ("exports", "preview")
"""Folders whose files can be written again at any time."""
TEXT_TABLES = (".csv", ".tsv", ".txt")
ENCODINGS = ("utf-8", "latin-1", "utf-16-le")
"""Encodings in which a file is searched for an address; what is ASCII in it is found in UTF-8 and all one-byte ones."""


@dataclass(frozen=True, slots=True)
class Trace:
    """A file of the workspace that names a person.

    `lines` are the line numbers (from 0) to remove from a list or table in text; None if the file is not made of lines.
    Then a `derived` file, which can be written again, is deleted, and any other has to be edited by hand.
    """

    path: Path
    derived: bool
    lines: tuple[int, ...] | None = None

    @property
    def is_deleted(self) -> bool:
        """Return whether the whole file goes."""
        return self.derived and self.lines is None


@dataclass(frozen=True, slots=True)
class PersonRecords:
    """Everything that is kept of one person: invitees by campaign, addresses, and the files that name them."""

    invitees: tuple[tuple[str, Invitee], ...]
    addresses: frozenset[str]
    traces: tuple[Trace, ...]


def verify(store: Store) -> list[tuple[str, Breach | None]]:
    """Verify the hash chain of every campaign; return each name with the first altered entry, None if there is none."""
    return [(slug, store.verify(slug)) for slug in store.campaigns()]


def verify_file(path: Path) -> VerifiedLines:
    """Verify the hash chain of a ledger exported as JSON Lines."""
    return verify_lines(files.read(path))


def find(workspace: Path, store: Store, who: str) -> PersonRecords:
    """Find everything that is kept of the person with this address, in every campaign and file.

    Raises ConfigError ``forget-needs-address`` for a name, with the addresses of those who have it, and
    ``invitee-unknown`` if nobody has.
    """
    address = normal(who)
    if "@" not in address:
        raise _not_an_address(store, who)
    found = [
        (slug, invitee)
        for slug in store.campaigns()
        for invitee in roll.invitees(store, slug)
        if address in {normal(invitee.email), *(normal(person.email) for person in invitee.people)}
    ]
    return PersonRecords(tuple(found), frozenset([address]), tuple(_traces(workspace, address)))


def _not_an_address(store: Store, name: str) -> ConfigError:
    """Return the error that tells the addresses of the people with a name."""
    found = {
        f"{invitee.called} <{invitee.email}>"
        for slug in store.campaigns()
        for invitee in standings.named(roll.invitees(store, slug), name)
        if invitee.email
    }
    if not found:
        return ConfigError("invitee-unknown", read=name)
    return ConfigError("forget-needs-address", read=name, found="; ".join(sorted(found)[:5]))


def forget(store: Store, person: PersonRecords, now: datetime) -> list[Path]:
    """Erase a person; return the files that still name them and have to be edited by hand.

    A keyed hash of the address is kept, so that no list brings them back.
    """
    for address in person.addresses:
        store.suppress(address, now, "forgotten")
    store.forget([invitee.ref for _slug, invitee in person.invitees], person.addresses)
    left = []
    for trace in person.traces:
        if trace.lines is not None:
            _take_out(trace.path, trace.lines)
        elif trace.derived:
            trace.path.unlink(missing_ok=True)
        else:
            left.append(trace.path)
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
    people = sum(1 for invitee in roll.invitees(store, campaign.slug) if invitee.email)
    store.purge(campaign.slug)
    return people


def _traces(workspace: Path, address: str) -> Iterable[Trace]:
    for path in _files(workspace, (*DERIVED, LISTS)):
        if _names(path, address):
            yield Trace(path, LISTS not in path.relative_to(workspace).parts[:1], _lines(path, address))


def _files(workspace: Path, folders: Sequence[str]) -> list[Path]:
    return [path for name in folders for path in sorted((workspace / name).rglob("*")) if path.is_file()]


def _names(path: Path, address: str) -> bool:
    """Return whether a file contains an address, as text or inside a spreadsheet."""
    content = files.read(path)
    if any(mentions(content.decode(encoding, "replace"), [address]) for encoding in ENCODINGS):
        return True
    if not content.startswith(b"PK"):
        return False
    try:
        reading = contacts.read(path.name, content)
    except ContactsError:
        return False
    return any(address == normal(contact.email) for contact in reading.contacts)


def _lines(path: Path, address: str) -> tuple[int, ...] | None:
    """Return the line numbers to remove from a list or table in text; None if an entry is not one line.

    That is so for vCards, pages, quoted line breaks, and files in UTF-16.
    """
    content = files.read(path)
    if content.lstrip(b"\xef\xbb\xbf \r\n\t")[:6].upper().startswith((b"BEGIN:", b"<", b"%PDF", b"PK")):
        return None
    lines = content.splitlines(keepends=True)
    hit = tuple(at for at, line in enumerate(lines) if mentions(line.decode("latin-1"), [address]))
    sound = all(line.count(b'"') % 2 == 0 for line in lines)
    return hit if hit and sound and path.suffix.lower() in TEXT_TABLES else None


def _take_out(path: Path, lines: Sequence[int]) -> None:
    kept = [
        line for number, line in enumerate(files.read(path).splitlines(keepends=True)) if number not in lines
    ]
    files.write(path, b"".join(kept))
