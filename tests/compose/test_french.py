"""How French salutations and spaces are written."""

from __future__ import annotations

import pytest

from mailer.compose.tongues import TONGUES
from mailer.model.contact import Contact

N = "\u00a0"
FRENCH = TONGUES["fr"]


@pytest.mark.parametrize(
    ("civility", "expected"),
    [
        ("M.", "Monsieur"),
        ("m", "Monsieur"),
        ("Mr", "Monsieur"),
        ("Monsieur", "Monsieur"),
        ("Mme", "Madame"),
        ("MME.", "Madame"),
        ("Mlle", "Madame"),
        ("Mme la Conseillère", "Madame la Conseillère"),
        ("M. le Maire", "Monsieur le Maire"),
        ("Madame l'Adjointe", "Madame l'Adjointe"),
        ("M. l’Inspecteur", "Monsieur l’Inspecteur"),
        ("Dr", "Docteur"),
        ("Me", "Maître"),
        ("", "Madame, Monsieur"),
        ("Camarade", "Madame, Monsieur"),
        ("M. / Mme", "Madame, Monsieur"),
        ("M. et Mme", "Madame, Monsieur"),
        ("M./Mme", "Madame, Monsieur"),
        ("Mme Présidente", "Madame"),
        ("{{ 7*7 }}", "Madame, Monsieur"),
    ],
)
def test_one_person_is_called_by_civility(civility: str, expected: str) -> None:
    """The civility decides, never the first name; an unknown one gives the neutral form."""
    assert expected == FRENCH.salutation([Contact("a@example.org", civility, "Dominique", "Martin")])


@pytest.mark.parametrize(
    ("people", "expected"),
    [
        pytest.param(
            [("Mme", "Élodie", "Lefèvre"), ("M.", "Jean", "Lefèvre")],
            "Madame Élodie Lefèvre, Monsieur Jean Lefèvre",
            id="a couple",
        ),
        pytest.param(
            [("", "Dominique", "Martin"), ("Mme", "Zoé", "Petit")],
            "Dominique Martin, Madame Zoé Petit",
            id="unknown",
        ),
        pytest.param([("", "", ""), ("", "", "")], "Madame, Monsieur", id="an association without names"),
    ],
)
def test_several_people_are_named(people: list[tuple[str, str, str]], expected: str) -> None:
    """Those who share an address are named together."""
    assert expected == FRENCH.salutation([Contact("a@example.org", *person) for person in people])


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("Objet : a ; b ! c ?", f"Objet{N}: a{N}; b{N}! c{N}?"),
        ("« oui »", f"«{N}oui{N}»"),
        ("de 14 h à 16 h 30", f"de 14{N}h à 16{N}h{N}30"),
        ("n° 3", f"n°{N}3"),
        ("M. Dupont", f"M.{N}Dupont"),
        ("a, b. c", "a, b. c"),
        ("https://example.org/?a=b : c", f"https://example.org/?a=b{N}: c"),
        ("ligne\n: suite", "ligne\n: suite"),
        (" :", f"{N}:"),
    ],
)
def test_typeset(typed: str, expected: str) -> None:
    """No-break spaces stand where French has them, and nothing else changes."""
    assert expected == FRENCH.typeset(typed)
