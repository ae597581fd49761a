"""Measure the accuracy of reading written answers against labels: ``python -m bench.answers [FILE.jsonl]...``.

For each file (by default those of ``tests/classify/data``): precision of the answers that were decided, coverage of
those that can be, yes and no confused, answers found where there is none, numbers of people right, mails of programs
and opt-outs recognised, and people taken for these. ``--misses`` lists the errors, the costliest first.
"""

from __future__ import annotations

import json
import re
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from mailer.classify import names_another_day
from mailer.classify.days import day_names
from mailer.classify.free_text import Verdict, understand
from mailer.classify.words.tokens import tokenize
from mailer.inbox import split_text
from mailer.mime import read
from mailer.model.finding import Answer, MailKind, PartStat, Unclear

DATA = Path(__file__).parent.parent / "tests" / "classify" / "data"
DECIDED = ("accepted", "declined", "tentative")
MACHINES = ("auto-reply", "unsubscribe")
MEETING = date(2025, 3, 31)
"""The day of the meeting that all these answers are about."""
HEAD = b"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"


def main(arguments: list[str]) -> None:
    """Print one line of figures for each file, and one for all."""
    files = [Path(name) for name in arguments if not name.startswith("-")] or sorted(DATA.glob("*.jsonl"))
    total: Counter[str] = Counter()
    for file in files:
        misses: list[tuple[int, str]] = []
        counts: Counter[str] = Counter()
        for row, found, heads in _read(file):
            counts.update(_score(row, found, heads))
            if found != _truth(row):
                misses.append((_cost(row, found), f"{found}, wanted {_truth(row)}: {row['text']!r}"))
        total += counts
        print(_line(file.stem, counts))
        if "--misses" in arguments:
            for _, miss in sorted(misses):
                print("   ", miss)
    print(_line("all", total))


def _read(file: Path) -> Iterator[tuple[dict[str, Any], str, int | None]]:
    """Yield each labelled row with the answer that was read from it, and the number of people."""
    for line in file.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        verdict = verdict_on(row)
        claim = verdict.claim if isinstance(verdict.claim, Answer) else None
        if verdict.kind is not MailKind.REPLY:
            yield row, verdict.kind.value, None
        else:
            yield row, claim.partstat.word if claim else "unclear", claim.headcount if claim else None


def verdict_on(row: Mapping[str, Any]) -> Verdict:
    """Read a labelled answer to its meeting; a yes or a perhaps that names another day only is left to a person."""
    text, day = said(row), meeting_day(row)
    verdict = understand(text, row.get("subject") or "Re: Invitation", day=day)
    claim = verdict.claim
    if not isinstance(claim, Answer) or claim.partstat is PartStat.DECLINED:
        return verdict
    if names_another_day(text, verdict.evidence, day, day):
        return replace(verdict, claim=Unclear(claim, why="another-day"))
    return verdict


def meeting_day(row: Mapping[str, Any]) -> date:
    """Return the day of the meeting of a labelled answer, which says it as a date or in words.

    Where no year is said, it is the one from 2026 on in which the weekday fits.
    """
    written = row.get("day")
    if not written:
        return MEETING
    if date_first := re.match(r"\d{4}-\d\d-\d\d", written):
        return date.fromisoformat(date_first[0])
    weekdays, months = day_names()
    words = [token.word for token in tokenize(written)]
    weekday, month = (next(names[word] for word in words if word in names) for names in (weekdays, months))
    of_month, *year = map(int, re.findall(r"\b(?:\d\d?|20\d\d)(?=\D|$)", written)[:2])
    told = [one for one in year if one > MEETING.year]
    days = (date(one, month, of_month) for one in told or range(MEETING.year + 1, MEETING.year + 12))
    return next(day for day in days if told or day.weekday() == weekday)


def said(row: Mapping[str, str]) -> str:
    """Return the new words of a labelled answer, as they are read from a mail."""
    return split_text(read(HEAD + row["text"].encode())).text


def _truth(row: dict[str, Any]) -> str:
    kind: str = row.get("kind") or "reply"
    return row["status"] if kind == "reply" else kind


def _score(row: dict[str, Any], found: str, heads: int | None) -> dict[str, int]:
    """Return what one row adds to each figure."""
    truth = _truth(row)
    decidable, decided = truth in DECIDED, found in DECIDED
    told = truth == found == "accepted" and bool(row.get("party_size"))
    return {
        "decided": decided,
        "right": decided and found == truth,
        "decidable": decidable,
        "covered": decidable and decided,
        "flips": {found, truth} == {"accepted", "declined"},
        "open": not decidable,
        "guessed": decided and not decidable,
        "told": told,
        "counted": told and heads == row["party_size"],
        "machines": truth in MACHINES,
        "seen": truth in MACHINES and found == truth,
        "people": truth not in MACHINES,
        "taken": truth not in MACHINES and found in MACHINES,
    }


def _cost(row: dict[str, Any], found: str) -> int:
    """Return the rank of an error: 0 for yes and no confused, 1 for another wrong answer, 2 for an undecided one."""
    if {found, _truth(row)} == {"accepted", "declined"}:
        return 0
    return 1 if found != "unclear" else 2


def _line(name: str, counts: Counter[str]) -> str:
    def share(part: str, whole: str) -> str:
        return f"{counts[part]}/{counts[whole]}" if counts[whole] else "-"

    return (
        f"{name:22} precision {share('right', 'decided')}, coverage {share('covered', 'decidable')}, "
        f"flips {counts['flips']}, guessed {share('guessed', 'open')}, heads {share('counted', 'told')}, "
        f"machines {share('seen', 'machines')}, people taken {share('taken', 'people')}"
    )


if __name__ == "__main__":
    main(sys.argv[1:])
