"""Merging lists."""

from __future__ import annotations

import pytest

from mailer import contacts
from mailer.model.contact import Contact, Reading

A, B = "a@example.org", "b@example.org"


def merged(*texts: str) -> Reading:
    """Return what is read of several lists together."""
    heading = "Civilité;Nom;Prénom;Organisme;Courriel;Groupe;Note\n"
    return contacts.merge(
        contacts.read(f"liste{number}.csv", (heading + text).encode()) for number, text in enumerate(texts, 1)
    )


def codes(reading: Reading) -> list[tuple[str, int]]:
    """Return the code and the line of every problem."""
    return [(problem.code, problem.origin.line) for problem in reading.problems]


SAME = {
    "the same": (f"Mme;Petit;Léa;;{A};;", f"Mme;Petit;Léa;;{A};;"),
    "case and accents": (f"Mme;Petit;Léa;;{A};;", f"Mme;PETIT;LEA;;{A.upper()};;"),
    "the other way round": (f"Mme;Petit;Léa;;{A};;", f"Mme;Léa;Petit;;{A};;"),
    "an initial": (f"Mme;Petit;Léa;;{A};;", f"Mme;Petit;L.;;{A};;"),
    "no first name": (f"Mme;Petit;Léa;;{A};;", f"Mme;Petit;;;{A};;"),
    "no name": (f"Mme;Petit;Léa;Club;{A};;", f";;;Club;{A};;"),
    "the name comes later": (f";;;Club;{A};;", f"Mme;Petit;Léa;Club;{A};;"),
}
DIFFERENT = {
    "two first names": (f"Mme;Petit;Léa;;{A};;", f"M.;Petit;Luc;;{A};;"),
    "M. and Mme": (f"M.;Petit;;;{A};;", f"Mme;Petit;;;{A};;"),
    "two last names": (f"Mme;Petit;Léa;;{A};;", f"Mme;Grand;Léa;;{A};;"),
    "two associations": (f";;;Club;{A};;", f";;;Amicale;{A};;"),
}


@pytest.mark.parametrize(("first", "second"), SAME.values(), ids=SAME)
def test_one_person_met_twice_is_one_contact(first: str, second: str) -> None:
    """Within a list or across lists, the later of two duplicates is merged into the earlier, with a warning."""
    for reading, line in ((merged(f"{first}\n{second}"), 3), (merged(first, second), 2)):
        assert len(reading.contacts) == 1
        assert [("duplicate", line)] == codes(reading)
        assert dict(reading.problems[0].values) == {"other_file": "liste1.csv", "other_line": "2"}


@pytest.mark.parametrize(("first", "second"), DIFFERENT.values(), ids=DIFFERENT)
def test_people_who_share_an_address_stay_two_and_get_one_mail(first: str, second: str) -> None:
    """People with one address are one household of several contacts."""
    reading = merged(first, second)

    assert codes(reading) == [("address-shared", 2)]
    assert [reading.contacts] == contacts.households(reading.contacts)
    assert len(reading.contacts) == 2


def test_what_is_missing_is_filled_and_what_differs_is_said() -> None:
    """The first line counts, groups are joined, and each field that differs is a warning with both values."""
    reading = merged(f"Mme;Petit;Léa;Club;{A};élus;", f";Petit;Léa;Amicale;{A};presse;végétarienne")

    found = reading.contacts[0]
    assert (
        found.civility,
        found.organisation,
        found.groups,
        dict(found.fields),
    ) == ("Mme", "Club", ("élus", "presse"), {"Note": "végétarienne"})
    assert [problem.code for problem in reading.problems] == ["duplicate", "duplicate-differs"]
    conflict = reading.problems[1]
    assert (conflict.values["column"], conflict.read, conflict.proposal) == (
        "organisation",
        "Amicale",
        "Club",
    )


def test_one_name_with_two_addresses_is_proposed_not_merged() -> None:
    """Contacts with the same name and different addresses are kept, with a warning."""
    reading = merged(f"Mme;Petit;Léa;Club;{A};;", f"Mme;Petit;Léa;;{B};;")

    assert [contact.email for contact in reading.contacts] == [A, B]
    assert [(problem.code, problem.proposal) for problem in reading.problems] == [
        ("same-name-other-address", A)
    ]


def test_whoever_has_no_address_stays_and_is_shown_where_one_is() -> None:
    """A line without an address is an error, with a warning if another list has the address; both are kept."""
    reading = merged("Mme;Petit;Léa;;;;", f"Mme;Petit;Léa;;{A};;", "M.;Grand;Luc;;;;")

    assert [p.code for p in reading.problems] == [
        "address-missing",
        "address-on-other-line",
        "address-missing",
    ]
    assert [len(people) for people in contacts.households(reading.contacts)] == [1, 1, 1]


def test_one_line_with_two_addresses_is_one_mail() -> None:
    """A second address is kept to recognise answers from it, but is not written to."""
    reading = merged(f"Mme;Petit;Léa;;{A} / {B};;")

    assert [(contact.email, contact.other_addresses) for contact in reading.contacts] == [(A, (B,))]
    assert codes(reading) == [("addresses-of-one", 2)]


def test_two_addresses_where_nobody_is_named_are_two_recipients() -> None:
    """A line with two addresses and no person gives two contacts."""
    reading = merged(f";;;Club;{A}, {B};;")

    assert [contact.email for contact in reading.contacts] == [A, B]
    assert codes(reading) == [("addresses-of-several", 2)]


def test_a_couple_with_two_addresses_gets_one_each() -> None:
    """With as many addresses as people, each person has one, in their order."""
    reading = merged(f"M. et Mme;Petit;Luc et Léa;;{A} / {B};;")

    assert [(contact.first_name, contact.email) for contact in reading.contacts] == [("Luc", A), ("Léa", B)]


def test_an_unusable_address_is_an_error_and_stays_to_be_corrected() -> None:
    """The contact has no address; the text of the cell is kept in a field, and reads back the same."""
    reading = merged("Mme;Petit;Léa;;lea@free;;")

    assert [problem.severity.value for problem in reading.problems] == ["warning", "error"]
    assert dict(reading.contacts[0].fields) == {"Courriel à corriger": "lea@free"}
    assert reading.contacts == contacts.read("liste1.csv", contacts.write(reading.contacts)).contacts


def test_a_domain_seen_once_beside_one_seen_often_is_pointed_at() -> None:
    """A domain one letter away from that of all the others is a likely typing error; one digit away it is not."""
    rows = "".join(f";P{n};;;p{n}@mairie-hellemmes.example.org;;\n" for n in range(5))
    reading = merged(rows + ";X;;;x@mairie-helemmes.example.org;;\n")

    assert [(p.code, p.proposal) for p in reading.problems] == [
        ("address-slip", "x@mairie-hellemmes.example.org")
    ]


def test_households_keep_list_order() -> None:
    """Households stand in the order of their first members."""
    one, two, three, nobody = Contact(A, last_name="1"), Contact(B), Contact(A.upper()), Contact("")

    assert [(one, three), (nobody,), (two,), (nobody,)] == contacts.households(
        [one, nobody, two, three, nobody]
    )
