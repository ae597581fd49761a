"""Give each message its return path and a DKIM signature when it leaves."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from mailer.mime.dkim import Sign
from mailer.model.message import OutgoingMessage


@dataclass(frozen=True, slots=True)
class Seal:
    """Return path and DKIM signature.

    `envelope_from` is the address to which failure notices go, empty for the organizer's. With `own_return_address` the
    invitee's token is in the return path (VERP), so that a bounce tells whom it is about.
    `sign` puts a DKIM signature in front.
    """

    own_return_address: bool = False
    sign: Sign | None = None
    envelope_from: str = ""

    def put_on(self, message: OutgoingMessage, token: str, now: datetime) -> OutgoingMessage:
        """Return a message with return path and signature; `token` is its invitee's."""
        message = self.return_to(message, token)
        if self.sign:
            message = replace(message, content=self.sign(message.content, now))
        return message

    def return_to(self, message: OutgoingMessage, token: str) -> OutgoingMessage:
        """Return a message with its return path."""
        if not message.envelope_from:
            return message
        plain = self.plain_from(message.envelope_from)
        return replace(
            message, envelope_from=return_address(plain, token) if self.own_return_address else plain
        )

    def plain_from(self, organizer: str) -> str:
        """Return the envelope sender without a detail of its own."""
        return self.envelope_from or organizer


PLAIN = Seal()


def return_address(mailbox: str, token: str) -> str:
    """Return the address of a mailbox with the token as its detail, behind a plus sign (RFC 5233)."""
    local, _, domain = mailbox.rpartition("@")
    return f"{local}+{token}@{domain}"
