"""Of whom an answer from a shared address speaks."""

from __future__ import annotations

import pytest

from mailer.inbox import speakers
from mailer.model.contact import Contact

COUPLE = (
    Contact("moreau@example.org", "M.", "Jean", "Moreau"),
    Contact("moreau@example.org", "Mme", "Lucie", "Moreau"),
)
JEAN, LUCIE = (0,), (1,)


@pytest.mark.parametrize(
    ("text", "signature", "sender", "found"),
    [
        ("Lucie ne pourra pas venir.", "", "Famille Moreau", LUCIE),
        ("JEAN viendra.", "", "", JEAN),
        ("Je viendrai.", "", "Lucie Moreau", LUCIE),
        ("Je viendrai.", "", "MOREAU, Lucie", LUCIE),
        ("Oui, avec plaisir.", "Jean Moreau\nConseiller", "Famille Moreau", JEAN),
        ("Seul, oui.", "Jean Moreau", "Lucie Moreau", JEAN),
        ("Oui.", "", "Famille Moreau", ()),
        ("Oui.", "Jean et Lucie Moreau", "", ()),
        ("Oui, nous serons 3.", "", "Jean Moreau", ()),
        ("Nous viendrons.", "Jean Moreau", "Jean Moreau", ()),
        ("We both come.", "Lucie Moreau", "", ()),
        ("Oui, tous les deux.", "", "Lucie Moreau", ()),
        ("Jean vient, Lucie non.", "", "Jean Moreau", (0, 1)),
        ("Je viens avec Jeanne.", "", "Famille Moreau", ()),
        ("Oui.", "", "Paul Petit", ()),
    ],
)
def test_of_whom_it_speaks(text: str, signature: str, sender: str, found: tuple[int, ...]) -> None:
    """By first name in the words, else by a signature or a sender that is one of them; together, of nobody alone."""
    assert speakers(COUPLE, text, signature, sender) == found
