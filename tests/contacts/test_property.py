"""Properties of reading that hold for any bytes."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import example, given, settings
from hypothesis import strategies as st

from mailer import contacts
from mailer.contacts.decoding import decode
from mailer.errors import ContactsError
from mailer.model.contact import Contact, Origin, Reading
from tests.soak import examples

PIECES = st.sampled_from(
    [
        *(
            b";",
            b",",
            b"\t",
            b"|",
            b'"',
            b"\n",
            b"\r\n",
            b"\r",
            b"\x00",
            b"\xff\xfe",
            b"\xef\xbb\xbf",
            b"\xe9",
            b"\x82",
        ),
        *(
            b"BEGIN:VCARD\n",
            b"END:VCARD\n",
            b"N:",
            b"EMAIL;PREF:",
            b"ENCODING=QUOTED-PRINTABLE",
            b"=",
            b"=C3=A9",
            b" ",
        ),
        *(
            b"Nom",
            b"Pr\xc3\xa9nom",
            b"Courriel",
            b"Total",
            b"M. et Mme",
            b"Jean et Marie",
            b"sep=",
            b"PK\x03\x04",
        ),
        *(
            b"a@example.org",
            b"@",
            b"mailto:",
            b"<",
            b">",
            b"(at)",
            b"x@gmial.com",
            b"\xc3\x83\xc2\xa9",
            b"'=1+1",
            b"-",
        ),
    ]
)
FILES = st.one_of(st.binary(max_size=300), st.lists(PIECES, max_size=60).map(b"".join))
NAMES = st.text("abcdeéèçÉÈÀLMN' -’ŁőЖ", min_size=0, max_size=12)
CELLS = st.text("abcé ;\"'=+@-,|\t0/日\u00a0\u200b", max_size=15)


@given(FILES)
@settings(max_examples=examples(400))
@example(b"Nom;Courriel\n" + b'"' * 50)
@example(b"BEGIN:VCARD\nN;ENCODING=QUOTED-PRINTABLE:=\n=\n=")
def test_any_octets_give_a_reading_or_a_contacts_error(content: bytes) -> None:
    """No input makes reading, merging, grouping or writing fail other than by ContactsError."""
    try:
        reading = contacts.merge([contacts.read("liste", content)])
    except ContactsError:
        return

    together = contacts.households(reading.contacts)
    assert list(reading.contacts) == sorted(
        (contact for people in together for contact in people), key=reading.contacts.index
    )
    assert contacts.write(reading.contacts)


@given(FILES)
@settings(max_examples=examples(200))
def test_no_line_is_lost_in_decoding(content: bytes) -> None:
    """What is read has at least as many characters as the file has visible ASCII bytes."""
    text = "".join(decode(content).lines())
    plain = [octet for octet in content if 0x21 <= octet < 0x7F]
    if decode(content).encoding.startswith(("utf-16", "utf-32")):
        return

    assert len(plain) <= len(text)


ROWS = st.lists(st.tuples(NAMES, NAMES, CELLS, CELLS), min_size=1, max_size=8)


@given(ROWS)
@settings(max_examples=examples(200))
def test_what_we_wrote_reads_as_what_we_had(rows: list[tuple[str, str, str, str]]) -> None:
    """Writing contacts and reading them again changes nothing, whatever is in their fields."""
    listed = contacts.write(
        Contact(f"a{number}@example.org", "Mme", first, last, organisation, fields={"Note": note})
        for number, (first, last, organisation, note) in enumerate(rows)
    )
    first_time = contacts.read("liste.csv", listed)

    again = contacts.read("liste.csv", contacts.write(first_time.contacts))

    assert bare(first_time) == bare(again)
    assert len(rows) == len(again.contacts)


def bare(reading: Reading) -> list[Contact]:
    """Return the contacts without the file and line they come from."""
    return [replace(contact, origin=Origin("")) for contact in reading.contacts]


@given(
    st.lists(
        st.sampled_from(["Élodie", "Noël", "D’Haene", "Françoise", "À L'ÉPINE", "Œuvre – «sociale» €"]),
        max_size=20,
    )
)
def test_a_text_is_read_whole_in_every_encoding_it_can_be_written_in(names: list[str]) -> None:
    """A text encoded in UTF-8, UTF-16 or cp1252 is decoded to the same text."""
    text = "Nom;Courriel\n" + "".join(f"{name};{number}@example.org\n" for number, name in enumerate(names))

    for encoding in ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252"):
        assert text == "".join(decode(text.encode(encoding)).lines()), encoding
