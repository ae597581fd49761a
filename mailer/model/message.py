"""Mails as values: those to be sent, and those received, parsed into headers and parts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from mailer.model.address import Mailbox
from mailer.model.contact import NO_VALUES
from mailer.model.invitation import MessageKey
from mailer.model.outcome import Reply


@dataclass(frozen=True, slots=True)
class OutgoingMessage:
    """One message to one recipient, complete and ready to be sent, with CRLF line ends.

    `invitee` is the opaque reference and `key` what is never sent twice. A retry sends
    the same `content`. `digest` is the SHA-256 of the content before it was signed (DKIM), and `version` names
    the letter that it was made from.
    """

    campaign: str
    invitee: str
    key: MessageKey
    message_id: str
    envelope_from: str
    recipient: str
    content: bytes = field(repr=False)
    digest: str = ""
    version: str = ""


@dataclass(frozen=True, slots=True)
class GivenBack:
    """A queued message that a server refused before, for a reason that may not be the recipient's.

    `others` says whether any other message of the campaign was accepted since.
    """

    invitee: str
    key: MessageKey
    reply: Reply
    others: bool


@dataclass(frozen=True, slots=True)
class Part:
    """A body part of an incoming message that has no parts itself.

    `content` is decoded from its transfer encoding, and empty for types that are never read (pictures,
    documents). `text` is the content of text parts as characters, by the declared charset, else UTF-8, else
    cp1252. `enclosed` says that the part belongs to a message inside this one (message/rfc822), so that its
    words are older. `disposition` is the type in Content-Disposition, in lower case, and `attachment` says that it is that.
    """

    content_type: str
    content: bytes = field(repr=False)
    text: str = field(default="", repr=False)
    parameters: Mapping[str, str] = field(default_factory=lambda: NO_VALUES)
    filename: str = ""
    attachment: bool = False
    enclosed: bool = False
    disposition: str = ""


@dataclass(frozen=True, slots=True)
class IncomingMessage:
    """A received mail, parsed; nothing in it can be trusted.

    `headers` are those of the message itself, in order, with names in lower case, values unfolded and
    decoded. `recipients` are the addresses of Delivered-To, X-Original-To, Envelope-To, To and Cc, in that
    order. `one_author` says that From is one mailbox, not a list, a group or several fields. `references` are the Message-IDs of In-Reply-To, then of References from last to first, with angle
    brackets. `date` is aware, or None. `report_type` is the parameter of multipart/report. `content_types`
    are those of all body parts, multiparts included, depth first. `defect` names the size limit that kept a
    part of the mail from being read, and is empty otherwise.
    """

    headers: tuple[tuple[str, str], ...] = ()
    sender: Mailbox | None = None
    reply_to: tuple[Mailbox, ...] = ()
    recipients: tuple[str, ...] = ()
    subject: str = ""
    date: datetime | None = None
    message_id: str = ""
    references: tuple[str, ...] = ()
    content_types: tuple[str, ...] = ()
    report_type: str = ""
    parts: tuple[Part, ...] = field(default=(), repr=False)
    enclosed_headers: tuple[tuple[tuple[str, str], ...], ...] = ()
    """The headers of each message inside this one (message/rfc822, text/rfc822-headers), in order."""
    defect: str = ""
    one_author: bool = True
    forwarded: IncomingMessage | None = field(default=None, repr=False)
    """The first message inside this one, unless this is a report."""

    def header(self, name: str) -> str:
        """Return the first value of a header; an empty string if there is none."""
        name = name.lower()
        for key, value in self.headers:
            if key == name:
                return value
        return ""

    def header_all(self, name: str) -> tuple[str, ...]:
        """Return all values of a header, in order."""
        name = name.lower()
        return tuple(value for key, value in self.headers if key == name)


@dataclass(frozen=True, slots=True)
class Said:
    """The text that the sender newly wrote, without quotation, signature, footer and disclaimer.

    `quoted` is the quotation of earlier mails, `signature` the signature block. An empty `text` with a
    non-empty `quoted` means that the mail says nothing new.
    """

    text: str = ""
    quoted: str = ""
    signature: str = ""
