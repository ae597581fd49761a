"""How French dates, salutations and spaces are written."""

from __future__ import annotations

from datetime import datetime

import pytest

from mailer.compose import french
from mailer.model.contact import Contact

N = "\u00a0"


def at(written: str) -> datetime:
    return datetime.fromisoformat(f"{written}+02:00")


@pytest.mark.parametrize(
    ("starts", "ends", "all_day", "expected"),
    [
        pytest.param(
            "2025-03-31T14:00",
            "2025-03-31T16:00",
            False,
            f"lundi 31 mars 2025 de 14{N}h à 16{N}h",
            id="the sample",
        ),
        pytest.param(
            "2025-04-01T09:30",
            "2025-04-01T12:05",
            False,
            f"mardi 1er avril 2025 de 9{N}h{N}30 à 12{N}h{N}05",
            id="1er",
        ),
        pytest.param(
            "2025-12-31T22:00",
            "2026-01-01T02:00",
            False,
            f"du mercredi 31 décembre 2025 à 22{N}h au jeudi 1er janvier 2026 à 2{N}h",
            id="across midnight",
        ),
        pytest.param(
            "2025-08-15T00:00",
            "2025-08-16T00:00",
            True,
            "vendredi 15 août 2025, toute la journée",
            id="one whole day",
        ),
        pytest.param(
            "2025-02-28T00:00",
            "2025-03-03T00:00",
            True,
            "du vendredi 28 février au dimanche 2 mars 2025",
            id="days",
        ),
        pytest.param(
            "2025-12-31T00:00",
            "2026-01-02T00:00",
            True,
            "du mercredi 31 décembre 2025 au jeudi 1er janvier 2026",
            id="days of two years",
        ),
    ],
)
def test_span(starts: str, ends: str, all_day: bool, expected: str) -> None:
    """A moment is written as French has it (STANDARDS F9)."""
    assert expected == french.span(at(starts), at(ends), all_day=all_day)


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
    """The civility decides, never the first name; an unknown one gives the neutral form (STANDARDS F11)."""
    assert expected == french.salutation([Contact("a@example.org", civility, "Dominique", "Martin")])


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
    assert expected == french.salutation([Contact("a@example.org", *person) for person in people])


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
    assert expected == french.typeset(typed)
