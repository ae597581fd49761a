"""The times at which a campaign's messages are sent automatically."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from mailer.model.invitation import Kind


@dataclass(frozen=True, slots=True)
class Appointment:
    """A time at which messages of one kind are sent.

    `at` is aware, in the zone of the meeting. `number` counts the appointments of one kind in order of time,
    from 1. `wanted` is the time asked for, before it was moved out of quiet hours and days off.
    """

    kind: Kind
    number: int
    at: datetime
    wanted: datetime

    @property
    def moved(self) -> bool:
        """Return whether the time was moved because of quiet hours or a day off."""
        return self.at != self.wanted


@dataclass(frozen=True, slots=True)
class Schedule:
    """The ``[schedule]`` table of a campaign file.

    `appointments` are in order of time. `answer_by` is the deadline for answers, aware. Nothing is sent
    automatically between `quiet_from` and `quiet_until`, local times in the zone of the meeting; equal times
    mean no quiet hours. An appointment that could not be kept within `grace` is skipped. `acknowledge` says
    that each answer is acknowledged.
    """

    appointments: tuple[Appointment, ...] = ()
    answer_by: datetime | None = None
    quiet_from: time = time(20)
    quiet_until: time = time(8)
    working_days: bool = True
    grace: timedelta = timedelta(hours=6)
    acknowledge: bool = False

    def uses(self, kind: Kind) -> bool:
        """Return whether messages of this kind are sent automatically."""
        if kind is Kind.ACKNOWLEDGEMENT:
            return self.acknowledge
        return any(one.kind is kind for one in self.appointments)


NO_SCHEDULE = Schedule()
