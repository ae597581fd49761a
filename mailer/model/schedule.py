"""When the messages of a campaign leave by themselves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from mailer.model.invitation import Kind


@dataclass(frozen=True, slots=True)
class Appointment:
    """A moment at which messages of one kind are due.

    `at` is aware, in the meeting's zone. `number` counts the appointments of one kind in order of time, from 1.
    `wanted` is the moment before quiet hours and days off were avoided; it is `at` where nothing was in the way.
    """

    kind: Kind
    number: int
    at: datetime
    wanted: datetime

    @property
    def moved(self) -> bool:
        """Whether quiet hours or a day off stood in the way."""
        return self.at != self.wanted


@dataclass(frozen=True, slots=True)
class Schedule:
    """The table ``[schedule]`` of a campaign file.

    `appointments` are in order of time. `answer_by` is the last moment answers are wanted for, aware. Nothing leaves by
    itself between `quiet_from` and `quiet_until`, local times of the meeting's zone; equal times are no quiet hours. An
    appointment that could not be kept within `grace` is missed. `acknowledge`: each answer is acknowledged.
    """

    appointments: tuple[Appointment, ...] = ()
    answer_by: datetime | None = None
    quiet_from: time = time(20)
    quiet_until: time = time(8)
    working_days: bool = True
    grace: timedelta = timedelta(hours=6)
    acknowledge: bool = False

    def uses(self, kind: Kind) -> bool:
        """Whether messages of this kind leave by themselves."""
        if kind is Kind.ACKNOWLEDGEMENT:
            return self.acknowledge
        return any(one.kind is kind for one in self.appointments)


NO_SCHEDULE = Schedule()
