"""Contact lists as they really come: octets in, contacts and problems by line out."""

from __future__ import annotations

from mailer.contacts.people import households, merge
from mailer.contacts.reading import MAX_BYTES, read, table
from mailer.contacts.to_csv import write

__all__ = ["MAX_BYTES", "households", "merge", "read", "table", "write"]
