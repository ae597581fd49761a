"""A message put together octet by octet, from parts that were encoded once.

The shape is the one CalConnect recommends and Google writes: mixed{alternative{plain, html, calendar}, ics}.
Inline images lie outside the alternative, mixed{related{alternative{...}, images}, ics}: inside it, Thunderbird
hides the letter. The calendar is the last alternative, or Thunderbird and Gnus show no buttons.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import quote

from mailer.mime import headers
from mailer.model.address import Mailbox
from mailer.model.contact import NOTHING

_INVITATION = (
    b'Content-Type: application/ics; name="invitation.ics"\r\n'
    b'Content-Disposition: attachment; filename="invitation.ics"\r\n'
)
_PLAIN_NAME = re.compile(r"[A-Za-z0-9 ._()+-]{1,60}")


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that goes with every message. `content_id`, without brackets, makes it an image of the HTML part."""

    name: str
    content_type: str
    content: bytes = field(repr=False)
    content_id: str = ""


@dataclass(frozen=True, slots=True)
class Skeleton:
    """What all messages of a campaign have in common, encoded: image parts and attached files."""

    images: tuple[bytes, ...] = ()
    attachments: tuple[bytes, ...] = ()


def skeleton(files: Iterable[Attachment]) -> Skeleton:
    """Encode the files that go with every message."""
    files = tuple(files)
    return Skeleton(
        images=tuple(_file(file) for file in files if file.content_id),
        attachments=tuple(_file(file) for file in files if not file.content_id),
    )


@dataclass(frozen=True, slots=True)
class Heading:
    """What stands above one message. `message_id` has its angle brackets.

    `reply_to` only where answers go elsewhere than to `sender`. `tokens` are fields of printable ASCII that
    are never folded nor encoded, such as List-Unsubscribe.
    """

    sender: Mailbox
    to: Mailbox
    subject: str
    date: datetime
    message_id: str
    reply_to: Mailbox | None = None
    tokens: Mapping[str, str] = field(default_factory=lambda: NOTHING)


def assemble(
    frame: Skeleton, heading: Heading, *, text: str, html: str, calendar: bytes = b"", method: str = ""
) -> bytes:
    """Put one message together; one without a calendar is a letter alone. The same arguments give the same octets.

    The boundaries are derived from the Message-ID and hold ``=_``, which neither of the transfer encodings
    used here can produce (RFC 2045 section 6.7).
    """
    seed = hashlib.sha256(heading.message_id.encode()).hexdigest()[:24]
    alternatives, attached = [_text_part("plain", text), _text_part("html", html)], [*frame.attachments]
    if calendar:
        encoded = _base64(calendar)
        alternatives.append(
            f"Content-Type: text/calendar; charset=UTF-8; method={method}\r\n".encode() + encoded
        )
        attached.insert(0, _INVITATION + encoded)
    body = _multipart("alternative", f"=_a_{seed}", alternatives)
    if frame.images:
        body = _multipart("related", f"=_r_{seed}", [body, *frame.images], type="multipart/alternative")
    whole = _multipart("mixed", f"=_m_{seed}", [body, *attached])
    return b"".join((*_fields(heading), b"MIME-Version: 1.0\r\n", whole))


def _fields(heading: Heading) -> list[bytes]:
    """The fields in the order RFC 5322 section 3.6 lists them, then the rest."""
    return [
        headers.date("Date", heading.date),
        headers.mailbox("From", heading.sender),
        *([headers.mailbox("Reply-To", heading.reply_to)] if heading.reply_to else []),
        headers.mailbox("To", heading.to),
        headers.verbatim("Message-ID", heading.message_id),
        headers.unstructured("Subject", heading.subject),
        *(headers.verbatim(name, value) for name, value in heading.tokens.items()),
    ]


def _multipart(subtype: str, boundary: str, parts: Sequence[bytes], type: str = "") -> bytes:  # noqa: A002
    related = f'; type="{type}"' if type else ""
    head = f'Content-Type: multipart/{subtype}{related};\r\n boundary="{boundary}"\r\n\r\n'
    delimiter = f"--{boundary}"
    body = f"\r\n{delimiter}\r\n".encode().join(parts)
    return b"".join((f"{head}{delimiter}\r\n".encode(), body, f"\r\n{delimiter}--\r\n".encode()))


def _text_part(subtype: str, text: str) -> bytes:
    octets = text.replace("\r\n", "\n").replace("\r", "\n").encode("utf-8", "replace")
    quoted = binascii.b2a_qp(octets, quotetabs=False, istext=True).replace(b"\n", b"\r\n")
    head = (
        f"Content-Type: text/{subtype}; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
    )
    return head.encode() + quoted


def _base64(octets: bytes) -> bytes:
    """Encode, with the header field that says so and the empty line that follows it."""
    lines = base64.encodebytes(octets).replace(b"\n", b"\r\n")
    return b"Content-Transfer-Encoding: base64\r\n\r\n" + lines


def _file(file: Attachment) -> bytes:
    name = _file_name(file.name)
    kind = "inline" if file.content_id else "attachment"
    identity = f"Content-ID: <{file.content_id}>\r\n" if file.content_id else ""
    head = f"Content-Type: {file.content_type}\r\n{identity}Content-Disposition: {kind}{name}\r\n"
    return head.encode("ascii") + _base64(file.content)


def _file_name(name: str) -> str:
    """The last piece of a path as a filename parameter, in pieces by RFC 2231 where it is not plain."""
    name = headers.plain(name.replace("\\", "/").rpartition("/")[2])
    if _PLAIN_NAME.fullmatch(name):
        return f';\r\n filename="{name}"'
    pieces = [quote(name[start : start + 10], safe="") for start in range(0, len(name), 10)]
    pieces[0] = f"utf-8''{pieces[0]}"
    if len(pieces) == 1:
        return f";\r\n filename*={pieces[0]}"
    return "".join(f";\r\n filename*{number}*={piece}" for number, piece in enumerate(pieces))
