"""Sessions of the web interface: a one-time token opens one on this machine, a short code on a phone."""

from __future__ import annotations

import hmac
import secrets
from datetime import datetime, timedelta
from threading import Lock

CODE_LIVES = timedelta(minutes=15)
"""How long a check-in code can be typed; a session opened with it stays open."""

MISTAKES = 5
"""Number of wrong codes after which the code stops working, so that nobody can try them all."""


class Keys:
    """Sessions of one server."""

    def __init__(self) -> None:
        self.token = secrets.token_urlsafe(32)
        self._sessions: set[str] = set()
        self._lock = Lock()

    def enter(self, token: str) -> str:
        """Exchange the one-time token for a session; empty if the token is wrong or was used."""
        with self._lock:
            if not self.token or not hmac.compare_digest(token.encode(), self.token.encode()):
                return ""
            self.token = ""
            return self._session()

    def holds(self, session: str) -> bool:
        """Return whether the session is open."""
        return session in self._sessions

    def stamp(self, session: str) -> str:
        """Return the CSRF token of a session, which each of its forms carries."""
        return hmac.new(session.encode(), b"form", "sha256").hexdigest()

    def _session(self) -> str:
        session = secrets.token_urlsafe(32)
        self._sessions.add(session)
        return session


class CheckInKeys(Keys):
    """Sessions of the check-in on the local network, opened with a six-digit code that is valid for a few minutes."""

    def __init__(self) -> None:
        super().__init__()
        self.token = ""
        self.code = ""
        self.until: datetime | None = None
        self._mistakes = 0

    def renew(self, now: datetime) -> str:
        """Make a new code; the old one stops working."""
        with self._lock:
            self.code = f"{secrets.randbelow(10**6):06d}"
            self.until = now + CODE_LIVES
            self._mistakes = 0
            return self.code

    def come_in(self, code: str, now: datetime) -> str:
        """Exchange the code for a session; empty if the code is wrong or too old."""
        with self._lock:
            if not self.code or self.until is None or now > self.until:
                return ""
            if hmac.compare_digest(code.encode(), self.code.encode()):
                return self._session()
            self._mistakes += 1
            if self._mistakes >= MISTAKES:
                self.code = ""
            return ""
