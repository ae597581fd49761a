"""An account on a mail server."""

from __future__ import annotations

import enum
from dataclasses import dataclass, field


class Security(enum.Enum):
    """How the connection is protected, RFC 8314."""

    TLS = "tls"
    STARTTLS = "starttls"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Account:
    """Where to connect and as whom; the password never shows in a repr."""

    host: str
    port: int
    security: Security
    username: str = ""
    password: str = field(default="", repr=False)

    @property
    def is_loopback(self) -> bool:
        """Whether the server is on this machine: the only place where rehearsals may send."""
        return self.host in ("localhost", "::1") or self.host.startswith("127.")
