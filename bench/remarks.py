"""Measure which remarks, proxies and substitutes are read: ``python -m bench.remarks [FILE.jsonl]...``.

For each file (by default those labelled for it) and for all: labelled remarks that are shown, that is, all their words of
four letters or more are in what was read; answers without a labelled remark or proxy for which one is shown; proxies and delegates
named right, and named where there is none. Answers that decide nothing are left out: staff read them whole.
``--misses`` lists each one that is not right.
"""

from __future__ import annotations

import json
import re
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bench.answers import DATA, HEAD
from mailer.classify.free_text import understand
from mailer.classify.words.tokens import plain
from mailer.inbox import split_text
from mailer.mime import read
from mailer.model.finding import Answer, Unclear

ANSWERS = ("accepted", "declined", "tentative")


def main(arguments: list[str]) -> None:
    """Print one line of figures for each file, and one for all."""
    named = [Path(name) for name in arguments if not name.startswith("-")]
    total: Counter[str] = Counter()
    for file in named or sorted((DATA / "kept-apart").glob("remarks-[abc]*.jsonl")):
        counts: Counter[str] = Counter()
        for row, answer in _read(file):
            scores = _score(row, answer)
            counts.update(scores)
            if "--misses" in arguments:
                for miss in _misses(row, answer, scores):
                    print("   ", miss)
        total += counts
        print(_line(file.stem, counts))
    print(_line("all", total))


def _read(file: Path) -> Iterator[tuple[dict[str, Any], Answer | None]]:
    """Yield each answer with what was read from it, or proposed."""
    for line in file.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        if row["status"] in ANSWERS:
            text = split_text(read(HEAD + row["text"].encode())).text
            claim = understand(text, row.get("subject") or "Re: Invitation").claim
            found = claim.proposal if isinstance(claim, Unclear) else claim
            yield row, found if isinstance(found, Answer) else None


def _score(row: dict[str, Any], answer: Answer | None) -> dict[str, int]:
    """Return what one row adds to each figure."""
    if answer is None:
        return {"unread": 1}
    told = [part for part in row.get("remark") or [] if _content(part)]
    shown = sum(_content(part) <= _content(answer.remark) for part in told)
    return {
        "told": len(told),
        "shown": shown,
        "none": not row.get("remark") and not row.get("proxy_to"),
        "false": not row.get("remark") and not row.get("proxy_to") and bool(answer.remark),
        **_named("proxy", row.get("proxy_to") or "", answer.proxy_to),
        **_named("delegate", row.get("delegate") or "", answer.delegate),
    }


def _named(what: str, told: str, read_: str) -> dict[str, int]:
    """Compare a name by its last word: titles and functions are written differently."""
    right = bool(told) and plain(told.split()[-1]) in plain(read_)
    return {what: bool(told), f"{what} right": right, f"{what} guessed": bool(read_) and not told}


def _content(text: str) -> set[str]:
    return {word for word in re.findall(r"\w+", plain(text)) if len(word) > 3 or word.isdigit()}


def _misses(row: dict[str, Any], answer: Answer | None, scores: dict[str, int]) -> Iterator[str]:
    if answer is None:
        yield f"UNREAD {row['text']!r} {row.get('remark')}"
        return
    if scores["shown"] < scores["told"]:
        yield f"LOST {row['remark']} READ {answer.remark!r} OF {row['text']!r}"
    if scores["false"]:
        yield f"FALSE {answer.remark!r} OF {row['text']!r}"
    for what, told, got in (
        ("delegate", row.get("delegate"), answer.delegate),
        ("proxy", row.get("proxy_to"), answer.proxy_to),
    ):
        if scores[what] > scores[f"{what} right"] or scores[f"{what} guessed"]:
            yield f"{what.upper()} {told!r} READ {got!r} ({answer.partstat.word}) OF {row['text']!r}"


def _line(name: str, counts: Counter[str]) -> str:
    return (
        f"{name:24} remarks {counts['shown']}/{counts['told']}, false {counts['false']}/{counts['none']}, "
        f"proxies {counts['proxy right']}/{counts['proxy']} (+{counts['proxy guessed']}), "
        f"delegates {counts['delegate right']}/{counts['delegate']} (+{counts['delegate guessed']}), "
        f"unread {counts['unread']}"
    )


if __name__ == "__main__":
    main(sys.argv[1:])
