"""The file formats contact lists come in: how each is named, recognised by its bytes, and read.

A new format is a module ``from_x`` and one entry in `FORMATS`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from mailer.contacts import archive
from mailer.contacts.formats import from_csv, from_sheet, from_vcard
from mailer.contacts.record import ContactRecord
from mailer.contacts.sheet import Sheet


@dataclass(frozen=True, slots=True)
class ListFormat:
    """A file format of contact lists.

    `name` is the code that `Recognised.format` has, `label` what people call the format, and `endings` are those of
    file names, for the file dialogue of the web interface. A file is recognised by its bytes, never by its ending.
    """

    name: str
    label: str
    endings: tuple[str, ...]
    recognises: Callable[[bytes], bool]


@dataclass(frozen=True, slots=True)
class TableFormat(ListFormat):
    """A format of tables, whose columns have to be understood. `sheets` takes the file's name and its bytes."""

    sheets: Callable[[str, bytes], Sequence[Sheet]]


@dataclass(frozen=True, slots=True)
class RecordFormat(ListFormat):
    """A format whose fields have names of their own. `records` takes the file's name and its bytes."""

    records: Callable[[str, bytes], Iterator[ContactRecord]]
    encoding: Callable[[bytes], str]


_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_CARD = re.compile(rb"\s*BEGIN:VCARD", re.IGNORECASE)


def is_workbook(content: bytes) -> bool:
    """Return whether a file may be a workbook, by its first octets."""
    return content.startswith((_ZIP, _OLE))


def _is_workbook(content: bytes, *, kind: str) -> bool:
    return content.startswith(_ZIP) and archive.kind(content) == kind


FORMATS: tuple[TableFormat | RecordFormat, ...] = (
    TableFormat(
        "xlsx",
        "Excel",
        (".xlsx",),
        partial(_is_workbook, kind="xlsx"),
        partial(from_sheet.sheets, kind="xlsx"),
    ),
    TableFormat(
        "ods",
        "LibreOffice",
        (".ods",),
        partial(_is_workbook, kind="ods"),
        partial(from_sheet.sheets, kind="ods"),
    ),
    TableFormat(
        "xls",
        "Excel",
        (".xls",),
        lambda content: content.startswith(_OLE),
        partial(from_sheet.sheets, kind="xls"),
    ),
    RecordFormat(
        "vcard",
        "vCard",
        (".vcf",),
        lambda content: _CARD.match(_beginning(content)) is not None,
        from_vcard.records,
        from_vcard.encoding,
    ),
    TableFormat(
        "csv",
        "CSV",
        (".csv", ".tsv", ".txt"),
        lambda content: not other_kind(content),
        lambda file, content: [from_csv.sheet(file, content)],
    ),
)
"""The formats in the order in which they are tried; the first that recognises a file reads it."""

LABELS = tuple(dict.fromkeys(known.label for known in FORMATS))
"""What people call the formats."""
ENDINGS = tuple(ending for known in FORMATS for ending in known.endings)
"""The endings of files that `read` reads."""
TABLE_ENDINGS = tuple(
    ending for known in FORMATS if isinstance(known, TableFormat) for ending in known.endings
)
"""The endings of files that `table` reads."""

_OTHER_KINDS = (
    (b"%PDF-", "pdf"),
    (b"\x89PNG", "image"),
    (b"\xff\xd8\xff", "image"),
    (b"GIF8", "image"),
    (b"II*\x00", "image"),
    (b"MM\x00*", "image"),
    (b"RIFF", "media"),
    (b"{\\rtf", "rtf"),
    (b"\x1f\x8b", "archive"),
    (b"7z\xbc\xaf", "archive"),
    (b"Rar!", "archive"),
    (b"BZh", "archive"),
    (b"SQLite format 3", "database"),
    (b"\x7fELF", "program"),
    (b"MZ\x90", "program"),
)
"""The first bytes of files that are no lists, and what they are."""
_MARKUP = re.compile(rb"\s*<(?:!doctype|html|\?xml|table|head|body|meta|svg)\b|\s*<!--", re.IGNORECASE)
_CALENDAR = re.compile(rb"\s*BEGIN:VCALENDAR", re.IGNORECASE)


def other_kind(content: bytes) -> str:
    """Return what a file is that holds no contact list, by its first bytes: ``pdf``, ``image``, ...; else ""."""
    if content.startswith(_ZIP):
        return "archive"
    start = content.removeprefix(b"\xef\xbb\xbf")[:400]
    for beginning, kind in _OTHER_KINDS:
        if start.startswith(beginning):
            return kind
    if _MARKUP.match(_beginning(content)):
        return "markup"
    return "calendar" if _CALENDAR.match(_beginning(content)) else ""


def _beginning(content: bytes) -> bytes:
    """Return the first letters of a text in ASCII, from UTF-8 or UTF-16, without a byte order mark."""
    start = content.removeprefix(b"\xef\xbb\xbf")[:400]
    return start.removeprefix(b"\xff\xfe").removeprefix(b"\xfe\xff").replace(b"\x00", b"")
