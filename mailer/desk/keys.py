"""Who may use the desk: a token that opens it once, sessions, and the door's short code."""

from __future__ import annotations

import hmac
import secrets
from datetime import datetime, timedelta
from threading import Lock

CODE_LIVES = timedelta(minutes=15)
"""How long a code of the door can be typed in; whoever came in with it stays in."""

MISTAKES = 5
"""Wrong codes after which a new one is made, so that nobody can try them all."""


class Keys:
    """The sessions of one server."""

    def __init__(self) -> None:
        self.token = secrets.token_urlsafe(32)
        self._sessions: set[str] = set()
        self._lock = Lock()

    def enter(self, token: str) -> str:
        """Take the one-time token for a session; empty where it is wrong or was used."""
        with self._lock:
            if not self.token or not hmac.compare_digest(token.encode(), self.token.encode()):
                return ""
            self.token = ""
            return self._session()

    def holds(self, session: str) -> bool:
        """Whether somebody came in."""
        return session in self._sessions

    def stamp(self, session: str) -> str:
        """What each form of a session carries, so that no other page can send one."""
        return hmac.new(session.encode(), b"form", "sha256").hexdigest()

    def _session(self) -> str:
        session = secrets.token_urlsafe(32)
        self._sessions.add(session)
        return session


class CheckInKeys(Keys):
    """The sessions of the door on the local network: six digits, for a few minutes."""

    def __init__(self) -> None:
        super().__init__()
        self.token = ""
        self.code = ""
        self.until: datetime | None = None
        self._mistakes = 0

    def renew(self, now: datetime) -> str:
        """Make a new code, and let the old one go."""
        with self._lock:
            self.code = f"{secrets.randbelow(10**6):06d}"
            self.until = now + CODE_LIVES
            self._mistakes = 0
            return self.code

    def come_in(self, code: str, now: datetime) -> str:
        """Take the code for a session; empty where it is wrong or too old."""
        with self._lock:
            if not self.code or self.until is None or now > self.until:
                return ""
            if hmac.compare_digest(code.encode(), self.code.encode()):
                return self._session()
            self._mistakes += 1
            if self._mistakes >= MISTAKES:
                self.code = ""
            return ""
