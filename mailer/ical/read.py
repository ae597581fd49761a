"""Reading of the calendar part of a mail: answers (REPLY), counter-proposals and other iTIP objects."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import unquote

from mailer.ical.read_lines import ContentLine, content_lines
from mailer.ical.read_time import read_duration, read_moment
from mailer.model.charsets import sound

MAX_SIZE = 256 * 1024
MAX_EVENTS = 10
MAX_DEPTH = 20
"""Components inside one another; an event with its alarms has three."""
MAX_ADDRESS = 320
"""Octets of an address: 64 before the @, and 255 behind it (RFC 5321 section 4.5.3.1)."""

_FIRST_YEAR = 1980


@dataclass(frozen=True, slots=True)
class Attendee:
    """An ATTENDEE property; `address` is without ``mailto:``, otherwise as written.

    `partstat` is in upper case, and ``NEEDS-ACTION`` if it is missing (RFC 5545 section 3.2.12).
    `extra_guests` and `comment` are the parameters X-NUM-GUESTS and X-RESPONSE-COMMENT of Google Calendar.
    """

    address: str
    partstat: str = "NEEDS-ACTION"
    name: str = ""
    extra_guests: int = 0
    comment: str = ""
    sent_by: str = ""
    delegated_to: str = ""
    delegated_from: str = ""


@dataclass(frozen=True, slots=True)
class CalendarObject:
    """One VEVENT of an iTIP object, with the METHOD of its calendar in upper case.

    `sequence` is None if there is none. `dtstamp` is in UTC, and None if it is missing or no date.
    `starts` and `ends` are given for a COUNTER only, since no other answer may change them (RFC 5546 section
    3.2.3); they are in UTC, or naive where they have no time zone. `request_statuses` are the values of
    REQUEST-STATUS (RFC 5545 section 3.8.8.3). A calendar without VEVENT becomes one object without `uid`. Most programs
    send our own `summary` and `description` back; Zimbra puts what was typed into DESCRIPTION.
    """

    method: str
    uid: str
    sequence: int | None = None
    dtstamp: datetime | None = None
    organizer: str = ""
    attendees: tuple[Attendee, ...] = ()
    comment: str = ""
    recurrence_id: str = ""
    request_statuses: tuple[str, ...] = ()
    starts: datetime | None = None
    ends: datetime | None = None
    summary: str = ""
    description: str = ""


@dataclass(slots=True)
class _Calendar:
    """The METHOD, VEVENTs and VTIMEZONEs (as text, by TZID) of a VCALENDAR."""

    method: str = ""
    events: list[list[ContentLine]] = field(default_factory=list)
    zones: dict[str, str] = field(default_factory=dict)


def read(content: bytes, charset: str = "", method: str = "") -> list[CalendarObject]:
    """Return the VEVENTs of a calendar part, at most ten, those without RECURRENCE-ID first.

    Never raises: the list is empty if nothing could be read or the part is larger than 256 KiB. `charset` and `method`
    are those of the Content-Type; METHOD in the object takes precedence, and some programs write it in one place only. Answers lack properties that RFC 5546 requires: outlook.com leaves out
    ORGANIZER; Apple's calendar server found missing PRODID, METHOD in lower case, several or no ATTENDEE.
    """
    if len(content) > MAX_SIZE:
        return []
    calendars = _calendars(content_lines(content, charset))
    for calendar in calendars:
        calendar.method = calendar.method or (method.strip().upper() if calendar.events else "")
    objects = [
        _calendar_object(event, calendar)
        for calendar in calendars
        for event in calendar.events or [[]] * bool(calendar.method)
    ]
    return sorted(objects, key=lambda one: bool(one.recurrence_id))[:MAX_EVENTS]


def _calendars(properties: Iterator[ContentLine]) -> list[_Calendar]:
    """Group the lines by VCALENDAR; a part may hold several, and components may lack their END."""
    found: list[_Calendar] = []
    open_components: list[str] = []
    zone: list[str] = []
    for line in properties:
        component = line.value.strip().upper()
        if line.name == "BEGIN":
            if component == "VCALENDAR" or not found:
                found.append(_Calendar())
                open_components = []
            if len(open_components) < MAX_DEPTH:
                open_components.append(component)
            if component == "VEVENT":
                found[-1].events.append([])
        if "VTIMEZONE" in open_components:
            zone.append(_as_text(line))
        if line.name == "END" and component in open_components:
            if component == "VTIMEZONE":
                _add_zone(found[-1], zone)
                zone = []
            del open_components[open_components.index(component) :]
        elif open_components[-1:] == ["VEVENT"] and line.name != "BEGIN":
            found[-1].events[-1].append(line)
        elif found and line.name == "METHOD":
            found[-1].method = component
    return found


def _as_text(line: ContentLine) -> str:
    parameters = "".join(f";{name}={value}" for name, value in line.parameters.items())
    return f"{line.name}{parameters}:{line.value}\r\n"


def _add_zone(calendar: _Calendar, text: list[str]) -> None:
    tzid = next((line[5:].strip() for line in text if line.startswith("TZID:")), "")
    calendar.zones[tzid] = "".join(text)


def _calendar_object(event: list[ContentLine], calendar: _Calendar) -> CalendarObject:
    first: dict[str, ContentLine] = {}
    for line in event:
        first.setdefault(line.name, line)

    def text(name: str) -> str:
        return first[name].text if name in first else ""

    def moment(name: str) -> datetime | None:
        line = first.get(name)
        return read_moment(line.value, line.parameters.get("TZID", ""), calendar.zones) if line else None

    proposal = calendar.method == "COUNTER"
    starts = moment("DTSTART") if proposal else None
    duration = read_duration(text("DURATION")) if "DURATION" in first else None
    return CalendarObject(
        method=calendar.method,
        uid=text("UID"),
        sequence=_sequence(text("SEQUENCE"), text("X-MICROSOFT-CDO-APPT-SEQUENCE")),
        dtstamp=_dtstamp(moment("DTSTAMP")),
        organizer=_address(first["ORGANIZER"]) if "ORGANIZER" in first else "",
        attendees=tuple(_attendee(line) for line in event if line.name == "ATTENDEE"),
        comment="\n".join(filter(None, (line.text for line in event if line.name == "COMMENT"))),
        recurrence_id=text("RECURRENCE-ID"),
        request_statuses=tuple(line.text for line in event if line.name == "REQUEST-STATUS"),
        starts=starts,
        ends=(moment("DTEND") if proposal else None) or (starts + duration if starts and duration else None),
        summary=text("SUMMARY"),
        description=text("DESCRIPTION"),
    )


def _sequence(sequence: str, microsoft: str) -> int | None:
    """Return SEQUENCE, or Outlook's X-MICROSOFT-CDO-APPT-SEQUENCE where SEQUENCE is missing or 0."""
    known = [int(text) for text in (sequence, microsoft) if text.isdecimal() and len(text) < 10]
    return next((number for number in known if number), known[0] if known else None)


def _dtstamp(moment: datetime | None) -> datetime | None:
    """Return DTSTAMP as UTC, which RFC 5545 requires even if the Z is missing; None for one before 1980.

    Claws Mail writes ``00000000T000000``; no date before iCalendar existed can be right.
    """
    if moment is None or moment.year < _FIRST_YEAR:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _attendee(line: ContentLine) -> Attendee:
    guests = line.parameters.get("X-NUM-GUESTS", "").strip()
    return Attendee(
        address=_address(line),
        partstat=line.parameters.get("PARTSTAT", "").strip().upper() or "NEEDS-ACTION",
        name=line.parameters.get("CN", "").strip(),
        extra_guests=int(guests) if guests.isdecimal() and len(guests) < 4 else 0,
        comment=line.parameters.get("X-RESPONSE-COMMENT", "").strip(),
        sent_by=_bare_address(line.parameters.get("SENT-BY", "")),
        delegated_to=_bare_address(line.parameters.get("DELEGATED-TO", "")),
        delegated_from=_bare_address(line.parameters.get("DELEGATED-FROM", "")),
    )


def _address(line: ContentLine) -> str:
    """Return the address of a CAL-ADDRESS, or its EMAIL parameter (RFC 7986) if it is no mailto URI."""
    bare = _bare_address(line.value)
    return bare if "@" in bare else _bare_address(line.parameters.get("EMAIL", "")) or bare


def _bare_address(uri: str) -> str:
    uri = uri.partition(",")[0].strip().strip("\"'<>").strip()
    if uri[:7].lower() == "mailto:":
        uri = sound(unquote(uri[7:].partition("?")[0]))
    bare = uri.strip().strip("<>")
    return bare if len(bare) <= MAX_ADDRESS else ""
