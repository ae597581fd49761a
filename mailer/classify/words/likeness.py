"""Say how likely the words of a text mean each answer, from how labelled answers are worded.

This is a second reader beside the forms: it knows no grammar, only which words and pairs of words stand in a yes, a no,
a perhaps, and a mail that is no answer, in any language. It errs elsewhere than the forms do, so an answer that both
give is certain. `bench.likeness` learns the weights in ``likeness.tsv`` from the labelled answers of the tests
(multinomial logistic regression), and measures what they are worth on writers left out.
"""

from __future__ import annotations

import functools
import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import resources

from mailer.classify.words.tokens import Token
from mailer.model.finding import PartStat

MEANINGS = (PartStat.ACCEPTED, PartStat.DECLINED, PartStat.TENTATIVE, PartStat.NEEDS_ACTION)
"""The order of the weights; the last one means that it is no answer."""

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
    weights, words = _weights(), stems(tokens)
    rows = [weights[feature] for feature in features(words) if feature in weights]
    totals = [sum(column) / 100 for column in zip(*rows, strict=True)]
    shares = [math.exp(total - max(totals)) for total in totals]
    speaking = [word in weights for word, token in zip(words, tokens, strict=True) if token.speaks]
    return Likeness(
        {meaning: share / sum(shares) for meaning, share in zip(MEANINGS, shares, strict=True)},
        sum(speaking) / len(speaking) if speaking else 0.0,
    )


@functools.cache
def _weights() -> Mapping[str, tuple[int, ...]]:
    return dict(_lines())


def _lines() -> Iterator[tuple[str, tuple[int, ...]]]:
    """Yield the weights of each feature in hundredths; the empty feature, which every text has, comes first."""
    written = resources.files(__package__).joinpath("likeness.tsv").read_text(encoding="utf-8")
    for line in written.splitlines():
        feature, *weights = line.split("\t")
        yield feature, tuple(map(int, weights))
