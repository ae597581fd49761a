"""Read dates and times as officers write them: ``2025-03-31 14:00``, ``31/03/2025 14 h 30``, ``31 mars 2025 à 14h``."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from zoneinfo import ZoneInfo

MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "janvier january jan janv",
            "fevrier february feb fevr",
            "mars march mar",
            "avril april apr avr",
            "mai may",
            "juin june jun",
            "juillet july jul juil",
            "aout august aug",
            "septembre september sep sept",
            "octobre october oct",
            "novembre november nov",
            "decembre december dec",
        ),
        1,
    )
    for name in names.split()
}

_DATES = (
    re.compile(r"(?P<y>\d{4})-(?P<m>\d{1,2})-(?P<d>\d{1,2})"),
    re.compile(r"(?P<d>\d{1,2})[/.](?P<m>\d{1,2})[/.](?P<y>\d{4})"),
    re.compile(r"(?:[a-z]+ )?(?P<d>\d{1,2})(?:er|st|nd|rd|th)? (?P<month>[a-z]+)\.? (?P<y>\d{4})"),
)
_TIME = re.compile(r"(?:t|a|at|,)? ?(?P<h>\d{1,2})(?: ?(?:h|heures?|:) ?(?P<min>\d{2})?)(?::(?P<s>\d{2}))?")


def moment(written: str | dt.datetime | dt.date, zone: ZoneInfo) -> dt.datetime | dt.date:
    """Read a date and time in `zone`; a date without a time gives a date.

    Aware values keep their instant and are converted to `zone`. Raises ValueError for text that is no date, and for a
    local time that the clock skips or repeats (in spring and autumn).
    """
    match written:
        case dt.datetime():
            return _place(written, zone)
        case dt.date():
            return written
    plain = folded(written)
    if re.search(r"t\d{2}:\d{2}.*(z|[+-]\d{2}:\d{2})$", plain):
        return _place(dt.datetime.fromisoformat(written.strip()), zone)
    for form in _DATES:
        if date := form.match(plain):
            day = dt.date(int(date["y"]), _month(date), int(date["d"]))
            rest = plain[date.end() :].strip()
            if not rest:
                return day
            return _place(dt.datetime.combine(day, clock(rest)), zone)
    raise ValueError(written)


def folded(written: str) -> str:
    """Return the text in lower case, without accents, with single spaces."""
    return " ".join(unicodedata.normalize("NFKD", written).encode("ascii", "ignore").decode().lower().split())


def clock(written: str) -> dt.time:
    """Read a time of day: ``9 h 30``, ``9:30``, ``à 9h``. Raises ValueError."""
    time = _TIME.fullmatch(folded(written))
    if time is None:
        raise ValueError(written)
    return dt.time(int(time["h"]), int(time["min"] or 0), int(time["s"] or 0))


def _month(date: re.Match[str]) -> int:
    groups = date.groupdict()
    return (
        MONTHS[groups["month"]]
        if "month" in groups and groups["month"] in MONTHS
        else int(groups.get("m") or 0)
    )


def _place(at: dt.datetime, zone: ZoneInfo) -> dt.datetime:
    if at.tzinfo is not None:
        return at.astimezone(zone)
    placed = at.replace(tzinfo=zone)
    if placed.astimezone(dt.UTC).astimezone(zone).replace(tzinfo=None) != at:
        raise ValueError(f"{at}: skipped by the change of the clock")
    if placed.utcoffset() != placed.replace(fold=1).utcoffset():
        raise ValueError(f"{at}: passed twice at the change of the clock")
    return placed
