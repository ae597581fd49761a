"""A file that is no contact list is refused by its bytes, before it takes time or memory."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable

import pytest

from mailer import contacts
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
