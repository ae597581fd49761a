"""Workbooks that would exhaust the machine: what is a list in them is read, and the others are refused in a sentence."""

from __future__ import annotations

import contextlib
import io
import zipfile
from collections.abc import Callable, Iterator
from functools import partial

import pytest

from mailer.bounded import Allowance, BoundedProcess
from mailer.errors import ContactsError
from mailer.jobs import read_list

Xlsx = Callable[[str], bytes]


def cell(place: str, text: str, quote: str = '"') -> str:
    """Return a cell with a text of its own."""
    return f'<c r={quote}{place}{quote} t="inlineStr"><is><t>{text}</t></is></c>'


def row(number: int, *cells: str) -> str:
    """Return a row of cells."""
    return f'<row r="{number}">{"".join(cells)}</row>'


LIST = row(1, cell("A1", "Nom"), cell("B1", "Courriel")) + row(
    2, cell("A2", "Petit"), cell("B2", "petit@example.org")
)
LAST = 1_048_576
FAR = {
    "attack 61: the last cell": row(LAST, cell("XFD1048576", "x")),
    "attack 62: in single quotes": row(LAST, cell("XFD1048576", "x", "'")),
    "attack 62: in lower case": row(LAST, cell("xfd1048576", "x")),
    "attack 62: behind a sign of greater": row(LAST, f'<c x=">" {cell("XFD1048576", "x")[3:]}'),
    "the Solver's settings": row(LAST - 1, '<c r="XFD1048575" s="1"><v>0.0001</v></c>')
    + row(LAST, '<c r="XFC1048576"><v>1</v></c><c r="XFD1048576"><f>A1</f><v>2</v></c>'),
    "in both cases of letters": row(LAST, cell("xFd1048576", "x")),
    "on two lines": row(LAST, cell("XFD1048576", "x").replace(" r=", "\n\tr  =\n ")),
    "behind a comment that looks like a cell": f'<!-- <c r="A3">-->{row(LAST, cell("XFD1048576", "x"))}',
    "in the first row": row(3, cell("XFD3", "x")) + row(LAST, cell("XFD1048576", "x")),
}


@pytest.mark.parametrize("far", FAR.values(), ids=FAR)
def test_cells_far_from_the_list_are_left_out(xlsx_of_xml: Xlsx, far: str) -> None:
    """Between the first and the last cell of a sheet lie 17 thousand million; the list in it is read all the same."""
    reading = read_list.read("liste.xlsx", xlsx_of_xml(LIST + far))

    assert [contact.email for contact in reading.contacts] == ["petit@example.org"]
    assert read_list.table("liste.xlsx", xlsx_of_xml(LIST + far))[:2] == [
        ["Nom", "Courriel"],
        ["Petit", "petit@example.org"],
    ]


def ods_cell(text: str, repeated: int = 1, quote: str = '"') -> str:
    """Return a cell of an OpenDocument table."""
    return (
        f'<table:table-cell table:number-columns-repeated={quote}{repeated}{quote} office:value-type="string">'
        f"<text:p>{text}</text:p></table:table-cell>"
    )


ODS = {
    "attack 61: a row repeated ten thousand million times": '<table:table-row table:number-rows-repeated="10000000000">'
    f"{ods_cell('a', 1000)}</table:table-row>",
    "attack 61: in single quotes": "<table:table-row table:number-rows-repeated='1048576'>"
    f"{ods_cell('a', 1000, chr(39))}</table:table-row>",
    "many rows repeated a little": f'<table:table-row table:number-rows-repeated="999">{ods_cell("a", 999)}</table:table-row>'
    * 60,
    "a cell repeated": f"<table:table-row>{ods_cell('a' * 10_000, 1_000_000_000)}</table:table-row>",
}


@pytest.fixture
def narrow(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A fifth of the memory and of the time, so that the machine of the tests is not exhausted either."""
    process = BoundedProcess(read_list._read, Allowance(12.0, 600.0, 200_000_000))
    monkeypatch.setattr(read_list, "_PROCESS", process)
    yield
    process.close()


def refused(name: str, content: bytes) -> str:
    """Return the code with which a file is refused; the name it has is told, too."""
    with pytest.raises(ContactsError) as error:
        read_list.read(name, content)
    assert error.value.file == name
    return error.value.code


TOO_MUCH = {"workbook-too-large", "workbook-too-slow"}


@pytest.mark.usefixtures("narrow")
@pytest.mark.parametrize("rows", ODS.values(), ids=ODS)
def test_a_spreadsheet_of_repeated_cells_is_refused(ods_of_xml: Callable[[str], bytes], rows: str) -> None:
    """However a file says how often a cell is repeated, it gets no more than the bound."""
    assert refused("liste.ods", ods_of_xml(rows)) in {*TOO_MUCH, "workbook-broken"}


@pytest.mark.usefixtures("narrow")
def test_a_workbook_that_becomes_too_large_is_refused_and_the_next_one_read(xlsx_of_xml: Xlsx) -> None:
    """Attacks 61 and 63: one long string in many cells, and one string of half a gigabyte."""
    texts = f'<sst xmlns="{MAIN}"><si><t>{"a" * 200_000}</t></si></sst>'
    many = "".join(f'<row r="{at}"><c r="A{at}" t="s"><v>0</v></c></row>' for at in range(3, 20_003))
    shared = with_strings(xlsx_of_xml(LIST + many), texts)
    long = xlsx_of_xml(LIST + row(3, cell("A3", "x" * 500_000_000)))
    apart = xlsx_of_xml(LIST + row(400_000, cell("BXX400000", "x")))

    assert len(shared) < 200_000
    assert [refused(f"{at}.xlsx", content) for at, content in enumerate((shared, long, apart))] == [
        "workbook-too-large"
    ] * 3
    assert len(read_list.read("liste.xlsx", xlsx_of_xml(LIST)).contacts) == 1


def test_entities_give_nothing(xlsx_of_xml: Xlsx) -> None:
    """Attack 60: entities that grow, or that name a file of the machine, are not followed."""
    laughs = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">' + "".join(
        f'<!ENTITY {name} "{f"&{before};" * 10}">'
        for before, name in zip("abcdefgh", "bcdefghi", strict=True)
    )
    for declared in (laughs + "]>", '<!DOCTYPE x [<!ENTITY i SYSTEM "file:///etc/passwd">]>'):
        content = xlsx_of_xml(LIST + row(3, cell("A3", "&i;"), cell("B3", "grand@example.org")))
        content = replaced(content, "xl/worksheets/sheet1.xml", partial(str.__add__, declared))
        with contextlib.suppress(ContactsError):
            reading = read_list.read("liste.xlsx", content)
            assert all("root" not in str(one) and len(str(one)) < 2000 for one in reading.contacts)


MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def with_strings(content: bytes, texts: str) -> bytes:
    """Give a workbook a table of shared strings."""
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    also = f'<Relationship Id="r2" Type="{office}/sharedStrings" Target="sharedStrings.xml"/></Relationships>'
    content = replaced(
        content, "xl/_rels/workbook.xml.rels", lambda xml: xml.replace("</Relationships>", also)
    )
    return replaced(content, "xl/sharedStrings.xml", lambda _xml: texts)


def replaced(content: bytes, member: str, change: Callable[[str], str]) -> bytes:
    """Change one member of an archive, or add it."""
    written = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        members = {name: old.read(name).decode() for name in old.namelist()}
        for name, xml in {member: "", **members}.items():
            new.writestr(name, change(xml) if name == member else xml)
    return written.getvalue()
