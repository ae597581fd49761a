"""A campaign taken up again for another meeting: what its file must say differently.

What is bound to the meeting it was goes: its poll, that it was called off. Moments that were written as dates become
distances from the meeting, so that the new one is prepared at the same pace.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from mailer.campaign.moments import moment
from mailer.model.campaign import Campaign

MOMENTS = ("answer_by", "invitation", "reminders", "details", "thanks")
"""The keys of ``[schedule]`` that hold moments."""


@dataclass(frozen=True, slots=True)
class Another:
    """The other meeting, as it is written in a campaign file; without `ends`, it is as long as the one before."""

    title: str
    starts: str
    ends: str
    place: str


def again(campaign: Campaign, schedule: Mapping[str, Any], other: Another, slug: str) -> dict[str, str]:
    """What the file of `campaign` says for the other meeting, by dotted names; an empty text takes a setting out.

    `schedule` is the table as it is written. A list is one text with a line for each.
    """
    in_french = campaign.language == "fr"
    settings = {
        "meeting.title": other.title,
        "meeting.starts": other.starts,
        "meeting.ends": other.ends or _as_long(campaign, other.starts),
        "meeting.place": other.place,
        "meeting.cancelled": "false",
        "subject": f"Invitation{' :' if in_french else ':'} {other.title}",
        "templates": f"templates/{slug}",
        "poll": "",
    }
    if other.place != campaign.meeting.place:
        settings["meeting.room"] = ""
    for key in MOMENTS:
        written = schedule.get(key)
        if written:
            lines = written if isinstance(written, list) else [written]
            settings[f"schedule.{key}"] = "\n".join(_distance(campaign, key, line) for line in lines)
    return settings


def _as_long(campaign: Campaign, starts: str) -> str:
    """An end after as long as the meeting before; empty where the start is no moment, which is said elsewhere."""
    meeting = campaign.meeting
    try:
        begins = moment(starts, ZoneInfo(meeting.zone))
    except (ValueError, KeyError):
        return ""
    if isinstance(begins, dt.datetime):
        length = dt.timedelta(hours=2) if meeting.all_day else meeting.ends - meeting.starts
        return f"{begins + length:%Y-%m-%d %H:%M}"
    days = meeting.ends - meeting.starts - dt.timedelta(days=1) if meeting.all_day else dt.timedelta()
    return f"{begins + days:%Y-%m-%d}"


def _distance(campaign: Campaign, key: str, written: object) -> str:
    """A moment that is a date, as its distance from the meeting; a distance as it is."""
    meeting = campaign.meeting
    if not isinstance(written, str | dt.datetime | dt.date):
        return str(written)
    try:
        at = moment(written, ZoneInfo(meeting.zone))
    except (ValueError, KeyError):
        return str(written)
    day, hour = (at.date(), at.time()) if isinstance(at, dt.datetime) else (at, None)
    anchor = meeting.ends if key == "thanks" else meeting.starts
    return _written((day - anchor.date()).days, hour, in_french=campaign.language == "fr")


def _written(days: int, hour: dt.time | None, *, in_french: bool) -> str:
    count = abs(days)
    if in_french:
        unit, side = "jours" if count > 1 else "jour", "après" if days > 0 else "avant"
        clock = f" à {hour.hour} h{f' {hour.minute:02}' if hour.minute else ''}" if hour else ""
        return f"{count} {unit} {side} la réunion{clock}"
    unit, side = "day" if count == 1 else "days", "after" if days > 0 else "before"
    return f"{count} {unit} {side} the meeting{f' at {hour:%H:%M}' if hour else ''}"
