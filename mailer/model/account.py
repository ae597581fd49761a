"""How to log in to an SMTP or IMAP server."""

from __future__ import annotations

import enum
from dataclasses import dataclass, field

from mailer.model.loopback import is_loopback


class Security(enum.Enum):
    """How the connection is encrypted, RFC 8314: TLS from the start, STARTTLS, or not at all."""

    TLS = "tls"
    STARTTLS = "starttls"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Account:
    """A server with the user name and password to use there; its repr never holds the password.

    `mailbox` is the mailbox to open, where it is not the user's own.
    """

    host: str
    port: int
    security: Security
    username: str = ""
    password: str = field(default="", repr=False)
    mailbox: str = ""

    @property
    def identity(self) -> str:
        """Return the authorization identity of SASL (RFC 4422 section 2), in whose name the user logs in."""
        return self.mailbox or self.username

    @property
    def is_loopback(self) -> bool:
        """Return whether the server is named as one on this machine, the only place a rehearsal may send to.

        A name such as 127.0.0.1.example belongs to whoever has that domain.
        """
        return self.host.lower() == "localhost" or is_loopback(self.host)
