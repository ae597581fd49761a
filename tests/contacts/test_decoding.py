"""Detecting the encoding of a list."""

from __future__ import annotations

import pytest

from mailer import contacts
from mailer.contacts.decoding import decode

TEXT = "Civilité;Nom;Prénom\nMme;Lefèvre;Élodie\nM.;Noël;Benoît\nM.;Castelain;François\n"
ENCODINGS = {
    "cp1252": "cp1252",
    "latin-1": "cp1252",
    "mac_roman": "mac_roman",
    "cp850": "cp850",
}


@pytest.mark.parametrize(("written", "found"), ENCODINGS.items(), ids=ENCODINGS)
def test_one_byte_encodings_are_told_apart_by_french(written: str, found: str) -> None:
    """The encoding that gives the best French is chosen."""
    decoded = decode(TEXT.encode(written))

    assert found == decoded.encoding
    assert "".join(decoded.lines()) == TEXT


def test_no_break_spaces_do_not_make_cp1252_look_like_another() -> None:
    """A no-break space of cp1252, which is ``á`` in cp850, does not lead to cp850."""
    padded = TEXT.replace(";", "\u00a0;\u00a0")

    assert decode(padded.encode("cp1252")).encoding == "cp1252"


def test_oe_of_latin_9_is_read() -> None:
    """``œ`` in ISO 8859-15, which is ``½`` in cp1252, is recognised."""
    assert list(decode("Sœurs de Cœur\n".encode("iso8859_15")).lines()) == ["Sœurs de Cœur\n"]


def test_two_exports_glued_together_are_read_each_as_what_it_is() -> None:
    """Letters in UTF-8 and in cp1252 in one file, even on one line, are all read, with a warning."""
    content = "Nom;Courriel\nLefèvre;a@example.org\n".encode() + "Noël;b@example.org\n".encode("cp1252")
    content += "Hélène ".encode() + "François;c@example.org\n".encode("cp1252")

    reading = contacts.read("liste.csv", content)

    assert [contact.last_name for contact in reading.contacts] == ["Lefèvre", "Noël", "Hélène François"]
    assert reading.problems[0].code == "encodings-mixed"


def test_capitals_before_a_guillemet_are_not_taken_for_utf_8() -> None:
    """``É»`` in cp1252 is valid UTF-8 for a letter that French does not have; it stays ``É»``."""
    assert list(decode("Maison «LIBERTÉ»".encode("cp1252")).lines()) == ["Maison «LIBERTÉ»"]


def test_octets_that_cp1252_does_not_define_are_not_dropped() -> None:
    """Control characters become U+FFFD, with a warning at their line."""
    reading = contacts.read("liste.csv", b"Structure;Courriel\nLef\x81vre \xe9t\xe9 No\xebl;a@example.org\n")

    assert reading.contacts[0].organisation == "Lef\ufffdvre été Noël"
    assert [problem.code for problem in reading.problems] == ["letters-lost"]


@pytest.mark.parametrize("codec", ["cp1252", "mac_roman"])
@pytest.mark.parametrize("times", [1, 2])
def test_utf_8_saved_as_something_else_is_put_right(codec: str, times: int) -> None:
    """Text that was decoded wrongly once or twice is repaired."""
    scrambled = TEXT
    for _ in range(times):
        scrambled = scrambled.encode().decode(codec)

    decoded = decode(scrambled.encode())

    assert "".join(decoded.lines()) == TEXT
    assert decoded.scrambled is not None
    assert decoded.scrambled.meant == "Civilité"


def test_text_that_only_looks_scrambled_is_left_alone() -> None:
    """A capital before a guillemet, or a name with a tilde, is not taken for wrongly decoded text."""
    text = "Association «LA CITÉ»;São Paulo;Ângela\n"

    assert text == "".join(decode(text.encode()).lines())
