"""Learn how answers are worded: ``python -m bench.likeness [--write]``.

For each file of labelled answers that no form was written for, by one writer: learn from all other files, read the
answers of this one, and print how many of its clear answers are sure, read or asked (`words.judge`), how many of what was
sure and of what was read is right, and how many take a yes for a no or a no for a yes. Then the mean log loss of the words
alone. With ``--write``, learn from all files and write ``mailer/classify/words/likeness.tsv``; the same labels give the
same file.
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
from mailer.classify.words.tokens import Token, tokenize
from mailer.model.finding import Answer

ROOT = Path(__file__).parent.parent
DATA = ROOT / "tests" / "classify" / "data"
WRITTEN = ROOT / "mailer" / "classify" / "words" / "likeness.tsv"
RARE, ROUNDS, STEP, PULL = 3, 20, 0.05, 2e-3
"""Texts that must have a feature, rounds through all texts, first step, and how strongly weights are pulled to zero."""
_NAMES = [meaning.word for meaning in likeness.MEANINGS]
_OPPOSITE = {"accepted", "declined"}

Text = tuple[frozenset[str], int]
"""The features of a text, and the place of its answer in `MEANINGS`."""
Weights = dict[str, list[float]]


def main(arguments: list[str]) -> None:
    """Measure on each writer left out; write the weights if asked to."""
    files = {file.stem: texts(file) for file in sorted(DATA.rglob("*.jsonl"))}
    total: Counter[str] = Counter()
    for file in sorted((DATA / "kept-apart").glob("*.jsonl")):
        weights = learn([text for name, some in files.items() if name != file.stem for text in some])
        losses = [-math.log(probabilities(weights, found)[truth]) for found, truth in files[file.stem]]
        hundredths = {
            feature: tuple(round(weight * 100) for weight in row) for feature, row in weights.items()
        }
        with mock.patch.object(likeness, "_weights", lambda hundredths=hundredths: hundredths):
            counts = levels(file)
        total += counts
        print(f"{line(file.stem, counts)}; log loss {sum(losses) / len(losses):.3f}", flush=True)
    print(line("all", total))
    if "--write" in arguments:
        WRITTEN.write_text(
            written(learn([text for some in files.values() for text in some])), encoding="utf-8"
        )


def levels(file: Path) -> Counter[str]:
    """Count what is sure, read and asked of the answers of a file."""
    counts: Counter[str] = Counter()
    for row in map(json.loads, file.read_text(encoding="utf-8").splitlines()):
        claim = verdict_on(row).claim
        truth = _NAMES[_meaning(row)]
        clear = truth != "none" and row.get("sure", True)
        level = "asked" if not isinstance(claim, Answer) else "read" if claim.glance else "sure"
        counts.update({"clear": clear, f"{level} clear": clear, level: 1})
        if isinstance(claim, Answer):
            found = claim.partstat.word
            counts.update({f"{level} right": found == truth, f"{level} flips": {found, truth} == _OPPOSITE})
    return counts


def line(name: str, counts: Counter[str]) -> str:
    """Return the figures of a writer in words."""
    parts = [
        f"{level} {counts[f'{level} clear']} ({counts[f'{level} right']}/{counts[level]} right, {counts[f'{level} flips']} flips)"
        for level in ("sure", "read")
    ]
    return f"{name:24} of {counts['clear']} clear: {', '.join(parts)}, asked {counts['asked clear']}"


def texts(file: Path) -> list[Text]:
    """Return the labelled texts of a file; what is no reply is no answer."""
    rows = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    return [(frozenset(likeness.features(likeness.stems(_tokens(row)))), _meaning(row)) for row in rows]


def _tokens(row: Mapping[str, Any]) -> list[Token]:
    return as_on_a_monday_in_march(tokenize(said(row)), meeting_day(row))


def _meaning(row: Mapping[str, str]) -> int:
    replied = (row.get("kind") or "reply") == "reply" and row["status"] in _NAMES
    return _NAMES.index(row["status"] if replied else "none")


def learn(some: Sequence[Text]) -> Weights:
    """Return the weights of a multinomial logistic regression, by stochastic gradient descent with AdaGrad."""
    often = Counter(feature for found, _ in some for feature in found)
    known = [(sorted(feature for feature in found if often[feature] >= RARE), truth) for found, truth in some]
    weights: Weights = {feature: [0.0] * 4 for found, _ in known for feature in found}
    squares: Weights = {feature: [1e-2] * 4 for feature in weights}
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


def written(weights: Weights) -> str:
    """Return the lines of the file: a feature and its weights in hundredths, where any of them matters."""
    lines = []
    for feature in sorted(weights):
        hundredths = [round(weight * 100) for weight in weights[feature]]
        if any(abs(weight) > 4 for weight in hundredths):
            lines.append("\t".join([feature, *map(str, hundredths)]))
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main(sys.argv[1:])
