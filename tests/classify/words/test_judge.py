"""The tables by which an answer is decided, and by which it is certain."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mailer.classify.free_text import understand
from mailer.classify.words import (
    Certainty,
    decide,
    language_named,
    sentences,
    statements,
    tokenize,
)
from mailer.classify.words.judge import ROWS, DecisionRow, Grounds, level
from mailer.classify.words.likeness import likely
from mailer.model.finding import Answer, PartStat, Unclear

SURE = Grounds(phrases=True, sure=True, agreed=0.9, known=0.9, unread=0.8, words=20)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.shown_by)
def test_each_row_decides_the_sentence_that_shows_it(row: DecisionRow) -> None:
    """The sentence beside a row is decided by it, so that the table can be read."""
    french = language_named("fr")
    cut = sentences(row.shown_by, tokenize(row.shown_by), french)

    assert decide(cut, statements(cut, french), french).row == row.shown_by


@pytest.mark.parametrize(
    ("grounds", "certainty"),
    [
        (SURE, Certainty.SURE),
        (replace(SURE, agreed=0.6), Certainty.READ),
        (replace(SURE, agreed=0.3), Certainty.ASKED),
        (replace(SURE, agreed=0.3, words=6), Certainty.READ),
        (replace(SURE, agreed=0.15, unread=0.2), Certainty.READ),
        (replace(SURE, agreed=0.15, unread=0.2, perhaps=True), Certainty.ASKED),
        (replace(SURE, known=0.3), Certainty.ASKED),
        (replace(SURE, sure=False), Certainty.READ),
        (replace(SURE, sure=False, agreed=0.8), Certainty.ASKED),
        (replace(SURE, sure=False, guarded=True), Certainty.ASKED),
        (replace(SURE, sure=False, phrases=False), Certainty.READ),
        (replace(SURE, sure=False, phrases=False, words=50), Certainty.ASKED),
        (replace(SURE, sure=False, phrases=False, agreed=0.8), Certainty.ASKED),
    ],
)
def test_certainty(grounds: Grounds, certainty: Certainty) -> None:
    """Phrases without doubt and words that agree are sure; where they part, a person is asked."""
    assert level(grounds) is certainty


def test_the_words_know_yes_from_no_without_grammar() -> None:
    """The likelihoods add up, and the usual words of an answer tell it."""
    yes, no, none = (
        likely(tokenize(text)).shares
        for text in (
            "Je serai présente avec plaisir.",
            "Désolé, je ne pourrai pas venir.",
            "Où peut-on se garer ?",
        )
    )

    assert sum(yes.values()) == pytest.approx(1)
    assert yes[PartStat.ACCEPTED] > 0.8
    assert no[PartStat.DECLINED] > 0.8
    assert none[PartStat.NEEDS_ACTION] > 0.8


@pytest.mark.parametrize(
    "text",
    [
        "Certo, ci sarò. No, non ho bisogno di parcheggio.",
        "No, przyjdę!",
        "Ja, jag kommer gärna. Nej, jag behöver ingen parkering.",
        "Infelizmente nao posso ir.",
    ],
)
def test_a_language_that_is_not_read_decides_nothing(text: str) -> None:
    """A word that looks like ours in a text of another language is no answer."""
    assert isinstance(understand(text).claim, Unclear)


@pytest.mark.parametrize("text", ["Ok", "Présent !", "Non merci.", "Yes, I'll be there.", "Ik kom graag."])
def test_short_answers_are_sure(text: str) -> None:
    """A few plain words are enough."""
    claim = understand(text).claim

    assert isinstance(claim, Answer)
    assert not claim.glance
