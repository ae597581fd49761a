"""Read a file of contacts: recognise its format, read its records, and collect the problems."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from xml.parsers.expat import ExpatError

from mailer.contacts import archive
from mailer.contacts.formats import FORMATS, RecordFormat, TableFormat, other_kind
from mailer.contacts.mistyped_domains import propose, rare_beside_usual
from mailer.contacts.record import ContactBuilder, ContactRecord
from mailer.contacts.rows import ContactTable
from mailer.contacts.sheet import Sheet
from mailer.errors import ContactsError
from mailer.model.campaign import ListSource
from mailer.model.contact import Contact, Origin, Problem, Reading, Recognised, Severity

MAX_BYTES = 100_000_000
"""Bytes; a larger file is refused. A list of 100,000 people has some ten million."""
MAX_CONTACTS = 500_000


def read(name: str, content: bytes, source: ListSource | None = None) -> Reading:
    """Read one contact list; `name` stands for the file in problems, `source` has its settings from the campaign file.

    A workbook (`is_workbook`) is read in a process with bounds only: it may exhaust the memory, and end the process.

    Raise ContactsError if the file is no contact list, holds nobody, or has no column of addresses.
    """
    if len(content) > MAX_BYTES:
        raise ContactsError("file-too-large", file=name, read=str(len(content)), most=MAX_BYTES)
    source = source or ListSource(name)
    found = _recognised(name, content)
    if isinstance(found, RecordFormat):
        reading = _records(name, content, source, found)
    else:
        reading = _tables(name, found.sheets(name, content), source)
    return replace(reading, problems=(*reading.problems, *_rare_domains(reading.contacts)))


def without_far_cells(name: str, content: bytes) -> bytes:
    """Return an XLSX workbook without the cells far from its table. Raise ContactsError ``workbook-broken``."""
    try:
        return archive.without_far_cells(content)
    except (*archive.BROKEN, ExpatError) as error:
        raise ContactsError("workbook-broken", file=name) from error


def table(name: str, content: bytes) -> list[list[str]]:
    """Return the cells of a CSV file or of the first visible sheet of a workbook; it need not be a contact list.

    The row of line n stands at n - 1, empty if the file has none. Raise ContactsError if the file is no table.
    """
    found = _recognised(name, content)
    if isinstance(found, RecordFormat):
        raise _not_a_list(name, found.name)
    first = next(iter(found.sheets(name, content)), None)
    lines: list[list[str]] = []
    for line, cells in first.rows if first else ():
        lines += [[] for _ in range(line - 1 - len(lines))]
        lines.append(list(cells))
    return lines


def _recognised(name: str, content: bytes) -> TableFormat | RecordFormat:
    """Return the format of a file. Raise ContactsError if the file is empty or of another kind."""
    if not content.strip(b"\x00\xef\xbb\xbf\xff\xfe \t\r\n"):
        raise ContactsError("no-contacts", file=name)
    for known in FORMATS:
        if known.recognises(content):
            return known
    raise _not_a_list(name, other_kind(content))


def _not_a_list(name: str, kind: str) -> ContactsError:
    return ContactsError("not-a-contact-list", file=name, reason=kind)


def _records(name: str, content: bytes, source: ListSource, found: RecordFormat) -> Reading:
    builder = ContactBuilder(source)
    contacts = _contacts(name, builder, found.records(name, content))
    if not contacts:
        raise ContactsError("no-contacts", file=name)
    recognised = Recognised(name, found.name, found.encoding(content))
    return Reading(tuple(contacts), tuple(builder.problems), (recognised,))


def _tables(name: str, sheets: Iterable[Sheet], source: ListSource) -> Reading:
    """Read every sheet that holds a list; one that holds none is a warning, or an error if none does."""
    tables = [
        table for table in (ContactTable(sheet, source.columns) for sheet in sheets) if not table.is_empty
    ]
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
        builder = ContactBuilder(source)
        contacts += _contacts(name, builder, table.records(show_sheet=len(lists) > 1))
        problems += sorted((*table.problems, *builder.problems), key=lambda problem: problem.origin.line)
    if not contacts:
        raise ContactsError("no-contacts", file=name)
    return Reading(tuple(contacts), tuple(problems), tuple(table.recognised() for table in lists))


def _rare_domains(contacts: Sequence[Contact]) -> Iterator[Problem]:
    """Yield a warning for each domain that looks like a typing error of another one in the same list."""
    domains = Counter(contact.email.rpartition("@")[2].casefold() for contact in contacts if contact.email)
    rare = rare_beside_usual(domains)
    for contact in contacts if rare else ():
        local, _, domain = contact.email.rpartition("@")
        if (meant := rare.get(domain.casefold())) and not propose(domain):
            yield Problem(Severity.WARNING, "address-slip", contact.origin, contact.email, f"{local}@{meant}")


def _contacts(name: str, builder: ContactBuilder, records: Iterable[ContactRecord]) -> list[Contact]:
    """Build the contacts of all records. Raise ContactsError ``too-many-contacts`` above the limit."""
    contacts: list[Contact] = []
    for record in records:
        contacts += builder.contacts(record)
        if len(contacts) > MAX_CONTACTS:
            raise ContactsError("too-many-contacts", file=name, most=MAX_CONTACTS)
    return contacts
