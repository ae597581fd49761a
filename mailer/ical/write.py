"""Writing of the meeting as iTIP objects: REQUEST, CANCEL and DECLINECOUNTER to one invitee, or PUBLISH.

Times are written in UTC, so that no VTIMEZONE is needed (RFC 5546 section 3.1.2 requires one for each TZID):
Outlook and old versions of libical misread them. A meeting of whole days is written in dates, which no time
zone shifts. Each object has one ATTENDEE only, so that invitees do not see one another (RFC 5546 section
6.3).
"""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from mailer.ical.write_lines import content_line, text_value, uri_value, utc_value
from mailer.model.address import Mailbox
from mailer.model.invitation import Invitation
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
    """Write a REQUEST for one invitee, RFC 5546 section 3.2.2, as invitation, update or reminder.

    `dtstamp` is the time this message is written, by which clients tell a reminder from the invitation with
    the same SEQUENCE. RSVP=TRUE is written because its default is FALSE.
    """
    return _calendar(
        "REQUEST",
        *_uid_sequence_dtstamp(invitation.uid, invitation.sequence, dtstamp),
        *_meeting(meeting, language),
        content_line("STATUS", "CONFIRMED"),
        _organizer(organizer),
        _attendee_to_answer(attendee),
        content_line("TRANSP", "OPAQUE"),
        # It keeps Outlook (MS-OXCICAL 2.1.3.1.1.20.38) and Thunderbird from offering to propose another time.
        content_line("X-MICROSOFT-DISALLOW-COUNTER", "TRUE"),
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
    """Write a CANCEL, RFC 5546 section 3.2.5, of the `whole` meeting or of the invitation of one invitee.

    STATUS must be absent where only this invitee is no longer invited.
    """
    return _calendar(
        "CANCEL",
        *_uid_sequence_dtstamp(invitation.uid, invitation.sequence, dtstamp),
        *_meeting(meeting, language),
        *([content_line("STATUS", "CANCELLED")] if whole else []),
        _organizer(organizer),
        _attendee_to_inform(attendee),
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
    """Write a DECLINECOUNTER, RFC 5546 section 3.2.8, which refuses the time that the invitee proposed."""
    return _calendar(
        "DECLINECOUNTER",
        *_uid_sequence_dtstamp(invitation.uid, invitation.sequence, dtstamp),
        *_meeting(meeting, language),
        _organizer(organizer),
        _attendee_to_inform(attendee),
    )


def publish(meeting: Meeting, *, uid: str, dtstamp: datetime, language: str) -> bytes:
    """Write a PUBLISH, RFC 5546 section 3.2.1, for a file that anybody may download.

    It has no ORGANIZER and no ATTENDEE, for which Outlook would ask the reader to answer.
    """
    return _calendar(
        "PUBLISH",
        *_uid_sequence_dtstamp(uid, 0, dtstamp),
        *_meeting(meeting, language),
        content_line("STATUS", "CANCELLED" if meeting.cancelled else "CONFIRMED"),
        content_line("TRANSP", "OPAQUE"),
    )


def _calendar(method: str, *properties: bytes) -> bytes:
    return b"".join(
        (
            content_line("BEGIN", "VCALENDAR"),
            content_line("PRODID", _PRODID),
            content_line("VERSION", "2.0"),
            content_line("CALSCALE", "GREGORIAN"),
            content_line("METHOD", method),
            content_line("BEGIN", "VEVENT"),
            *properties,
            content_line("END", "VEVENT"),
            content_line("END", "VCALENDAR"),
        )
    )


def _uid_sequence_dtstamp(uid: str, sequence: int, dtstamp: datetime) -> list[bytes]:
    return [_uid(uid), content_line("SEQUENCE", str(sequence)), content_line("DTSTAMP", utc_value(dtstamp))]


def _uid(uid: str) -> bytes:
    return content_line("UID", text_value(uid))


def _meeting(meeting: Meeting, language: str) -> list[bytes]:
    place = ", ".join(" ".join(part.split()) for part in (meeting.room, meeting.place) if part.strip())
    description = _description(meeting)
    return [
        *_start_and_end(meeting),
        content_line("SUMMARY", text_value(" ".join(meeting.title.split())), LANGUAGE=language),
        *([content_line("LOCATION", text_value(place), LANGUAGE=language)] if place else []),
        *([content_line("DESCRIPTION", text_value(description), LANGUAGE=language)] if description else []),
        *([content_line("URL", uri_value(meeting.url))] if meeting.url else []),
        content_line("CLASS", "PUBLIC"),
    ]


def _start_and_end(meeting: Meeting) -> list[bytes]:
    if not meeting.all_day:
        return [
            content_line("DTSTART", utc_value(meeting.starts)),
            content_line("DTEND", utc_value(meeting.ends)),
        ]
    zone = ZoneInfo(meeting.zone)
    return [
        content_line("DTSTART", meeting.starts.astimezone(zone).strftime("%Y%m%d"), VALUE="DATE"),
        content_line("DTEND", meeting.ends.astimezone(zone).strftime("%Y%m%d"), VALUE="DATE"),
        content_line("X-MICROSOFT-CDO-ALLDAYEVENT", "TRUE"),
    ]


def _description(meeting: Meeting) -> str:
    agenda = "\n".join(f"{number}. {item}" for number, item in enumerate(meeting.agenda, 1))
    return "\n\n".join(filter(None, (meeting.description.strip(), agenda)))


def _organizer(organizer: Mailbox) -> bytes:
    return content_line("ORGANIZER", mailto(organizer.address), CN=organizer.name)


def _attendee_to_answer(attendee: Mailbox) -> bytes:
    return _attendee(attendee, ";PARTSTAT=NEEDS-ACTION;RSVP=TRUE")


def _attendee_to_inform(attendee: Mailbox) -> bytes:
    return _attendee(attendee, "")


def _attendee(attendee: Mailbox, parameters: str) -> bytes:
    name = f"ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT{parameters}"
    return content_line(name, mailto(attendee.address), CN=attendee.name or attendee.address)


def mailto(address: str) -> str:
    """Return the mailto URI of an address, escaping only characters that would end it (RFC 6068)."""
    return uri_value("mailto:" + address.translate(_URI_ESCAPES))
