"""What stands in each cell of the attendance table, for programs and for people."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from types import MappingProxyType
from zoneinfo import ZoneInfo

from mailer.exports.columns import HEADINGS, REFERENCE, WITHHELD, WORDS, Column
from mailer.exports.health import speaks_of_health
from mailer.model.attendance import Row, Standing
from mailer.model.contact import Contact
from mailer.model.entry import Presence

Cell = str | int | datetime
"""A cell as spreadsheets know it. A moment is naive, on the clock of the meeting; nothing is an empty text."""


_PARIS = ZoneInfo("Europe/Paris")


@dataclass(frozen=True, slots=True)
class Wish:
    """How a table is wanted: in which language, on which clock, and whether remarks on health are shown."""

    language: str = "fr"
    zone: tzinfo = _PARIS
    health: bool = False


FRENCH = Wish()


_SEEN_BY_PROGRAMS = MappingProxyType(
    {
        None: "",
        Presence.PRESENT: "present",
        Presence.ABSENT: "absent",
        Presence.EXCUSED: "absent",
        Presence.REPRESENTED: "absent",
    }
)
"""Programs are told who was there in person; people also why somebody was not."""

_KNOWN: Mapping[str, Callable[[Contact], str]] = MappingProxyType(
    {
        "function": lambda contact: contact.function,
        "language": lambda contact: contact.language,
        "groups": lambda contact: ", ".join(contact.groups),
    }
)
"""Columns of contact lists that stand behind the attendance where a list has them, as those nobody knows do."""


@dataclass(frozen=True, slots=True)
class Table:
    """A table: headings, and a line of cells per person."""

    headings: Sequence[str]
    lines: Iterable[Sequence[Cell]]


def for_programs(rows: Sequence[Row], wish: Wish) -> Table:
    """The table with stable headings and values; moments in UTC."""
    known, unknown = _others(rows)
    headings = [column.value for column in Column]
    return Table([*headings, *known, *unknown], (_program_line(row, known, unknown, wish) for row in rows))


def for_people(rows: Sequence[Row], wish: Wish) -> Table:
    """The table in the language of those who read it; the last column names each line, so that it is found again."""
    known, unknown = _others(rows)
    headings = HEADINGS[wish.language]
    named = [headings[column.value] for column in Column] + [headings[name] for name in known]
    return Table(
        [*named, *unknown, headings[REFERENCE]],
        (_people_line(row, known, unknown, wish) for row in rows),
    )


def _shown(standing: Standing, language: str, *, health: bool) -> str:
    text = standing.remark
    return WITHHELD[language] if text and not health and speaks_of_health(text) else text


def reference(row: Row) -> str:
    """What names a line of the table: invitee, place among those who share the address, and how far the ledger was."""
    return f"{row.standing.invitee}-{row.place}-{row.standing.last_entry}"


def _others(rows: Sequence[Row]) -> tuple[list[str], list[str]]:
    """The further columns the contact lists have, known and unknown, in the order they are met."""
    known = [name for name, get in _KNOWN.items() if any(get(row.contact) for row in rows)]
    return known, list(dict.fromkeys(heading for row in rows for heading in row.contact.fields))


def _person(contact: Contact) -> list[Cell]:
    return [contact.civility, contact.last_name, contact.first_name, contact.organisation, contact.email]


def _further(contact: Contact, known: Iterable[str], unknown: Iterable[str]) -> Iterator[str]:
    yield from (_KNOWN[name](contact) for name in known)
    yield from (contact.fields.get(heading, "") for heading in unknown)


def _program_line(row: Row, known: Sequence[str], unknown: Sequence[str], wish: Wish) -> list[Cell]:
    standing = row.standing
    at = standing.answered_at
    return [
        *_person(row.contact),
        standing.delivery.value,
        standing.partstat.word,
        "" if row.party_size is None else row.party_size,
        standing.channel.value if standing.channel else "",
        at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if at else "",
        _shown(standing, "en", health=wish.health),
        "yes" if standing.review else "",
        _SEEN_BY_PROGRAMS[row.presence],
        *_further(row.contact, known, unknown),
    ]


def _people_line(row: Row, known: Sequence[str], unknown: Sequence[str], wish: Wish) -> list[Cell]:
    standing, words = row.standing, WORDS[wish.language]
    at = standing.answered_at
    return [
        *_person(row.contact),
        words[Column.DELIVERY][standing.delivery.value],
        words[Column.ANSWER][standing.partstat.word],
        "" if row.party_size is None else row.party_size,
        words[Column.CHANNEL][standing.channel.value] if standing.channel else "",
        at.astimezone(wish.zone).replace(tzinfo=None) if at else "",
        _shown(standing, wish.language, health=wish.health),
        words[Column.REVIEW]["yes" if standing.review else ""],
        words[Column.PRESENCE][row.presence.value if row.presence else ""],
        *_further(row.contact, known, unknown),
        reference(row),
    ]
