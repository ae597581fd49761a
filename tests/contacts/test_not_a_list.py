"""A file that is no contact list is refused by its bytes, before it takes time or memory."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable

import pytest

from mailer import contacts
from mailer.contacts import archive
from mailer.errors import ContactsError

NOISE = bytes((number * 167 + number // 256 * 31) % 256 for number in range(300_000))
OTHERS = {
    "pdf": (b"%PDF-1.7\n" + NOISE, "not-a-contact-list"),
    "png": (b"\x89PNG\r\n\x1a\n" + NOISE, "not-a-contact-list"),
    "jpeg": (b"\xff\xd8\xff\xe0" + NOISE, "not-a-contact-list"),
    "gzip": (b"\x1f\x8b\x08" + NOISE, "not-a-contact-list"),
    "zip that is none": (b"PK\x03\x04" + NOISE, "not-a-contact-list"),
    "old office file that is none": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + NOISE, "workbook-broken"),
    "web page": (b"<!DOCTYPE html><table><tr><td>a@example.org</td></tr></table>", "not-a-contact-list"),
    "calendar": (
        b"BEGIN:VCALENDAR\r\nATTENDEE:mailto:a@example.org\r\nEND:VCALENDAR\r\n",
        "not-a-contact-list",
    ),
    "noise": (NOISE, "not-a-contact-list"),
    "nothing": (b"", "no-contacts"),
    "zeros, as of a sparse file": (bytes(10_000_000), "no-contacts"),
    "a byte order mark alone": (b"\xef\xbb\xbf\r\n", "no-contacts"),
    "headings alone": ("Nom;Prénom;Courriel\r\n".encode(), "no-contacts"),
    "prose": (b"Bonjour,\nveuillez trouver la liste ci-jointe.\nCordialement\n", "no-email-column"),
    "ten million octets on one line": (
        b"BEGIN:VCARD VERSION:3.0 FN:" + b"x" * 10_000_000,
        "not-a-contact-list",
    ),
    "a card with such a line": (
        b"BEGIN:VCARD\r\nFN:" + b"x" * 10_000_000 + b"\r\nEND:VCARD\r\n",
        "not-a-contact-list",
    ),
    "a row with such a line": (b"Nom;Courriel\n" + b"x;" * 5_000_000, "not-a-contact-list"),
    "more columns than a list has": (b";" * 3_000 + b"\n", "not-a-contact-list"),
    "cards without anybody": (b"BEGIN:VCARD\r\nEND:VCARD\r\n", "no-contacts"),
}


@pytest.mark.parametrize(("content", "code"), OTHERS.values(), ids=OTHERS)
def test_what_is_no_list_is_refused(content: bytes, code: str) -> None:
    """A clear error with the file's name; memory stays within a few times the file."""
    tracemalloc.start()
    try:
        with pytest.raises(ContactsError) as refused:
            contacts.read("liste.csv", content)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

    assert (code, "liste.csv") == (refused.value.code, refused.value.file)
    assert peak < 8 * len(content) + 10_000_000


def test_a_file_over_the_bound_is_not_looked_at() -> None:
    """Content that is longer than MAX_BYTES is refused at once."""

    class Long(bytes):
        def __len__(self) -> int:
            return contacts.MAX_BYTES + 1

    with pytest.raises(ContactsError) as refused:
        contacts.read("liste.csv", Long(b"Nom;Courriel\n"))

    assert refused.value.code == "file-too-large"


def cell(text: str, repeated: int = 1) -> str:
    """Return a cell of an OpenDocument table."""
    return (
        f'<table:table-cell table:number-columns-repeated="{repeated}" office:value-type="string">'
        f"<text:p>{text}</text:p></table:table-cell>"
    )


FAR = (
    '<row r="1"><c r="A1" t="inlineStr"><is><t>x</t></is></c></row>'
    '<row r="1048576"><c r="XFD1048576" t="inlineStr"><is><t>x</t></is></c></row>'
)
ODS_BOMBS = {
    "a row repeated": f'<table:table-row table:number-rows-repeated="1048576">{cell("a", 1000)}</table:table-row>',
    "many rows repeated a little": f'<table:table-row table:number-rows-repeated="999">{cell("a", 999)}</table:table-row>'
    * 30,
}


def test_a_workbook_that_unpacks_to_too_much_is_refused(
    monkeypatch: pytest.MonkeyPatch, xlsx_of_xml: Callable[[str], bytes]
) -> None:
    """A zip bomb is unpacked no further than the limit, whatever size it declares."""
    monkeypatch.setattr(archive, "MAX_UNPACKED", 3_000_000)
    bomb = xlsx_of_xml("<row>" + " " * 30_000_000 + "</row>")
    declared = (30_000_000 + 200).to_bytes(4, "little")
    assert len(bomb) < 100_000

    for content in (bomb, bomb.replace(declared, b"\x10\x00\x00\x00")):
        with pytest.raises(ContactsError) as refused:
            contacts.read("liste.xlsx", content)
        assert refused.value.code == "workbook-too-large"


def test_a_workbook_with_two_cells_far_apart_is_refused(xlsx_of_xml: Callable[[str], bytes]) -> None:
    """A sheet with its first and its last possible cell is refused: 17 thousand million cells lie between them."""
    with pytest.raises(ContactsError) as refused:
        contacts.read("liste.xlsx", xlsx_of_xml(FAR))

    assert refused.value.code == "workbook-too-large"


@pytest.mark.parametrize("rows", ODS_BOMBS.values(), ids=ODS_BOMBS)
def test_a_spreadsheet_of_repeated_cells_is_refused(ods_of_xml: Callable[[str], bytes], rows: str) -> None:
    """The cells of an OpenDocument sheet are counted as often as the file repeats them."""
    with pytest.raises(ContactsError) as refused:
        contacts.read("liste.ods", ods_of_xml(rows))

    assert refused.value.code == "workbook-too-large"


def test_a_truncated_workbook_is_refused(xlsx: Callable[..., bytes]) -> None:
    """A workbook that was not downloaded to its end is refused."""
    content = xlsx(Feuille=[["Nom", "Courriel"], ["Petit", "petit@example.org"]])

    with pytest.raises(ContactsError) as refused:
        contacts.read("liste.xlsx", content[: len(content) // 2])

    assert refused.value.code == "not-a-contact-list"


def test_no_column_of_addresses_is_said_with_the_headings() -> None:
    """The error names the line and the headings that were read there."""
    with pytest.raises(ContactsError) as refused:
        contacts.read("liste.csv", "Liste\n\nNom;Prénom;Tél\nPetit;Luc;03\n".encode())

    assert (
        refused.value.code,
        refused.value.line,
        refused.value.values["headings"],
    ) == ("no-email-column", 3, "Nom, Prénom, Tél")
