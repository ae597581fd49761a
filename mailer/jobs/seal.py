"""What is done to a message last, before it is queued: its own return address, its signature."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from mailer.mime.dkim import Sign
from mailer.model.message import OutgoingMessage


@dataclass(frozen=True, slots=True)
class Seal:
    """How messages are finished.

    `own_return_address`: what comes back says whom it had not reached, by the token in its address (VERP). `sign` puts
    a DKIM signature in front; a retry then sends the same bytes.
    """

    own_return_address: bool = False
    sign: Sign | None = None

    def put_on(self, message: OutgoingMessage, token: str, now: datetime) -> OutgoingMessage:
        """Finish a message; `token` is its invitee's."""
        if self.own_return_address and message.envelope_from:
            message = replace(message, envelope_from=return_address(message.envelope_from, token))
        if self.sign:
            message = replace(message, content=self.sign(message.content, now), frame=None, own=())
        return message


PLAIN = Seal()


def return_address(mailbox: str, token: str) -> str:
    """Write the address of a mailbox with a detail behind a plus sign (RFC 5233)."""
    local, _, domain = mailbox.rpartition("@")
    return f"{local}+{token}@{domain}"
