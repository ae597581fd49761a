"""State of the running web interface: sessions, sendings, uploads, and decisions that can still be undone."""

from __future__ import annotations

import secrets
from collections import OrderedDict
from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING, Generic, TypeVar

from starlette.requests import Request

from mailer.desk.delivery import Sending
from mailer.desk.folded import Folds
from mailer.desk.keys import CheckInKeys, Keys
from mailer.workspace import Workspace

if TYPE_CHECKING:
    from mailer.desk.outside import CheckIn
    from mailer.desk.signing_in import SigningIn
    from mailer.jobs.decide import Made

T = TypeVar("T")

MOST_UNDONE = 100
"""How many decisions of a campaign can be undone, the last one first."""


class Shelf(Generic[T]):
    """Bounded store of values under random names; the oldest value is dropped first."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._things: OrderedDict[str, T] = OrderedDict()
        self._lock = Lock()

    def put(self, thing: T) -> str:
        """Store a value and return its name."""
        name = secrets.token_urlsafe(12)
        with self._lock:
            self._things[name] = thing
            while len(self._things) > self._size:
                self._things.popitem(last=False)
        return name

    def clear(self) -> None:
        """Remove all values."""
        with self._lock:
            self._things.clear()

    def get(self, name: str) -> T | None:
        """Return the value stored under a name, or None."""
        return self._things.get(name)


@dataclass(frozen=True, slots=True)
class Upload:
    """An uploaded file that is not saved yet."""

    name: str
    content: bytes = field(repr=False)


class Desk:
    """State of the web interface for one workspace."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self.keys = Keys()
        self.cookie = f"mailer-desk-{secrets.token_hex(4)}"
        self.check_in_keys = CheckInKeys()
        self.check_in: CheckIn | None = None
        self.sendings: dict[str, Sending] = {}
        self.signing_in: SigningIn | None = None
        self.frames: Shelf[str] = Shelf(40)
        self.uploads: Shelf[Upload] = Shelf(8)
        self.folds = Folds()
        self._decided: dict[str, list[Made]] = {}
        self._notices: dict[str, str] = {}
        self._lock = Lock()

    def workspace(self) -> Workspace:
        """Return the workspace with settings read again, since they may have been changed elsewhere."""
        vars(self._workspace).pop("settings", None)
        return self._workspace

    def let_go(self) -> None:
        """Clear everything read about people, so that nobody who was erased stays in memory."""
        self.folds.clear()
        self.uploads.clear()
        self.frames.clear()
        if self.check_in:
            self.check_in.let_go()
        with self._lock:
            self._decided.clear()

    # -- sessions -----------------------------------------------------------------------------------------------
    def is_check_in(self, request: Request) -> bool:
        """Return whether the request came to the check-in on the local network."""
        return bool(getattr(request.app.state, "is_check_in", False))

    def keys_of(self, request: Request) -> Keys:
        """Return the sessions of the server that received the request."""
        return self.check_in_keys if self.is_check_in(request) else self.keys

    # -- notices ------------------------------------------------------------------------------------------------
    def tell(self, session: str, text: str) -> None:
        """Set the notice that the next page of a session shows."""
        self._notices[session] = text

    def notice(self, session: str) -> str:
        """Return the notice of a session and remove it."""
        return self._notices.pop(session, "")

    # -- decisions that can be undone --------------------------------------------------------------------------
    def remember(self, slug: str, made: Made) -> None:
        """Remember a decision that was written, so that it can be undone."""
        with self._lock:
            decided = self._decided.setdefault(slug, [])
            decided.append(made)
            del decided[:-MOST_UNDONE]

    def last_decided(self, slug: str, *, forget: bool = False) -> Made | None:
        """Return the last decision made here that was not undone, or None; `forget` it where it is being undone."""
        with self._lock:
            decided = self._decided.get(slug)
            if not decided:
                return None
            return decided.pop() if forget else decided[-1]

    def close(self) -> None:
        """End the check-in, and wait for messages being sent."""
        if self.check_in:
            self.check_in.close()
        for sending in self.sendings.values():
            sending.halt("stopped")
        if self.signing_in:
            self.signing_in.give_up()
        for sending in self.sendings.values():
            sending.join()
