"""The patterns that several rules share."""

from __future__ import annotations

import time
import tomllib
from pathlib import Path

import pytest

import mailer.classify
from mailer.classify.patterns import REPLIED, wording

RULES = Path(mailer.classify.__file__).parent
WORDINGS = sorted(RULES.glob("wordings/*.toml"))


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


@pytest.mark.parametrize("file", WORDINGS, ids=lambda file: file.stem)
def test_what_is_written_down_is_used(file: Path) -> None:
    """Each table of a rule's wordings is asked for by the rule, and the rule asks for no other file."""
    code = (RULES / f"{file.stem}.py").read_text(encoding="utf-8")
    tables = tomllib.loads(file.read_text(encoding="utf-8")).keys() - {"names"}
    partstats = {"accepted", "declined", "tentative"}  # asked for by the word of the answer

    assert tables
    assert [table for table in tables - partstats if f'"{table}"' not in code] == []
    assert f'"{file.stem}", ' in code or f'table("{file.stem}")' in code


def test_a_wording_is_any_of_several_with_its_names() -> None:
    """A name in braces stands for what it names, one wording or several; a number of times in braces stays."""
    opt_out, address = wording("opt_out", "text"), wording("departure", "write_to", address="[a-z]+@[a-z]+")

    assert opt_out.match("Bonjour, unsubscribe, merci")
    assert opt_out.match("désinscription")
    assert not opt_out.match("Bonjour, merci")
    assert address.search("écrivez plutôt à anna@ailleurs")
    assert not address.search("écrivez plutôt à Anna")
