"""Reading workbooks."""

from __future__ import annotations

from collections.abc import Callable

from mailer import contacts

LIST = [["Nom", "Courriel", "Adhérents"], ["Petit", "petit@example.org", "12"]]


def test_every_visible_sheet_with_addresses_is_read(xlsx: Callable[..., bytes]) -> None:
    """Origins name the sheet if several hold lists; there is a warning for sheets without addresses and hidden ones."""
    content = xlsx(
        hidden=("Ancien",),
        LisezMoi=[["Bonjour"], ["Voir les feuilles suivantes"]],
        Elus=[["Liste des élus"], [], *LIST],
        Presse=[["Grand", "grand@example.org"]],
        Ancien=LIST,
    )

    reading = contacts.read("liste.xlsx", content)

    assert [(contact.origin.sheet, contact.origin.line, contact.email) for contact in reading.contacts] == [
        ("Elus", 4, "petit@example.org"),
        ("Presse", 1, "grand@example.org"),
    ]
    assert {"sheet-without-addresses", "sheets-hidden", "no-headings"} == {p.code for p in reading.problems}
    assert [found.sheet for found in reading.recognised] == ["Elus", "Presse"]


def test_numbers_and_dates_are_written_as_they_are_meant(xlsx: Callable[..., bytes]) -> None:
    """Whole numbers without decimals; a sheet that begins in column C keeps its letters."""
    content = xlsx(
        Feuille=[
            ["", "", "Nom", "Courriel", ""],
            ["", "", "Petit", "p@example.org", 12.0],
            ["", "", "G", "g@example.org", 1.5],
        ]
    )

    reading = contacts.read("liste.xlsx", content)

    assert [dict(contact.fields) for contact in reading.contacts] == [{"E": "12"}, {"E": "1.5"}]


def test_the_kind_is_told_by_the_octets(xlsx: Callable[..., bytes], ods: Callable[..., bytes]) -> None:
    """The format is recognised by the bytes, not by the ending."""
    for name, content in (
        ("a.csv", xlsx(F=LIST)),
        ("b.vcf", ods(LIST)),
        ("c.xlsx", b"Nom;Courriel\nPetit;petit@example.org\n"),
    ):
        assert [contact.email for contact in contacts.read(name, content).contacts] == ["petit@example.org"]


def test_an_opendocument_sheet_keeps_its_lines(ods: Callable[..., bytes]) -> None:
    """Blank rows count in line numbers; the empty rest of the sheet that LibreOffice adds is not read."""
    reading = contacts.read("liste.ods", ods([["Titre"], [""], *LIST, [""], ["Total", "", "1"]]))

    assert [(contact.origin.line, contact.fields["Adhérents"]) for contact in reading.contacts] == [(4, "12")]
    assert [(problem.code, problem.origin.line) for problem in reading.problems] == [("row-ignored", 6)]
