"""The properties of the calendar objects we write."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
import vobject
from icalendar import Calendar

from mailer import ical
from mailer.model.address import Mailbox
from mailer.model.contact import Contact
from mailer.model.invitation import Invitation, Kind
from mailer.model.meeting import Meeting
from mailer.model.people import Invitee
from tests.registered import members

PARIS = ZoneInfo("Europe/Paris")
MEETING = Meeting(
    title="Présentation du diagnostic",
    starts=datetime(2025, 3, 31, 14, tzinfo=PARIS),
    ends=datetime(2025, 3, 31, 16, tzinfo=PARIS),
    zone="Europe/Paris",
    place="16 bis rue des Travailleurs, 59260 Hellemmes",
    description="Réunion publique ; entrée libre",
    agenda=("Introduction", "Échange"),
)
ORGANIZER = Mailbox("camille@example.org", "Camille Julien")
GUEST = Mailbox("elodie@example.net", "Élodie Lefèvre")
INVITEE = Invitee("r" * 16, GUEST.address, members("r", Contact(GUEST.address)))
INVITATION = Invitation(INVITEE, Kind.INVITATION, "3a6e0e58-uid", 2, "token", "<m@example.org>")
NOW = datetime(2025, 3, 13, 9, 30, tzinfo=UTC)


def request(meeting: Meeting = MEETING, guest: Mailbox = GUEST, organizer: Mailbox = ORGANIZER) -> bytes:
    """Return the REQUEST for a guest."""
    return ical.request(meeting, organizer, INVITATION, guest, dtstamp=NOW, language="fr")


def lines(content: bytes) -> list[str]:
    """Return the unfolded content lines."""
    return content.replace(b"\r\n ", b"").decode().split("\r\n")


def test_request_has_what_an_invitation_needs() -> None:
    """A request has each property RFC 5546 section 3.2.2 asks for, once, and answers are asked of one attendee."""
    written = lines(request())

    for expected in (
        "METHOD:REQUEST",
        "UID:3a6e0e58-uid",
        "SEQUENCE:2",
        "DTSTAMP:20250313T093000Z",
        "DTSTART:20250331T120000Z",
        "DTEND:20250331T140000Z",
        "SUMMARY;LANGUAGE=fr:Présentation du diagnostic",
        "LOCATION;LANGUAGE=fr:16 bis rue des Travailleurs\\, 59260 Hellemmes",
        "DESCRIPTION;LANGUAGE=fr:Réunion publique \\; entrée libre\\n\\n1. Introduction\\n2. Échange",
        "STATUS:CONFIRMED",
        'ORGANIZER;CN="Camille Julien":mailto:camille@example.org',
        (
            "ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT=NEEDS-ACTION;RSVP=TRUE;"
            'CN="Élodie Lefèvre":mailto:elodie@example.net'
        ),
        "X-MICROSOFT-DISALLOW-COUNTER:TRUE",
    ):
        assert written.count(expected) == 1, expected
    assert sum(line.startswith("ATTENDEE") for line in written) == 1
    assert not any(line.startswith(("TZID", "BEGIN:VTIMEZONE", "BEGIN:VALARM")) for line in written)


@pytest.mark.parametrize(
    ("zone", "starts", "ends", "expected"),
    [
        pytest.param(
            "Europe/Paris", (2025, 3, 29, 14), (2025, 3, 29, 16), "13-15", id="the day before the change"
        ),
        pytest.param(
            "Europe/Paris", (2025, 3, 31, 14), (2025, 3, 31, 16), "12-14", id="the day after the change"
        ),
        pytest.param("Europe/Paris", (2025, 3, 30, 1), (2025, 3, 30, 4), "00-02", id="across the change"),
        pytest.param("Europe/Paris", (2025, 3, 31, 23), (2025, 4, 1, 1), "21-23", id="across midnight"),
        pytest.param("Asia/Kolkata", (2025, 3, 31, 14), (2025, 3, 31, 16), "08-10", id="half an hour off"),
        pytest.param(
            "Pacific/Chatham", (2025, 3, 31, 14), (2025, 3, 31, 16), "00-02", id="Chatham, 13:45 ahead"
        ),
    ],
)
def test_times_are_instants(
    zone: str, starts: tuple[int, int, int, int], ends: tuple[int, int, int, int], expected: str
) -> None:
    """The object holds the instants meant, whatever the zone and the change of the clock."""
    at = ZoneInfo(zone)
    meeting = replace(
        MEETING,
        zone=zone,
        starts=datetime(*starts, tzinfo=at),
        ends=datetime(*ends, tzinfo=at),
    )
    event = Calendar.from_ical(request(meeting)).events[0]

    assert (meeting.starts, meeting.ends) == (event.start, event.end)
    assert expected == f"{event.start:%H}-{event.end:%H}"


def test_whole_days_are_dates() -> None:
    """A meeting of two whole days is written in dates where it takes place, the last one excluded."""
    chatham = ZoneInfo("Pacific/Chatham")
    meeting = replace(
        MEETING,
        all_day=True,
        zone="Pacific/Chatham",
        starts=datetime(2025, 4, 5, tzinfo=chatham).astimezone(UTC),
        ends=datetime(2025, 4, 7, tzinfo=chatham).astimezone(UTC),
    )
    content = request(meeting)
    event, other = Calendar.from_ical(content).events[0], vobject.readOne(content.decode()).vevent

    assert {"DTSTART;VALUE=DATE:20250405", "DTEND;VALUE=DATE:20250407"} <= set(lines(content))
    assert (event.start, event.end) == (date(2025, 4, 5), date(2025, 4, 7))
    assert (other.dtstart.value, other.dtend.value) == (date(2025, 4, 5), date(2025, 4, 7))


def test_cancelling_the_whole_meeting_says_so() -> None:
    """STATUS:CANCELLED stands in the cancellation of the whole meeting only (RFC 5546 section 3.2.5)."""
    about = (MEETING, ORGANIZER, INVITATION, GUEST)
    whole = lines(ical.cancel(*about, dtstamp=NOW, language="fr", whole=True))
    one = lines(ical.cancel(*about, dtstamp=NOW, language="fr", whole=False))

    assert "METHOD:CANCEL" in whole
    assert "STATUS:CANCELLED" in whole
    assert "METHOD:CANCEL" in one
    assert not any(line.startswith("STATUS") for line in one)
    assert "SEQUENCE:2" in one
    assert not any("RSVP" in line for line in whole + one)


def test_a_declined_counter_echoes_what_was_asked() -> None:
    """A DECLINECOUNTER has the UID and SEQUENCE of the invitation and its one attendee (RFC 5546 section 3.2.8)."""
    written = lines(ical.decline_counter(MEETING, ORGANIZER, INVITATION, GUEST, dtstamp=NOW, language="fr"))

    assert {"METHOD:DECLINECOUNTER", "UID:3a6e0e58-uid", "SEQUENCE:2"} <= set(written)
    assert sum(line.startswith("ATTENDEE") for line in written) == 1


@pytest.mark.parametrize(("cancelled", "status"), [(False, "CONFIRMED"), (True, "CANCELLED")])
def test_what_is_published_names_nobody(cancelled: bool, status: str) -> None:
    """The file for the website has neither ORGANIZER nor ATTENDEE, and says whether the meeting takes place."""
    meeting = replace(MEETING, cancelled=cancelled, url="https://example.org/a?b=c,d;e")
    written = lines(ical.publish(meeting, uid="public-uid", dtstamp=NOW, language="fr"))

    assert {
        "METHOD:PUBLISH",
        "UID:public-uid",
        f"STATUS:{status}",
        "URL:https://example.org/a?b=c,d;e",
    } <= set(written)
    assert not any(line.startswith(("ORGANIZER", "ATTENDEE")) for line in written)


NAMES = [
    pytest.param('Jean "Jojo", dit; X: Y\\Z', id="every special character"),
    pytest.param("^n ^^ ^'", id="what looks like RFC 6868"),
    pytest.param("🎉 Zoé 👩‍👩‍👧", id="emoji"),
    pytest.param("مرحبا بالعالم", id="right to left"),
    pytest.param("é" * 200, id="200 letters of two octets"),
    pytest.param("{{ 7*7 }}</p><script>", id="markup"),
]


@pytest.mark.parametrize("name", NAMES)
def test_names_come_through(name: str) -> None:
    """A name is read back as it was, by RFC 6868 where it holds a quotation mark."""
    event = Calendar.from_ical(request(guest=replace(GUEST, name=name))).events[0]

    assert name == event["ATTENDEE"].params["CN"]


@pytest.mark.parametrize(
    "nasty",
    [
        pytest.param("x\r\nATTENDEE:mailto:spy@example.org", id="line end"),
        pytest.param("x\nATTENDEE:mailto:spy@example.org", id="bare line feed"),
        pytest.param("x\u2028ATTENDEE:mailto:spy@example.org", id="line separator"),
        pytest.param("x\x85ATTENDEE:mailto:spy@example.org", id="next line"),
        pytest.param("x\x00\x1b\x7fATTENDEE:mailto:spy@example.org", id="controls"),
    ],
)
def test_no_value_starts_a_property(nasty: str) -> None:
    """Nothing in a title, place, name, address or link can add a property or a control character."""
    meeting = replace(
        MEETING, title=nasty, place=nasty, room=nasty, url=nasty, description=nasty, agenda=(nasty,)
    )
    content = request(meeting, Mailbox(nasty, nasty), Mailbox(nasty, nasty))

    assert sum(line.startswith("ATTENDEE") for line in content.decode().splitlines()) == 1
    assert not set(content.decode()) & {chr(code) for code in (*range(9), *range(14, 32), 127, 0x85, 0x2028)}
    assert content.count(b"\r\n") == content.count(b"\n") == content.count(b"\r")


def test_an_address_stays_one_address_in_a_uri() -> None:
    """The characters that would end an address inside a ``mailto:`` are escaped (RFC 6068 section 2)."""
    written = ical.read(request(guest=Mailbox("a?b=%c#d@example.org")))[0]

    assert [attendee.address for attendee in written.attendees] == ["a?b=%c#d@example.org"]


def test_span_reads_only_what_is_sound() -> None:
    """Reading back gives instants, or dates for whole days, and None for what is no calendar."""
    assert ical.start_and_end(request()) == (MEETING.starts, MEETING.ends)
    assert ical.start_and_end(b"BEGIN:VCALENDAR") is None
    assert ical.start_and_end(b"") is None
