"""Learn how answers are worded: ``python -m bench.likeness [--write]``.

For each file of labelled answers that no form was written for, by one writer: learn from all other files, read the
answers of this one, and print how many of its clear answers are sure, read or asked (`words.judge`), how many of what was
sure and of what was read is right, and how many take a yes for a no or a no for a yes; how many numbers of people are
right, to be checked, and wrong in silence. With ``--write``, learn from all files and write ``likeness.tsv`` and
``company.tsv`` in ``mailer/classify/words``; the same labels give the same files.
"""

from __future__ import annotations

import json
import math
import random
import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any
from unittest import mock

from bench.answers import meeting_day, said, verdict_on
from mailer.classify.days import as_on_a_monday_in_march
from mailer.classify.words import likeness
from mailer.classify.words.tokens import tokenize
from mailer.model.finding import Answer

ROOT = Path(__file__).parent.parent
DATA = ROOT / "tests" / "classify" / "data"
WORDS = ROOT / "mailer" / "classify" / "words"
RARE, ROUNDS, STEP, PULL = 3, 20, 0.05, 2e-3
"""Texts that must have a feature, rounds through all texts, first step, and how strongly weights are pulled to zero."""
_NAMES = [meaning.word for meaning in likeness.MEANINGS]
_OPPOSITE = {"accepted", "declined"}

Text = tuple[frozenset[str], int]
"""The features of a text, and the place of its answer in `MEANINGS`."""
Weights = dict[str, list[float]]


def main(arguments: list[str]) -> None:
    """Measure on each writer left out; write the weights if asked to."""
    files = sorted(DATA.rglob("*.jsonl"))
    answers, parties = ({file: read(file) for file in files} for read in (texts, companies))
    total: Counter[str] = Counter()
    for file in sorted((DATA / "kept-apart").glob("*.jsonl")):
        others = [one for one in files if one != file]
        weights = {
            name: _in_hundredths(learn([text for one in others for text in some[one]]))
            for name, some in (("likeness", answers), ("company", parties))
        }
        with mock.patch.object(likeness, "_weights", weights.__getitem__):
            counts = levels(file)
        total += counts
        print(line(file.stem, counts), flush=True)
    print(line("all", total))
    if "--write" in arguments:
        for name, some in (("likeness", answers), ("company", parties)):
            learnt = _in_hundredths(learn([text for one in files for text in some[one]]))
            (WORDS / f"{name}.tsv").write_text(written(learnt), encoding="utf-8")


def levels(file: Path) -> Counter[str]:
    """Count what is sure, read and asked of the answers of a file."""
    counts: Counter[str] = Counter()
    for row in _rows(file):
        claim = verdict_on(row).claim
        truth = _NAMES[_meaning(row)]
        clear = truth != "none" and row.get("sure", True)
        level = "asked" if not isinstance(claim, Answer) else "read" if claim.glance else "sure"
        counts.update({"clear": clear, f"{level} clear": clear, level: 1})
        if isinstance(claim, Answer):
            found = claim.partstat.word
            counts.update({f"{level} right": found == truth, f"{level} flips": {found, truth} == _OPPOSITE})
            if found == truth == "accepted" and row.get("party_size"):
                right = (claim.headcount or 1) == row["party_size"]
                told = "to check" if claim.number_to_check else "right" if right else "wrong"
                counts.update({"numbers": 1, f"numbers {told}": 1})
    return counts


def line(name: str, counts: Counter[str]) -> str:
    """Return the figures of a writer in words."""
    parts = [
        f"{level} {counts[f'{level} clear']} ({counts[f'{level} right']}/{counts[level]} right, {counts[f'{level} flips']} flips)"
        for level in ("sure", "read")
    ]
    numbers = ", ".join(f"{counts[f'numbers {told}']} {told}" for told in ("right", "to check", "wrong"))
    return (
        f"{name:24} of {counts['clear']} clear: {', '.join(parts)}, asked {counts['asked clear']};"
        f" of {counts['numbers']} numbers {numbers}"
    )


def texts(file: Path) -> list[Text]:
    """Return the labelled texts of a file with their answer; what is no reply is no answer."""
    return [(_features(row), _meaning(row)) for row in _rows(file)]


def companies(file: Path) -> list[Text]:
    """Return the texts of a file that are a yes, with 1 where several people come, else 0."""
    yes = [row for row in _rows(file) if _NAMES[_meaning(row)] == "accepted"]
    return [(_features(row), int((row.get("party_size") or 1) > 1)) for row in yes]


def _rows(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


def _features(row: Mapping[str, Any]) -> frozenset[str]:
    tokens = as_on_a_monday_in_march(tokenize(said(row)), meeting_day(row))
    return frozenset(likeness.features(likeness.stems(tokens)))


def _meaning(row: Mapping[str, str]) -> int:
    replied = (row.get("kind") or "reply") == "reply" and row["status"] in _NAMES
    return _NAMES.index(row["status"] if replied else "none")


def learn(some: Sequence[Text]) -> Weights:
    """Return the weights of a multinomial logistic regression, by stochastic gradient descent with AdaGrad."""
    often = Counter(feature for found, _ in some for feature in found)
    known = [(sorted(feature for feature in found if often[feature] >= RARE), truth) for found, truth in some]
    meanings = 1 + max(truth for _, truth in known)
    weights: Weights = {feature: [0.0] * meanings for found, _ in known for feature in found}
    squares: Weights = {feature: [1e-2] * meanings for feature in weights}
    chance = random.Random(0)
    for _ in range(ROUNDS):
        chance.shuffle(known)
        for found, truth in known:
            given = probabilities(weights, found)
            errors = [share - (at == truth) for at, share in enumerate(given)]
            for feature in found:
                row, square = weights[feature], squares[feature]
                for at, error in enumerate(errors):
                    slope = error + PULL * row[at]
                    square[at] += slope * slope
                    row[at] -= STEP * slope / math.sqrt(square[at])
    return weights


def probabilities(weights: Weights, found: Iterable[str]) -> list[float]:
    """Return the share of each meaning for a text with these features."""
    known = [weights[feature] for feature in found if feature in weights]
    totals = [sum(column) for column in zip(*known, strict=True)]
    shares = [math.exp(total - max(totals)) for total in totals]
    return [share / sum(shares) for share in shares]


def _in_hundredths(weights: Weights) -> dict[str, tuple[int, ...]]:
    return {feature: tuple(round(weight * 100) for weight in row) for feature, row in weights.items()}


def written(weights: Mapping[str, tuple[int, ...]]) -> str:
    """Return the lines of a file: a feature and its weights in hundredths, where any of them matters."""
    lines = [
        "\t".join([feature, *map(str, weights[feature])])
        for feature in sorted(weights)
        if any(abs(weight) > 4 for weight in weights[feature])
    ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main(sys.argv[1:])
