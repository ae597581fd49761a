"""The list as we write it."""

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
    """A byte order mark, semicolons, French headings, the fields nobody knows behind, no live formulas."""
    lines = contacts.write(PEOPLE).decode("utf-8").split("\r\n")

    assert (
        lines[0]
        == "\ufeffCivilité;Nom;Prénom;Organisme;Fonction;Courriel;Langue;Groupe;Autres courriels;Tél.;Note"
    )
    assert lines[1] == 'Mme;Petit;Léa;"Club; fêtes";Présidente;a@example.org;fr;Élus, Presse;;;'
    assert lines[2] == ";Grand;;;;b@example.org;;;;'+33 3 20;'=1+1"


def test_what_was_written_is_read_again() -> None:
    """The same contacts, with the lines they now stand on."""
    reading = contacts.read("liste.csv", contacts.write(PEOPLE))

    expected = [
        Contact(
            **{name: getattr(c, name) for name in Contact.__slots__ if name != "origin"},
            origin=Origin("liste.csv", line),
        )
        for line, c in enumerate(PEOPLE, 2)
    ]
    assert expected == list(reading.contacts)
