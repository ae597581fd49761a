"""Writing lists."""

from __future__ import annotations

from mailer import contacts
from mailer.model.contact import Contact, Origin

PEOPLE = (
    Contact("a@example.org", "Mme", "Léa", "Petit", "Club; fêtes", "Présidente", "fr", ("Élus", "Presse")),
    Contact("b@example.org", "", "", "Grand", fields={"Tél.": "+33 3 20", "Note": "=1+1"}),
    Contact("", "M.", "Luc", "L'Hôte", fields={"Courriel à corriger": "luc@free"}),
    Contact("c@example.org", last_name="Roy", other_addresses=("d@example.org", "e@example.org")),
)


def test_a_french_spreadsheet_opens_it() -> None:
    """The file has a byte order mark, semicolons, French headings, further fields at the end, and no live formulas."""
    lines = contacts.write(PEOPLE).decode("utf-8").split("\r\n")

    assert (
        lines[0]
        == "\ufeffCivilité;Nom;Prénom;Organisme;Fonction;Courriel;Langue;Groupe;Autres courriels;Tél.;Note"
    )
    assert lines[1] == 'Mme;Petit;Léa;"Club; fêtes";Présidente;a@example.org;fr;Élus, Presse;;;'
    assert lines[2] == ";Grand;;;;b@example.org;;;;'+33 3 20;'=1+1"


def test_what_was_written_is_read_again() -> None:
    """A written list reads back as the same contacts, with the line numbers of the new file."""
    reading = contacts.read("liste.csv", contacts.write(PEOPLE))

    expected = [
        Contact(
            **{name: getattr(c, name) for name in Contact.__slots__ if name != "origin"},
            origin=Origin("liste.csv", line),
        )
        for line, c in enumerate(PEOPLE, 2)
    ]
    assert expected == list(reading.contacts)
