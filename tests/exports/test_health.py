"""Which remarks may say something of somebody's health."""

from __future__ import annotations

import pytest

from mailer.exports.health import speaks_of_health


@pytest.mark.parametrize(
    "text",
    [
        "je suis souffrante",
        "MALADE depuis lundi",
        "en arrêt de travail",
        "mon fils est hospitalisé",
        "rendez-vous médical à 14 h",
        "je me fais opérer le 30 : opération du genou",
        "suite à mon opération",
        "enceinte de huit mois",
        "en fauteuil roulant, merci de prévoir une place",
        "personne à mobilité réduite",
        "grippée",
        "I am ill",
        "on sick leave",
        "wheelchair access please",
        "allergique aux arachides",
    ],
)
def test_what_may_speak_of_health(text: str) -> None:
    """French and English, in any case, with or without accents."""
    assert speaks_of_health(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "avec mon mari, merci",
        "je serai en retard, 14 h 30",
        "coopération avec l'Apes",
        "absent jusqu'au 7 avril",
        "salle au premier étage",
        "de la part du service technique",
        "flûte traversière",
    ],
)
def test_what_does_not(text: str) -> None:
    """Everyday remarks are shown."""
    assert not speaks_of_health(text)
