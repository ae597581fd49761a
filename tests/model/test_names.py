"""Names in what is said of somebody."""

from __future__ import annotations

import pytest

from mailer.model.names import name_in


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("ma collègue Sophie Martin", "Sophie Martin"),
        ("Mme Claire Dubois", "Claire Dubois"),
        ("notre vice-présidente, Mme Claire Dubois", "Claire Dubois"),
        ("Sophie de la Tour", "Sophie de la Tour"),
        ("Jean d'Alembert", "Jean d'Alembert"),
        ("N'Guessan Awa", "N'Guessan Awa"),
        ("Élodie Lefèvre et M. Paul Petit", "Élodie Lefèvre et M. Paul Petit"),
        ("sophie martin", "sophie martin"),
        ("mon adjoint", ""),
        ("M.", ""),
        ("", ""),
    ],
)
def test_the_name_is_proposed_and_not_who_it_is(said: str, name: str) -> None:
    """What stands before a name is left out; a name as it is written stays."""
    assert name_in(said) == name
