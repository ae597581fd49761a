"""Reading of iCalendar dates, times, time zones and durations."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

MAX_ZONE = 4 * 1024

_RULE = re.compile(r"(?im)^RRULE[^\n]*?FREQ=([A-Z]+)")
_MOMENT = re.compile(r"(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(\d\d)?(Z?))?", re.IGNORECASE)


def read_moment(value: str, tzid: str, zones: Mapping[str, str]) -> datetime | None:
    """Read a DATE-TIME or DATE; naive where its zone is missing or unknown, None if it is no date.

    `zones` holds the VTIMEZONEs of the object by TZID, as text.
    """
    found = _MOMENT.match(value.strip())
    if not found:
        return None
    year, month, day, hour, minute, second = (int(digits or 0) for digits in found.groups()[:6])
    try:
        moment = datetime(year, month, day, hour, minute, min(second, 59))  # noqa: DTZ001  the zone follows
        if found.group(7):
            return moment.replace(tzinfo=UTC)
        zone = read_zone(tzid, zones) if tzid else None
        return moment.replace(tzinfo=zone).astimezone(UTC) if zone else moment
    except (ValueError, OverflowError):
        return None


def read_zone(tzid: str, zones: Mapping[str, str]) -> tzinfo | None:
    """Return the zone with this IANA or Windows name (Exchange), else the one its VTIMEZONE describes."""
    name = tzid.strip().strip("\"'/")
    return _iana(name) or _iana(_windows_name(name)) or _from_vtimezone(zones.get(tzid, ""))


def _windows_name(name: str) -> str:
    # The library takes longer to import than a hundred answers to read, and few of them name a zone.
    from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

    return str(WINDOWS_TO_OLSON.get(name, ""))


def _iana(name: str) -> tzinfo | None:
    """Return the zone with this name, else the one that its last two path parts name.

    Some programs put a prefix before it: ``/freeassociation.sourceforge.net/Europe/Paris``.
    """
    for candidate in (name, "/".join(name.split("/")[-2:])):
        try:
            if candidate:
                return ZoneInfo(candidate)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            continue
    return None


def _from_vtimezone(text: str) -> tzinfo | None:
    """Return the zone a VTIMEZONE describes; None if it is too long, not valid, or not yearly.

    The library computes every transition from the start of the rule, which for FREQ=SECONDLY are too many.
    Exchange starts its rules in 1601, so years before 1970 are replaced by 1970.
    """
    rules = _RULE.findall(text)
    if not text or len(text) > MAX_ZONE or any(rule.upper() != "YEARLY" for rule in rules):
        return None
    from icalendar import Timezone

    try:
        zone = Timezone.from_ical(
            re.sub(r"(?m)^(DTSTART[^:]*:)1[0-8]\d\d|^(DTSTART[^:]*:)19[0-6]\d", r"\1\g<2>1970", text)
        )
        return zone.to_tz(lookup_tzid=False) if isinstance(zone, Timezone) else None
    except Exception:  # noqa: BLE001 - the library raises exceptions of many kinds on a bad VTIMEZONE
        return None


def read_duration(value: str) -> timedelta | None:
    """Read a DURATION, RFC 5545 section 3.3.6; None if the text is no valid duration."""
    from icalendar import vDuration

    try:
        found = vDuration.from_ical(value.strip())  # type: ignore[no-untyped-call]
    except (ValueError, OverflowError):
        return None
    return found if isinstance(found, timedelta) else None
