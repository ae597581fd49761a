"""Read contact lists and tables, workbooks among them in a process of their own that has bounds of time and memory."""

from __future__ import annotations

from dataclasses import dataclass, replace

from mailer import contacts
from mailer.bounded import Allowance, BoundedProcess, Overrun
from mailer.errors import ContactsError
from mailer.model.campaign import ListSource
from mailer.model.contact import Reading

BUDGET = Allowance(seconds=60.0, wall_seconds=600.0, octets=1_000_000_000)
"""What one workbook may take. A list of 100,000 people takes a sixth of the time and of the memory."""


@dataclass(frozen=True, slots=True)
class _File:
    """A workbook, and what is wanted of it: its contacts, or the cells of its first sheet, where there is no `source`."""

    name: str
    content: bytes
    source: ListSource | None
    near: bool = False
    """Whether cells far from the table are to be left out."""


def read(name: str, content: bytes, source: ListSource | None = None) -> Reading:
    """Read one contact list, as `contacts.read` does; ContactsError ``workbook-too-large`` for one beyond all bounds."""
    if not _is_workbook(content):
        return contacts.read(name, content, source)
    found = _bounded(_File(name, content, source or ListSource(name)))
    assert isinstance(found, Reading)
    return found


def table(name: str, content: bytes) -> list[list[str]]:
    """Return the cells of a table, as `contacts.table` does; ContactsError ``workbook-too-large`` as in `read`."""
    if not _is_workbook(content):
        return contacts.table(name, content)
    found = _bounded(_File(name, content, None))
    assert isinstance(found, list)
    return found


def _is_workbook(content: bytes) -> bool:
    return contacts.is_workbook(content) and len(content) <= contacts.MAX_BYTES


def _bounded(file: _File) -> Reading | list[list[str]]:
    """Read a workbook; where that takes too much, once more without the cells far from its table."""
    found = _PROCESS.call(file)
    if found in (Overrun.MEMORY, Overrun.ENDED) and file.content.startswith(b"PK"):
        found = _PROCESS.call(replace(file, near=True))
    if isinstance(found, Overrun):
        code = "workbook-too-slow" if found is Overrun.TIME else "workbook-too-large"
        raise ContactsError(code, file=file.name)
    return found


def _read(file: _File) -> Reading | list[list[str]]:
    content = contacts.without_far_cells(file.name, file.content) if file.near else file.content
    if file.source is None:
        return contacts.table(file.name, content)
    return contacts.read(file.name, content, file.source)


_PROCESS = BoundedProcess(_read, BUDGET)
"""Stays for the next list: the pages of the web interface read them again and again."""
