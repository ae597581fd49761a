"""Write dates, times and spans of time as a given language has them.

The names of days and months are those of CLDR. The patterns are in the catalogue: CLDR lacks the French "1er avril" and
"14 h", and its plain English puts the month before the day.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from datetime import time as clock
from functools import cache

from mailer.translation.catalogue import translator


def day(on: date, language: str) -> str:
    """Write a day: ``lundi 31 mars 2025``, ``mardi 1er avril 2025``, ``Monday 31 March 2025``."""
    return _filled(translator(language).gettext("{weekday} {day} {month} {year}"), on, language)


def date_of(on: date, language: str) -> str:
    """Write a day without its name: ``31 mars 2025``."""
    return _filled(translator(language).gettext("{day} {month} {year}"), on, language)


def time(at: datetime | clock, language: str) -> str:
    """Write a time: ``14 h``, ``14 h 30`` in French, ``14:00``, ``14:30`` in English."""
    _ = translator(language).gettext
    pattern = _("{hour}:{minute}") if at.minute else _("{hour}:00")
    return pattern.format(hour=at.hour, minute=f"{at.minute:02}")


def span(starts: datetime, ends: datetime, language: str, *, all_day: bool) -> str:
    """Write when something takes place: ``lundi 31 mars 2025 de 14 h à 16 h``; for whole days `ends` is the midnight that follows the last one."""
    _ = translator(language).gettext
    first, last = day(starts, language), day(ends, language)
    if all_day:
        last_day = ends.date() - timedelta(days=1)
        if last_day == starts.date():
            return _("{day}, all day").format(day=first)
        if last_day.year == starts.year:
            first = _filled(
                translator(language).pgettext(
                    "the first of several days in one year", "{weekday} {day} {month} {year}"
                ),
                starts,
                language,
            )
        return _("from {first} to {last}").format(first=first, last=day(last_day, language))
    start, end = time(starts, language), time(ends, language)
    if starts.date() == ends.date():
        return _("{day} from {start} to {end}").format(day=first, start=start, end=end)
    return _("from {first} at {start} to {last} at {end}").format(
        first=first, start=start, last=last, end=end
    )


def _filled(pattern: str, on: date, language: str) -> str:
    weekdays, months = _names(language)
    first = translator(language).pgettext("the first day of a month", "1")
    return pattern.format(
        weekday=weekdays[on.weekday()],
        day=first if on.day == 1 else on.day,
        month=months[on.month],
        year=on.year,
    )


@cache
def _names(language: str) -> tuple[Mapping[int, str], Mapping[int, str]]:
    """Return the names of the days by number (Monday is 0), and of the months (January is 1)."""
    from babel import Locale  # 60 ms that most commands need not spend

    locale = Locale.parse(language)
    return locale.days["format"]["wide"], locale.months["format"]["wide"]
