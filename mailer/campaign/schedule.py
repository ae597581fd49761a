"""Where a campaign's appointments stand: kept, due, missed, or still ahead."""

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
    """How an appointment stands at a moment."""

    KEPT = "kept"
    NEEDLESS = "needless"
    """It was missed, and nobody is left to write to: somebody did it by hand."""
    DUE = "due"
    MISSED = "missed"
    AHEAD = "ahead"


@dataclass(frozen=True, slots=True)
class Planned:
    """An appointment, how it stands, and what was recorded when it was kept."""

    appointment: Appointment
    stand: Stand
    kept: Kept | None = None


def stands(schedule: Schedule, kept: Iterable[Kept], now: datetime) -> list[Planned]:
    """Say of every appointment how it stands, in order of time.

    One that could not be kept within the schedule's grace is missed, and is not kept later by itself: a machine that was
    away for a day must not wake and write to everybody. An appointment whose date was changed after it was kept stays
    kept, so that no kind is sent more often than the file says.
    """
    records = _assigned(schedule, kept)
    return [
        Planned(one, _stand(one, schedule.grace, now) if record is None else Stand.KEPT, record)
        for one, record in zip(schedule.appointments, records, strict=True)
    ]


def _assigned(schedule: Schedule, kept: Iterable[Kept]) -> list[Kept | None]:
    """Give each record its appointment: the one of the very moment, else the earliest of its kind that has none."""
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
    """When the quiet hours that `now` lies in are over; None outside of them."""
    zone = ZoneInfo(meeting.zone)
    local = now.astimezone(zone)
    if not is_quiet(local.time(), schedule.quiet_from, schedule.quiet_until):
        return None
    day = local.date() + timedelta(days=local.time() >= schedule.quiet_until)
    return datetime.combine(day, schedule.quiet_until, zone)


def silent_from(schedule: Schedule, meeting: Meeting, now: datetime) -> datetime | None:
    """When the next quiet hours begin, if there are any; `now` lies outside of them."""
    if schedule.quiet_from == schedule.quiet_until:
        return None
    local = now.astimezone(ZoneInfo(meeting.zone))
    day = local.date() + timedelta(days=local.time() >= schedule.quiet_from)
    return datetime.combine(day, schedule.quiet_from, local.tzinfo)
