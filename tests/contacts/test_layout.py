"""Finding the headings and the fields of the columns."""

from __future__ import annotations

import pytest

from mailer import contacts
from mailer.errors import ContactsError
from mailer.model.campaign import ListSource
from mailer.model.contact import Contact

Expected = tuple[str, str, str, str, str]


def read(text: str, source: ListSource | None = None) -> list[Contact]:
    """Return the contacts of a CSV file."""
    return list(contacts.read("liste.csv", text.encode(), source).contacts)


def five(contact: Contact) -> Expected:
    """Return the five fields that every list has."""
    return (contact.civility, contact.first_name, contact.last_name, contact.organisation, contact.email)


ELODIE = ("Mme", "Élodie", "Lefèvre", "Les Tisserands", "elodie@example.org")
TABLES: dict[str, tuple[str, list[Expected]]] = {
    "as the sample": (
        "Civilité;Nom;Prénom;Organisme;Courriel\nMme;Lefèvre;Élodie;Les Tisserands;elodie@example.org",
        [ELODIE],
    ),
    "title above, total and date below": (
        (
            "Associations 2011;;;;\n;;;;\nCiv.;Nom;Prénom;Association;Mél\n"
            "Mme;Lefèvre;Élodie;Les Tisserands;elodie@example.org\n;;;;\nTotal : 1;;;;\n;;;;\nArrêté au 12/03;;;;\n"
        ),
        [ELODIE],
    ),
    "title that holds an address": (
        (
            "Fichier tenu par accueil@example.net;;;;\nCivilité;Nom;Prénom;Structure;E-mail\n"
            "Mme;Lefèvre;Élodie;Les Tisserands;elodie@example.org"
        ),
        [ELODIE],
    ),
    "groups of columns above the headings": (
        (
            "Identité;;;Structure;Coordonnées;\nCivilité;Nom;Prénom;;Tél.;Courriel\n"
            "Mme;Lefèvre;Élodie;Les Tisserands;03;elodie@example.org"
        ),
        [ELODIE],
    ),
    "a heading of two words over two rows": (
        (
            "Civilité;Nom;Prénom;Organisme;Adresse\n;;;;électronique\n"
            "Mme;Lefèvre;Élodie;Les Tisserands;elodie@example.org"
        ),
        [ELODIE],
    ),
    "headings in two languages": (
        (
            "Titre;Nom;Prénom;Société;Courriel\nTitle;Last name;First name;Company;E-mail\n"
            "Mme;Lefèvre;Élodie;Les Tisserands;elodie@example.org"
        ),
        [ELODIE],
    ),
    "headings on every page": (
        (
            "Civilité;Nom;Prénom;Organisme;Courriel\nMme;Lefèvre;Élodie;Les Tisserands;elodie@example.org\n"
            "Civilité;Nom;Prénom;Organisme;Courriel\nM.;Noël;Luc;;luc@example.org"
        ),
        [ELODIE, ("M.", "Luc", "Noël", "", "luc@example.org")],
    ),
    "no headings": (
        "Mme;Lefèvre;Élodie;Les Tisserands;elodie@example.org\nM.;Dupont;Jean;Club;jean@example.org\n",
        [ELODIE, ("M.", "Jean", "Dupont", "Club", "jean@example.org")],
    ),
    "no headings, first name first": (
        "Mme,Élodie,Lefèvre,elodie@example.org\nM.,Jean,Dupont,jean@example.org\n",
        [
            ("Mme", "Élodie", "Lefèvre", "", "elodie@example.org"),
            ("M.", "Jean", "Dupont", "", "jean@example.org"),
        ],
    ),
    "addresses alone": (
        "a@example.org\nb@example.org\n",
        [("", "", "", "", "a@example.org"), ("", "", "", "", "b@example.org")],
    ),
    "headings nobody foresaw": (
        "Truc;Machin\nclub;club@example.org\namis;amis@example.org\n",
        [("", "", "", "", "club@example.org"), ("", "", "", "", "amis@example.org")],
    ),
    "Google": (
        (
            "First Name,Last Name,Organization Name,Labels,E-mail 1 - Label,E-mail 1 - Value\n"
            "Élodie,Lefèvre,Les Tisserands,* myContacts,Work,elodie@example.org\n"
        ),
        [("", *ELODIE[1:])],
    ),
    "Outlook": (
        (
            '"Title","First Name","Last Name","Company","E-mail Address","E-mail Type","E-mail Display Name"\n'
            '"Mme","Élodie","Lefèvre","Les Tisserands","elodie@example.org","SMTP","Élodie Lefèvre"\n'
        ),
        [ELODIE],
    ),
    "whole name in one cell": (
        "NOM Prénom;Adresse électronique\nLEFÈVRE Élodie;elodie@example.org\nLE GOFF Jean-Marie;jm@example.org",
        [
            ("", "Élodie", "LEFÈVRE", "", "elodie@example.org"),
            ("", "Jean-Marie", "LE GOFF", "", "jm@example.org"),
        ],
    ),
    "associations and who speaks for them": (
        "Nom;Responsable;Courriel\nClub des aînés;Mme Élodie Lefèvre;elodie@example.org",
        [("Mme", "Élodie", "Lefèvre", "Club des aînés", "elodie@example.org")],
    ),
    "announced delimiter": (
        "sep=,\nNom,Courriel\nDupont,jean@example.org\n",
        [("", "", "Dupont", "", "jean@example.org")],
    ),
    "delimiters inside cells": (
        'Nom;Organisme;Courriel\nDupont;"Fêtes; jeux, et ""arts""";jean@example.org\n',
        [("", "", "Dupont", 'Fêtes; jeux, et "arts"', "jean@example.org")],
    ),
}


@pytest.mark.parametrize(("text", "expected"), TABLES.values(), ids=TABLES)
def test_a_table_is_read_whatever_its_layout(text: str, expected: list[Expected]) -> None:
    """Exactly the people of the list are read."""
    assert expected == [five(contact) for contact in read(text)]


def test_columns_nobody_knows_are_kept_by_their_heading() -> None:
    """Unknown columns are kept under their heading, or under the column letter if there is none."""
    contact = read("Nom;Courriel;Régime;;Nom\nPetit;p@example.org;sans sel;a déménagé;Petite\n")[0]

    assert dict(contact.fields) == {"Régime": "sans sel", "D": "a déménagé", "Nom (2)": "Petite"}


def test_notes_in_the_margin_are_nobody() -> None:
    """A row without name, organisation and address is left out with a warning."""
    reading = contacts.read("l", b"Nom;Courriel;\nPetit;p@example.org;\n;;voir avec Paul\n")

    assert len(reading.contacts) == 1
    assert [(p.code, p.origin.line, p.read) for p in reading.problems] == [
        ("row-ignored", 3, "voir avec Paul")
    ]


def test_no_headings_is_said_with_what_was_assumed() -> None:
    """The result shows the field of each column."""
    reading = contacts.read("l", "Mme;Lefèvre;Élodie;a@example.org\nMme;Noël;Julie;b@example.org\n".encode())

    assert (
        reading.problems[0].code,
        reading.problems[0].read,
    ) == ("no-headings", "A=civility, B=last_name, C=first_name, D=email")


def test_the_campaign_file_overrides_what_would_be_guessed() -> None:
    """A mapping names a heading and a field, the field by its own name or by a known heading."""
    source = ListSource(
        "l", columns={"Réf": "organisation", "contact 2": "Courriel"}, groups=("élus",), language="nl"
    )

    contact = read("Réf;Courriel;Contact 2\nMairie;vieux@example.org;neuf@example.org\n", source)[0]

    assert (
        contact.organisation,
        contact.email,
        contact.groups,
        contact.language,
    ) == ("Mairie", "neuf@example.org", ("élus",), "nl")


@pytest.mark.parametrize(
    ("columns", "code"),
    [
        ({"Prénon": "first_name"}, "mapped-column-missing"),
        ({"Nom": "surname of sorts"}, "column-field-unknown"),
    ],
)
def test_a_mapping_that_fits_nothing_is_refused(columns: dict[str, str], code: str) -> None:
    """A mapping in the campaign file that does not fit is an error."""
    with pytest.raises(ContactsError) as refused:
        read("Nom;Courriel\nPetit;p@example.org\n", ListSource("l", columns=columns))

    assert code == refused.value.code


def test_a_quotation_mark_that_is_never_closed_swallows_nobody() -> None:
    """The rows after a quotation mark that is not closed are read, with a warning at its line."""
    reading = contacts.read(
        "l",
        'Nom;Prénom;Courriel\n"Les Amis;Jean;jean@example.org\nPetit;Luc;luc@example.org\n"Grand";Léa;lea@example.org\n'.encode(),
    )

    assert [contact.last_name for contact in reading.contacts] == ["Les Amis", "Petit", "Grand"]
    assert [(problem.code, problem.origin.line) for problem in reading.problems] == [("quote-not-closed", 2)]


def test_a_cell_of_several_lines_is_one_cell() -> None:
    """A cell may hold line breaks, and the line numbers after it are those of the file."""
    found = read('Nom;Note;Courriel\nPetit;"deux\nlignes";p@example.org\nGrand;;g@example.org\n')

    assert [(contact.origin.line, contact.last_name) for contact in found] == [(2, "Petit"), (4, "Grand")]


def test_language_and_groups_are_read() -> None:
    """Languages are read by name or code, groups between semicolons or commas; an unknown language is a warning."""
    reading = contacts.read(
        "l",
        "Courriel\tLangue\tGroupe\na@example.org\tNéerlandais\tÉlus, Presse\nb@example.org\ten-GB\t\nc@example.org\tklingon\t\n".encode(),
    )

    assert [(c.language, c.groups) for c in reading.contacts] == [
        ("nl", ("Élus", "Presse")),
        ("en", ()),
        ("", ()),
    ]
    assert [(problem.code, problem.origin.line) for problem in reading.problems] == [("language-unknown", 4)]
