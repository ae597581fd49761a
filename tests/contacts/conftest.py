"""Fixtures that write workbooks for the tests."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Sequence
from xml.sax.saxutils import escape

import pytest
import xlsxwriter

Rows = Sequence[Sequence[str]]

_OFFICE = (
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"'
)


@pytest.fixture
def xlsx() -> Callable[..., bytes]:
    """Write sheets by name to a workbook; those in `hidden` are hidden."""

    def write(hidden: Sequence[str] = (), **sheets: Rows) -> bytes:
        content = io.BytesIO()
        with xlsxwriter.Workbook(content, {"in_memory": True}) as workbook:
            for name, rows in sheets.items():
                sheet = workbook.add_worksheet(name)
                for line, row in enumerate(rows):
                    sheet.write_row(line, 0, row)
                if name in hidden:
                    sheet.hide()
        return content.getvalue()

    return write


def write_xlsx(rows: str) -> bytes:
    """Write an XLSX workbook around the XML of one sheet's rows."""
    spreadsheet = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006/relationships"
    parts = {
        "_rels/.rels": f'<Relationships xmlns="{package}"><Relationship Id="r1" Type="{office}/officeDocument" '
        'Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{spreadsheet}" xmlns:r="{office}"><sheets>'
        '<sheet name="S" sheetId="1" r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{package}"><Relationship Id="r1" '
        f'Type="{office}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{spreadsheet}"><sheetData>{rows}</sheetData></worksheet>',
    }
    return _zipped(parts)


@pytest.fixture
def xlsx_of_xml() -> Callable[[str], bytes]:
    """Write an XLSX workbook around the XML of one sheet's rows."""
    return write_xlsx


@pytest.fixture
def ods() -> Callable[[Rows], bytes]:
    """Write an OpenDocument spreadsheet, with the empty rest of the sheet that LibreOffice adds."""

    def write(rows: Rows) -> bytes:
        written = "".join(
            "<table:table-row>" + "".join(_ods_cell(cell) for cell in row) + "</table:table-row>"
            for row in rows
        )
        rest = (
            '<table:table-row table:number-rows-repeated="1048000">'
            '<table:table-cell table:number-columns-repeated="16384"/></table:table-row>'
        )
        return _ods(written + rest)

    return write


@pytest.fixture
def ods_of_xml() -> Callable[[str], bytes]:
    """Write an OpenDocument spreadsheet around the XML of its rows."""
    return _ods


def _ods_cell(text: str) -> str:
    if not text:
        return "<table:table-cell/>"
    return f'<table:table-cell office:value-type="string"><text:p>{escape(text)}</text:p></table:table-cell>'


def _ods(rows: str) -> bytes:
    return _zipped(
        {
            "mimetype": "application/vnd.oasis.opendocument.spreadsheet",
            "META-INF/manifest.xml": '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>',
            "content.xml": f"<office:document-content {_OFFICE}><office:body><office:spreadsheet>"
            f'<table:table table:name="Feuille1">{rows}</table:table>'
            "</office:spreadsheet></office:body></office:document-content>",
        }
    )


def _zipped(parts: dict[str, str]) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return content.getvalue()
