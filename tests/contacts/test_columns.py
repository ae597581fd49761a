"""The meaning of headings."""

from __future__ import annotations

import pytest

from mailer.contacts import columns

MEANINGS = {
    "email": "Courriel|Mél|E-mail|E-Mail :|Adresse électronique|Mail|adresse mail|COURRIEL (obligatoire)|Courriel 1|"
    "E-mail 1 - Value|Adresse e-mail du contact|Mail pro|Email Address|@|Courriel du président|Mél.*",
    "last_name": "Nom|NOM|Nom de famille|Last Name|Surname|Nom d'usage|Nom *|Nom du représentant",
    "first_name": "Prénom|PRENOM|Prénoms|First name|Given Name|Prénom du contact",
    "name": "Nom Prénom|NOM et Prénom|Prénom NOM|Nom complet|Full name|Nom, prénom|Responsable|Interlocuteur",
    "civility": "Civilité|Civ.|M./Mme|Civilité (M. ou Mme)",
    "organisation": "Organisme|Structure|Association|Société|Nom de l'association|Raison sociale|Company|Établissement",
    "function": "Fonction|Qualité|Job title|Fonction/Qualité|Poste",
    "language": "Langue|Language|Langue de correspondance",
    "groups": "Groupe|Groupes|Catégorie|Tags|Labels",
    "title": "Titre|Title",
    "contact": "Contact",
    "": "Adresse|Téléphone|Mail envoyé le|E-mail 1 - Label|E-mail Type|Remarques|Date de naissance|Nombre de courriels||"
    "E-mail Display Name|Courriel à corriger|Code postal",
}
CASES = [(heading, meaning) for meaning, headings in MEANINGS.items() for heading in headings.split("|")]


@pytest.mark.parametrize(("heading", "meaning"), CASES, ids=[heading or "blank" for heading, _ in CASES])
def test_a_heading_means_a_field(heading: str, meaning: str) -> None:
    """French and English headings and their variants are understood, and no others."""
    assert meaning == columns.meaning(heading)


@pytest.mark.parametrize(("index", "letter"), [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (702, "AAA")])
def test_a_column_without_heading_has_the_spreadsheet_letter(index: int, letter: str) -> None:
    """An unknown column without a heading is named by its letter, so that people find it in their spreadsheet."""
    assert letter == columns.letter(index)
