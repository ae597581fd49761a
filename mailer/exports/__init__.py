"""The attendance as documents: tables, a report, a sign-in sheet; standings in, bytes out, and tables back in."""

from mailer.exports import (
    from_table,
    to_access,
    to_csv,
    to_ods,
    to_register,
    to_report,
    to_review,
    to_sign_in,
    to_xlsx,
)
from mailer.exports.cells import Wish
from mailer.exports.roll_call import Sheet, sheet
from mailer.exports.to_report import Occasion

__all__ = [
    "Occasion",
    "Sheet",
    "Wish",
    "from_table",
    "sheet",
    "to_access",
    "to_csv",
    "to_ods",
    "to_register",
    "to_report",
    "to_review",
    "to_sign_in",
    "to_xlsx",
]
