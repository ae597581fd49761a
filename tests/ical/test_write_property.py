"""Whatever the meeting and the names, two parsers that are not ours read what was meant."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import vobject
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from mailer import ical
from mailer.model.address import Mailbox
from mailer.model.contact import Contact
from mailer.model.invitation import Invitation, Kind
from mailer.model.meeting import Meeting
from mailer.model.people import Invitee
from tests.registered import members

NOW = datetime(2025, 3, 13, 9, 30, tzinfo=UTC)
ZONES = (
    "Europe/Paris",
    "Pacific/Chatham",
    "America/St_Johns",
    "Australia/Lord_Howe",
    "Asia/Kathmandu",
    "UTC",
)
WORDS = st.text(
    st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp"), exclude_characters="\ufeff"), max_size=200
)


@st.composite
def meetings(draw: st.DrawFn) -> Meeting:
    """Draw a meeting in any zone, of any length, with any text."""
    zone = draw(st.sampled_from(ZONES))
    moment = datetime(2024, 1, 1, tzinfo=UTC) + timedelta(seconds=draw(st.integers(0, 14 * 365 * 86400)))
    starts = moment.astimezone(ZoneInfo(zone))
    ends = (moment + timedelta(seconds=draw(st.integers(1, 200_000)))).astimezone(ZoneInfo(zone))
    return Meeting(
        title=draw(WORDS),
        starts=starts,
        ends=ends,
        zone=zone,
        place=draw(WORDS),
        room=draw(WORDS),
        description="\n".join(draw(st.lists(WORDS, max_size=3))),
        agenda=tuple(draw(st.lists(WORDS, max_size=3))),
    )


@given(meeting=meetings(), name=WORDS)
def test_two_parsers_read_what_was_meant(meeting: Meeting, name: str) -> None:
    """The library icalendar and vobject give the same instants, title and attendee as were written, in lines of 75 octets."""
    guest = Mailbox("guest@example.net", name)
    invitee = Invitee("r" * 16, guest.address, members("r", Contact(guest.address)))
    invitation = Invitation(invitee, Kind.INVITATION, "uid-1", 0, "token", "<m@example.org>")
    organizer = Mailbox("camille@example.org", "Camille")
    content = ical.request(meeting, organizer, invitation, guest, dtstamp=NOW, language="fr")
    title = " ".join(meeting.title.split())

    assert max(map(len, content.split(b"\r\n"))) <= 75
    assert all(line.decode() or not line for line in content.split(b"\r\n"))

    event = Calendar.from_ical(content).events[0]

    assert (meeting.starts, meeting.ends, title) == (event.start, event.end, str(event["SUMMARY"]))
    assert str(event["ATTENDEE"]) == "mailto:guest@example.net"
    assert (name or guest.address) == event["ATTENDEE"].params["CN"]
    assert not event.errors

    other = vobject.readOne(content.decode()).vevent

    assert (meeting.starts, meeting.ends, title) == (
        other.dtstart.value,
        other.dtend.value,
        other.summary.value,
    )
    assert other.attendee.value == "mailto:guest@example.net"
    if "description" in other.contents:
        assert str(event["DESCRIPTION"]) == other.description.value
