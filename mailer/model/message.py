"""Messages on their way out, and messages as they come in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from mailer.model.address import Mailbox
from mailer.model.contact import NOTHING
from mailer.model.invitation import MessageKey


@dataclass(frozen=True, slots=True)
class Frame:
    """What many messages have in common, cut where each has something of its own.

    Between each two of the `chunks` stands one of a message's own values: the one whose place `order` gives. Nothing
    in a frame is anybody's.
    """

    chunks: tuple[bytes, ...] = field(repr=False)
    order: tuple[int, ...]

    def fill(self, own: Sequence[bytes]) -> bytes:
        """Return the octets of the message whose values these are."""
        pieces = [b""] * (2 * len(self.order) + 1)
        pieces[::2] = self.chunks
        pieces[1::2] = [own[place] for place in self.order]
        return b"".join(pieces)


@dataclass(frozen=True, slots=True)
class OutgoingMessage:
    """One message to one recipient, ready for the wire: CRLF line ends, nothing left to decide.

    `invitee` is the opaque reference and `key` what is never sent twice. A retry sends
    the same `content`. Where a `frame` is given, `content` is the frame filled with `own`.
    """

    campaign: str
    invitee: str
    key: MessageKey
    message_id: str
    envelope_from: str
    recipient: str
    content: bytes = field(repr=False)
    frame: Frame | None = field(default=None, repr=False, compare=False)
    own: tuple[bytes, ...] = field(default=(), repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Part:
    """A leaf of an incoming message's tree.

    `content` is what the transfer encoding wraps, left out for what is never read here (pictures, documents). `text` is that in characters, for text parts, by the
    declared charset, else UTF-8, else cp1252. `enclosed`: it lies inside a message that this one carries
    (message/rfc822), so it is somebody's earlier words. `attachment`: its disposition says so.
    """

    content_type: str
    content: bytes = field(repr=False)
    text: str = field(default="", repr=False)
    parameters: Mapping[str, str] = field(default_factory=lambda: NOTHING)
    filename: str = ""
    attachment: bool = False
    enclosed: bool = False


@dataclass(frozen=True, slots=True)
class IncomingMessage:
    """A mail as read; nothing in it is to be trusted.

    `headers` are those of the message itself, in order, names in lower case, values unfolded and decoded.
    `recipients` are the addresses of Delivered-To, X-Original-To, Envelope-To, To and Cc, in that order.
    `references` are the Message-IDs of In-Reply-To, then References from last to first, with brackets.
    `date` is aware or None. `report_type` is the parameter of a multipart/report root. `content_types` are
    those of every node of the tree, containers included, depth first. `defect` says why the mail could not
    be read whole, and is empty for a sound one.
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
    """The headers of each message carried inside (message/rfc822, text/rfc822-headers), in order."""
    defect: str = ""

    def header(self, name: str) -> str:
        """The first value of a header, or an empty string."""
        name = name.lower()
        return next((value for key, value in self.headers if key == name), "")

    def header_all(self, name: str) -> tuple[str, ...]:
        """Every value of a header, in order."""
        name = name.lower()
        return tuple(value for key, value in self.headers if key == name)


@dataclass(frozen=True, slots=True)
class Said:
    """The new words of a mail: what its writer typed, without quotation, signature, footer and disclaimer.

    `quoted` is what was left out as earlier words of others; `signature` what was left out as the writer's
    name card. Empty `text` with a non-empty `quoted` is a mail in which nothing new was said.
    """

    text: str = ""
    quoted: str = ""
    signature: str = ""
