"""Sessions of the web interface: a one-time token or a typed code opens one on this machine, a short code on a phone."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Lock

CODE_LIVES = timedelta(minutes=15)
"""How long a check-in code can be typed; a session opened with it stays open."""

MISTAKES_OF_ONE = 5
"""Number of wrong check-in codes from one sender's address after which this code is not taken from there any more."""

MISTAKES_OF_ALL = 50
"""Number of wrong check-in codes from all senders after which they are taken more slowly."""

SECONDS_OF_A_MISTAKE = 5.0
"""Seconds after which one of the mistakes of all is forgotten."""

LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""Of the code of the web interface: none that looks like another."""

MISTAKES_INSIDE = 100
"""Number of wrong codes after which the code of the web interface is void; there are 10^12 of them."""


class Keys:
    """Sessions of one server."""

    def __init__(self) -> None:
        self.token = secrets.token_urlsafe(32)
        self.code = "".join(secrets.choice(LETTERS) for _ in range(8))
        self.when_entered: Callable[[], object] = lambda: None
        """Called when the token was used, so that the file it lies in goes."""
        self._mistakes = 0
        self._sessions: set[str] = set()
        self._lock = Lock()

    def enter(self, token: str) -> str:
        """Exchange the one-time token for a session; empty if the token is wrong or was used."""
        with self._lock:
            if not self.token or not _equal(token, self.token):
                return ""
            self.token = ""
            session = self._session()
        self.when_entered()
        return session

    def type_code(self, typed: str) -> str:
        """Exchange the code for a session, once; empty if it is wrong, was used, or was guessed at too often."""
        with self._lock:
            if not self.code:
                return ""
            if _equal(typed.upper().replace("-", "").replace(" ", ""), self.code):
                self.code = ""
                return self._session()
            self._mistakes += 1
            if self._mistakes >= MISTAKES_INSIDE:
                self.code = ""
            return ""

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
    """Sessions of the check-in on the local network, opened with a code of eight digits that is valid for a few minutes.

    Wrong codes are counted for each sender's address: after five, this code is not taken from there any more, and from
    everywhere else it is. Whoever has many addresses meets a second count, of all mistakes: while it is full, an address has
    one mistake, not five. The first code from an address is always looked at, so that nobody can lock others out; to try all
    codes, somebody would need a hundred million addresses.
    """

    def __init__(self) -> None:
        super().__init__()
        self.token = self.code = ""
        self.until: datetime | None = None
        self._mistakes_of: dict[str, int] = {}
        self._mistakes_of_all = 0.0
        self._last: datetime | None = None

    def renew(self, now: datetime) -> str:
        """Make a new code; the old one stops working."""
        with self._lock:
            self.code = f"{secrets.randbelow(10**8):08d}"
            self.until = now + CODE_LIVES
            self._mistakes_of.clear()
            return self.code

    def may_try(self, sender: str, now: datetime) -> bool:
        """Return whether a code from this sender is looked at."""
        mistakes = self._mistakes_of.get(sender, 0)
        slowly = self._all(now) >= MISTAKES_OF_ALL
        return mistakes < (1 if slowly else MISTAKES_OF_ONE)

    def come_in(self, code: str, sender: str, now: datetime) -> str:
        """Exchange the code for a session; empty if it is wrong or too old, or if this sender typed too many wrong ones."""
        with self._lock:
            if not self.code or self.until is None or now > self.until or not self.may_try(sender, now):
                return ""
            if _equal(code.replace(" ", ""), self.code):
                return self._session()
            self._mistakes_of[sender] = self._mistakes_of.get(sender, 0) + 1
            self._mistakes_of_all, self._last = self._all(now) + 1, now
            return ""

    def _all(self, now: datetime) -> float:
        """Return how many mistakes of all senders are not forgotten yet."""
        passed = (now - self._last).total_seconds() if self._last else 0.0
        return max(0.0, self._mistakes_of_all - max(0.0, passed) / SECONDS_OF_A_MISTAKE)


def _equal(given: str, meant: str) -> bool:
    return hmac.compare_digest(given.encode("utf-8", "replace"), meant.encode())
