"""Check a finished message before anything is sent, by parsing its octets again.

Only the campaign and the invitation are trusted, so that a fault of a template, of a list or of the program stops the
whole send.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from mailer import ical, mime
from mailer.compose.crowd import Crowd
from mailer.compose.notice import missing_from_page, missing_from_text, notice_in
from mailer.compose.page import as_read
from mailer.model.address import normal
from mailer.model.campaign import Campaign
from mailer.model.contact import Problem, Severity
from mailer.model.invitation import Invitation, Kind
from mailer.model.meeting import Meeting
from mailer.model.message import IncomingMessage, OutgoingMessage, Part

_LONGEST_LINE = 998
_PLACEHOLDER = re.compile(r"\{\{|\}\}|\{%")
_AROUND = 30
_LINK = re.compile(r"""\b(?:href|src)\s*=\s*["']?([^"'\s>]+)""", re.IGNORECASE)
_FOLD = re.compile(r"\r?\n[ \t]")
_HEADERS = ("date", "from", "reply-to", "to", "message-id", "subject", "list-unsubscribe", "content-language")
_MIME_HEADERS = ("mime-version", "content-type")


@dataclass(frozen=True, slots=True)
class _Fault:
    """A rule the message breaks: its code, what was found, and what was expected."""

    code: str
    read: str = ""
    wanted: str = ""


@dataclass(frozen=True, slots=True)
class _Message:
    """A message parsed again, and the invitation it was written from."""

    raw: bytes
    read: IncomingMessage
    invitation: Invitation
    campaign: Campaign

    def part(self, content_type: str) -> Part | None:
        return next((part for part in self.read.parts if part.content_type == content_type), None)

    def text(self, content_type: str) -> str:
        part = self.part(content_type)
        return part.text if part else ""


def inspect_message(
    message: OutgoingMessage, invitation: Invitation, campaign: Campaign, crowd: Crowd, *, mailbox: str
) -> list[Problem]:
    """Return a problem for every rule the message breaks; nothing may be sent while there is one.

    `mailbox` is the address that is read for answers. `crowd` is everybody invited.
    """
    back = _Message(message.content, mime.read(message.content), invitation, campaign)
    faults = [
        *_octets(back),
        *_headers(back, message),
        *_placeholders(back),
        *(_invitation(back, message, mailbox) if invitation.kind.is_invitation else _no_calendar(back)),
        *_strangers(back, crowd),
    ]
    origin = invitation.invitee.people[0].origin
    return [
        Problem(Severity.ERROR, fault.code, origin, fault.read, values={"wanted": fault.wanted})
        for fault in faults
    ]


def _invitation(back: _Message, message: OutgoingMessage, mailbox: str) -> Iterator[_Fault]:
    """Check the calendar and the data-protection notice of an invitation."""
    yield from _calendar(back, message, mailbox)
    yield from _notice(back)


def _no_calendar(back: _Message) -> Iterator[_Fault]:
    """Check that a letter without an invitation has no calendar part, which would ask for an answer again."""
    if back.part("text/calendar") or back.part("application/ics"):
        yield _Fault("calendar-unwanted")


def _octets(back: _Message) -> Iterator[_Fault]:
    longest = max(map(len, back.raw.split(b"\r\n")))
    if longest > _LONGEST_LINE:
        yield _Fault("message-line-too-long", str(longest), str(_LONGEST_LINE))
    if not back.raw.isascii():
        yield _Fault("message-not-ascii")
    if not back.raw.count(b"\r\n") == back.raw.count(b"\n") == back.raw.count(b"\r"):
        yield _Fault("message-line-ends")
    if back.read.defect:
        yield _Fault("message-unreadable", back.read.defect)


def _headers(back: _Message, message: OutgoingMessage) -> Iterator[_Fault]:
    """Check that merged values have neither added header fields nor removed any."""
    wanted = [name for name in _HEADERS if name != "reply-to" or _answers_elsewhere(back.campaign)]
    if back.invitation.kind is Kind.REMINDER or not back.invitation.kind.is_invitation:
        wanted.append("x-auto-response-suppress")
    if back.invitation.kind is Kind.ACKNOWLEDGEMENT:
        wanted += ["auto-submitted", "in-reply-to", "references"]
    wanted += _MIME_HEADERS
    names = [name for name, _ in back.read.headers]
    if sorted(names) != sorted(wanted):
        yield _Fault("message-headers", " ".join(names), " ".join(wanted))
    if [*map(normal, back.read.recipients)] != [normal(message.recipient)]:
        yield _Fault("message-recipient", " ".join(back.read.recipients), message.recipient)
    if back.read.sender is None or back.read.sender.address != back.campaign.sender.address:
        sender = back.read.sender.address if back.read.sender else ""
        yield _Fault("message-sender", sender, back.campaign.sender.address)
    if back.read.message_id != back.invitation.message_id:
        yield _Fault("message-id", back.read.message_id, back.invitation.message_id)


def _answers_elsewhere(campaign: Campaign) -> bool:
    return campaign.sender.address != campaign.organizer.address


def _placeholders(back: _Message) -> Iterator[_Fault]:
    """Look for placeholders left unfilled; braces in the invitee's own values are allowed."""
    said = "\n".join((back.read.subject, back.text("text/plain"), as_read(back.text("text/html"))))
    for value in _own_values(back.invitation):
        if _PLACEHOLDER.search(value):
            said = said.replace(value, "")
    if left := _PLACEHOLDER.search(said):
        context = said[max(0, left.start() - _AROUND) : left.end() + _AROUND]
        yield _Fault("placeholder-left", " ".join(context.split()))


def _own_values(invitation: Invitation) -> Iterator[str]:
    for person in invitation.invitee.people:
        own = (person.civility, person.name, person.first_name, person.last_name, person.organisation)
        yield from map(mime.one_line, (*own, person.function, *person.fields.values()))


def _calendar(back: _Message, message: OutgoingMessage, mailbox: str) -> Iterator[_Fault]:
    """Check the calendar part and its attached copy against the invitation."""
    part, copy = back.part("text/calendar"), back.part("application/ics")
    objects = ical.read(part.content) if part else ()
    if part is None or len(objects) != 1 or (span := ical.start_and_end(part.content)) is None:
        yield _Fault("calendar-missing")
        return
    if copy is None or copy.content != part.content:
        yield _Fault("calendar-copy-differs")
    method = "CANCEL" if back.invitation.kind is Kind.CANCEL else "REQUEST"
    written, meeting = objects[0], back.campaign.meeting
    for what, said, meant in (
        ("method", written.method, method),
        ("method", part.parameters.get("method", ""), method),
        ("uid", written.uid, back.invitation.uid),
        ("sequence", written.sequence, back.invitation.sequence),
        ("organizer", normal(written.organizer), normal(back.campaign.organizer.address)),
        ("attendee", [normal(a.address) for a in written.attendees], [normal(message.recipient)]),
        ("starts", span[0], _moment(meeting.starts, meeting)),
        ("ends", span[1], _moment(meeting.ends, meeting)),
    ):
        if said != meant:
            yield _Fault(f"calendar-{what}", str(said), str(meant))
    if normal(written.organizer) != normal(mailbox):
        yield _Fault("organizer-not-read", written.organizer, mailbox)


def _moment(moment: datetime, meeting: Meeting) -> datetime | date:
    """Return what the calendar must hold: the instant, or for whole days the date in the meeting's time zone."""
    return moment.astimezone(ZoneInfo(meeting.zone)).date() if meeting.all_day else moment


def _notice(back: _Message) -> Iterator[_Fault]:
    notice, translated = notice_in(back.campaign, back.read.header("content-language"))
    missing = missing_from_text(notice, back.text("text/plain"), translated=translated)
    missing = missing or missing_from_page(notice, back.text("text/html"), translated=translated)
    if missing:
        yield _Fault("notice-missing", missing)


def _strangers(back: _Message, crowd: Crowd) -> Iterator[_Fault]:
    """Look for another invitee's address or name in headers, letter, calendar and attached text."""
    said = [value for _, value in back.read.headers]
    for part in back.read.parts:
        match part.content_type:
            case "text/html":
                said += [as_read(part.text), *_LINK.findall(part.text)]
            case "text/calendar":
                said.append(_FOLD.sub("", part.text).replace("\\n", "\n").replace("\\", ""))
            case "application/ics":
                pass  # the octets of text/calendar again, or it is a fault of its own
            case _:
                said += [part.filename, part.text]
    found = dict.fromkeys(crowd.strangers_in("\n".join(said), back.invitation.invitee))
    yield from (_Fault("names-another-invitee", stranger) for stranger in found)
