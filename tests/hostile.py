"""Mails and parts of mails that a stranger may send to stop the reading, each made in any size."""

from __future__ import annotations

import base64
from collections.abc import Callable

Maker = Callable[[int], bytes]
"""Makes a mail of about so many octets."""

INVITEE, OURS = "marie@example.org", "<ours@example.net>"

_HEAD = (
    f"From: Marie Petit <{INVITEE}>\r\nTo: camille@example.net\r\nDate: Thu, 20 Mar 2025 09:00:00 +0100\r\n"
    f"In-Reply-To: {OURS}\r\nMessage-ID: <hostile@example.org>\r\nMIME-Version: 1.0\r\n"
).encode()
BOUNCE = _HEAD.replace(b"Marie Petit <marie@example.org>", b"MAILER-DAEMON@example.org")


def filled(unit: str | bytes, size: int) -> bytes:
    """Repeat a unit until it has so many octets."""
    octets = unit.encode("utf-8", "surrogatepass") if isinstance(unit, str) else unit
    return (octets * (size // len(octets) + 1))[:size]


def mail(content: bytes, kind: str = "text/plain; charset=utf-8", *, head: bytes = _HEAD) -> bytes:
    """Return a mail around a body."""
    return head + b"Subject: Re: Invitation\r\nContent-Type: " + kind.encode() + b"\r\n\r\n" + content


def text(unit: str | bytes, end: str = "", *, head: bytes = _HEAD, line: int = 0) -> Maker:
    """Make mails in words; with `line`, on lines of so many octets."""

    def make(size: int) -> bytes:
        if not line:
            return mail(filled(unit, size) + end.encode() + b"\r\n", head=head)
        return mail(filled(filled(unit, line) + end.encode() + b"\r\n", size), head=head)

    return make


def page(unit: str) -> Maker:
    """Make mails in HTML."""
    return lambda size: mail(filled(unit, size), "text/html; charset=utf-8")


def header(name: str, unit: str | bytes, begins: bytes = b"", ends: bytes = b"") -> Maker:
    """Make mails with a long value of a header field, on one line."""
    return lambda size: (
        name.encode() + b": " + begins + filled(unit, size) + ends + b"\r\n" + mail(b"Je viens.\r\n")
    )


def fields(line: bytes) -> Maker:
    """Make mails with many header fields."""
    return lambda size: filled(line + b"\r\n", size) + b"\r\n" + mail(b"Je viens.\r\n")


def report(unit: str, field: str = "Final-Recipient: rfc822; ", end: str = "") -> Maker:
    """Make delivery reports with a long field."""
    return lambda size: mail(
        b"--b\r\n\r\nx\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\nAction: failed\r\nStatus: 5.1.1\r\n"
        + field.encode()
        + filled(unit, size)
        + end.encode()
        + b"\r\n--b--\r\n",
        "multipart/report; report-type=delivery-status; boundary=b",
        head=BOUNCE,
    )


def calendar(unit: str, begins: str = "", ends: str = "") -> Maker:
    """Make answers of a calendar."""
    return lambda size: mail(
        b"BEGIN:VCALENDAR\r\nMETHOD:REPLY\r\nBEGIN:VEVENT\r\nUID:x\r\n"
        + begins.encode()
        + filled(unit, size)
        + ends.encode()
        + b"\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
        "text/calendar; method=REPLY; charset=utf-8",
    )


def parts(boundary: str, unit: bytes, begins: bytes = b"") -> Maker:
    """Make mails of many parts."""
    return lambda size: mail(begins + filled(unit, size), f'multipart/mixed; boundary="{boundary}"')


def nested(size: int) -> bytes:
    """Put mails into mails."""
    one = b"Content-Type: message/rfc822\r\n\r\n"
    return _HEAD + one * (size // len(one)) + b"Content-Type: text/plain\r\n\r\nJe viens.\r\n"


def addresses_by_references(size: int) -> bytes:
    """Put many addresses beside many references to letters of a test."""
    half = size // 2
    reply_to = ", ".join(f"a{at}@b{at}.example" for at in range(half // 22))
    tests = " ".join(f"<test.{at}.x@example.net>" for at in range(half // 26))
    return (
        f"From: x@example.com\r\nReply-To: {reply_to}\r\nReferences: {tests}\r\nMessage-ID: <a@b>\r\nSubject: x\r\n\r\nx\r\n"
    ).encode()


TEXT_UNITS = {
    "blank lines": "\n",
    "spaces": " ",
    "tabs and lines": "\t\n",
    "dashes": "-",
    "one letter": "a",
    "letters and spaces": "a ",
    "addresses": "a@b.fr ",
    "halves of addresses": "a@",
    "dots": "a.",
    "angles": "<",
    "angles and addresses": "<a@b.fr>",
    "quote marks": "> ",
    "quotes": '"',
    "brackets": "[(",
    "numbers": "1 ",
    "numbers and signs": "+2B",
    "numbers in brackets": "+1.1.1.1(1/1/1.1)1",
    "maybe": " maybe",
    "yes and no": "oui non ",
    "commas": "a, ",
    "questions": "oui ? ",
    "attributions": "Le 3 mars 2025 à 10:00, a a écrit :\n",
    "headings": "De : a\nEnvoyé : b\nÀ : c\nObjet : d\n",
    "signatures": "-- \na\n",
    "greetings": "Bonjour,\n",
    "closings": "Cordialement\nA B\n",
    "phones": "01 02 03 04 05 ",
    "links": "https://a.fr/b ",
    "accents": "é",
    "combining marks": "e\u0301\u0301\u0301",
    "emoji": "👩‍👩‍👧 ",
    "bidi": "\u202ea\u202c",
    "statuses": "550 5.1.1 <a@b.fr> unknown user\n",
    "reasons": "user unknown mailbox full ",
    "said of a mail": "your message could not be delivered to ",
    "equals": "=",
    "slashes": "\\/",
}
PAGE_UNITS = {
    "open elements": "<div>",
    "closed elements": "</div>",
    "comments": "<!--",
    "half tags": "<a ",
    "attributes": "<a b='c' d=\"e\">",
    "quotations": "<blockquote>a</blockquote>",
    "deep quotations": "<blockquote>",
    "tables": "<table><tr><td>a",
    "entities": "&#120120;&amp;&nbsp;",
    "lines": "a<br>",
    "styles": "<style>a{}</style>",
    "scripts": "<script>",
    "hidden": '<p style="display:none">a</p>',
    "preformatted": "<pre>\n\n",
    "classes": '<div class="gmail_quote x_y z">a</div>',
}
CALENDAR_UNITS = {
    "attendees": "ATTENDEE;PARTSTAT=ACCEPTED:mailto:a@b.fr\r\n",
    "parameters": ";A=b",
    "components": "BEGIN:VALARM\r\n",
    "comments": "COMMENT:oui\r\n",
    "folds": "\r\n a",
    "zones": "BEGIN:VTIMEZONE\r\nTZID:x\r\nEND:VTIMEZONE\r\n",
    "carets": "COMMENT;A=^n^n^':b\r\n",
    "quotes": '"',
    "names": "A",
    "percents": "ATTENDEE:mailto:%61",
}
ATTACKS: dict[str, Maker] = {
    "38: a long address in a report": report("a"),
    "38: the like, quoted": report('"'),
    "38: the like, of many lines": report("\r\n a"),
    "38: the like, of many halves": report("a@,"),
    "38: a long status": report("5.1.", "Diagnostic-Code: smtp; "),
    "39: a subject in punycode": header("Subject", "a", b"=?/punycode?q?", b"?="),
    "39: in another name of it": header("Subject", "a", b"=?PUNYCODE?q?", b"?="),
    "39: idna": header("Subject", "a.", b"=?idna?q?", b"?="),
    "39: utf-7": header("Subject", "+AGE-", b"=?utf7?q?", b"?="),
    "39: words without an end": header("Subject", "=?utf-8?q?"),
    "39: words of one letter": header("Subject", "=?utf-8?q?a?= "),
    "39: a name of words": header("From", "=?utf-8?b?w6k=?= ", ends=b" <a@b.fr>"),
    "40: a boundary of one dash": parts("-", b"-"),
    "40: a boundary of one letter": parts("a", b"--a"),
    "40: many boundaries on one line": parts("b", b"--b "),
    "40: parts without end": parts("b", b"--b\r\n\r\n"),
    "40: parts in parts": parts(
        "b", b"--b\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n", b"--b\r\n\r\nJe viens.\r\n"
    ),
    "41: blank lines and a letter": text("\n", "x"),
    "41: blank lines of a server": text("\n", "x", head=BOUNCE),
    "41: spaces and a letter": text(" ", "x", head=BOUNCE),
    "41: signs and a letter": text("-_*", "x"),
    "42: Reply-To by references": addresses_by_references,
    "44: a long From": header("From", "a"),
    "44: a From of addresses": header("From", "a@b.fr, "),
    "44: a From in comments": header("From", "("),
    "44: a long address": header("From", "a.", ends=b"@b.fr"),
    "44: a long domain": header("From", "a.", b"a@", b"fr"),
    "44: a long date": header("Date", "1 "),
    "44: long references": header("References", "<a@b> "),
    "44: a long type": header("Content-Type", ";a=b", b"text/plain"),
    "44: an odd type": header("Content-Type", '";a="', b"text/plain"),
    "44: a type in charsets": header("Content-Type", "; a*1*=utf-8''a", b"text/plain"),
    "44: long results": header("Authentication-Results", "dkim=pass header.d=a "),
    "44: many fields": fields(b"X-A: b"),
    "44: many types": fields(b"Content-Type: text/plain; a=b"),
    "44: many recipients": fields(b"To: a@b.fr"),
    "45: mails in mails": nested,
    "45: a digest": lambda size: mail(
        filled(b"--b\r\n\r\nSubject: a\r\n\r\n", size), "multipart/digest; boundary=b"
    ),
    "46: NUL": text("\x00a"),
    "46: lone surrogates": text("\ud800a"),
    "46: carriage returns": text("\r"),
    "a page in base64": lambda size: mail(
        b"Content-Transfer-Encoding: base64\r\n\r\n" + base64.b64encode(filled("<p>", size)),
        "text/html\r\nX: y",
    ),
    "a calendar of one name": calendar("A", "X-"),
    "a long attendee": calendar("a.", "ATTENDEE:mailto:a@"),
    **{f"37: {name}, long": text(unit) for name, unit in TEXT_UNITS.items()},
    **{f"37: {name}, on lines": text(unit, "x", line=480) for name, unit in TEXT_UNITS.items()},
    **{
        f"37: {name}, of a server": text(unit, "x", head=BOUNCE, line=70) for name, unit in TEXT_UNITS.items()
    },
    **{f"37: page of {name}": page(unit) for name, unit in PAGE_UNITS.items()},
    **{f"37: calendar of {name}": calendar(unit) for name, unit in CALENDAR_UNITS.items()},
    **{
        f"37: text in {charset}": lambda size, charset=charset: mail(  # type: ignore[misc]
            filled(b"\x1b$B0\xe9+A-~{a", size), f"text/plain; charset={charset}"
        )
        for charset in ("iso-2022-jp", "hz", "utf-16", "utf-7", "big5", "gb18030", "unicode_escape", "cp1252")
    },
}
