"""Export a campaign as a file: attendance table, report, sign-in sheet, calendar file, or page on personal data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib.resources import files
from pathlib import PurePath
from zoneinfo import ZoneInfo

from mailer import exports, ical, ledger
from mailer.errors import ConfigError
from mailer.jobs import standings
from mailer.jobs.standings import Record
from mailer.model.attendance import Row
from mailer.model.campaign import Campaign
from mailer.model.invitation import Invitee
from mailer.store import Store

ENDINGS = (".csv", ".xlsx", ".ods", ".html", ".pdf", ".ics")


@dataclass(frozen=True, slots=True)
class ExportRequest:
    """The options of an export.

    `when` is the meeting's time in words of `language`. `machine` writes for programs. `sheet` asks for the sign-in sheet
    in place of the attendance, `everybody` also lists those who did not answer on it. `health` includes remarks on
    somebody's health, which are left out otherwise.
    """

    when: str
    language: str = "fr"
    machine: bool = False
    sheet: bool = False
    everybody: bool = False
    health: bool = False


def export(store: Store, campaign: Campaign, name: str, order: ExportRequest, now: datetime) -> bytes:
    """Return the bytes of the export whose format the ending of `name` gives.

    Raises ConfigError ``export-ending`` or ``pdf-missing``.
    """
    record = standings.record(store, campaign.slug)
    rows = ledger.rows(record.roll, record.standings, record.suppressed)
    ending = PurePath(name).suffix.lower()
    if order.sheet or ending == ".pdf":
        return _sheet(campaign, rows, order, ending)
    wish = exports.Wish(order.language, ZoneInfo(campaign.meeting.zone), order.health)
    match ending:
        case ".csv":
            return exports.to_csv.write(rows, wish, machine=order.machine)
        case ".xlsx":
            return exports.to_xlsx.write(rows, wish, title=campaign.meeting.title, now=now)
        case ".ods":
            return exports.to_ods.write(rows, wish, title=campaign.meeting.title, now=now)
        case ".html":
            return _report(campaign, record, rows, wish, order, now)
        case ".ics":
            return ical.publish(campaign.meeting, uid=campaign.slug, dtstamp=now, language=order.language)
        case _:
            raise ConfigError("export-ending", read=name, choices=" ".join(ENDINGS))


def access(store: Store, campaign: Campaign, invitee: Invitee, language: str, now: datetime) -> bytes:
    """Return everything that is kept of one person, as an HTML page (GDPR article 15)."""
    wish = exports.Wish(language, ZoneInfo(campaign.meeting.zone), health=True)
    return exports.to_access.write(
        invitee, store.entries(campaign.slug, invitee.ref), campaign, wish, now=now
    )


def register(store: Store, campaign: Campaign, hosts: Sequence[str], language: str, now: datetime) -> bytes:
    """Return the campaign's entry for the register of processing activities, as an HTML page (GDPR article 30)."""
    invited = sum(len(invitee.people) for invitee in store.roll(campaign.slug))
    return exports.to_register.write(campaign, invited=invited, hosts=hosts, now=now, language=language)


def _report(
    campaign: Campaign,
    record: Record,
    rows: list[Row],
    wish: exports.Wish,
    order: ExportRequest,
    now: datetime,
) -> bytes:
    places = ledger.places(record.roll, record.standings, campaign.capacity) if campaign.capacity else None
    return exports.to_report.write(
        rows,
        ledger.count(record.roll, record.standings, record.suppressed),
        exports.Occasion(campaign.meeting.title, order.when, campaign.meeting.place),
        wish,
        now=now,
        sendings=ledger.sendings(record.entries),
        places=places,
    )


def _sheet(campaign: Campaign, rows: list[Row], order: ExportRequest, ending: str) -> bytes:
    sheet = exports.sheet(
        rows,
        title=campaign.meeting.title,
        when=order.when,
        place=campaign.meeting.place,
        notice=campaign.notice.controller,
        language=order.language,
        everybody=order.everybody,
    )
    if ending == ".html":
        return exports.to_sign_in.write(sheet, order.language)
    if ending != ".pdf":
        raise ConfigError("export-ending", read=ending, choices=".html .pdf")
    try:
        from mailer.exports import to_sign_in_pdf
    except ImportError as error:
        raise ConfigError("pdf-missing") from error
    folder = files("mailer.exports")
    plain, bold = ((folder / name).read_bytes() for name in to_sign_in_pdf.FACES)
    return to_sign_in_pdf.write(sheet, to_sign_in_pdf.Fonts(plain, bold), order.language)
