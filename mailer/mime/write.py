"""Writing of MIME messages, from parts that were encoded once for all of them.

The structure is mixed{alternative{plain, html, calendar}, ics}, as CalConnect recommends and Google writes:
some programs see the text/calendar alternative only, others the attached application/ics only. The calendar
is the last alternative and no attachment, or Thunderbird, Gnus and Evolution show no buttons to answer.
Inline images are outside the alternative, mixed{related{alternative{...}, images}, ics}: inside it,
Thunderbird hides the letter.
"""

from __future__ import annotations

import binascii
import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Generic, TypeVar
from urllib.parse import quote

from mailer.mime import headers
from mailer.model.address import Mailbox
from mailer.model.contact import NO_VALUES

_BASE64 = b"Content-Transfer-Encoding: base64\r\n\r\n"
"""The last header field of a part in base64, with the empty line before the body."""
_INVITATION = (
    b'Content-Type: application/ics; name="invitation.ics"\r\n'
    b'Content-Disposition: attachment; filename="invitation.ics"\r\n' + _BASE64
)
_PLAIN_NAME = re.compile(r"[A-Za-z0-9 ._()+-]{1,60}")


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that is part of every message; with `content_id` (without brackets) an image in the HTML."""

    name: str
    content_type: str
    content: bytes = field(repr=False)
    content_id: str = ""


@dataclass(frozen=True, slots=True)
class EncodedFiles:
    """The images and attachments of all messages of a campaign, as encoded MIME parts."""

    images: tuple[bytes, ...] = ()
    attachments: tuple[bytes, ...] = ()


def encode_files(files: Iterable[Attachment]) -> EncodedFiles:
    """Encode the files that are part of every message."""
    files = tuple(files)
    return EncodedFiles(
        images=tuple(_file(file) for file in files if file.content_id),
        attachments=tuple(_file(file) for file in files if not file.content_id),
    )


@dataclass(frozen=True, slots=True)
class HeaderFields:
    """The header fields of one message; `message_id` has angle brackets.

    `reply_to` is given only where answers do not go to `sender`. `tokens` are further fields, in printable
    ASCII, which must be neither folded nor encoded, such as List-Unsubscribe.
    """

    sender: Mailbox
    to: Mailbox
    subject: str
    date: datetime
    message_id: str
    reply_to: Mailbox | None = None
    tokens: Mapping[str, str] = field(default_factory=lambda: NO_VALUES)


Gap = TypeVar("Gap", covariant=True)
"""What stands in the place of octets that differ between messages."""


@dataclass(frozen=True, slots=True)
class EncodedParts(Generic[Gap]):
    """The encoded text, HTML and calendar of a message, with gaps for what differs between messages.

    `seed` makes the boundaries of each message unique (`boundary_seed`).
    """

    text: Sequence[bytes | Gap]
    html: Sequence[bytes | Gap]
    calendar: Sequence[bytes | Gap]
    method: str
    seed: bytes | Gap


def assemble(
    frame: EncodedFiles,
    heading: HeaderFields,
    *,
    text: str,
    html: str,
    calendar: bytes = b"",
    method: str = "",
) -> bytes:
    """Write one message, with or without a calendar part; the same arguments give the same octets."""
    body: EncodedParts[bytes] = EncodedParts(
        text=[quoted_printable(text)],
        html=[quoted_printable(html)],
        calendar=[base64_lines(calendar)] if calendar else [],
        method=method,
        seed=boundary_seed(heading.message_id),
    )
    return b"".join(layout(frame, header_fields(heading), body))


def layout(frame: EncodedFiles, heading: Sequence[bytes | Gap], body: EncodedParts[Gap]) -> list[bytes | Gap]:
    """Return the octets and gaps of a message, in order, from its header fields and encoded parts."""
    alternatives: list[list[bytes | Gap]] = [
        [_text_head("plain"), *body.text],
        [_text_head("html"), *body.html],
    ]
    files: list[list[bytes | Gap]] = [[file] for file in frame.attachments]
    if body.calendar:
        head = f"Content-Type: text/calendar; charset=UTF-8; method={body.method}\r\n".encode() + _BASE64
        alternatives.append([head, *body.calendar])
        files.insert(0, [_INVITATION, *body.calendar])
    parts = _multipart("alternative", (b"=_a_", body.seed), alternatives)
    if frame.images:
        images: list[list[bytes | Gap]] = [[image] for image in frame.images]
        related = (b"=_r_", body.seed)
        parts = _multipart("related", related, [parts, *images], type="multipart/alternative")
    whole = _multipart("mixed", (b"=_m_", body.seed), [parts, *files])
    return [*heading, b"MIME-Version: 1.0\r\n", *whole]


def boundary_seed(message_id: str) -> bytes:
    """Return the part of the boundaries that is unique to a message, derived from its Message-ID.

    Boundaries also hold ``=_``, which quoted-printable and base64 cannot produce (RFC 2045 section 6.7).
    """
    return hashlib.sha256(message_id.encode()).hexdigest()[:24].encode()


def header_fields(heading: HeaderFields) -> list[bytes]:
    """Return the written fields, in the order of RFC 5322 section 3.6, then the others."""
    return [
        headers.date("Date", heading.date),
        headers.mailbox("From", heading.sender),
        *([headers.mailbox("Reply-To", heading.reply_to)] if heading.reply_to else []),
        headers.mailbox("To", heading.to),
        headers.verbatim("Message-ID", heading.message_id),
        headers.unstructured("Subject", heading.subject),
        *(headers.verbatim(name, value) for name, value in heading.tokens.items()),
    ]


def _multipart(
    subtype: str,
    boundary: Sequence[bytes | Gap],
    parts: Sequence[Sequence[bytes | Gap]],
    type: str = "",  # noqa: A002
) -> list[bytes | Gap]:
    related = f'; type="{type}"' if type else ""
    pieces: list[bytes | Gap] = [
        f'Content-Type: multipart/{subtype}{related};\r\n boundary="'.encode(),
        *boundary,
    ]
    pieces += [b'"\r\n']
    for part in parts:
        pieces += [b"\r\n--", *boundary, b"\r\n", *part]
    return [*pieces, b"\r\n--", *boundary, b"--\r\n"]


def _text_head(subtype: str) -> bytes:
    return (
        f"Content-Type: text/{subtype}; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
    ).encode()


def quoted_printable(text: str) -> bytes:
    """Encode a text as quoted-printable with CRLF; the result of a line does not depend on other lines."""
    octets = text.replace("\r\n", "\n").replace("\r", "\n").encode("utf-8", "replace")
    return binascii.b2a_qp(octets, quotetabs=False, istext=True).replace(b"\n", b"\r\n")


def base64_lines(octets: bytes) -> bytes:
    """Encode as base64 in lines of 76 characters.

    Base64 keeps the calendar safe from relays that change line lengths, charsets or line ends; Exchange uses
    it, too.
    """
    encoded = binascii.b2a_base64(octets, newline=False)
    lines = [encoded[at : at + _BASE64_LINE] for at in range(0, len(encoded), _BASE64_LINE)]
    return b"\r\n".join([*lines, b""])


_BASE64_LINE = 76
"""The longest line (RFC 2045 section 6.8)."""


def _file(file: Attachment) -> bytes:
    name = _file_name(file.name)
    kind = "inline" if file.content_id else "attachment"
    identity = f"Content-ID: <{file.content_id}>\r\n" if file.content_id else ""
    head = f"Content-Type: {file.content_type}\r\n{identity}Content-Disposition: {kind}{name}\r\n"
    return head.encode("ascii") + _BASE64 + base64_lines(file.content)


def _file_name(name: str) -> str:
    """Return the filename parameter for the last part of a path, in RFC 2231 form unless it is ASCII."""
    name = headers.one_line(name.replace("\\", "/").rpartition("/")[2])
    if _PLAIN_NAME.fullmatch(name):
        return f';\r\n filename="{name}"'
    pieces = [quote(name[start : start + 10], safe="") for start in range(0, len(name), 10)]
    pieces[0] = f"utf-8''{pieces[0]}"
    if len(pieces) == 1:
        return f";\r\n filename*={pieces[0]}"
    return "".join(f";\r\n filename*{number}*={piece}" for number, piece in enumerate(pieces))
