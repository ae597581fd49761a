"""Splitting whole names and couples."""

from __future__ import annotations

import pytest

from mailer.contacts.names import NameOrder, PersonName, people, split

WHOLE = {
    "capitals last": ("Élodie LEFÈVRE", None, PersonName("", "Élodie", "LEFÈVRE")),
    "capitals first": ("LEFÈVRE Élodie", None, PersonName("", "Élodie", "LEFÈVRE")),
    "civility": ("Mme LE GOFF Marie Anne", None, PersonName("Mme", "Marie Anne", "LE GOFF")),
    "particles": ("de la TOUR Jean", None, PersonName("", "Jean", "de la TOUR")),
    "comma": ("Le Goff, Jean-Marie", None, PersonName("", "Jean-Marie", "Le Goff")),
    "first name known": ("Jean de la Fontaine", None, PersonName("", "Jean", "de la Fontaine")),
    "last name first": ("Dubreucq Élodie", None, PersonName("", "Élodie", "Dubreucq")),
    "order told": ("Zbigniew Kowalczyk", NameOrder.FIRST_LAST, PersonName("", "Zbigniew", "Kowalczyk")),
    "order told, reversed": (
        "Kowalczyk Zbigniew",
        NameOrder.LAST_FIRST,
        PersonName("", "Zbigniew", "Kowalczyk"),
    ),
    "nothing tells": ("Zbigniew Kowalczyk", None, PersonName("", "", "Zbigniew Kowalczyk")),
    "one word": ("Lefèvre", None, PersonName("", "", "Lefèvre")),
    "spelled out": ("Monsieur Paul DURAND", None, PersonName("M.", "Paul", "DURAND")),
    "couple": ("M. et Mme Dupont", None, PersonName("M. et Mme", "", "Dupont")),
}
LINES = {
    "one": (PersonName("Mme", "Élodie", "Lefèvre"), [PersonName("Mme", "Élodie", "Lefèvre")]),
    "M. et Mme": (
        PersonName("M. et Mme", "", "Dupont"),
        [PersonName("M.", "", "Dupont"), PersonName("Mme", "", "Dupont")],
    ),
    "M. et Mme, his first name": (
        PersonName("Mr & Mme", "Jean", "Dupont"),
        [PersonName("M.", "Jean", "Dupont"), PersonName("Mme", "", "Dupont")],
    ),
    "two first names": (
        PersonName("Mme et M.", "Marie et Jean", "Dupont"),
        [PersonName("Mme", "Marie", "Dupont"), PersonName("M.", "Jean", "Dupont")],
    ),
    "two of everything": (
        PersonName("", "Jean & Marie", "Dupont & Martin"),
        [PersonName("", "Jean", "Dupont"), PersonName("", "Marie", "Martin")],
    ),
    "an office": (PersonName("M. le Maire", "Jean", "Dupont"), [PersonName("M. le Maire", "Jean", "Dupont")]),
    "no couple": (
        PersonName("", "", "Centre social et culturel"),
        [PersonName("", "", "Centre social et culturel")],
    ),
}


@pytest.mark.parametrize(("text", "order", "expected"), WHOLE.values(), ids=WHOLE)
def test_a_whole_name_is_taken_apart_by_evidence(
    text: str, order: NameOrder | None, expected: PersonName
) -> None:
    """A name is split by capitals, a comma, the order of the column or a first name; otherwise it stays whole."""
    assert expected == split(text, order)


@pytest.mark.parametrize(("person", "expected"), LINES.values(), ids=LINES)
def test_people_on_one_line_are_told_apart(person: PersonName, expected: list[PersonName]) -> None:
    """A couple is two people, each with a civility and a name of their own."""
    assert expected == list(people(person))
