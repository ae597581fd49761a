"""Write the attendance as tables, a report and a sign-in sheet, and read corrected tables back."""

from mailer.exports import from_table
from mailer.exports.cells import ExportOptions
from mailer.exports.formats import (
    FORMATS,
    ExportData,
    Format,
    find_format,
    to_access,
    to_csv,
    to_ods,
    to_register,
    to_report,
    to_review,
    to_sign_in,
    to_xlsx,
)
from mailer.exports.formats.to_report import Occasion
from mailer.exports.sign_in_sheet import SignInSheet, sign_in_sheet

__all__ = [
    "FORMATS",
    "ExportData",
    "ExportOptions",
    "Format",
    "Occasion",
    "SignInSheet",
    "find_format",
    "from_table",
    "sign_in_sheet",
    "to_access",
    "to_csv",
    "to_ods",
    "to_register",
    "to_report",
    "to_review",
    "to_sign_in",
    "to_xlsx",
]
