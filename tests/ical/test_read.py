"""Reading of calendar objects with the defects that mail programs write."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer import ical
from mailer.ical.read import MAX_EVENTS

REPLY = """\
BEGIN:VCALENDAR
PRODID:-//Example//Calendar 1.0//EN
METHOD:REPLY
BEGIN:VEVENT
UID:3f2504e0-4f89-41d3-9a0c-0305e82c3301
SEQUENCE:2
DTSTAMP:20250314T101500Z
ORGANIZER:mailto:camille@mairie.example
ATTENDEE;CN="Dupont, Marie";PARTSTAT=ACCEPTED:mailto:marie@example.org
COMMENT:Je viendrai avec mon mari\\, merci.
END:VEVENT
END:VCALENDAR
"""
ZONE = """\
BEGIN:VTIMEZONE
TZID:{name}
BEGIN:STANDARD
DTSTART:16010101T030000
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
RRULE:FREQ={freq};BYDAY=-1SU;BYMONTH=10
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:16010101T020000
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
RRULE:FREQ={freq};BYDAY=-1SU;BYMONTH=3
END:DAYLIGHT
END:VTIMEZONE
"""


def one(text: str) -> ical.CalendarObject:
    """Return the only event of a calendar."""
    (found,) = ical.read(text.encode())
    return found


def replaced(line: str, *others: str) -> str:
    """Return REPLY with the line that begins with `line` replaced."""
    return "".join(
        "".join(f"{other}\n" for other in others) if known.startswith(line) else known
        for known in REPLY.splitlines(keepends=True)
    )


def test_reply() -> None:
    """Everything an answer says is read."""
    found = one(REPLY)

    assert (found.method, found.uid, found.sequence) == ("REPLY", "3f2504e0-4f89-41d3-9a0c-0305e82c3301", 2)
    assert found.dtstamp == datetime(2025, 3, 14, 10, 15, tzinfo=UTC)
    assert found.organizer == "camille@mairie.example"
    assert found.attendees == (ical.Attendee("marie@example.org", "ACCEPTED", "Dupont, Marie"),)
    assert found.comment == "Je viendrai avec mon mari, merci."


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(replaced("ORGANIZER"), id="no ORGANIZER (outlook.com)"),
        pytest.param(replaced("PRODID"), id="no PRODID"),
        pytest.param(replaced("METHOD", "method:reply"), id="lower-case METHOD"),
        pytest.param(replaced("DTSTAMP", "DTSTAMP:00000000T000000"), id="DTSTAMP that is no date (Claws)"),
        pytest.param(replaced("DTSTAMP"), id="no DTSTAMP"),
        pytest.param(replaced("END"), id="nothing closed"),
        pytest.param(REPLY.replace("\n", "\r\n"), id="CRLF"),
        pytest.param(REPLY.replace("\n", "\r"), id="CR"),
        pytest.param("\ufeff" + REPLY, id="byte order mark"),
        pytest.param(REPLY.replace("ATTENDEE;", "ATTENDEE;\n  "), id="folded"),
        pytest.param(REPLY.replace("marie@", "marie\n @"), id="folded inside the address"),
        pytest.param(
            REPLY.replace(":mailto:marie", ":\n MAILTO:marie"), id="upper-case MAILTO behind a fold (Claws)"
        ),
        pytest.param(REPLY.replace('"Dupont, Marie"', "Dupont, Marie"), id="unquoted comma in CN"),
        pytest.param(REPLY.replace('"Dupont, Marie"', "Mairie: Marie"), id="unquoted colon in CN"),
        pytest.param(
            REPLY.replace("PARTSTAT=", "PARTSTAT=3D").replace("CN=", "CN=3D"), id="quoted-printable left in"
        ),
        pytest.param(
            REPLY.replace("mailto:marie@example.org", "urn:uuid:1").replace(
                "CN=", "EMAIL=marie@example.org;CN="
            ),
            id="EMAIL parameter",
        ),
        pytest.param(
            replaced("SEQUENCE", "SEQUENCE:0", "X-MICROSOFT-CDO-APPT-SEQUENCE:2"), id="Outlook's sequence"
        ),
        pytest.param(ZONE.format(name="Europe/Paris", freq="YEARLY") + REPLY, id="a zone outside"),
        pytest.param(
            REPLY.replace("BEGIN:VEVENT", ZONE.format(name="x", freq="YEARLY") + "BEGIN:VEVENT"),
            id="DTSTART of a zone",
        ),
        pytest.param(
            REPLY.replace("END:VEVENT", "BEGIN:VALARM\nUID:other\nCOMMENT:no\nEND:VALARM\nEND:VEVENT"),
            id="an alarm inside",
        ),
    ],
)
def test_defects(text: str) -> None:
    """An answer with a defect seen in real mail is read like a correct one."""
    found = one(text)

    assert (found.method, found.uid, found.sequence) == ("REPLY", "3f2504e0-4f89-41d3-9a0c-0305e82c3301", 2)
    assert [(each.address, each.partstat) for each in found.attendees] == [("marie@example.org", "ACCEPTED")]


@pytest.mark.parametrize(
    ("content", "charset"),
    [
        pytest.param(REPLY.replace("mari", "père").encode(), "", id="UTF-8, nothing declared"),
        pytest.param(REPLY.replace("mari", "père").encode("latin-1"), "iso-8859-1", id="Latin-1"),
        pytest.param(
            REPLY.replace("mari", "père").encode("cp1252"), "nonsense", id="cp1252, nonsense declared"
        ),
        pytest.param(REPLY.replace("mari", "père").encode(), "iso-8859-1", id="UTF-8 declared as Latin-1"),
    ],
)
def test_charsets(content: bytes, charset: str) -> None:
    """Accents survive whatever the part declares."""
    assert "avec mon père" in ical.read(content, charset)[0].comment


def test_google() -> None:
    """Google's extra guests and note to the organizer are read."""
    found = one(REPLY.replace("CN=", 'X-NUM-GUESTS=2;X-RESPONSE-COMMENT="Nous serons trois";CN='))

    assert (found.attendees[0].extra_guests, found.attendees[0].comment) == (2, "Nous serons trois")


def test_delegation_and_assistant() -> None:
    """Who answers for whom is read."""
    found = one(
        REPLY.replace(
            "PARTSTAT=ACCEPTED",
            'PARTSTAT=DELEGATED;DELEGATED-TO="mailto:paul@example.org";SENT-BY="mailto:office@example.org"',
        )
    )

    assert (found.attendees[0].delegated_to, found.attendees[0].sent_by) == (
        "paul@example.org",
        "office@example.org",
    )


def test_several_calendars_and_events() -> None:
    """Two calendars in one part are both read, the whole event before single occurrences, ten at most."""
    occurrence = REPLY.replace("SEQUENCE", "RECURRENCE-ID:20250331T120000Z\nSEQUENCE").replace("3f25", "4f25")
    found = ical.read((occurrence + REPLY).encode())

    assert [bool(each.recurrence_id) for each in found] == [False, True]
    assert len(ical.read((occurrence * 30).encode())) == MAX_EVENTS


@pytest.mark.parametrize(
    ("value", "starts"),
    [
        pytest.param("DTSTART:20250401T120000Z", datetime(2025, 4, 1, 12, tzinfo=UTC), id="UTC"),
        pytest.param(
            "DTSTART;TZID=Europe/Paris:20250401T140000", datetime(2025, 4, 1, 12, tzinfo=UTC), id="IANA"
        ),
        pytest.param(
            "DTSTART;TZID=Romance Standard Time:20250401T140000",
            datetime(2025, 4, 1, 12, tzinfo=UTC),
            id="Windows",
        ),
        pytest.param(
            "DTSTART;TZID=/citadel.example/20250101_1/Europe/Paris:20250401T140000",
            datetime(2025, 4, 1, 12, tzinfo=UTC),
            id="vendor prefix",
        ),
        pytest.param(
            "DTSTART;TZID=Custom:20250401T140000", datetime(2025, 4, 1, 12, tzinfo=UTC), id="VTIMEZONE"
        ),
        pytest.param(
            "DTSTART;TZID=Unknown:20250401T140000",
            datetime.fromisoformat("2025-04-01T14:00"),
            id="unknown zone floats",
        ),
        pytest.param("DTSTART:20250401T140000", datetime.fromisoformat("2025-04-01T14:00"), id="floating"),
        pytest.param("DTSTART;VALUE=DATE:20250401", datetime.fromisoformat("2025-04-01T00:00"), id="a date"),
        pytest.param("DTSTART:20250231T140000Z", None, id="no such day"),
        pytest.param("DTSTART:soon", None, id="no date"),
    ],
)
def test_proposed_times(value: str, starts: datetime | None) -> None:
    """The time a counter-proposal names is found in whatever zone it is written."""
    counter = replaced("METHOD", "METHOD:COUNTER").replace(
        "BEGIN:VEVENT", ZONE.format(name="Custom", freq="YEARLY") + f"BEGIN:VEVENT\n{value}\nDURATION:PT2H"
    )

    assert one(counter).starts == starts


def test_reply_never_moves_the_meeting() -> None:
    """The times of a REPLY are not read, RFC 5546 section 3.2.3."""
    assert one(REPLY.replace("UID:", "DTSTART:20250401T120000Z\nUID:", 1)).starts is None


def test_endless_zone() -> None:
    """A zone whose rules would be computed second by second is not computed."""
    counter = replaced("METHOD", "METHOD:COUNTER").replace(
        "BEGIN:VEVENT",
        ZONE.format(name="Bad", freq="SECONDLY") + "BEGIN:VEVENT\nDTSTART;TZID=Bad:20250401T140000",
    )

    assert one(counter).starts == datetime.fromisoformat("2025-04-01T14:00")


@pytest.mark.parametrize(
    "content",
    [b"", b"<html>", b"BEGIN:VCALENDAR" + b"x" * ical.MAX_SIZE, b"BEGIN:", b":::;;;=\n=", b"\x00\xff" * 50],
    ids=["empty", "html", "too large", "no name", "marks", "octets"],
)
def test_nothing_to_read(content: bytes) -> None:
    """What is no calendar, or too large a one, has no events."""
    assert [found.uid for found in ical.read(content)] in ([], [""])


@given(st.data())
def test_mutations(data: st.DataObject) -> None:
    """An answer with octets changed never makes reading fail."""
    raw = bytearray(REPLY.encode())
    for _ in range(data.draw(st.integers(1, 10))):
        at = data.draw(st.integers(0, len(raw) - 1))
        raw[at : at + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=3))
    ical.read(bytes(raw), data.draw(st.sampled_from(["", "utf-8", "latin-1", "utf-16"])))


WIDE = (
    "BEGIN:VCALENDAR\r\nMETHOD:REPLY\r\nBEGIN:VEVENT\r\nUID:u1@example.org\r\nSEQUENCE:2\r\n"
    "ATTENDEE;PARTSTAT=ACCEPTED;CN=山田太郎:mailto:yamada\r\n @example.org\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
)


@pytest.mark.parametrize(
    ("encoding", "declared"),
    [
        ("utf-16", "utf-16"),
        ("utf-16", ""),
        ("utf-16-le", "UTF-16LE"),
        ("iso-2022-jp", "ISO-2022-JP"),
        ("utf-8-sig", ""),
    ],
)
def test_a_calendar_in_a_charset_that_is_no_superset_of_ascii(encoding: str, declared: str) -> None:
    """Folded lines come together and names are read, whatever octets the characters are made of."""
    (answer,) = ical.read(WIDE.encode(encoding), declared)

    assert (answer.method, answer.uid, answer.sequence) == ("REPLY", "u1@example.org", 2)
    assert [(one.address, one.name, one.partstat) for one in answer.attendees] == [
        ("yamada@example.org", "山田太郎", "ACCEPTED")
    ]
