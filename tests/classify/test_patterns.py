"""The patterns that several rules share."""

from __future__ import annotations

import time

import pytest

from mailer.classify.patterns import REPLIED


@pytest.mark.parametrize("subject", ["Re: x", "RE :x", " re [2] : x", "TR[12]:x", "Rép : x", "Fwd:x"])
def test_the_subject_of_an_answer(subject: str) -> None:
    """A prefix, with a number or without one, and blanks as mail programs put them."""
    assert REPLIED.match(subject)


@pytest.mark.parametrize("subject", ["Réunion : x", "re x", "re [2 : x", "Réponse", "12: x"])
def test_another_subject(subject: str) -> None:
    """A word that only begins so, and a prefix without its colon."""
    assert not REPLIED.match(subject)


def test_a_long_run_of_blanks_costs_in_proportion() -> None:
    """Eight times as many blanks take far less than sixty-four times as long."""

    def cost(blanks: int) -> float:
        text, best = "re" + " " * blanks + "x", float("inf")
        for _ in range(5):
            begun = time.perf_counter()
            for _ in range(10):
                assert not REPLIED.match(text)
            best = min(best, time.perf_counter() - begun)
        return best

    assert cost(16_000) < 24 * cost(2_000)
