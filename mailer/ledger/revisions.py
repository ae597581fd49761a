"""The announcements of a meeting: which one a letter speaks of, and which one people have to answer."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from mailer.model.entry import Announced, Entry


@dataclass(frozen=True, slots=True)
class _Revision:
    entry: int
    at: datetime
    announced: Announced


class Revisions:
    """Every announcement of a campaign, oldest first; the place of one, counted from 1, is its revision.

    `asking` is the revision that people were last asked to answer (RFC 5546 section 2.1.4), 0 for none, and `sequence`
    its SEQUENCE, -1 for none. `asked_again_at` is when answers to earlier ones stopped counting, and `asked_again` the entry
    that says so; None and 0 if they never did.
    `cancelled_at` is when the meeting was cancelled, if the last announcement says so.
    """

    __slots__ = ("_all", "asked_again", "asked_again_at", "asking", "cancelled_at", "last_entry", "sequence")

    def __init__(self, entries: Iterable[Entry] = ()) -> None:
        self._all: list[_Revision] = []
        self.asking, self.sequence = 0, -1
        self.asked_again_at: datetime | None = None
        self.asked_again = 0
        self.cancelled_at: datetime | None = None
        self.last_entry = 0
        """The number of the last announcement that changed where people stand."""
        for entry in entries:
            self.take(entry)

    @property
    def present(self) -> int:
        """Return the last revision; 0 if nothing was announced."""
        return len(self._all)

    def take(self, entry: Entry) -> None:
        """Add an announcement; other entries, and one that is known, change nothing."""
        announced = entry.fact
        if not isinstance(announced, Announced) or (self._all and entry.number <= self._all[-1].entry):
            return
        highest = max((one.announced.sequence for one in self._all), default=-1)
        self._all.append(_Revision(entry.number, entry.recorded_at, announced))
        if announced.meeting.cancelled:
            if self.cancelled_at is None:
                self.cancelled_at, self.last_entry = entry.recorded_at, entry.number
            return
        self.cancelled_at = None
        if announced.sequence > highest and not (announced.keep_answers and self._all[1:]):
            self.asking, self.sequence = self.present, announced.sequence
            if highest >= 0:
                self.asked_again_at, self.last_entry = entry.recorded_at, entry.number
                self.asked_again = entry.number

    def of_letter(self, entry: int, sequence: int) -> int:
        """Return the revision that a letter speaks of: the last one of its SEQUENCE before the entry about it."""
        before = len(self._all)
        while before and self._all[before - 1].entry >= entry:
            before -= 1
        same = range(before, 0, -1)
        return next((one for one in same if self._all[one - 1].announced.sequence == sequence), before)

    def cancels(self, revision: int) -> bool:
        """Return whether this revision says that the meeting is cancelled."""
        return 0 < revision <= self.present and self._all[revision - 1].announced.meeting.cancelled
