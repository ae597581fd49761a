"""How English salutations are written."""

from __future__ import annotations

import pytest

from mailer.compose.tongues import TONGUES
from mailer.model.contact import Contact


@pytest.mark.parametrize(
    ("people", "expected"),
    [
        pytest.param([("Mme la Conseillère", "Inès", "Derache")], "Dear Ms Derache", id="a French civility"),
        pytest.param([("Mr", "Sean", "O'Connor")], "Dear Mr O'Connor", id="an English one"),
        pytest.param([("", "Dominique", "Martin")], "Dear Dominique Martin", id="none: no guess"),
        pytest.param([("", "", "")], "Dear Sir or Madam", id="nobody is named"),
        pytest.param([("M.", "", "")], "Dear Sir or Madam", id="a civility alone"),
        pytest.param(
            [("Dr", "A", "One"), ("Ms", "B", "Two")], "Dear Dr One, Ms Two", id="two at one address"
        ),
    ],
)
def test_salutation(people: list[tuple[str, str, str]], expected: str) -> None:
    """People are called by title and last name where both are known."""
    assert expected == TONGUES["en"].salutation([Contact("a@example.org", *person) for person in people])
