"""Read contact lists (CSV, Excel, OpenDocument, vCard) into contacts, and report problems by line."""

from __future__ import annotations

from mailer.contacts.addresses import address
from mailer.contacts.formats import ENDINGS, LABELS, TABLE_ENDINGS
from mailer.contacts.merging import households, merge
from mailer.contacts.reading import MAX_BYTES, read, table
from mailer.contacts.to_csv import write

__all__ = [
    "ENDINGS",
    "LABELS",
    "MAX_BYTES",
    "TABLE_ENDINGS",
    "address",
    "households",
    "merge",
    "read",
    "table",
    "write",
]
