"""Read calendar replies: iTIP REPLY and COUNTER (RFC 5546 section 3.2), and Outlook's winmail.dat."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime

from mailer import ical
from mailer.classify import calendar_words
from mailer.ical import Attendee, CalendarObject
from mailer.model.address import normal
from mailer.model.finding import Answer, CalendarLine, Claim, Finding, MailKind, PartStat, Unclear
from mailer.model.message import IncomingMessage, Part, Said

RULE = "calendar_reply"

_ANSWERS = {one.value: one for one in PartStat if one is not PartStat.NEEDS_ACTION}
_TYPES = ("text/calendar", "application/ics", "text/x-vcalendar", "application/x-ical")

# MS-OXTNEF: the message class of a meeting response in winmail.dat, by its old or its new name.
_RESPONSE = re.compile(
    rb"IPM\.(?:Microsoft )?Schedule\.(?:MtgResp([PNA])|Meeting\.Resp\.(Pos|Neg|Tent))", re.IGNORECASE
)
_FOREIGN_UID = re.compile(rb"vCal-Uid\x01\x00\x00\x00([!-~]{1,255})\x00")
"""The UID of an invitation not written by Outlook, inside its PidLidGlobalObjectId (MS-OXOCAL 2.2.1.27)."""
_BY_CLASS = {
    **dict.fromkeys(("p", "pos"), PartStat.ACCEPTED),
    **dict.fromkeys(("n", "neg"), PartStat.DECLINED),
    **dict.fromkeys(("a", "tent"), PartStat.TENTATIVE),
}


def read(message: IncomingMessage, said: Said) -> Finding | None:
    """Read a calendar reply from any part of the mail, except a returned or forwarded message."""
    if message.report_type:
        return None
    parts = [part for part in message.parts if not part.enclosed]
    for wanted in ("REPLY", "COUNTER"):
        for answer in _objects(parts):
            if answer.method == wanted:
                return _finding(answer, message, said)
    return _too_large(parts, message) or _tnef(parts, message, said)


def is_calendar(part: Part) -> bool:
    """Return whether a part is a calendar, by type or content, since ``method=`` and the type can get lost on the way."""
    return (
        part.content_type in _TYPES
        or part.content.lstrip(b"\xef\xbb\xbf \t\r\n")[:15].upper() == b"BEGIN:VCALENDAR"
    )


def _objects(parts: list[Part]) -> Iterator[CalendarObject]:
    for part in filter(is_calendar, parts):
        method = part.parameters.get("method", "")
        yield from ical.read(part.content, part.parameters.get("charset", ""), method)


def _finding(answer: CalendarObject, message: IncomingMessage, said: Said) -> Finding:
    attendee = _attendee(answer, message)
    comment = _words(answer, attendee, message, said)
    counter = answer.method == "COUNTER"
    claim = _claim(answer, attendee, comment)
    addresses = (attendee.address,) if attendee and attendee.address else _writer(message)
    return Finding(
        RULE,
        MailKind.CALENDAR_COUNTER if counter else MailKind.CALENDAR_REPLY,
        claim,
        f"METHOD:{answer.method}; PARTSTAT={attendee.partstat if attendee else ''}",
        addresses,
        calendar=_line(answer, attendee, comment),
        text=comment,
    )


def _words(answer: CalendarObject, attendee: Attendee | None, message: IncomingMessage, said: Said) -> str:
    """Return what was typed beside the button, wherever the program put it."""
    names = [attendee.name, attendee.address] if attendee else []
    if message.sender:
        names += [message.sender.name, message.sender.address]
    comments = (answer.comment, attendee.comment if attendee else "")
    return calendar_words.beside(said.text, comments, answer.description, names=names, summary=answer.summary)


def _attendee(answer: CalendarObject, message: IncomingMessage) -> Attendee | None:
    """Return the attendee who replies.

    RFC 5546 requires one ATTENDEE in a REPLY; of several, it is the writer, or the only one with an answer.
    """
    if len(answer.attendees) <= 1:
        return next(iter(answer.attendees), None)
    writers = {normal(mailbox.address) for mailbox in (*message.reply_to, *filter(None, (message.sender,)))}
    by_writer = [attendee for attendee in answer.attendees if normal(attendee.address) in writers]
    answering = [attendee for attendee in answer.attendees if attendee.partstat in _ANSWERS]
    return next((found[0] for found in (by_writer, answering) if len(found) == 1), None)


def _claim(answer: CalendarObject, attendee: Attendee | None, comment: str) -> Claim:
    """Return the answer, or `Unclear` with the code of the reason it cannot be one."""
    if answer.method == "COUNTER":
        return Unclear(why="counter-proposal")
    if any(status[:1] in "345" for status in answer.request_statuses):
        return Unclear(why="calendar-could-not-process")
    if attendee is None:
        return Unclear(why="several-attendees" if answer.attendees else "no-attendee")
    partstat = _ANSWERS.get(attendee.partstat)
    if partstat is None:
        return Unclear(why="no-answer-in-calendar")
    headcount = (
        1 + attendee.extra_guests if attendee.extra_guests and partstat is not PartStat.DECLINED else None
    )
    return Answer(partstat, headcount, attendee.delegated_to, asks=bool(comment))


def _line(answer: CalendarObject, attendee: Attendee | None, comment: str) -> CalendarLine:
    return CalendarLine(
        method=answer.method,
        uid=answer.uid,
        sequence=answer.sequence,
        dtstamp=answer.dtstamp,
        attendee=attendee.address if attendee else "",
        comment=comment,
        sent_by=attendee.sent_by if attendee else "",
        delegated_to=attendee.delegated_to if attendee else "",
        delegated_from=attendee.delegated_from if attendee else "",
        recurrence_id=answer.recurrence_id,
        request_status="; ".join(answer.request_statuses),
        proposed_starts=_aware(answer.starts),
        proposed_ends=_aware(answer.ends),
    )


def _aware(moment: datetime | None) -> datetime | None:
    """Return a proposed time; None if it is missing or floating."""
    return moment.astimezone(UTC) if moment and moment.tzinfo else None


def _writer(message: IncomingMessage) -> tuple[str, ...]:
    mailbox = next(iter(message.reply_to), None) or message.sender
    return (mailbox.address,) if mailbox else ()


def _too_large(parts: list[Part], message: IncomingMessage) -> Finding | None:
    """Report a calendar part over the size limit, which is not read; a reply is left to a person."""
    for part in filter(is_calendar, parts):
        if len(part.content) > ical.MAX_SIZE and re.search(
            rb"(?i)^METHOD:\s*(?:REPLY|COUNTER)", part.content, re.MULTILINE
        ):
            return Finding(
                RULE, MailKind.CALENDAR_REPLY, Unclear(why="calendar-too-large"), addresses=_writer(message)
            )
    return None


def _tnef(parts: list[Part], message: IncomingMessage, said: Said) -> Finding | None:
    """Read the message class and the UID in winmail.dat, all that remains of a reply from Outlook in rich text."""
    for part in parts:
        if not part.content_type.endswith("ms-tnef"):
            continue
        head = part.content[: ical.MAX_SIZE]
        if found := _RESPONSE.search(head) or _RESPONSE.search(head.replace(b"\x00", b"")):
            word = (found.group(1) or found.group(2)).decode().lower()
            uid = _FOREIGN_UID.search(head)
            names = [message.sender.name, message.sender.address] if message.sender else []
            typed = calendar_words.beside(said.text, (), names=names)
            line = CalendarLine(
                "REPLY",
                uid.group(1).decode() if uid else "",
                attendee=next(iter(_writer(message)), ""),
                comment=typed,
            )
            claim = Answer(_BY_CLASS[word], asks=bool(typed))
            evidence = found.group().decode()
            return Finding(
                RULE, MailKind.CALENDAR_REPLY, claim, evidence, _writer(message), calendar=line, text=typed
            )
    return None
