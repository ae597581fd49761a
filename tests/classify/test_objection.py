"""Objections that stand alone, and those beside which something else is said; words about somebody else."""

from __future__ import annotations

import pytest

from mailer.classify import speaks_of_another, stands_alone
from mailer.classify.free_text import understand
from mailer.model.finding import OptOut


@pytest.mark.parametrize(
    "text",
    [
        "Ne m'écrivez plus.",
        "Bonjour,\nMerci de ne plus m'envoyer de courriels.\nCordialement",
        "Veuillez me retirer de votre liste de diffusion. Merci d'avance.",
        "Please unsubscribe me. Thank you",
        "Désinscription",
    ],
)
def test_alone(text: str) -> None:
    """With the manners around it."""
    found = understand(text)
    evidence = found.evidence if isinstance(found.claim, OptOut) else text

    assert stands_alone(text, evidence)


@pytest.mark.parametrize(
    "text",
    [
        "Finalement, merci de me retirer de la liste, je ne pourrai pas venir.",
        "Ne m'écrivez plus. Ma mère est décédée en janvier.",
        "Je serai là, mais ne m'écrivez plus ensuite.",
        "Merci de ne plus m'envoyer de message sur cette adresse mais sur marie@nouveau.example, je serai là",
        "Ne m'écrivez plus " + "s'il vous plaît " * 6,
    ],
)
def test_beside_something_else(text: str) -> None:
    """An answer, a reason or another address beside it, or many words: a person decides what was meant."""
    assert not stands_alone(text, "ne m'écrivez plus")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Madame la Maire sera présente.", True),
        ("Camille, Marie Dupont sera présente, je l'ai eue au téléphone.", True),
        ("Le Président assistera à la réunion.", True),
        ("Mr Martin will attend.", True),
        ("Oui", False),
        ("Présent !", False),
        ("Nous serons deux, Paul et moi.", False),
        ("Je viendrai avec Madame Petit.", False),
        ("L'association sera présente.", False),
        ("Bonjour, quel est l'horaire ?", False),
    ],
)
def test_words_about_another(text: str, expected: bool) -> None:
    """Somebody who is named comes, and the writer says nothing of themselves or their organisation."""
    assert speaks_of_another(text) is expected
