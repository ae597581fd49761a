"""The files an export can be written to; `mailer export`, its help and the web interface read this list.

A new one is a module ``to_x`` and one entry in `FORMATS`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib.resources import files

from mailer import ical
from mailer.errors import ConfigError
from mailer.exports.cells import ExportOptions
from mailer.exports.formats import to_csv, to_ods, to_register, to_report, to_sign_in, to_xlsx
from mailer.exports.formats.to_report import Occasion
from mailer.exports.sign_in_sheet import SignInSheet, sign_in_sheet
from mailer.model.attendance import Counters, Places, Row
from mailer.model.campaign import Campaign
from mailer.model.invitation import Kind
from mailer.translation.catalogue import translator
from mailer.translation.marked import N_


@dataclass(frozen=True, slots=True)
class ExportData:
    """All that an export may be made of.

    `when` is the meeting's time in words, `hosts` are the mail servers. `machine` writes a table for programs, and
    `everybody` puts those on the sign-in sheet who did not answer.
    """

    campaign: Campaign
    rows: Sequence[Row]
    counters: Counters
    sendings: Sequence[tuple[datetime, Kind]]
    places: Places | None
    options: ExportOptions
    now: datetime
    when: str
    hosts: Sequence[str] = ()
    machine: bool = False
    everybody: bool = False


@dataclass(frozen=True, slots=True)
class Format:
    """A file that can be written: `file` is the name it is downloaded by, `label` an English sentence on it."""

    document: str
    file: str
    label: str
    media_type: str
    write: Callable[[ExportData], bytes]

    @property
    def ending(self) -> str:
        """Return the ending of the file's name, with the full stop."""
        return self.file[self.file.rindex(".") :]


def find_format(name: str, document: str = "") -> Format:
    """Return the first format with the ending of a file name, of one `document` if that is given.

    Raises ConfigError ``export-ending``.
    """
    stem, _dot, last = name.rpartition(".")
    ending = f".{last.lower()}" if stem else ""
    possible = [one for one in FORMATS if document in ("", one.document)]
    for one in possible:
        if one.ending == ending:
            return one
    choices = " ".join(dict.fromkeys(one.ending for one in possible))
    raise ConfigError("export-ending", read=name, choices=choices)


def _csv(data: ExportData) -> bytes:
    return to_csv.write(data.rows, data.options, machine=data.machine)


def _xlsx(data: ExportData) -> bytes:
    return to_xlsx.write(data.rows, data.options, title=data.campaign.meeting.title, now=data.now)


def _ods(data: ExportData) -> bytes:
    return to_ods.write(data.rows, data.options, title=data.campaign.meeting.title, now=data.now)


def _when(data: ExportData) -> str:
    """Return when the meeting is, or that it is cancelled."""
    if not data.campaign.meeting.cancelled:
        return data.when
    cancelled = translator(data.options.language).gettext("the meeting is cancelled")
    return f"{data.when} – {cancelled}"


def _report(data: ExportData) -> bytes:
    meeting = data.campaign.meeting
    return to_report.write(
        data.rows,
        data.counters,
        Occasion(meeting.title, _when(data), meeting.place),
        data.options,
        now=data.now,
        sendings=data.sendings,
        places=data.places,
    )


def _sheet(data: ExportData) -> SignInSheet:
    meeting = data.campaign.meeting
    return sign_in_sheet(
        data.rows,
        title=meeting.title,
        when=_when(data),
        place=meeting.place,
        notice=data.campaign.notice.controller,
        language=data.options.language,
        everybody=data.everybody,
    )


def _sheet_html(data: ExportData) -> bytes:
    return to_sign_in.write(_sheet(data))


def _sheet_pdf(data: ExportData) -> bytes:
    try:
        from mailer.exports.formats import to_sign_in_pdf
    except ImportError as error:
        raise ConfigError("pdf-missing") from error
    plain, bold = ((files("mailer.exports") / name).read_bytes() for name in to_sign_in_pdf.FACES)
    return to_sign_in_pdf.write(_sheet(data), to_sign_in_pdf.Fonts(plain, bold))


def _meeting(data: ExportData) -> bytes:
    campaign = data.campaign
    return ical.publish(campaign.meeting, uid=campaign.slug, dtstamp=data.now, language=data.options.language)


def _register(data: ExportData) -> bytes:
    return to_register.write(
        data.campaign,
        invited=data.counters.contacts,
        hosts=data.hosts,
        now=data.now,
        language=data.options.language,
    )


_HTML = "text/html; charset=utf-8"

FORMATS = (
    Format(
        "attendance",
        "presences.csv",
        N_("The attendance, for a spreadsheet"),
        "text/csv; charset=utf-8",
        _csv,
    ),
    Format(
        "attendance",
        "presences.xlsx",
        N_("The attendance, for Excel"),
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        _xlsx,
    ),
    Format(
        "attendance",
        "presences.ods",
        N_("The attendance, for LibreOffice"),
        "application/vnd.oasis.opendocument.spreadsheet",
        _ods,
    ),
    Format("report", "rapport.html", N_("The report, to read and print"), _HTML, _report),
    Format(
        "sheet", "emargement.html", N_("The sign-in sheet, to print from the browser"), _HTML, _sheet_html
    ),
    Format("sheet", "emargement.pdf", N_("The sign-in sheet, as PDF"), "application/pdf", _sheet_pdf),
    Format(
        "meeting",
        "reunion.ics",
        N_("The meeting itself, for a website"),
        "text/calendar; charset=utf-8",
        _meeting,
    ),
    Format(
        "register",
        "registre.html",
        N_("The entry for the register of processing activities"),
        _HTML,
        _register,
    ),
)
"""Of two formats with one ending, the first is the one written when only the ending is given."""
