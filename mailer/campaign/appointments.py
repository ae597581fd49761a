"""Read the ``[schedule]`` table of a campaign file: when each message leaves.

A time is written as a date and an hour (``2025-03-10 9 h``), or by its distance from the meeting or from the last day
for answers: ``7 jours avant la réunion à 9 h 30``, ``J-2``, ``la veille à 10 h``, ``3 days before the deadline``.
Days are calendar days in the meeting's time zone, so the hour stays the same across a clock change; hours are always
60 minutes.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from mailer.campaign.days_off import is_day_off
from mailer.campaign.moments import clock, folded, moment
from mailer.campaign.toml import TomlTable
from mailer.model.invitation import Kind
from mailer.model.meeting import Meeting
from mailer.model.schedule import Appointment, Schedule

DEFAULT_HOUR = dt.time(9)
"""Local time at which a message leaves if only its day is given."""

MOST_REMINDERS = 5
"""Maximum number of scheduled reminders, whatever the file says."""

_NUMBERS = {"un": 1, "une": 1, "a": 1, "one": 1, "deux": 2, "two": 2, "trois": 3, "three": 3, "quinze": 15}
_NUMBER = rf"(?P<n>\d+|{'|'.join(_NUMBERS)})"
_ANCHOR = r"(?: (?:(?:de )?la |du |le |l'?|the |of the )*(?P<anchor>[a-z' ]+?))??"
_HOUR = r"(?:,? (?P<hour>(?:a |at )?\d{1,2} ?(?:h|:).*))?"
_FORMS = (
    re.compile(
        rf"{_NUMBER} ?(?P<unit>jours?|j|days?|semaines?|weeks?|heures?|h|hours?) (?P<side>avant|apres|before|after)"
        rf"{_ANCHOR}{_HOUR}"
    ),
    re.compile(
        rf"(?:the )?(?P<side>day before|day after|la veille|veille|le lendemain|lendemain){_ANCHOR}{_HOUR}"
    ),
    re.compile(rf"(?P<side>[jd]) ?(?P<n>[-+] ?\d+){_HOUR}"),
)
_DEADLINE = {"date limite", "echeance", "deadline", "date de reponse", "reponse", "answer by"}
_MEETING = {"", "reunion", "meeting", "rendez-vous", "evenement", "event", "jour j", "rencontre", "ceremonie"}


def read(table: TomlTable, meeting: Meeting) -> Schedule:
    """Read the schedule.

    Raises ConfigError for a time that cannot be read, or that contradicts the meeting or another appointment.
    """
    schedule = _ScheduleReader(table, meeting).schedule()
    table.close()
    return schedule


@dataclass(frozen=True, slots=True)
class _Hours:
    """The hours and days on which no scheduled message leaves."""

    quiet_from: dt.time
    quiet_until: dt.time
    working_days: bool

    def forbid(self, at: dt.datetime) -> str:
        """Return the error code for a time at which no message may leave; empty if it is allowed."""
        if self.working_days and is_day_off(at.date()):
            return "schedule-day-off"
        return "schedule-quiet" if is_quiet(at.time(), self.quiet_from, self.quiet_until) else ""


def is_quiet(time: dt.time, quiet_from: dt.time, quiet_until: dt.time) -> bool:
    """Return whether a local time is within the quiet hours, which may go over midnight."""
    if quiet_from <= quiet_until:
        return quiet_from <= time < quiet_until
    return time >= quiet_from or time < quiet_until


class _ScheduleReader:
    """Reader of the schedule table of one campaign."""

    def __init__(self, table: TomlTable, meeting: Meeting) -> None:
        self._table = table
        self._meeting = meeting
        self._zone = ZoneInfo(meeting.zone)
        self._hours = _Hours(
            self._clock("quiet_from", dt.time(20)),
            self._clock("quiet_until", dt.time(8)),
            table.boolean("working_days", True),
        )
        self._answer_by = self._deadline()

    def schedule(self) -> Schedule:
        table = self._table
        return Schedule(
            appointments=tuple(sorted(self._appointments(), key=lambda one: one.at)),
            answer_by=self._answer_by,
            quiet_from=self._hours.quiet_from,
            quiet_until=self._hours.quiet_until,
            working_days=self._hours.working_days,
            grace=dt.timedelta(hours=table.integer("late_by_hours", 6, least=1)),
            acknowledge=table.boolean("acknowledge", False),
        )

    # -- the appointments --------------------------------------------------------------------------------------
    def _appointments(self) -> Iterator[Appointment]:
        invitation = self._single(Kind.INVITATION, "invitation")
        yield from invitation
        yield from self._reminders(invitation[0] if invitation else None)
        yield from self._single(Kind.DETAILS, "details")
        yield from self._single(Kind.THANKS, "thanks")

    def _single(self, kind: Kind, key: str) -> list[Appointment]:
        written = self._table.raw(key)
        return [] if written in (None, "") else [self._appointment(kind, key, written)]

    def _reminders(self, invitation: Appointment | None) -> list[Appointment]:
        key, written = "reminders", self._table.raw("reminders")
        values = written if isinstance(written, list) else [] if written is None else [written]
        if len(values) > MOST_REMINDERS:
            raise self._table.error("schedule-too-many", key, read=str(len(values)), most=MOST_REMINDERS)
        found = sorted(
            (self._appointment(Kind.REMINDER, key, value) for value in values), key=lambda one: one.at
        )
        for number, one in enumerate(found, 1):
            if invitation and one.at <= invitation.at:
                raise self._error("schedule-before-invitation", key, one.at, other=_written(invitation.at))
            if number > 1 and one.at.date() == found[number - 2].at.date():
                raise self._error("schedule-same-day", key, one.at)
        return [Appointment(one.kind, number, one.at, one.wanted) for number, one in enumerate(found, 1)]

    def _appointment(self, kind: Kind, key: str, written: object) -> Appointment:
        wanted, absolute = self._moment(key, written)
        after = kind is Kind.THANKS
        if absolute and (obstacle := self._hours.forbid(wanted)):
            raise self._error(obstacle, key, wanted)
        at = wanted if absolute else self._moved(wanted, after=after)
        if after and at < self._meeting.ends:
            raise self._error("schedule-before-end", key, at, other=_written(self._meeting.ends))
        if not after and at >= self._meeting.starts:
            raise self._error("schedule-after-start", key, at, other=_written(self._meeting.starts))
        return Appointment(kind, 1, at, wanted)

    def _moved(self, at: dt.datetime, *, after: bool) -> dt.datetime:
        """Move a time out of quiet hours and days off.

        It moves to the end of the quiet hours, or to the evening before if the meeting has begun by then; and to an
        earlier working day, or for messages after the meeting to a later one.
        """
        hours = self._hours
        if is_quiet(at.time(), hours.quiet_from, hours.quiet_until):
            later = self._on(at.date() + dt.timedelta(days=at.time() >= hours.quiet_until), hours.quiet_until)
            at = later if after or later < self._meeting.starts else self._evening_before(at)
        step = dt.timedelta(days=1 if after else -1)
        while hours.working_days and is_day_off(at.date()):
            at = self._on(at.date() + step, at.time())
        return at

    def _evening_before(self, at: dt.datetime) -> dt.datetime:
        """Return the time one hour before the quiet hours that `at` is in."""
        day = at.date() - dt.timedelta(days=at.time() < self._hours.quiet_from)
        return self._on(day, self._hours.quiet_from) - dt.timedelta(hours=1)

    # -- moments -----------------------------------------------------------------------------------------------
    def _moment(self, key: str, written: object, hour: dt.time = DEFAULT_HOUR) -> tuple[dt.datetime, bool]:
        """Return the time meant, at `hour` if none is written, and whether it was written as a date."""
        if isinstance(written, str) and (relative := self._relative(key, written, hour)):
            return relative, False
        if not isinstance(written, str | dt.datetime | dt.date):
            raise self._table.error("schedule-unreadable", key, read=str(written))
        try:
            found = moment(written, self._zone)
        except (ValueError, KeyError) as error:
            code = "moment-at-clock-change" if "change of the clock" in str(error) else "schedule-unreadable"
            raise self._table.error(code, key, read=str(written), zone=self._zone.key) from error
        if isinstance(found, dt.datetime):
            return found, True
        return self._on(found, hour), True

    def _relative(self, key: str, written: str, hour: dt.time) -> dt.datetime | None:
        plain = folded(written.replace("\u2019", "'"))
        match = next(filter(None, (form.fullmatch(plain) for form in _FORMS)), None)
        if match is None:
            return None
        said = match.groupdict()
        anchor = self._anchor(key, (said.get("anchor") or "").strip(), written)
        unit, count = said.get("unit") or "j", self._count(said)
        if unit.startswith("h"):
            if said.get("hour"):
                raise self._table.error("schedule-unreadable", key, read=written)
            return (anchor.astimezone(dt.UTC) + dt.timedelta(hours=count)).astimezone(self._zone)
        days = count * (7 if unit.startswith(("semaine", "week")) else 1)
        try:
            hour = clock(said["hour"]) if said.get("hour") else hour
        except ValueError as error:
            raise self._table.error("schedule-unreadable", key, read=written) from error
        return self._on(anchor.date() + dt.timedelta(days=days), hour)

    def _count(self, said: dict[str, str | None]) -> int:
        """Return how many units the time is from its anchor; negative before it."""
        side, written = said["side"] or "", (said.get("n") or "1").replace(" ", "")
        if side in ("j", "d"):
            return int(written)
        n = _NUMBERS[written] if written in _NUMBERS else int(written)
        return n if side in ("apres", "after", "day after") or side.endswith("lendemain") else -n

    def _anchor(self, key: str, name: str, written: str) -> dt.datetime:
        if name in _DEADLINE:
            if self._answer_by is None:
                raise self._table.error("schedule-no-deadline", key, read=written)
            return self._answer_by
        if name not in _MEETING:
            raise self._table.error("schedule-unreadable", key, read=written)
        return self._meeting.ends if key == "thanks" else self._meeting.starts

    def _deadline(self) -> dt.datetime | None:
        written = self._table.raw("answer_by")
        if written is None or written == "":
            return None
        at, _ = self._moment("answer_by", written, dt.time(23, 59))
        if at >= self._meeting.starts:
            raise self._error("schedule-after-start", "answer_by", at, other=_written(self._meeting.starts))
        return at

    def _clock(self, key: str, default: dt.time) -> dt.time:
        written = self._table.raw(key)
        if written is None:
            return default
        try:
            return written if isinstance(written, dt.time) else clock(str(written))
        except ValueError as error:
            raise self._table.error("hour-unreadable", key, read=str(written)) from error

    def _on(self, day: dt.date, time: dt.time) -> dt.datetime:
        """Return a local time; one that the clock skips in spring becomes the same instant an hour later."""
        at = dt.datetime.combine(day, time, self._zone)
        return at.astimezone(dt.UTC).astimezone(self._zone)

    def _error(self, code: str, key: str, at: dt.datetime, **values: object) -> Exception:
        return self._table.error(code, key, read=_written(at), **values)


def _written(at: dt.datetime) -> str:
    return f"{at:%d/%m/%Y %H:%M}"
