"""Reading a received invitation as an invitee's program does: with `email` and icalendar, not with our own parsers."""

from __future__ import annotations

import email
import email.policy
import re
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import unquote

import icalendar

from mailer.demo.post_office import Delivered


@dataclass(frozen=True, slots=True)
class ReceivedInvitation:
    """An invitation as received. `links` are the ``mailto:`` links of its text part, as (address, subject, body)."""

    recipient: str
    name: str
    subject: str
    message_id: str
    text: str
    uid: str
    sequence: int
    summary: str
    starts: datetime
    ends: datetime
    organizer: str
    attendee: str
    links: tuple[tuple[str, str, str], ...]


_LINK = re.compile(r"mailto:([^?\s>\"]+)\?subject=([^&\s>\"]+)(?:&(?:amp;)?body=([^\s>\"]+))?")


def open_letter(delivered: Delivered) -> ReceivedInvitation:
    """Read a delivered message. Raises ValueError if its calendar part is not a REQUEST."""
    message = email.message_from_bytes(delivered.content, policy=email.policy.default)
    parts = {part.get_content_type(): part for part in message.walk()}
    octets = parts["text/calendar"].get_payload(decode=True)
    assert isinstance(octets, bytes)
    calendar = icalendar.Calendar.from_ical(octets)
    if str(calendar["METHOD"]) != "REQUEST":
        raise ValueError("no REQUEST")
    (event,) = calendar.walk("VEVENT")
    attendees = event["ATTENDEE"]
    attendee = attendees[0] if isinstance(attendees, list) else attendees
    text = parts["text/plain"].get_content()
    links = tuple(
        (unquote(address), unquote(subject), unquote(body or ""))
        for address, subject, body in _LINK.findall(text)
    )
    return ReceivedInvitation(
        recipient=delivered.recipient,
        name=str(attendee.params.get("CN", delivered.recipient)),
        subject=str(message["Subject"]),
        message_id=str(message["Message-ID"]),
        text=text,
        uid=str(event["UID"]),
        sequence=int(event.get("SEQUENCE", 0)),
        summary=str(event["SUMMARY"]),
        starts=event.decoded("DTSTART"),
        ends=event.decoded("DTEND"),
        organizer=_bare(str(event["ORGANIZER"])),
        attendee=_bare(str(attendee)),
        links=links,
    )


def _bare(address: str) -> str:
    return re.sub("^mailto:", "", address, flags=re.IGNORECASE)
