"""The notation of forms, and the automaton that finds them."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailer.classify.words.grammar import Grammar
from mailer.classify.words.tokens import tokenize
from tests.soak import examples

LISTS = {"adv": ["donc", "bien sur"], "not": ["pas", "plus"], "go": ["venir", "etre (la|present)"]}
BARS = ["mais", "pas"]


def found(form: str, text: str) -> list[tuple[str, bool]]:
    """What a form finds in a text, and whether it is denied there."""
    tokens = tokenize(text)
    matches = Grammar(LISTS, BARS, [(form, 0)]).find(tokens)
    return [(text[tokens[m.start].start : tokens[m.end - 1].end], m.denied) for m in matches]


@pytest.mark.parametrize(
    ("form", "text", "expected"),
    [
        ("je viens", "donc je viens lundi", [("je viens", False)]),
        ("je (viens|vais venir)", "je vais venir", [("je vais venir", False)]),
        ("je viens [volontiers]", "je viens volontiers", [("je viens volontiers", False)]),
        ("je viens [volontiers]", "je viens lundi", [("je viens", False)]),
        ("je peux {go}", "je peux etre la", [("je peux etre la", False)]),
        ("je <ne> viens <pas>", "je viens", [("je viens", False)]),
        ("je <ne> viens <pas>", "je ne viens pas", [("je ne viens pas", True)]),
        ("je <ne> viens <pas>", "je viens plus", [("je viens", False), ("je viens plus", True)]),
        ("je serai la", "je serai donc bien sûr la", [("je serai donc bien sûr la", False)]),
        ("je serai la", "je serai donc donc absent", []),
        ("avec .. femme", "avec ma chère femme", [("avec ma chère femme", False)]),
        ("avec .. femme", "avec ma très chère femme", []),
        ("avec ... femme", "avec ma très chère femme", [("avec ma très chère femme", False)]),
        ("oui ... viens", "oui mais je viens", []),
        ("serons #n", "serons 3", [("serons 3", False)]),
        ("serons #n", "serons 2025", []),
        ("le #date", "le 31/03/2025", [("le 31/03/2025", False)]),
    ],
)
def test_notation(form: str, text: str, expected: list[tuple[str, bool]]) -> None:
    """Choices, options, lists, negations, adverbs, gaps and sorts mean what the notation says."""
    assert found(form, text) == expected


def test_an_open_bracket_is_refused() -> None:
    """A form with a bracket too many does not load."""
    with pytest.raises(ValueError, match="unclosed bracket"):
        Grammar(LISTS, BARS, [("je (viens", 0)])


@settings(max_examples=examples(100))
@given(st.lists(st.sampled_from(["je", "ne", "viens", "pas", "donc", "venir", "autre", "3"]), max_size=30))
def test_matches_lie_inside(words: list[str]) -> None:
    """Every match covers at least a word, inside the text, and the same text is found the same again."""
    tokens = tokenize(" ".join(words))
    grammar = Grammar(LISTS, BARS, [("je <ne> viens <pas>", 0), ("je .. {go}", 1), ("#n", 2)])
    matches = grammar.find(tokens)

    assert all(0 <= match.start < match.end <= len(tokens) for match in matches)
    assert grammar.find(tokens) == matches
