"""Reading vCards."""

from __future__ import annotations

from pathlib import Path

import pytest

from mailer import contacts
from mailer.model.contact import Contact


def card(*lines: str, version: str = "3.0") -> bytes:
    """Return the octets of a vCard."""
    return ("\r\n".join(["BEGIN:VCARD", f"VERSION:{version}", *lines, "END:VCARD"]) + "\r\n").encode()


def read(content: bytes) -> Contact:
    """Return the first contact of a vCard file."""
    return contacts.read("cartes.vcf", content).contacts[0]


CARDS: dict[str, tuple[bytes, tuple[str, ...]]] = {
    "2.1, quoted-printable": (
        card(
            "N;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:Lef=C3=A8vre;=C3=89lodie;;Mme;",
            "ORG;ENCODING=QUOTED-PRINTABLE:Les=20=",
            "Tisserands;Bureau",
            "EMAIL;PREF;INTERNET:e@example.org",
            version="2.1",
        ),
        ("Mme", "Élodie", "Lefèvre", "Les Tisserands", "e@example.org"),
    ),
    "2.1, quoted-printable in cp1252": (
        card("N;ENCODING=QUOTED-PRINTABLE:Lef=E8vre;=C9lodie", "EMAIL:e@example.org", version="2.1"),
        ("", "Élodie", "Lefèvre", "", "e@example.org"),
    ),
    "3.0, folded, escaped, grouped": (
        card(
            "N:Lefè", " vre;Élodie;;;", "ORG:Jeux\\, fêtes\\; arts", "item1.EMAIL;TYPE=INTERNET:e@example.org"
        ),
        ("", "Élodie", "Lefèvre", "Jeux, fêtes; arts", "e@example.org"),
    ),
    "4.0, preferred address": (
        card(
            "N:Lefèvre;Élodie;;;", "EMAIL;PREF=2:b@example.org", "EMAIL;PREF=1:e@example.org", version="4.0"
        ),
        ("", "Élodie", "Lefèvre", "", "e@example.org"),
    ),
    "formatted name alone": (
        card("FN:Mme Élodie LEFÈVRE", "EMAIL:e@example.org"),
        ("Mme", "Élodie", "LEFÈVRE", "", "e@example.org"),
    ),
    "an organisation": (
        card("KIND:org", "FN:Club des aînés", "EMAIL:e@example.org", version="4.0"),
        ("", "", "", "Club des aînés", "e@example.org"),
    ),
    "an organisation, as Apple has it": (
        card("N:;;;;", "FN:Club", "ORG:Club;", "X-ABShowAs:COMPANY", "EMAIL:e@example.org"),
        ("", "", "", "Club", "e@example.org"),
    ),
    "a photograph between": (
        card(
            "N:Lefèvre;Élodie", "PHOTO;ENCODING=b;TYPE=JPEG:/9j/4AAQ==", " AAAA==", "", "EMAIL:e@example.org"
        ),
        ("", "Élodie", "Lefèvre", "", "e@example.org"),
    ),
}


@pytest.mark.parametrize(("content", "expected"), CARDS.values(), ids=CARDS)
def test_a_card_is_read(content: bytes, expected: tuple[str, ...]) -> None:
    """Name, organisation and the preferred address, whatever version and encoding."""
    found = read(content)

    assert expected == (found.civility, found.first_name, found.last_name, found.organisation, found.email)


def test_function_language_and_categories_are_read_and_nothing_private() -> None:
    """Birthdays, telephone numbers, home addresses and notes are not read."""
    content = card(
        "N:Petit;Léa", "TITLE:Présidente", "LANG:fr", "CATEGORIES:Élus,Presse", "BDAY:1980-01-01", "NOTE:privé",
        "TEL:0320", "ADR:;;1 rue X;;;;", "EMAIL:lea@example.org", "EMAIL:l@example.net",
    )  # fmt: skip

    found = read(content)

    assert (found.function, found.language, found.groups) == ("Présidente", "fr", ("Élus", "Presse"))
    assert (dict(found.fields), found.other_addresses) == ({}, ("l@example.net",))


def test_cards_are_counted_by_the_line_they_begin_on() -> None:
    """A card without an address is an error at its line; one without END ends where the next begins."""
    content = card("FN:Léa") + b"BEGIN:VCARD\r\nEMAIL:a@example.org\r\n" + card("EMAIL:b@example.org")

    reading = contacts.read("cartes.vcf", content)

    assert [contact.origin.line for contact in reading.contacts] == [1, 5, 7]
    assert [(problem.code, problem.origin.line) for problem in reading.problems] == [("address-missing", 1)]


CORPUS = Path(__file__).parents[2].parent / "shared" / "corpora" / "contacts"


@pytest.mark.skipif(not CORPUS.exists(), reason="the third-party address books are not here")
def test_third_party_address_books_are_read() -> None:
    """Android, Gmail, Outlook and others: every file gives contacts with the addresses it holds."""
    for path in sorted((CORPUS / "files").glob("*.vcf")):
        reading = contacts.read(path.name, path.read_bytes())
        held = {
            word
            for line in path.read_text("utf-8").splitlines()
            if "EMAIL" in line and "@" in line
            for word in [line.rpartition(":")[2].strip()]
        }
        found = {
            address for contact in reading.contacts for address in (contact.email, *contact.other_addresses)
        }

        assert held <= found, path.name
