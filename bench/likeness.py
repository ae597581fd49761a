"""Learn how answers are worded: ``python -m bench.likeness [--write]``.

For each file of labelled answers that no form was written for: learn from all other files, and print how often the
likeliest answer is right there, and the mean log loss. With ``--write``, learn from all of them and write
``mailer/classify/words/likeness.tsv``. The same labels give the same file.
"""

from __future__ import annotations

import json
import math
import random
import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from mailer.classify.words import likeness
from mailer.classify.words.tokens import tokenize

ROOT = Path(__file__).parent.parent
DATA = ROOT / "tests" / "classify" / "data"
WRITTEN = ROOT / "mailer" / "classify" / "words" / "likeness.tsv"
RARE, ROUNDS, STEP, PULL = 3, 20, 0.05, 2e-3
"""Texts that must have a feature, rounds through all texts, first step, and how strongly weights are pulled to zero."""
_NAMES = [meaning.word for meaning in likeness.MEANINGS]

Text = tuple[frozenset[str], int]
"""The features of a text, and the place of its answer in `MEANINGS`."""
Weights = dict[str, list[float]]


def main(arguments: list[str]) -> None:
    """Measure on each file left out; write the weights if asked to."""
    files = {file.stem: texts(file) for file in sorted(DATA.rglob("*.jsonl"))}
    for left_out in sorted(file.stem for file in (DATA / "kept-apart").glob("*.jsonl")):
        weights = learn([text for name, some in files.items() if name != left_out for text in some])
        shares = [(probabilities(weights, found), truth) for found, truth in files[left_out]]
        right = sum(max(range(4), key=lambda at: given[at]) == truth for given, truth in shares)
        loss = -sum(math.log(given[truth]) for given, truth in shares) / len(shares)
        print(f"{left_out:28} right {right}/{len(shares)}, log loss {loss:.3f}", flush=True)
    if "--write" in arguments:
        WRITTEN.write_text(
            written(learn([text for some in files.values() for text in some])), encoding="utf-8"
        )


def texts(file: Path) -> list[Text]:
    """Return the labelled texts of a file; what is no reply is no answer."""
    rows = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    return [
        (frozenset(likeness.features(likeness.stems(tokenize(row["text"])))), _meaning(row)) for row in rows
    ]


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
