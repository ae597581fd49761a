"""Read contact lists (CSV, Excel, OpenDocument, vCard) into contacts, and report problems by line."""

from __future__ import annotations

from mailer.contacts.addresses import address
from mailer.contacts.formats import ENDINGS, LABELS, TABLE_ENDINGS, is_workbook
from mailer.contacts.merging import households, merge
from mailer.contacts.reading import MAX_BYTES, read, table, without_far_cells
from mailer.contacts.to_csv import write

__all__ = [
    "ENDINGS",
    "LABELS",
    "MAX_BYTES",
    "TABLE_ENDINGS",
    "address",
    "households",
    "is_workbook",
    "merge",
    "read",
    "table",
    "without_far_cells",
    "write",
]
