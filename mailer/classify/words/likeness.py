"""Say how likely the words of a text mean each answer, and more people than one, from how labelled answers are worded.

This is a second reader beside the forms: it knows no grammar, only which words and pairs of words stand in a yes, a no,
a perhaps, and a mail that is no answer, in any language. It errs elsewhere than the forms do, so an answer that both
give is certain. `bench.likeness` learns the weights in ``likeness.tsv`` and ``company.tsv`` from the labelled answers of
the tests (multinomial logistic regression), and measures what they are worth on writers left out.
"""

from __future__ import annotations

import functools
import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import resources

from mailer.classify.words.tokens import Token
from mailer.model.finding import PartStat

MEANINGS = (PartStat.ACCEPTED, PartStat.DECLINED, PartStat.TENTATIVE, PartStat.NEEDS_ACTION)
"""The order of the weights; the last one means that it is no answer."""

COMPANY = 0.7
"""How likely a yes is of several people that is read as one person's, from which on its number is to be checked."""

Weights = Mapping[str, tuple[int, ...]]

STEM = 6
"""Number of letters of a word that count: "présente" and "présentes" are the same."""


@dataclass(frozen=True, slots=True)
class Likeness:
    """How likely a text gives each answer (the shares add up to 1), and which share of its words is known from others."""

    shares: Mapping[PartStat, float]
    known: float


def stems(tokens: Sequence[Token]) -> list[str]:
    """Return the words of a text cut to their stems, and its marks; numbers, dates and the like by their sort."""
    return [f"#{token.sort}" if token.sort else token.word[:STEM] for token in tokens]


def features(words: Sequence[str]) -> set[str]:
    """Return the words of a text and its pairs of neighbouring words; the empty one is in every text."""
    return {"", *words, *(f"{one} {other}" for one, other in itertools.pairwise(words))}


def likely(tokens: Sequence[Token]) -> Likeness:
    """Weigh the words of a text."""
    weights, words = _weights("likeness"), stems(tokens)
    shares = _shares(weights, words)
    speaking = [word in weights for word, token in zip(words, tokens, strict=True) if token.speaks]
    return Likeness(
        dict(zip(MEANINGS, shares, strict=True)), sum(speaking) / len(speaking) if speaking else 0.0
    )


def in_company(tokens: Sequence[Token]) -> bool:
    """Return whether the words of a yes are likely those of several people, or of somebody who brings others."""
    _alone, several = _shares(_weights("company"), stems(tokens))
    return several >= COMPANY


def _shares(weights: Weights, words: Sequence[str]) -> list[float]:
    rows = [weights[feature] for feature in features(words) if feature in weights]
    totals = [sum(column) / 100 for column in zip(*rows, strict=True)]
    shares = [math.exp(total - max(totals)) for total in totals]
    return [share / sum(shares) for share in shares]


@functools.cache
def _weights(name: str) -> Weights:
    """Return the weights of each feature in hundredths; every text has the empty feature."""
    written = resources.files(__package__).joinpath(f"{name}.tsv").read_text(encoding="utf-8")
    rows = (line.split("\t") for line in written.splitlines())
    return {feature: tuple(map(int, weights)) for feature, *weights in rows}
