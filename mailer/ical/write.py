"""The meeting as an iTIP object: REQUEST, CANCEL and DECLINECOUNTER to one invitee, PUBLISH to everybody.

Times are written in UTC whatever the zone of the meeting: a single meeting needs no VTIMEZONE, and it is the
VTIMEZONE that Outlook and old libical misread (RFC 5546 section 3.1.2 asks one only where a TZID is used).
A meeting that lasts whole days is written in dates, which no zone shifts.
"""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from mailer.ical.lines import line, text, uri, utc
from mailer.model.address import Mailbox
from mailer.model.invitation import Invitation, Kind
from mailer.model.meeting import Meeting

_PRODID = "-//mailer//mailer//EN"
_URI_ESCAPES = str.maketrans({"%": "%25", "?": "%3F", "#": "%23"})


def request(
    meeting: Meeting,
    organizer: Mailbox,
    invitation: Invitation,
    attendee: Mailbox,
    *,
    dtstamp: datetime,
    language: str,
) -> bytes:
    """Ask one invitee, RFC 5546 section 3.2.2: an invitation, an update or a reminder alike.

    `dtstamp` is the moment this message is written, so that a reminder with the same SEQUENCE is later.
    """
    return _calendar(
        "REQUEST",
        *_identity(invitation.uid, invitation.sequence, dtstamp),
        *_meeting(meeting, language),
        line("STATUS", "CONFIRMED"),
        _organizer(organizer),
        _asked(attendee),
        line("TRANSP", "OPAQUE"),
        # Outlook and Thunderbird then do not offer to propose another time (MS-OXCICAL 2.1.3.1.1.20.38).
        line("X-MICROSOFT-DISALLOW-COUNTER", "TRUE"),
    )


def cancel(
    meeting: Meeting,
    organizer: Mailbox,
    invitation: Invitation,
    attendee: Mailbox,
    *,
    dtstamp: datetime,
    language: str,
    whole: bool,
) -> bytes:
    """Take the meeting back, RFC 5546 section 3.2.5; `whole`: it takes place for nobody.

    Where only this invitee is no longer invited, STATUS must not be there.
    """
    return _calendar(
        "CANCEL",
        *_identity(invitation.uid, invitation.sequence, dtstamp),
        *_meeting(meeting, language),
        *([line("STATUS", "CANCELLED")] if whole else []),
        _organizer(organizer),
        _told(attendee),
    )


def decline_counter(
    meeting: Meeting,
    organizer: Mailbox,
    invitation: Invitation,
    attendee: Mailbox,
    *,
    dtstamp: datetime,
    language: str,
) -> bytes:
    """Turn down another time the invitee proposed, RFC 5546 section 3.2.8: the meeting stays as it is."""
    return _calendar(
        "DECLINECOUNTER",
        *_identity(invitation.uid, invitation.sequence, dtstamp),
        *_meeting(meeting, language),
        _organizer(organizer),
        _told(attendee),
    )


def publish(meeting: Meeting, *, uid: str, dtstamp: datetime, language: str) -> bytes:
    """Announce the meeting to whoever takes the file, RFC 5546 section 3.2.1.

    Without ORGANIZER and ATTENDEE, since Outlook asks to answer one (and freezes on its own file) otherwise.
    """
    return _calendar(
        "PUBLISH",
        *_identity(uid, 0, dtstamp),
        *_meeting(meeting, language),
        line("STATUS", "CANCELLED" if meeting.cancelled else "CONFIRMED"),
        line("TRANSP", "OPAQUE"),
    )


def own_lines(invitation: Invitation, attendee: Mailbox) -> tuple[bytes, bytes]:
    """Return the two lines that are different for each invitee in what `request` and `cancel` write.

    The first has the same length for all.
    """
    whole = invitation.kind is not Kind.CANCEL
    return _uid(invitation.uid), _asked(attendee) if whole else _told(attendee)


def _calendar(method: str, *properties: bytes) -> bytes:
    return b"".join(
        (
            line("BEGIN", "VCALENDAR"),
            line("PRODID", _PRODID),
            line("VERSION", "2.0"),
            line("CALSCALE", "GREGORIAN"),
            line("METHOD", method),
            line("BEGIN", "VEVENT"),
            *properties,
            line("END", "VEVENT"),
            line("END", "VCALENDAR"),
        )
    )


def _identity(uid: str, sequence: int, dtstamp: datetime) -> list[bytes]:
    return [_uid(uid), line("SEQUENCE", str(sequence)), line("DTSTAMP", utc(dtstamp))]


def _uid(uid: str) -> bytes:
    return line("UID", text(uid))


def _meeting(meeting: Meeting, language: str) -> list[bytes]:
    place = ", ".join(" ".join(part.split()) for part in (meeting.room, meeting.place) if part.strip())
    description = _description(meeting)
    return [
        *_span(meeting),
        line("SUMMARY", text(" ".join(meeting.title.split())), LANGUAGE=language),
        *([line("LOCATION", text(place), LANGUAGE=language)] if place else []),
        *([line("DESCRIPTION", text(description), LANGUAGE=language)] if description else []),
        *([line("URL", uri(meeting.url))] if meeting.url else []),
        line("CLASS", "PUBLIC"),
    ]


def _span(meeting: Meeting) -> list[bytes]:
    if not meeting.all_day:
        return [line("DTSTART", utc(meeting.starts)), line("DTEND", utc(meeting.ends))]
    zone = ZoneInfo(meeting.zone)
    return [
        line("DTSTART", meeting.starts.astimezone(zone).strftime("%Y%m%d"), VALUE="DATE"),
        line("DTEND", meeting.ends.astimezone(zone).strftime("%Y%m%d"), VALUE="DATE"),
        line("X-MICROSOFT-CDO-ALLDAYEVENT", "TRUE"),
    ]


def _description(meeting: Meeting) -> str:
    agenda = "\n".join(f"{number}. {item}" for number, item in enumerate(meeting.agenda, 1))
    return "\n\n".join(filter(None, (meeting.description.strip(), agenda)))


def _organizer(organizer: Mailbox) -> bytes:
    return line("ORGANIZER", _mailto(organizer), CN=organizer.name)


def _asked(attendee: Mailbox) -> bytes:
    return _attendee(attendee, ";PARTSTAT=NEEDS-ACTION;RSVP=TRUE")


def _told(attendee: Mailbox) -> bytes:
    return _attendee(attendee, "")


def _attendee(attendee: Mailbox, parameters: str) -> bytes:
    name = f"ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT{parameters}"
    return line(name, _mailto(attendee), CN=attendee.name or attendee.address)


def _mailto(who: Mailbox) -> str:
    """The address as a URI (RFC 6068 section 2): escaped only where it would be read as something else."""
    return uri("mailto:" + who.address.translate(_URI_ESCAPES))
