"""Retry failed parts of the service later, with doubling pauses, and report each failure and recovery."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from mailer.errors import UserError
from mailer.jobs.service_interface import Event

FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=15), timedelta(minutes=10)
"""How long a part that failed is not tried again: doubled each time, up to the longest."""


@dataclass(frozen=True, slots=True)
class _Pause:
    """How long a part that failed is not tried again."""

    until: datetime
    length: timedelta


class Backoff:
    """The parts of the service that have failed, and when each is tried again.

    A part has a name whose first word says what it is, such as ``appointment SLUG reminder``.
    """

    def __init__(self, clock: Callable[[], datetime], tell: Callable[[Event], None]) -> None:
        self._clock = clock
        self._tell = tell
        self._pauses: dict[str, _Pause] = {}

    @property
    def failed(self) -> tuple[str, ...]:
        """Return the names of the parts that have failed and not succeeded since, sorted."""
        return tuple(sorted(self._pauses))

    @property
    def retries(self) -> list[datetime]:
        """Return when each failed part is to be tried again."""
        return [pause.until for pause in self._pauses.values()]

    def is_paused(self, name: str) -> bool:
        """Return whether a part failed so lately that it is not tried yet."""
        pause = self._pauses.get(name)
        return pause is not None and self._clock() < pause.until

    @contextmanager
    def guarded(self, name: str, slug: str = "") -> Iterator[None]:
        """Run a part that may fail: a failure is reported and the part paused, and nothing is raised."""
        try:
            yield
        except UserError as error:
            self.fail(name, error, slug)
        except Exception as error:  # noqa: BLE001 - a fault of ours in one part must not stop the others
            self.fail(name, UserError("program-fault", kind=repr(error)[:200]), slug)
        else:
            self.succeed(name, slug)

    def fail(self, name: str, error: UserError, slug: str) -> None:
        """Report that a part failed, and pause it, twice as long as the last time."""
        before = self._pauses.get(name)
        length = min(before.length * 2, LONGEST_PAUSE) if before else FIRST_PAUSE
        self._pauses[name] = _Pause(self._clock() + length, length)
        self._tell(Event("trouble", slug, {"part": name.partition(" ")[0]}, trouble=True, error=error))

    def succeed(self, name: str, slug: str) -> None:
        """Report that a part works again, where it had failed."""
        if self._pauses.pop(name, None):
            self._tell(Event("well-again", slug, {"part": name.partition(" ")[0]}))
