"""How English dates and salutations are written."""

from __future__ import annotations

from datetime import datetime

import pytest

from mailer.compose import english
from mailer.model.contact import Contact


def at(written: str) -> datetime:
    return datetime.fromisoformat(f"{written}+02:00")


@pytest.mark.parametrize(
    ("starts", "ends", "all_day", "expected"),
    [
        ("2025-03-31T14:00", "2025-03-31T16:30", False, "Monday 31 March 2025 from 14:00 to 16:30"),
        (
            "2025-03-31T22:00",
            "2025-04-01T02:00",
            False,
            "from Monday 31 March 2025 at 22:00 to Tuesday 1 April 2025 at 2:00",
        ),
        ("2025-03-31T00:00", "2025-04-01T00:00", True, "Monday 31 March 2025, all day"),
        ("2025-03-31T00:00", "2025-04-02T00:00", True, "from Monday 31 March 2025 to Tuesday 1 April 2025"),
    ],
)
def test_span(starts: str, ends: str, all_day: bool, expected: str) -> None:
    """A moment is written as English has it."""
    assert expected == english.span(at(starts), at(ends), all_day=all_day)


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
    assert expected == english.salutation([Contact("a@example.org", *person) for person in people])
