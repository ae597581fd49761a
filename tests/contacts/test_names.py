"""Names in one cell, and couples on one line."""

from __future__ import annotations

import pytest

from mailer.contacts.names import Order, Person, people, split

WHOLE = {
    "capitals last": ("Élodie LEFÈVRE", None, Person("", "Élodie", "LEFÈVRE")),
    "capitals first": ("LEFÈVRE Élodie", None, Person("", "Élodie", "LEFÈVRE")),
    "civility": ("Mme LE GOFF Marie Anne", None, Person("Mme", "Marie Anne", "LE GOFF")),
    "particles": ("de la TOUR Jean", None, Person("", "Jean", "de la TOUR")),
    "comma": ("Le Goff, Jean-Marie", None, Person("", "Jean-Marie", "Le Goff")),
    "first name known": ("Jean de la Fontaine", None, Person("", "Jean", "de la Fontaine")),
    "last name first": ("Dubreucq Élodie", None, Person("", "Élodie", "Dubreucq")),
    "order told": ("Zbigniew Kowalczyk", Order.FIRST_LAST, Person("", "Zbigniew", "Kowalczyk")),
    "order told, reversed": ("Kowalczyk Zbigniew", Order.LAST_FIRST, Person("", "Zbigniew", "Kowalczyk")),
    "nothing tells": ("Zbigniew Kowalczyk", None, Person("", "", "Zbigniew Kowalczyk")),
    "one word": ("Lefèvre", None, Person("", "", "Lefèvre")),
    "spelled out": ("Monsieur Paul DURAND", None, Person("M.", "Paul", "DURAND")),
    "couple": ("M. et Mme Dupont", None, Person("M. et Mme", "", "Dupont")),
}
LINES = {
    "one": (Person("Mme", "Élodie", "Lefèvre"), [Person("Mme", "Élodie", "Lefèvre")]),
    "M. et Mme": (
        Person("M. et Mme", "", "Dupont"),
        [Person("M.", "", "Dupont"), Person("Mme", "", "Dupont")],
    ),
    "M. et Mme, his first name": (
        Person("Mr & Mme", "Jean", "Dupont"),
        [Person("M.", "Jean", "Dupont"), Person("Mme", "", "Dupont")],
    ),
    "two first names": (
        Person("Mme et M.", "Marie et Jean", "Dupont"),
        [Person("Mme", "Marie", "Dupont"), Person("M.", "Jean", "Dupont")],
    ),
    "two of everything": (
        Person("", "Jean & Marie", "Dupont & Martin"),
        [Person("", "Jean", "Dupont"), Person("", "Marie", "Martin")],
    ),
    "an office": (Person("M. le Maire", "Jean", "Dupont"), [Person("M. le Maire", "Jean", "Dupont")]),
    "no couple": (Person("", "", "Centre social et culturel"), [Person("", "", "Centre social et culturel")]),
}


@pytest.mark.parametrize(("text", "order", "expected"), WHOLE.values(), ids=WHOLE)
def test_a_whole_name_is_taken_apart_by_evidence(text: str, order: Order | None, expected: Person) -> None:
    """By capitals, a comma, the usual order of the column, or a first name; never on a mere guess."""
    assert expected == split(text, order)


@pytest.mark.parametrize(("person", "expected"), LINES.values(), ids=LINES)
def test_people_on_one_line_are_told_apart(person: Person, expected: list[Person]) -> None:
    """A couple is two people, each with a civility and a name of their own."""
    assert expected == list(people(person))
