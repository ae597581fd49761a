"""The registry of formats: each is recognised by its bytes, and what is derived from it is complete."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from mailer import contacts
from mailer.contacts import formats
from mailer.contacts.formats import FORMATS, TABLE_ENDINGS

LIST = [["Nom", "Courriel"], ["Petit", "petit@example.org"]]


@pytest.fixture
def samples(xlsx: Callable[..., bytes], ods: Callable[..., bytes]) -> dict[str, bytes]:
    """Return a file by the name of its format; the .xls is its first bytes alone, since nothing here writes one."""
    return {
        "xlsx": xlsx(Liste=LIST),
        "ods": ods(LIST),
        "xls": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        "vcard": b"BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Luc Petit\r\nEMAIL:petit@example.org\r\nEND:VCARD\r\n",
        "csv": b"Nom;Courriel\nPetit;petit@example.org\n",
    }


def test_every_format_is_recognised_by_its_bytes(samples: dict[str, bytes]) -> None:
    """The first entry that recognises a file of a format is the entry of that format."""
    recognised = {
        name: next(known.name for known in FORMATS if known.recognises(content))
        for name, content in samples.items()
    }

    assert {name: name for name in samples} == recognised


def test_every_module_of_a_format_has_an_entry() -> None:
    """A module of the package that is not in the registry would never be used."""
    modules = {path.stem for path in Path(formats.__file__).parent.glob("from_*.py")}

    assert modules == {name for name in vars(formats) if name.startswith("from_")}


def test_a_vcard_is_a_list_and_no_table() -> None:
    """The file dialogue of an attendance table leaves out vCards, that of a list does not."""
    assert ".vcf" in contacts.ENDINGS
    assert set(contacts.ENDINGS) - {".vcf"} == set(TABLE_ENDINGS)
