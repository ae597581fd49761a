"""Refuse zip bombs among workbooks: measure their tables before python-calamine loads them.

A workbook of some kilobytes may unpack to gigabytes of XML, and a few hundred bytes of XML may declare a table of
17 thousand million cells, for all of which python-calamine allocates memory. So the archive is unpacked here in small
pieces that are thrown away, whatever sizes it declares, and the cells that hold something are counted on the way.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator
from io import BytesIO

MAX_UNPACKED = 400_000_000
"""Bytes of XML in one workbook; a list of 100,000 people has some 40 million."""
MAX_TABLE_CELLS = 20_000_000
"""Cells from the first to the last filled row and column; each takes some 30 bytes of memory."""

_CHUNK = 1 << 18
_OVERLAP = 1 << 12
_XLSX_CELL = re.compile(rb'<(?:\w+:)?c\b[^<>]*?\br="([A-Z]{1,3})(\d{1,7})"[^<>]*(?<!/)>')
_ODS_TOKEN = re.compile(rb"<(/?)table:(table-row|(?:covered-)?table-cell|table)\b([^<>]*?)(/?)>")
_ROWS_REPEATED = re.compile(rb'number-rows-repeated="(\d{1,9})')
_COLUMNS_REPEATED = re.compile(rb'number-columns-repeated="(\d{1,9})')


class TooLargeError(Exception):
    """A workbook unpacks to more than any contact list."""


def kind(content: bytes) -> str:
    """Return the workbook format of a zip archive by its members: ``xlsx``, ``ods``, or ""."""
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            members = set(archive.namelist())
            if "content.xml" in members and "mimetype" in members:
                with archive.open("mimetype") as declared:
                    return "ods" if b"opendocument.spreadsheet" in declared.read(200) else ""
            return "xlsx" if any(re.fullmatch(r"xl/worksheets/.*\.xml", name) for name in members) else ""
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, OSError, ValueError, EOFError):
        return ""


def check(content: bytes) -> None:
    """Raise TooLargeError if the tables are too large, or the error of `zipfile` or `zlib` if the archive is broken."""
    with zipfile.ZipFile(BytesIO(content)) as archive:
        bytes_left = MAX_UNPACKED
        for member in archive.infolist():
            measure = _measure(member.filename)
            for piece in _unpacked(content, member):
                bytes_left -= len(piece)
                if bytes_left < 0:
                    raise TooLargeError
                measure.add(piece)
            measure.end()


class _Measure:
    """The measure of an archive member that holds no table: it counts nothing."""

    def add(self, piece: bytes) -> None:
        """Measure the next bytes of the member."""

    def end(self) -> None:
        """Measure what is left when the member ends."""


class _XlsxMeasure(_Measure):
    """The measure of an XLSX sheet: the rectangle around its filled cells."""

    def __init__(self) -> None:
        self._kept = b""
        self._columns: set[bytes] = set()
        self._last_row = 0

    def add(self, piece: bytes) -> None:
        text = self._kept + piece
        for found in _XLSX_CELL.finditer(text):
            self._columns.add(found[1])
            self._last_row = max(self._last_row, int(found[2]))
        self._kept = text[max(text.rfind(b"<"), len(text) - _OVERLAP) :]
        if self._last_row * max(map(_number, self._columns), default=0) > MAX_TABLE_CELLS:
            raise TooLargeError


class _OdsMeasure(_Measure):
    """The measure of an ODS table: its filled cells, each as often as the file repeats its cell and row."""

    def __init__(self) -> None:
        self._kept = b""
        self._cells = self._row_cells = 0
        self._rows_repeated = 1

    def add(self, piece: bytes) -> None:
        text = self._kept + piece
        end = text.rfind(b"<")
        for found in _ODS_TOKEN.finditer(text, 0, max(end, 0)):
            self._token(*found.groups())
        self._kept = text[end:][: _OVERLAP * 16] if end >= 0 else b""

    def end(self) -> None:
        self.add(b"<")

    def _token(self, closing: bytes, name: bytes, attributes: bytes, empty: bytes) -> None:
        if name == b"table-row":
            if not closing:
                self._rows_repeated, self._row_cells = _repeated(_ROWS_REPEATED, attributes), 0
            if closing and self._row_cells:
                self._cells += self._rows_repeated * self._row_cells
        elif name.endswith(b"table-cell") and not closing and not (empty and b"value" not in attributes):
            self._row_cells += _repeated(_COLUMNS_REPEATED, attributes)
        if self._cells + self._row_cells > MAX_TABLE_CELLS:
            raise TooLargeError


def _measure(name: str) -> _Measure:
    if re.fullmatch(r"xl/worksheets/.*\.xml", name):
        return _XlsxMeasure()
    return _OdsMeasure() if name == "content.xml" else _Measure()


def _repeated(attribute: re.Pattern[bytes], attributes: bytes) -> int:
    found = attribute.search(attributes)
    return max(int(found[1]), 1) if found else 1


def _number(column: bytes) -> int:
    """Return the number of a column named by letters: ``A`` is 1."""
    number = 0
    for letter in column:
        number = number * 26 + letter - 64
    return number


def _unpacked(content: bytes, member: zipfile.ZipInfo) -> Iterator[bytes]:
    """Yield a member unpacked in pieces, to its real end, since the sizes it declares may be false."""
    header = content[member.header_offset : member.header_offset + 30]
    if len(header) < 30 or header[:4] != b"PK\x03\x04" or member.flag_bits & 1:
        raise zipfile.BadZipFile
    start = (
        member.header_offset
        + 30
        + int.from_bytes(header[26:28], "little")
        + int.from_bytes(header[28:30], "little")
    )
    if member.compress_type == zipfile.ZIP_STORED:
        packed = memoryview(content)[start : start + member.compress_size]
        yield from (bytes(packed[at : at + _CHUNK]) for at in range(0, len(packed), _CHUNK))
        return
    if member.compress_type != zipfile.ZIP_DEFLATED:
        raise zipfile.BadZipFile
    inflater, packed = zlib.decompressobj(-15), memoryview(content)[start:]
    at = 0
    pending = b""
    while not inflater.eof:
        if not pending:
            if at >= len(packed):
                return
            pending, at = bytes(packed[at : at + _CHUNK]), at + _CHUNK
        piece = inflater.decompress(pending, _CHUNK)
        pending = inflater.unconsumed_tail
        yield piece
