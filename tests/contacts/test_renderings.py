"""The same list of fifty people in the encodings, layouts and formats of ten offices and one telephone."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable

import pytest

from mailer import contacts
from mailer.model.contact import Contact

FIRST = ("Élodie", "Benoît", "Françoise", "Gaëlle", "Loïc", "Zoé", "Jérôme", "Inès", "André", "Hélène")
LAST = ("Lefèvre", "D'Haene", "Castelain", "Noël", "Le Goff")
HEADINGS = ["Civilité", "Nom", "Prénom", "Organisme", "Courriel"]
FIFTY = [
    [
        "Mme" if number % 2 else "M.",
        f"{LAST[number % 5]}",
        f"{FIRST[number // 5]}",
        "Épicerie solidaire, l'Entraide" if number % 3 else "Centre social",
        f"personne.{number}@example.org",
    ]
    for number in range(50)
]
Render = Callable[[], bytes]


def text(delimiter: str = ";", rows: list[list[str]] | None = None, end: str = "\r\n") -> str:
    """Return the fifty people as CSV."""
    written = io.StringIO()
    csv.writer(written, delimiter=delimiter, lineterminator=end).writerows(rows or [HEADINGS, *FIFTY])
    return written.getvalue()


def twice_encoded() -> bytes:
    """Return the list in UTF-8 that was read as cp1252 and saved as UTF-8 again."""
    shown = "".join(bytes((octet,)).decode("cp1252", "surrogateescape") for octet in text().encode())
    return "".join(chr(ord(c) - 0xDC00) if "\udc80" <= c <= "\udcff" else c for c in shown).encode()


def with_title_and_total() -> bytes:
    """Return the list with a title above, a total below, and blank rows and columns."""
    blank = [""] * 6
    padded = [["", *("\u00a0" + cell + " \u00a0" for cell in row)] for row in FIFTY]
    rows = [
        ["Liste des invités", *blank],
        blank,
        ["", *HEADINGS],
        *padded[:20],
        blank,
        *padded[20:],
        ["Total : 50"],
    ]
    return text(";", rows).encode("cp1252")


def two_rows_of_headings() -> bytes:
    """Return the list under two rows of headings, in UTF-16."""
    upper = ["Identité", "", "", "Structure", "Coordonnées", ""]
    lower = ["Civilité", "Nom", "Prénom", "", "Téléphone", "Courriel"]
    return text("\t", [upper, lower, *([*row[:4], "", row[4]] for row in FIFTY)]).encode("utf-16")


def english() -> bytes:
    """Return the list as Outlook exports it in English."""
    headings = ["E-mail Address", "First Name", "Last Name", "Company", "Title"]
    rows = [[row[4], row[2], row[1], row[3], row[0]] for row in FIFTY]
    return text(",", [headings, *rows]).encode("utf-8-sig")


def name_in_one_cell() -> bytes:
    """Return the list with civility and name in one cell, in cp850."""
    rows = [[f"{row[0]} {row[1].upper()} {row[2]}", row[3], f"{row[2]} {row[1]} <{row[4]}>"] for row in FIFTY]
    return text(";", [["NOM Prénom", "Association", "Mél"], *rows]).encode("cp850")


def vcards(version: str) -> bytes:
    """Return the list as vCards of a version."""
    cards = []
    for civility, last, first, organisation, address in FIFTY:
        name, plain = f"{last};{first};;{civility};", organisation.replace(",", "\\,")
        if version == "2.1":
            quoted = "".join(f"={octet:02X}" for octet in name.encode())
            head = [
                f"N;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:{quoted[:60]}=",
                quoted[60:].replace("=3B", ";"),
            ]
            head[0] = head[0].replace("=3B", ";")
            contact = f"EMAIL;INTERNET;PREF:{address}"
        else:
            head = [f"N:{name[:5]}", f" {name[5:]}", f"FN:{first} {last}"]
            contact = f"item1.EMAIL;TYPE=INTERNET:{address}"
        cards += [
            "BEGIN:VCARD",
            f"VERSION:{version}",
            *head,
            f"ORG:{plain};Bureau",
            contact,
            "TEL;HOME:0320",
            "END:VCARD",
        ]
    return ("\r\n".join(cards) + "\r\n").encode()


TEXTS: dict[str, Render] = {
    "utf-8, semicolons": lambda: text().encode(),
    "utf-8 with mark, commas": lambda: text(",").encode("utf-8-sig"),
    "utf-16, tabs": lambda: text("\t").encode("utf-16"),
    "utf-16 without mark, bars": lambda: text("|").encode("utf-16-be"),
    "cp1252, semicolons": lambda: text().encode("cp1252"),
    "mac roman, commas, carriage returns": lambda: text(",", end="\r").encode("mac_roman"),
    "cp850, semicolons": lambda: text().encode("cp850"),
    "utf-8 taken for cp1252 and saved again": twice_encoded,
    "title, blanks, padding, total": with_title_and_total,
    "two rows of headings": two_rows_of_headings,
    "English headings in another order": english,
    "vCard 2.1": lambda: vcards("2.1"),
    "vCard 3.0": lambda: vcards("3.0"),
    "vCard 4.0": lambda: vcards("4.0"),
}


def normal(contact: Contact) -> tuple[str, ...]:
    """Return the five fields that every list has."""
    return (contact.civility, contact.last_name, contact.first_name, contact.organisation, contact.email)


@pytest.mark.parametrize("render", TEXTS.values(), ids=TEXTS)
def test_a_rendering_gives_the_same_fifty_people(render: Render) -> None:
    """The same people are read in the same order from every encoding, delimiter, layout and format."""
    reading = contacts.merge([contacts.read("liste", render())])

    assert [tuple(row) for row in FIFTY] == [normal(contact) for contact in reading.contacts]


def test_a_rendering_with_whole_names_gives_the_same_people() -> None:
    """``Mme LEFÈVRE Élodie`` in one cell and ``Élodie Lefèvre <…>`` in the other: capitals tell the last name."""
    reading = contacts.read("liste.txt", name_in_one_cell())

    assert [(row[0], row[1].upper(), *row[2:]) for row in FIFTY] == [normal(c) for c in reading.contacts]


@pytest.mark.parametrize("kind", ["xlsx", "ods"])
def test_a_workbook_gives_the_same_fifty_people(kind: str, request: pytest.FixtureRequest) -> None:
    """Excel and OpenDocument: the same people, with the line their row has in the sheet."""
    write = request.getfixturevalue(kind)
    rows = [["Liste 2025"], [], HEADINGS, *FIFTY]
    content = write(Feuille=rows) if kind == "xlsx" else write(rows)

    reading = contacts.read("liste.csv", content)

    assert [tuple(row) for row in FIFTY] == [normal(contact) for contact in reading.contacts]
    assert list(range(4, 54)) == [contact.origin.line for contact in reading.contacts]
    assert kind == reading.recognised[0].format


@pytest.mark.parametrize(
    ("rendering", "encoding", "delimiter"),
    [
        ("utf-8 with mark, commas", "utf-8", ","),
        ("utf-16, tabs", "utf-16", "\t"),
        ("utf-16 without mark, bars", "utf-16-be", "|"),
        ("cp1252, semicolons", "cp1252", ";"),
        ("mac roman, commas, carriage returns", "mac_roman", ","),
        ("cp850, semicolons", "cp850", ";"),
    ],
)
def test_what_was_recognised_is_said(rendering: str, encoding: str, delimiter: str) -> None:
    """The result names the encoding, delimiter, heading line and the field of each column."""
    found = contacts.read("liste.csv", TEXTS[rendering]()).recognised[0]

    assert ("csv", encoding, delimiter, 1) == (
        found.format,
        found.encoding,
        found.delimiter,
        found.heading_line,
    )
    fields = ("civility", "last_name", "first_name", "organisation", "email")
    assert tuple(zip(HEADINGS, fields, strict=True)) == found.columns


def test_letters_that_were_scrambled_are_said() -> None:
    """Doubly encoded text is repaired, with a warning that shows an example."""
    problem = contacts.read("liste.csv", twice_encoded()).problems[0]

    assert (problem.code, problem.read, problem.proposal) == ("letters-scrambled", "CivilitÃ©", "Civilité")
