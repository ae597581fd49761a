"""Write the attendance of a campaign."""

from __future__ import annotations

from datetime import datetime
from pathlib import PurePath
from zoneinfo import ZoneInfo

from mailer import exports, ical, ledger
from mailer.errors import ConfigError
from mailer.jobs import standings
from mailer.model.campaign import Campaign
from mailer.store import Store


def export(store: Store, campaign: Campaign, name: str, *, machine: bool = False) -> bytes:
    """Return the bytes of the file that a name asks for by its ending.

    Raises ConfigError ``export-ending``.
    """
    record = standings.record(store, campaign.slug)
    rows = ledger.rows(record.roll, record.standings, record.suppressed)
    wish = exports.Wish(zone=ZoneInfo(campaign.meeting.zone))
    match PurePath(name).suffix.lower():
        case ".csv":
            return exports.to_csv.write(rows, wish, machine=machine)
        case _:
            raise ConfigError("export-ending", read=name, choices=".csv")


def meeting(campaign: Campaign, now: datetime) -> bytes:
    """The meeting for the town's website: METHOD:PUBLISH, and nobody's address in it."""
    return ical.publish(campaign.meeting, uid=campaign.slug, dtstamp=now, language=campaign.language)
