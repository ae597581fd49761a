"""Replies to invitations in the formats of real mail and calendar programs.

Each function returns the mail that one program sends for one action (accept, write a reply, bounce). Headers, MIME tree,
calendar part and peculiarities are those of mails recorded from that program.
"""

from __future__ import annotations

import base64
import quopri
import zlib
from datetime import UTC, datetime, timedelta
from email.header import Header
from email.utils import format_datetime, formataddr

from mailer.demo.received import ReceivedInvitation


def _head(
    letter: ReceivedInvitation,
    at: datetime,
    subject: str,
    *,
    sender: str = "",
    answering: bool = False,
    extra: str = "",
) -> str:
    shown = sender or formataddr((str(Header(letter.name, "utf-8").encode()), letter.recipient))
    number = zlib.crc32(f"{letter.recipient}{at.isoformat()}{subject}".encode())
    lines = [
        f"From: {shown}",
        f"To: <{letter.organizer}>",
        f"Subject: {Header(subject, 'utf-8').encode()}",
        f"Date: {format_datetime(at)}",
        f"Message-ID: <{number:x}@{letter.recipient.partition('@')[2]}>",
        "MIME-Version: 1.0",
    ]
    if answering:
        lines += [f"In-Reply-To: {letter.message_id}", f"References: {letter.message_id}"]
    return "\r\n".join(lines) + "\r\n" + extra


def _stamp(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def _reply(letter: ReceivedInvitation, attendee: str, *lines: str) -> str:
    """Return an iTIP REPLY: the lines that all programs write, and `lines` of one program."""
    event = [
        f"UID:{letter.uid}",
        f"SUMMARY:{letter.summary}",
        f"DTSTART:{_stamp(letter.starts)}",
        f"DTEND:{_stamp(letter.ends)}",
        attendee,
        *lines,
    ]
    return "\r\n".join(
        [
            "BEGIN:VCALENDAR",
            "VERSION:2.0",
            "METHOD:REPLY",
            "BEGIN:VEVENT",
            *event,
            "END:VEVENT",
            "END:VCALENDAR",
            "",
        ]
    )


def thunderbird(letter: ReceivedInvitation, at: datetime, partstat: str) -> bytes:
    """Thunderbird 153: no threading headers; for a tentative answer its text says “a accepté” all the same."""
    verb, title = {
        "ACCEPTED": ("accepté", "Accepté"),
        "DECLINED": ("refusé", "Invitation refusée"),
        "TENTATIVE": ("accepté", "Proposée"),
    }[partstat]
    calendar = _reply(
        letter,
        f'ATTENDEE;CN="{letter.name}";PARTSTAT={partstat};CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT:mailto:{letter.attendee}',
        "PRODID:-//Mozilla.org/NONSGML Mozilla Calendar V1.1//EN",
        f"ORGANIZER;CN=Camille Julien:mailto:{letter.organizer}",
        f"SEQUENCE:{letter.sequence}",
        f"DTSTAMP:{_stamp(at)}",
    )
    body = (
        "--b1\r\nContent-type: multipart/alternative; boundary=b2\r\n\r\n"
        "--b2\r\nContent-type: text/plain; charset=UTF-8\r\nContent-transfer-encoding: 8BIT\r\n\r\n"
        f"{letter.name} <{letter.recipient}> a {verb} votre invitation.\r\n\r\n"
        "--b2\r\nContent-type: text/calendar; method=REPLY; charset=UTF-8\r\n"
        f"Content-transfer-encoding: 8BIT\r\n\r\n{calendar}\r\n--b2--\r\n\r\n"
        "--b1\r\nContent-type: application/ics; name=invite.ics\r\nContent-transfer-encoding: 8BIT\r\n"
        f"Content-disposition: attachment; filename=invite.ics\r\n\r\n{calendar}\r\n--b1--\r\n"
    )
    head = _head(letter, at, f"{title}\u00a0: {letter.summary}")
    return f"{head}Content-type: multipart/mixed; boundary=b1\r\n\r\n{body}".encode()


def exchange(letter: ReceivedInvitation, at: datetime, partstat: str) -> bytes:
    """outlook.com: no ORGANIZER at all, the calendar in base64, and a header that only looks like a robot's."""
    calendar = _reply(
        letter,
        f"ATTENDEE;PARTSTAT={partstat};CN={letter.name}:MAILTO:{letter.attendee}",
        "PRODID:Microsoft Exchange Server 2010",
        f"SEQUENCE:{letter.sequence}",
        f"DTSTAMP:{_stamp(at)}",
        "X-MICROSOFT-CDO-BUSYSTATUS:BUSY",
    )
    encoded = base64.encodebytes(calendar.encode()).decode().replace("\n", "\r\n")
    title = {"ACCEPTED": "Accepté", "DECLINED": "Refusé", "TENTATIVE": "Provisoire"}[partstat]
    head = _head(
        letter,
        at,
        f"{title}\u00a0: {letter.summary}",
        answering=True,
        extra="X-Auto-Response-Suppress: All\r\n",
    )
    return (
        f"{head}Content-Type: multipart/alternative; boundary=x1\r\n\r\n"
        "--x1\r\nContent-Type: text/plain; charset=iso-8859-1\r\n\r\n\r\n"
        '--x1\r\nContent-Type: text/calendar; charset="utf-8"; method=REPLY\r\n'
        f"Content-Transfer-Encoding: base64\r\n\r\n{encoded}\r\n--x1--\r\n"
    ).encode()


def google(
    letter: ReceivedInvitation, at: datetime, partstat: str, *, guests: int = 0, comment: str = ""
) -> bytes:
    """Google Calendar: the calendar twice, further guests as X-NUM-GUESTS, a note as X-RESPONSE-COMMENT."""
    note = f';X-RESPONSE-COMMENT="{comment}"' if comment else ""
    calendar = _reply(
        letter,
        f"ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT={partstat};CN={letter.attendee};X-NUM-GUESTS={guests}"
        f"{note}:mailto:{letter.attendee}",
        "PRODID:-//Google Inc//Google Calendar 70.9054//EN",
        f"ORGANIZER;CN=Camille Julien:mailto:{letter.organizer}",
        f"SEQUENCE:{letter.sequence}",
        f"DTSTAMP:{_stamp(at)}",
    )
    encoded = base64.encodebytes(calendar.encode()).decode().replace("\n", "\r\n")
    head = _head(letter, at, f"Accepted: {letter.summary} @ Mon Mar 31, 2025")
    return (
        f"{head}Content-Type: multipart/mixed; boundary=g1\r\n\r\n"
        "--g1\r\nContent-Type: multipart/alternative; boundary=g2\r\n\r\n"
        "--g2\r\nContent-Type: text/plain; charset=UTF-8; format=flowed; delsp=yes\r\n\r\n"
        f"{letter.attendee} has replied to this invitation.\r\n\r\n"
        f"--g2\r\nContent-Type: text/calendar; charset=UTF-8; method=REPLY\r\n\r\n{calendar}\r\n--g2--\r\n"
        '--g1\r\nContent-Type: application/ics; name="invite.ics"\r\nContent-Disposition: attachment; '
        f'filename="invite.ics"\r\nContent-Transfer-Encoding: base64\r\n\r\n{encoded}\r\n--g1--\r\n'
    ).encode()


def nextcloud(letter: ReceivedInvitation, at: datetime, partstat: str) -> bytes:
    """Nextcloud: From is the server's own address; who answers stands in ATTENDEE and Reply-To."""
    calendar = _reply(
        letter,
        f"ATTENDEE;CN={letter.name};PARTSTAT={partstat}:mailto:{letter.attendee.lower()}",
        "PRODID:-//Sabre//Sabre VObject 4.6.0//EN",
        f"ORGANIZER;CN=Camille Julien:mailto:{letter.organizer}",
        f"SEQUENCE:{letter.sequence}",
        f"DTSTAMP:{_stamp(at)}",
    )
    encoded = base64.encodebytes(calendar.encode()).decode().replace("\n", "\r\n")
    via = str(Header(f"{letter.name} via Nextcloud", "utf-8").encode())
    head = _head(
        letter,
        at,
        f"Re : {letter.summary}",
        sender=f"{via} <invitations-noreply@cloud.example.org>",
        extra=f"Reply-To: <{letter.recipient}>\r\n",
    )
    return (
        f"{head}Content-Type: multipart/mixed; boundary=n1\r\n\r\n"
        "--n1\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
        f"{letter.name} a accepté votre invitation\r\n\r\n"
        "--n1\r\nContent-Type: text/calendar; method=REPLY; name=event.ics\r\nContent-Transfer-Encoding: base64\r\n"
        f"Content-Disposition: attachment; name=event.ics; filename=event.ics\r\n\r\n{encoded}\r\n--n1--\r\n"
    ).encode()


def claws(letter: ReceivedInvitation, at: datetime, partstat: str) -> bytes:
    """Claws Mail: the calendar is the whole mail, its DTSTAMP no date, ``MAILTO:`` folded from the address."""
    calendar = _reply(
        letter,
        f"ATTENDEE;ROLE=REQ-PARTICIPANT;RSVP=TRUE;PARTSTAT={partstat}:MAILTO:\r\n {letter.attendee}",
        "PRODID:-//Claws Mail//NONSGML Claws Mail Calendar//EN",
        f"ORGANIZER:MAILTO:{letter.organizer}",
        f"SEQUENCE:{letter.sequence}",
        "DTSTAMP:00000000T000000",
    )
    head = _head(letter, at, f"Accepted: {letter.summary}")
    kind = 'Content-Type: text/calendar; method=REPLY; charset="UTF-8"\r\nContent-Transfer-Encoding: 8bit\r\n'
    return f"{head}{kind}\r\n{calendar}".encode()


def apple(letter: ReceivedInvitation, at: datetime, partstat: str) -> bytes:
    """Apple Mail: the calendar is an attachment, deep inside the second alternative."""
    calendar = _reply(
        letter,
        f"ATTENDEE;CN={letter.name};PARTSTAT={partstat}:mailto:{letter.attendee}",
        "PRODID:-//Apple Inc.//iOS 18.3//EN",
        f"ORGANIZER;CN=Camille Julien:mailto:{letter.organizer}",
        f"SEQUENCE:{letter.sequence}",
        f"DTSTAMP:{_stamp(at)}",
    )
    return (
        f"{_head(letter, at, f'Accepté : {letter.summary}')}"
        "Content-Type: multipart/alternative; boundary=Apple-Mail-1\r\n\r\n"
        "--Apple-Mail-1\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n\r\n"
        "--Apple-Mail-1\r\nContent-Type: multipart/mixed; boundary=Apple-Mail-2\r\n\r\n"
        "--Apple-Mail-2\r\nContent-Type: text/html; charset=us-ascii\r\n\r\n<html><body></body></html>\r\n"
        "--Apple-Mail-2\r\nContent-Disposition: attachment; filename=invitation.ics\r\n"
        "Content-Type: text/calendar; name=invitation.ics; charset=utf-8\r\n\r\n"
        f"{calendar}\r\n--Apple-Mail-2--\r\n--Apple-Mail-1--\r\n"
    ).encode()


def written(letter: ReceivedInvitation, at: datetime, words: str, *, subject: str = "") -> bytes:
    """Return a written reply with the invitation quoted below, as Thunderbird quotes."""
    quoted = "".join(f"> {line}\r\n" for line in letter.text.splitlines())
    text = f"{words}\r\n\r\nLe 13/03/2025 à 09:12, Camille Julien a écrit :\r\n{quoted}"
    head = _head(letter, at, subject or f"Re: {letter.subject}", answering=True)
    body = quopri.encodestring(text.encode()).decode()
    return (
        f"{head}Content-Type: text/plain; charset=UTF-8; format=flowed\r\n"
        f"Content-Transfer-Encoding: quoted-printable\r\n\r\n{body}"
    ).encode()


def link(letter: ReceivedInvitation, at: datetime, number: int, *, sender: str = "") -> bytes:
    """Return the mail of a pressed answer link: prepared subject and body, any sender, no threading headers."""
    _, subject, body = letter.links[number]
    head = _head(letter, at, subject, sender=sender)
    return f"{head}Content-Type: text/plain; charset=UTF-8\r\n\r\n{body}\r\n".encode()


def absence(letter: ReceivedInvitation, at: datetime, words: str) -> bytes:
    """Return an out-of-office reply (RFC 3834)."""
    extra = "Auto-Submitted: auto-replied\r\nX-Auto-Response-Suppress: All\r\n"
    head = _head(letter, at, f"Réponse automatique : {letter.subject}", answering=True, extra=extra)
    kind = "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n"
    return f"{head}{kind}\r\n{words}\r\n".encode()


def bounce(letter: ReceivedInvitation, at: datetime) -> bytes:
    """Return a delivery status notification (RFC 3464) with the headers of the undelivered message."""
    head = _head(
        letter,
        at + timedelta(seconds=20),
        "Undelivered Mail Returned to Sender",
        sender="Mail Delivery System <MAILER-DAEMON@mx.example.net>",
        extra="Auto-Submitted: auto-replied\r\n",
    )
    return (
        f"{head}Content-Type: multipart/report; report-type=delivery-status; boundary=d1\r\n\r\n"
        "--d1\r\nContent-Type: text/plain; charset=us-ascii\r\n\r\n"
        "I'm sorry to have to inform you that your message could not be delivered.\r\n\r\n"
        "--d1\r\nContent-Type: message/delivery-status\r\n\r\n"
        "Reporting-MTA: dns; mx.example.net\r\n\r\n"
        f"Final-Recipient: rfc822; {letter.recipient}\r\nAction: failed\r\nStatus: 5.1.1\r\n"
        f"Diagnostic-Code: smtp; 550 5.1.1 <{letter.recipient}>: Recipient address rejected: User unknown\r\n\r\n"
        "--d1\r\nContent-Type: text/rfc822-headers\r\n\r\n"
        f"Message-ID: {letter.message_id}\r\nTo: {letter.recipient}\r\n\r\n--d1--\r\n"
    ).encode()
