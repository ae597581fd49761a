"""Words in one plain spelling, tied to their place."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.classify.words.language import language
from mailer.classify.words.sentences import sentences
from mailer.classify.words.tokens import Spelling, plain, tokenize


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("J'y serai, d'accord ?", "je y serai , de accord ?"),
        ("J’y serai", "je y serai"),
        ("Je serai là où tu es", "je serai là où tu es"),
        ("I can't, I won't, I don't", "i can not , i will not , i do not"),
        ("We'll be there, that's fine", "we will be there , that is fine"),
        ("aujourd'hui", "aujourdhui"),
        ("le 31/03/2025 à 14h30, le 31.03.2025", "le #date a #time , le #date"),
        ("à 14:00 ou 2pm", "a #time ou #time"),
        ("50/50", "50 / 50"),
        ("03 53 01 70 16", "#phone"),
        ("voir https://example.org/x", "voir #url"),
        ("2025 personnes, 12 chaises", "#number personnes , 12 chaises"),
        ("M. Roux et Mme Petit", "monsieur roux et mme petit"),
        ("vice-président - absent", "vice president , absent"),
        ("Œuvre, E\u0301lodie", "oeuvre , elodie"),
        ("nous serons 2... ou 3", "nous serons 2 … ou 3"),
        ("+1 👍", "+ 1 👍"),
        ("\u0301", ""),
    ],
)
def test_tokenize(text: str, words: str) -> None:
    """Elisions and contractions are written out, dates and hours are no numbers, marks that mean nothing are gone."""
    assert " ".join(token.word for token in tokenize(text)) == words


@given(st.text())
def test_tokens_are_tied_to_the_text(text: str) -> None:
    """Every token has a word and lies inside the text, in order."""
    tokens = tokenize(text)

    assert all(token.word and 0 <= token.start < token.end <= len(text) for token in tokens)
    assert [token.start for token in tokens] == sorted(token.start for token in tokens)


def test_respell_takes_the_longest() -> None:
    """Of several spellings the longest is written out, over the place of what was written."""
    table = {("j",): ("je",), ("j", "ai"): ("je", "ai"), ("jpeux",): ("je", "peux")}
    spelt = Spelling(table).respell(tokenize("j ai jpeux j"))

    assert [token.word for token in spelt] == ["je", "ai", "je", "peux", "je"]
    assert [(token.start, token.end) for token in spelt[2:4]] == [(5, 10), (5, 10)]


def test_plain() -> None:
    """Accents go, but for the two that tell words apart."""
    assert [plain(word) for word in ("Présenté", "LÀ", "Où", "ŒUVRE")] == ["presente", "là", "où", "oeuvre"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Bonjour Madame,\nje viens. Et vous ?", ["bonjour madame ,", "je viens", "et vous"]),
        ("M. Roux viendra. Mme Petit aussi.", ["monsieur roux viendra", "madame petit aussi"]),
        ("Je viens.\nBien à vous\nAbsent le mercredi", ["je viens"]),
        ("Camille, je viens", ["camille ,", "je viens"]),
        ("Nous serons 2... non pardon, 3", ["nous serons 2 … non pardon , 3"]),
        (
            "Je viendrai avec grand plaisir à cette réunion que\nvous organisez lundi",
            ["je viendrai avec grand plaisir a cette reunion que", "vous organisez lundi"],
        ),
        (
            "Je viendrai avec grand plaisir à cette belle réunion de lundi que\nvous organisez",
            ["je viendrai avec grand plaisir a cette belle reunion de lundi que vous organisez"],
        ),
    ],
)
def test_sentences(text: str, expected: list[str]) -> None:
    """Greetings stand apart, abbreviations do not end a sentence, and nothing counts below the closing formula."""
    cut = sentences(text, tokenize(text), language("fr"))

    assert [" ".join(token.word for token in one.tokens[1:-1]) for one in cut] == expected
