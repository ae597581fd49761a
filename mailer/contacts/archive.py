"""The archives that workbooks are: what kind each is, and how to leave out cells far away from its table.

A workbook is read in a process with a bound on its memory (`mailer.jobs.read_list`), since python-calamine allocates the whole
rectangle around the filled cells: 17 thousand million cells for a file of 400 octets. Excel's Solver writes such a file,
too: it keeps its settings in the last cells of the sheet.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from io import BytesIO
from xml.parsers import expat

from mailer.contacts.sheet import MAX_CELLS

MAX_ROWS = 500_000
"""Rows of a sheet that are read where cells far away are left out."""

BROKEN = (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, OSError, ValueError, EOFError)
"""What `zipfile` raises for an archive that is damaged, encrypted or none."""

_SHEET = re.compile(r"xl/worksheets/.*\.xml")
_PLACE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})", re.IGNORECASE)


def kind(content: bytes) -> str:
    """Return the workbook format of a zip archive by its members: ``xlsx``, ``ods``, or ""."""
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            members = set(archive.namelist())
            if "content.xml" in members and "mimetype" in members:
                with archive.open("mimetype") as declared:
                    return "ods" if b"opendocument.spreadsheet" in declared.read(200) else ""
            return "xlsx" if any(_SHEET.fullmatch(name) for name in members) else ""
    except BROKEN:
        return ""


def without_far_cells(content: bytes) -> bytes:
    """Return an XLSX workbook without the cells whose column or row lies beyond those that are read.

    Raises one of `BROKEN`, or `expat.ExpatError`, where it is damaged.
    """
    written = BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as archive, zipfile.ZipFile(written, "w") as near:
        for member in archive.infolist():
            octets = archive.read(member)
            near.writestr(member.filename, _near(octets) if _SHEET.fullmatch(member.filename) else octets)
    return written.getvalue()


def _near(sheet: bytes) -> bytes:
    """Cut the elements of far cells out of a sheet; a real parser says where each begins and what comes behind it."""
    parser = expat.ParserCreate()
    kept: list[bytes] = []
    begins = ends = -1
    at = 0

    def follow() -> None:
        nonlocal at, begins, ends
        if ends >= 0:
            kept.append(sheet[at:begins])
            at, begins, ends = parser.CurrentByteIndex, -1, -1

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal begins
        follow()
        if name.rpartition(":")[2] == "c" and begins < 0 and _is_far(attributes.get("r", "")):
            begins = parser.CurrentByteIndex

    def end(name: str) -> None:
        nonlocal ends
        follow()
        if name.rpartition(":")[2] == "c" and begins >= 0:
            ends = parser.CurrentByteIndex

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = lambda _text: follow()
    parser.Parse(sheet, True)
    kept.append(sheet[at:])
    return b"".join(kept)


def _is_far(place: str) -> bool:
    found = _PLACE.fullmatch(place)
    return found is not None and (int(found[2]) > MAX_ROWS or _number(found[1].upper()) > MAX_CELLS)


def _number(column: str) -> int:
    """Return the number of a column named by letters: ``A`` is 1."""
    number = 0
    for letter in column:
        number = number * 26 + ord(letter) - 64
    return number
