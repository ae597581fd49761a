"""Cells of tens of thousands of letters: time grows with their number alone."""

from __future__ import annotations

import time

import pytest

from mailer import contacts
from tests.hostile import filled


@pytest.mark.parametrize("unit", ["-", "a", "a.", "([", "a@", "d'"])
def test_time_for_each_letter_does_not_grow(unit: str) -> None:
    """Attack 64: four times as many letters in one cell take four times as long at most, with what noise may add."""

    def seconds(size: int) -> float:
        content = b"Nom;Courriel\nPetit;p@example.org\nX;" + filled(unit, size)
        begun = time.process_time()
        contacts.read("liste.csv", content)
        return time.process_time() - begun

    small, large = (min(seconds(size) for _ in range(2)) for size in (8_000, 32_000))

    assert large < 8 * max(small, 0.04)
