"""What the desk remembers while it is open: the workspace, what is being sent, and what waits to be confirmed."""

from __future__ import annotations

import secrets
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock, Timer
from typing import Generic, TypeVar

from starlette.requests import Request

from mailer.desk.delivery import Sending
from mailer.desk.folded import Folds
from mailer.desk.keys import CheckInKeys, Keys
from mailer.workspace import Workspace

T = TypeVar("T")

UNDO_SECONDS = 15.0
"""How long a decision can be taken back before it is written into the ledger."""


class Shelf(Generic[T]):
    """A few things kept under names nobody can guess; the oldest makes room."""

    def __init__(self, room: int) -> None:
        self._room = room
        self._things: OrderedDict[str, T] = OrderedDict()
        self._lock = Lock()

    def put(self, thing: T) -> str:
        """Keep something; return its name."""
        name = secrets.token_urlsafe(12)
        with self._lock:
            self._things[name] = thing
            while len(self._things) > self._room:
                self._things.popitem(last=False)
        return name

    def clear(self) -> None:
        """Let go of everything."""
        with self._lock:
            self._things.clear()

    def get(self, name: str) -> T | None:
        """What is kept under a name, if it still is."""
        return self._things.get(name)


@dataclass(slots=True)
class Held:
    """A decision that is not written yet: about which entry, what it does, and the clock that ends the wait."""

    entry: int
    said: str
    write: Callable[[], object]
    timer: Timer


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that was dropped in and not taken over yet."""

    name: str
    content: bytes = field(repr=False)


class Desk:
    """The desk of one workspace."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self.keys = Keys()
        self.check_in_keys = CheckInKeys()
        self.check_in_address = ""
        self.sendings: dict[str, Sending] = {}
        self.frames: Shelf[str] = Shelf(40)
        self.uploads: Shelf[Upload] = Shelf(8)
        self.folds = Folds()
        self._held: dict[str, Held] = {}
        self._notices: dict[str, str] = {}
        self._lock = Lock()

    def workspace(self) -> Workspace:
        """The workspace; its settings are read anew, since a terminal may have changed them."""
        vars(self._workspace).pop("settings", None)
        return self._workspace

    def let_go(self) -> None:
        """Forget what was read of people, so that nobody who was erased stays in memory."""
        self.folds.clear()
        self.uploads.clear()
        self.frames.clear()

    # -- who asks ----------------------------------------------------------------------------------------------
    def is_check_in(self, request: Request) -> bool:
        """Whether the request came to the door on the local network."""
        return bool(getattr(request.app.state, "is_check_in", False))

    def keys_of(self, request: Request) -> Keys:
        """The keys of the server that was asked."""
        return self.check_in_keys if self.is_check_in(request) else self.keys

    # -- what was done -----------------------------------------------------------------------------------------
    def tell(self, session: str, text: str) -> None:
        """Have the next page say something."""
        self._notices[session] = text

    def notice(self, session: str) -> str:
        """What is to be said, once."""
        return self._notices.pop(session, "")

    # -- decisions that can be taken back ----------------------------------------------------------------------
    def hold(self, slug: str, entry: int, said: str, write: Callable[[], object]) -> None:
        """Keep a decision back for a moment; the one before it is written."""
        self.settle(slug)
        timer = Timer(UNDO_SECONDS, self.settle, (slug,))
        timer.daemon = True
        with self._lock:
            self._held[slug] = Held(entry, said, write, timer)
        timer.start()

    def held(self, slug: str) -> Held | None:
        """The decision that can still be taken back."""
        return self._held.get(slug)

    def take_back(self, slug: str) -> Held | None:
        """Forget the decision; nothing was written."""
        with self._lock:
            held = self._held.pop(slug, None)
        if held:
            held.timer.cancel()
        return held

    def settle(self, slug: str) -> None:
        """Write the decision that was kept back, if there is one."""
        held = self.take_back(slug)
        if held:
            held.write()

    def close(self) -> None:
        """Write what was kept back, and let what is on the wire finish."""
        for slug in list(self._held):
            self.settle(slug)
        for sending in self.sendings.values():
            sending.halt("stopped")
        for sending in self.sendings.values():
            sending.join()
