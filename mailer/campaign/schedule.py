"""Determine which scheduled appointments are kept, due, missed or still ahead."""

from __future__ import annotations

import enum
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from mailer.campaign.appointments import is_quiet
from mailer.model.entry import Kept
from mailer.model.meeting import Meeting
from mailer.model.schedule import Appointment, Schedule


class Stand(enum.Enum):
    """State of an appointment at a given time."""

    KEPT = "kept"
    NEEDLESS = "needless"
    """Missed, but nobody is left to write to, because somebody sent the messages by hand."""
    DUE = "due"
    MISSED = "missed"
    AHEAD = "ahead"


@dataclass(frozen=True, slots=True)
class Planned:
    """An appointment, its state, and the record of when it was kept."""

    appointment: Appointment
    stand: Stand
    kept: Kept | None = None


def stands(schedule: Schedule, kept: Iterable[Kept], now: datetime) -> list[Planned]:
    """Return every appointment with its state, in order of time.

    An appointment that could not be kept within the schedule's grace period is missed and is not made up for: a
    machine that was off for a day must not start and write to everybody. An appointment whose date was changed after
    it was kept stays kept, so that no message is sent more often than the file says.
    """
    records = _assigned(schedule, kept)
    return [
        Planned(one, _stand(one, schedule.grace, now) if record is None else Stand.KEPT, record)
        for one, record in zip(schedule.appointments, records, strict=True)
    ]


def _assigned(schedule: Schedule, kept: Iterable[Kept]) -> list[Kept | None]:
    """Assign each record to an appointment: the one at exactly that time, else the first unassigned one of its kind."""
    records: list[Kept | None] = [None] * len(schedule.appointments)
    left = []
    for record in kept:
        for place, one in enumerate(schedule.appointments):
            if records[place] is None and one.kind is record.kind and one.at == record.at:
                records[place] = record
                break
        else:
            left.append(record)
    for record in left:
        for place, one in enumerate(schedule.appointments):
            if records[place] is None and one.kind is record.kind:
                records[place] = record
                break
    return records


def _stand(appointment: Appointment, grace: timedelta, now: datetime) -> Stand:
    if now < appointment.at:
        return Stand.AHEAD
    return Stand.DUE if now < appointment.at + grace else Stand.MISSED


def silent_until(schedule: Schedule, meeting: Meeting, now: datetime) -> datetime | None:
    """Return when the quiet hours that contain `now` end; None outside of them."""
    zone = ZoneInfo(meeting.zone)
    local = now.astimezone(zone)
    if not is_quiet(local.time(), schedule.quiet_from, schedule.quiet_until):
        return None
    day = local.date() + timedelta(days=local.time() >= schedule.quiet_until)
    return datetime.combine(day, schedule.quiet_until, zone)


def silent_from(schedule: Schedule, meeting: Meeting, now: datetime) -> datetime | None:
    """Return when the next quiet hours begin, or None if there are none; `now` is outside of them."""
    if schedule.quiet_from == schedule.quiet_until:
        return None
    local = now.astimezone(ZoneInfo(meeting.zone))
    day = local.date() + timedelta(days=local.time() >= schedule.quiet_from)
    return datetime.combine(day, schedule.quiet_from, local.tzinfo)
