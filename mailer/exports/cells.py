"""Build the cells of the attendance table, for programs and for people."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from types import MappingProxyType
from zoneinfo import ZoneInfo

from mailer.exports.besides import shown, span
from mailer.exports.columns import (
    FOR_PEOPLE,
    REFERENCE,
    SAID_BESIDES,
    Column,
    headings,
    words,
)
from mailer.model.attendance import DeliveryState, PersonState, Row
from mailer.model.contact import Contact
from mailer.model.entry import Presence

Cell = str | int | datetime
"""A cell of a spreadsheet. A moment is naive, in the time zone of the meeting; an empty cell is an empty text."""

_PARIS = ZoneInfo("Europe/Paris")


@dataclass(frozen=True, slots=True)
class ExportOptions:
    """The language and time zone of an export, and whether it shows remarks on somebody's health."""

    language: str = "fr"
    zone: tzinfo = _PARIS
    health: bool = False


DEFAULT_OPTIONS = ExportOptions()


_PRESENCE_FOR_PROGRAMS = MappingProxyType(
    {
        None: "",
        Presence.PRESENT: "present",
        Presence.ABSENT: "absent",
        Presence.EXCUSED: "absent",
        Presence.REPRESENTED: "absent",
    }
)
"""Programs read who was there in person; tables for people also say why somebody was not."""

_OPTIONAL: Mapping[str, Callable[[Contact], str]] = MappingProxyType(
    {
        "function": lambda contact: contact.function,
        "language": lambda contact: contact.language,
        "groups": lambda contact: ", ".join(contact.groups),
    }
)
"""Known columns of contact lists that follow the attendance if any contact has a value for them."""


@dataclass(frozen=True, slots=True)
class AttendanceTable:
    """Headings, and one line of cells per person."""

    headings: Sequence[str]
    lines: Iterable[Sequence[Cell]]


def for_programs(rows: Sequence[Row], options: ExportOptions) -> AttendanceTable:
    """Return the table with stable headings and values, and moments in UTC."""
    known, unknown = _others(rows)
    names = [*(column.value for column in Column), *known]
    return AttendanceTable(
        _distinct(names, unknown), (_program_line(row, known, unknown, options) for row in rows)
    )


def for_people(rows: Sequence[Row], options: ExportOptions) -> AttendanceTable:
    """Return the table in the language of its readers; the last column is the reference by which a line is read back."""
    known, unknown = _others(rows)
    besides = [column for column in SAID_BESIDES if any(_besides(row, column) for row in rows)]
    called = headings(options.language)
    named = [called[column.value] for column in (*FOR_PEOPLE, *besides)] + [called[name] for name in known]
    return AttendanceTable(
        [*_distinct(named, unknown), called[REFERENCE]],
        (_people_line(row, besides, known, unknown, options) for row in rows),
    )


def _besides(row: Row, column: Column, language: str = "") -> Cell:
    """Return what somebody said besides; a range in words where a `language` is given."""
    standing = row.standing
    match column:
        case Column.PARTY_RANGE:
            in_words = language and row.least is not None and row.party_size is not None
            return span(row.least or 0, row.party_size or 0, language) if in_words else row.party_range
        case Column.ADULTS | Column.CHILDREN:
            number = standing.adults if column is Column.ADULTS else standing.children
            return "" if number is None or row.party_size is None else number
        case Column.PROXY_TO:
            # Who was noted as represented is so by whoever came for them.
            represented = row.presence is Presence.REPRESENTED and not language
            return standing.proxy_to or (standing.delegate if represented else "")
        case _:
            return standing.delegate


def reference(row: Row) -> str:
    """Return what identifies a line: the person, and the number of the last ledger entry that concerns them."""
    return f"{row.person.ref}-{row.standing.last_entry}"


def _others(rows: Sequence[Row]) -> tuple[list[str], list[str]]:
    """Return the further columns of the contact lists, known and unknown, in the order they are met."""
    known = [name for name, get in _OPTIONAL.items() if any(get(row.contact) for row in rows)]
    return known, list(dict.fromkeys(heading for row in rows for heading in row.contact.fields))


def _distinct(known: Sequence[str], others: Iterable[str]) -> list[str]:
    """Return all headings; of two that are the same, the later one gets a number: ``state (2)``."""
    names = list(known)
    for heading in others:
        named, count = heading, 1
        while named in names:
            count += 1
            named = f"{heading} ({count})"
        names.append(named)
    return names


def _person(contact: Contact) -> list[Cell]:
    return [contact.civility, contact.last_name, contact.first_name, contact.organisation, contact.email]


def _further(contact: Contact, known: Iterable[str], unknown: Iterable[str]) -> Iterator[str]:
    yield from (_OPTIONAL[name](contact) for name in known)
    yield from (contact.fields.get(heading, "") for heading in unknown)


def _program_line(
    row: Row, known: Sequence[str], unknown: Sequence[str], options: ExportOptions
) -> list[Cell]:
    standing = row.standing
    at = standing.answered_at
    return [
        *_person(row.contact),
        standing.delivery.value,
        standing.partstat.word,
        "" if row.party_size is None else row.party_size,
        standing.channel.value if standing.channel else "",
        at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if at else "",
        shown(standing.remark, "en", health=options.health),
        " ".join(dict.fromkeys(standing.whys)) or ("glance" if standing.glance else ""),
        _PRESENCE_FOR_PROGRAMS[row.presence],
        row.person.ref,
        row.state.value,
        standing.asked_again,
        *(_besides(row, column) for column in SAID_BESIDES),
        *_further(row.contact, known, unknown),
    ]


def _delivered(row: Row, called: Mapping[Column, Mapping[str, str]]) -> str:
    """Return the word for the delivery, or for the state that makes one superfluous: nothing is to be sent any more."""
    if row.person.has_no_address:
        return called[Column.STATE][PersonState.UNREACHABLE.value]
    never = row.standing.delivery is DeliveryState.QUEUED
    if never and row.state in (PersonState.CANCELLED, PersonState.UNREACHABLE):
        return called[Column.STATE][row.state.value]
    return called[Column.DELIVERY][row.standing.delivery.value]


def _people_line(
    row: Row,
    besides: Sequence[Column],
    known: Sequence[str],
    unknown: Sequence[str],
    options: ExportOptions,
) -> list[Cell]:
    standing, called = row.standing, words(options.language)
    at = standing.answered_at
    return [
        *_person(row.contact),
        _delivered(row, called),
        called[Column.ANSWER][standing.partstat.word],
        "" if row.party_size is None else row.party_size,
        called[Column.CHANNEL][standing.channel.value] if standing.channel else "",
        at.astimezone(options.zone).replace(tzinfo=None) if at else "",
        shown(standing.remark, options.language, health=options.health),
        called[Column.REVIEW]["yes" if standing.review else "glance" if standing.glance else ""],
        called[Column.PRESENCE][row.presence.value if row.presence else ""],
        called[Column.STATE][row.state.value],
        called[Column.ANSWER][standing.asked_again] if standing.asked_again else "",
        *(_besides(row, column, options.language) for column in besides),
        *_further(row.contact, known, unknown),
        reference(row),
    ]
