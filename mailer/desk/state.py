"""State of the running web interface: sessions, sendings, uploads, and decisions that can still be undone."""

from __future__ import annotations

import secrets
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock, Timer
from typing import TYPE_CHECKING, Generic, TypeVar

from starlette.requests import Request

from mailer.desk.delivery import Sending
from mailer.desk.folded import Folds
from mailer.desk.keys import CheckInKeys, Keys
from mailer.workspace import Workspace

if TYPE_CHECKING:
    from mailer.desk.outside import CheckIn
    from mailer.desk.signing_in import SigningIn

T = TypeVar("T")

UNDO_SECONDS = 15.0
"""Time in seconds during which a decision can be undone before it is recorded."""


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


@dataclass(slots=True)
class Held:
    """A decision that is not recorded yet: its entry and the person (see `PendingReview`), its sentence, the function that records it, and the timer."""

    item: tuple[int, str]
    said: str
    write: Callable[[], object]
    timer: Timer


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
        self._held: dict[str, Held] = {}
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
    def hold(self, slug: str, item: tuple[int, str], said: str, write: Callable[[], object]) -> None:
        """Hold a decision back for `UNDO_SECONDS`; the previous one is recorded."""
        self.settle(slug)
        timer = Timer(UNDO_SECONDS, self.settle, (slug,))
        timer.daemon = True
        with self._lock:
            self._held[slug] = Held(item, said, write, timer)
        timer.start()

    def held(self, slug: str) -> Held | None:
        """Return the decision that can still be undone, or None."""
        return self._held.get(slug)

    def take_back(self, slug: str) -> Held | None:
        """Drop the decision without recording it, and return it."""
        with self._lock:
            held = self._held.pop(slug, None)
        if held:
            held.timer.cancel()
        return held

    def settle(self, slug: str) -> None:
        """Record the decision that was held back, if there is one."""
        held = self.take_back(slug)
        if held:
            held.write()

    def close(self) -> None:
        """End the check-in, record the decisions held back, and wait for messages being sent."""
        if self.check_in:
            self.check_in.close()
        for slug in list(self._held):
            self.settle(slug)
        for sending in self.sendings.values():
            sending.halt("stopped")
        if self.signing_in:
            self.signing_in.give_up()
        for sending in self.sendings.values():
            sending.join()
