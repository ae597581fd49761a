"""What kind of list a file is, by its octets and never by its name; and its reading."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from mailer.contacts import archive, from_csv, from_sheet, from_vcard
from mailer.contacts.record import Clerk, Record
from mailer.contacts.rows import Table
from mailer.contacts.sheet import Sheet
from mailer.contacts.slips import propose, rare_beside_usual
from mailer.errors import ContactsError
from mailer.model.campaign import ListSource
from mailer.model.contact import Contact, Origin, Problem, Reading, Recognised, Severity

MAX_BYTES = 100_000_000
"""No larger file is read: a list of 100,000 people has some ten million octets."""
MAX_CONTACTS = 500_000

_OTHER_KINDS = (
    (b"%PDF-", "pdf"),
    (b"\x89PNG", "image"),
    (b"\xff\xd8\xff", "image"),
    (b"GIF8", "image"),
    (b"II*\x00", "image"),
    (b"MM\x00*", "image"),
    (b"RIFF", "media"),
    (b"{\\rtf", "rtf"),
    (b"\x1f\x8b", "archive"),
    (b"7z\xbc\xaf", "archive"),
    (b"Rar!", "archive"),
    (b"BZh", "archive"),
    (b"SQLite format 3", "database"),
    (b"\x7fELF", "program"),
    (b"MZ\x90", "program"),
)
"""What files begin with that are no lists, and what they are."""
_MARKUP = re.compile(rb"\s*<(?:!doctype|html|\?xml|table|head|body|meta|svg)\b|\s*<!--", re.IGNORECASE)
_CALENDAR = re.compile(rb"\s*BEGIN:VCALENDAR", re.IGNORECASE)
_CARD = re.compile(rb"\s*BEGIN:VCARD", re.IGNORECASE)
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def read(name: str, content: bytes, source: ListSource | None = None) -> Reading:
    """Read one list; `name` is what the person calls it, `source` what the campaign file says of it.

    Raises ContactsError for what is no contact list, holds nobody, or has no column of addresses.
    """
    if len(content) > MAX_BYTES:
        raise ContactsError("file-too-large", file=name, read=str(len(content)), most=MAX_BYTES)
    source = source or ListSource(name)
    kind = _kind(name, content)
    if kind == "vcard":
        reading = _cards(name, content, source)
    else:
        sheets = [from_csv.sheet(name, content)] if kind == "csv" else from_sheet.sheets(name, content, kind)
        reading = _tables(name, sheets, source)
    return replace(reading, problems=(*reading.problems, *_rare_domains(reading.contacts)))


def table(name: str, content: bytes) -> list[list[str]]:
    """The cells of a CSV, XLSX, XLS or ODS file (its first sheet), for tables that are no contact list.

    The row of line n stands at n - 1, empty where the file has none. Raises ContactsError for what is no table.
    """
    kind = _kind(name, content)
    if kind == "vcard":
        raise _not_a_list(name, "vcard")
    found = (
        from_csv.sheet(name, content)
        if kind == "csv"
        else next(iter(from_sheet.sheets(name, content, kind)), None)
    )
    lines: list[list[str]] = []
    for line, cells in found.rows if found else ():
        lines += [[] for _ in range(line - 1 - len(lines))]
        lines.append(list(cells))
    return lines


def _kind(name: str, content: bytes) -> str:
    if not content.strip(b"\x00\xef\xbb\xbf\xff\xfe \t\r\n"):
        raise ContactsError("no-contacts", file=name)
    if content.startswith(b"PK\x03\x04"):
        if kind := archive.kind(content):
            return kind
        raise _not_a_list(name, "archive")
    if content.startswith(_OLE):
        return "xls"
    start = content.removeprefix(b"\xef\xbb\xbf")[:400]
    for beginning, kind in _OTHER_KINDS:
        if start.startswith(beginning):
            raise _not_a_list(name, kind)
    start = start.removeprefix(b"\xff\xfe").removeprefix(b"\xfe\xff").replace(b"\x00", b"")
    if _MARKUP.match(start):
        raise _not_a_list(name, "markup")
    if _CALENDAR.match(start):
        raise _not_a_list(name, "calendar")
    return "vcard" if _CARD.match(start) else "csv"


def _not_a_list(name: str, kind: str) -> ContactsError:
    return ContactsError("not-a-contact-list", file=name, reason=kind)


def _cards(name: str, content: bytes, source: ListSource) -> Reading:
    clerk = Clerk(source)
    contacts = _gathered(name, clerk, from_vcard.records(name, content))
    if not contacts:
        raise ContactsError("no-contacts", file=name)
    found = Recognised(name, "vcard", from_vcard.encoding(content))
    return Reading(tuple(contacts), tuple(clerk.problems), (found,))


def _tables(name: str, sheets: Iterable[Sheet], source: ListSource) -> Reading:
    """Read every sheet that holds a list. One that does not is an error only where no other does."""
    tables = [table for table in (Table(sheet, source.columns) for sheet in sheets) if not table.is_empty]
    if not tables:
        raise ContactsError("no-contacts", file=name)
    lists = [table for table in tables if table.layout]
    if not lists:
        raise tables[0].error
    contacts: list[Contact] = []
    problems: list[Problem] = []
    for table in tables:
        if not table.layout:
            origin = Origin(name, 0, table.name)
            problems += [
                *table.problems,
                Problem(Severity.WARNING, "sheet-without-addresses", origin, table.name),
            ]
            continue
        clerk = Clerk(source)
        contacts += _gathered(name, clerk, table.records(show_sheet=len(lists) > 1))
        problems += sorted((*table.problems, *clerk.problems), key=lambda problem: problem.origin.line)
    if not contacts:
        raise ContactsError("no-contacts", file=name)
    return Reading(tuple(contacts), tuple(problems), tuple(table.recognised() for table in lists))


def _rare_domains(contacts: Sequence[Contact]) -> Iterator[Problem]:
    """Point at domains that look like slips beside the others of the same list."""
    domains = Counter(contact.email.rpartition("@")[2].casefold() for contact in contacts if contact.email)
    rare = rare_beside_usual(domains)
    for contact in contacts if rare else ():
        local, _, domain = contact.email.rpartition("@")
        if (meant := rare.get(domain.casefold())) and not propose(domain):
            yield Problem(Severity.WARNING, "address-slip", contact.origin, contact.email, f"{local}@{meant}")


def _gathered(name: str, clerk: Clerk, records: Iterable[Record]) -> list[Contact]:
    contacts: list[Contact] = []
    for record in records:
        contacts += clerk.contacts(record)
        if len(contacts) > MAX_CONTACTS:
            raise ContactsError("too-many-contacts", file=name, most=MAX_CONTACTS)
    return contacts
