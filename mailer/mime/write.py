"""A message put together octet by octet, from parts that were encoded once.

The shape is the one CalConnect recommends and Google writes: mixed{alternative{plain, html, calendar}, ics}.
Inline images lie outside the alternative, mixed{related{alternative{...}, images}, ics}: inside it, Thunderbird
hides the letter. The calendar is the last alternative, or Thunderbird and Gnus show no buttons.
"""

from __future__ import annotations

import binascii
import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import quote

from mailer.mime import headers
from mailer.model.address import Mailbox
from mailer.model.contact import NO_VALUES

_BASE64 = b"Content-Transfer-Encoding: base64\r\n\r\n"
"""The field that says so, and the empty line that follows it."""
_INVITATION = (
    b'Content-Type: application/ics; name="invitation.ics"\r\n'
    b'Content-Disposition: attachment; filename="invitation.ics"\r\n' + _BASE64
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
    tokens: Mapping[str, str] = field(default_factory=lambda: NO_VALUES)


@dataclass(frozen=True, slots=True)
class Slot:
    """A place for octets that are not known yet, or for the part of them from `start` to `stop`."""

    name: str
    start: int = 0
    stop: int | None = None


Piece = bytes | Slot


@dataclass(frozen=True, slots=True)
class Body:
    """The parts of a message, encoded; every piece may be one that is not known yet.

    `seed` tells the boundaries of one message from those of every other (`boundary_seed`).
    """

    text: Sequence[Piece]
    html: Sequence[Piece]
    calendar: Sequence[Piece]
    method: str
    seed: Piece


def assemble(
    frame: Skeleton, heading: Heading, *, text: str, html: str, calendar: bytes = b"", method: str = ""
) -> bytes:
    """Put one message together; one without a calendar is a letter alone. The same arguments give the same octets."""
    body = Body(
        text=[quoted(text)],
        html=[quoted(html)],
        calendar=[lines_of_base64(calendar)] if calendar else [],
        method=method,
        seed=boundary_seed(heading.message_id),
    )
    return b"".join(piece for piece in layout(frame, fields(heading), body) if isinstance(piece, bytes))


def layout(frame: Skeleton, heading: Sequence[Piece], body: Body) -> list[Piece]:
    """Lay out a message from its fields and parts, in pieces."""
    alternatives: list[list[Piece]] = [[_text_head("plain"), *body.text], [_text_head("html"), *body.html]]
    files: list[list[Piece]] = [[file] for file in frame.attachments]
    if body.calendar:
        head = f"Content-Type: text/calendar; charset=UTF-8; method={body.method}\r\n".encode() + _BASE64
        alternatives.append([head, *body.calendar])
        files.insert(0, [_INVITATION, *body.calendar])
    parts = _multipart("alternative", (b"=_a_", body.seed), alternatives)
    if frame.images:
        images: list[list[Piece]] = [[image] for image in frame.images]
        related = (b"=_r_", body.seed)
        parts = _multipart("related", related, [parts, *images], type="multipart/alternative")
    whole = _multipart("mixed", (b"=_m_", body.seed), [parts, *files])
    return [*heading, b"MIME-Version: 1.0\r\n", *whole]


def boundary_seed(message_id: str) -> bytes:
    """Derive what tells the boundaries of one message from its Message-ID.

    They hold ``=_``, which neither of the transfer encodings used here can produce (RFC 2045 section 6.7).
    """
    return hashlib.sha256(message_id.encode()).hexdigest()[:24].encode()


def fields(heading: Heading) -> list[bytes]:
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


def _multipart(
    subtype: str,
    boundary: Sequence[Piece],
    parts: Sequence[Sequence[Piece]],
    type: str = "",  # noqa: A002
) -> list[Piece]:
    related = f'; type="{type}"' if type else ""
    pieces: list[Piece] = [f'Content-Type: multipart/{subtype}{related};\r\n boundary="'.encode(), *boundary]
    pieces += [b'"\r\n']
    for part in parts:
        pieces += [b"\r\n--", *boundary, b"\r\n", *part]
    return [*pieces, b"\r\n--", *boundary, b"--\r\n"]


def _text_head(subtype: str) -> bytes:
    return (
        f"Content-Type: text/{subtype}; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
    ).encode()


def quoted(text: str) -> bytes:
    """Encode a text as quoted-printable; each of its lines is encoded by itself."""
    octets = text.replace("\r\n", "\n").replace("\r", "\n").encode("utf-8", "replace")
    return binascii.b2a_qp(octets, quotetabs=False, istext=True).replace(b"\n", b"\r\n")


def lines_of_base64(octets: bytes) -> bytes:
    """Encode in lines of `BASE64_LINE` octets each."""
    starts = range(0, len(octets), BASE64_LINE)
    return b"".join(
        [binascii.b2a_base64(octets[at : at + BASE64_LINE], newline=False) + b"\r\n" for at in starts]
    )


BASE64_LINE = 57
"""How many octets make a line of 76 characters (RFC 2045 section 6.8)."""


def _file(file: Attachment) -> bytes:
    name = _file_name(file.name)
    kind = "inline" if file.content_id else "attachment"
    identity = f"Content-ID: <{file.content_id}>\r\n" if file.content_id else ""
    head = f"Content-Type: {file.content_type}\r\n{identity}Content-Disposition: {kind}{name}\r\n"
    return head.encode("ascii") + _BASE64 + lines_of_base64(file.content)


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
