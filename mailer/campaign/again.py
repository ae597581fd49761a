"""Copy a campaign for another meeting: which settings of its file have to change.

The poll and the cancellation belonged to the earlier meeting and are dropped. Dates in the schedule become distances
from the meeting ("5 days before the meeting"), so that the new one is prepared at the same pace.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from mailer.campaign.moments import moment
from mailer.model.campaign import Campaign
from mailer.translation.catalogue import translator

MOMENTS = ("answer_by", "invitation", "reminders", "details", "thanks")
"""The keys of ``[schedule]`` that hold moments."""


@dataclass(frozen=True, slots=True)
class Another:
    """The other meeting, in the words of a campaign file; with an empty `ends` it lasts as long as the first."""

    title: str
    starts: str
    ends: str
    place: str


def again(campaign: Campaign, schedule: Mapping[str, Any], other: Another, slug: str) -> dict[str, str]:
    """Return the settings to change in the file of `campaign`, by dotted names; an empty text removes a setting.

    `schedule` is the ``[schedule]`` table as read from the file. A list is returned as one text, one line per item.
    """
    _ = translator(campaign.language).gettext
    settings = {
        "meeting.title": other.title,
        "meeting.starts": other.starts,
        "meeting.ends": other.ends or _as_long(campaign, other.starts),
        "meeting.place": other.place,
        "meeting.cancelled": "false",
        "subject": _("Invitation: {title}").format(title=other.title),
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
    """Return the end that makes the meeting as long as the first; empty if `starts` cannot be read (reported elsewhere)."""
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
    """Return a date as its distance from the meeting; a distance stays as it is."""
    meeting = campaign.meeting
    if not isinstance(written, str | dt.datetime | dt.date):
        return str(written)
    try:
        at = moment(written, ZoneInfo(meeting.zone))
    except (ValueError, KeyError):
        return str(written)
    day, hour = (at.date(), at.time()) if isinstance(at, dt.datetime) else (at, None)
    anchor = meeting.ends if key == "thanks" else meeting.starts
    return _written((day - anchor.date()).days, hour, campaign.language)


def _written(days: int, hour: dt.time | None, language: str) -> str:
    """Write a distance from the meeting as `appointments` reads it: ``5 days before the meeting at 09:30``."""
    gettext, ngettext = translator(language).gettext, translator(language).ngettext
    count = abs(days)
    if days > 0:
        pattern = ngettext("{n} day after the meeting", "{n} days after the meeting", count)
    else:
        pattern = ngettext("{n} day before the meeting", "{n} days before the meeting", count)
    when = pattern.format(n=count)
    if hour is None:
        return when
    pattern = gettext("{when} at {hour:02}:{minute:02}") if hour.minute else gettext("{when} at {hour:02}:00")
    return pattern.format(when=when, hour=hour.hour, minute=hour.minute)
