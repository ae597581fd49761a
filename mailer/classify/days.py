"""Days named in an answer: whether they are the meeting's or another one.

The language patterns are written for a meeting on a Monday in March. For any other meeting its weekday and month are
swapped with these, so that "jeudi me va" is a yes to a meeting on a Thursday and to no other.
"""

from __future__ import annotations

import functools
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from importlib import resources

from mailer.classify.words import Token, tokenize

_CLAUSE = re.compile(r"[,;:!?()\n]|\.(?=\s|$)|\s[-–—]\s")
_SENTENCE = re.compile(r"[!?\n]|\.(?=\s|$)")
_THERE = re.compile(r"\by\b", re.IGNORECASE)
"""French *y*: it refers to something named earlier."""
_SHORT = re.compile(r"(\d{1,2})[/.-](\d{1,2})(?:[/.-]\d{2,4})?$")

_MONDAY, _MARCH = 0, 2

Named = tuple[int | None, int | None, int | None]
"""A weekday from 0, or a day of the month with its month if that is given."""


def is_unusual(day: date) -> bool:
    """Return whether the tokens must be rewritten for a meeting on this day."""
    return (day.weekday(), day.month - 1) != (_MONDAY, _MARCH)


def as_on_a_monday_in_march(tokens: Sequence[Token], day: date) -> list[Token]:
    """Swap the meeting's weekday and month with Monday and March, the ones the patterns were written for."""
    exchanged = _exchanged(day.weekday(), day.month - 1)
    return [
        token._replace(word=exchanged[token.word]) if token.word in exchanged else token for token in tokens
    ]


@functools.cache
def _exchanged(weekday: int, month: int) -> Mapping[str, str]:
    found: dict[str, str] = {}
    for tongue in _tongues().values():
        pairs = [("weekdays", weekday, _MONDAY), ("months", month, _MARCH)]
        for names, at, usual in [(tongue[name].split(), at, usual) for name, at, usual in pairs]:
            for ending in ("", "s", "en"):
                one, other = names[at] + ending, names[usual] + ending
                found |= {one: other, other: one}
    return found


def names_another_day(text: str, evidence: str, first: date, last: date) -> bool:
    """Return whether the clause of `text` around the `evidence` names only days outside `first` to `last`.

    A date takes precedence over a weekday: "lundi 24" is not Monday the 31st.
    """
    named = set(_named(_around(text, evidence, _CLAUSE)))
    if not named and _THERE.search(evidence):
        named = set(_named(_around(text, evidence, _SENTENCE)))
    dates = {one for one in named if one[0] is None}
    meeting = [first + timedelta(days=at) for at in range((last - first).days + 1)]
    return bool(named) and not any(_is(one, day) for one in dates or named for day in meeting)


def _around(text: str, evidence: str, ends: re.Pattern[str]) -> str:
    """Return the text around the evidence, between two matches of `ends`."""
    start = max(text.find(evidence), 0)
    end = start + len(evidence)
    before = max((match.end() for match in ends.finditer(text, 0, start)), default=0)
    after = ends.search(text, end)
    return text[before : after.start() if after else len(text)]


def _is(named: Named, day: date) -> bool:
    weekday, of_month, month = named
    if weekday is not None:
        return weekday == day.weekday()
    return of_month == day.day and month in (None, day.month)


def _named(clause: str) -> Iterator[Named]:
    weekdays, months = day_names()
    before, behind = _around_days()
    tokens = tokenize(clause)
    for at, token in enumerate(tokens):
        if token.word in weekdays:
            yield weekdays[token.word], None, None
        elif token.sort == "date" and (short := _SHORT.match(clause[token.start : token.end])):
            yield None, int(short[1]), int(short[2])
        elif day := _day(clause, token):
            around = [tokens[n].word for n in (at + 1, at + 2, at - 1) if 0 <= n < len(tokens)]
            month = next((months[word] for word in around if word in months), None)
            alone = not tokens[at + 1 : at + 2] or tokens[at + 1].word in behind
            told = at and (tokens[at - 1].word in weekdays or (alone and tokens[at - 1].word in before))
            if month or told:
                yield None, day, month


def _day(clause: str, token: Token) -> int:
    """Return the day of the month a token may be ("8", "8th"), or 0."""
    if token.sort not in ("n", "date"):
        return 0
    number = re.match(r"\d+", clause[token.start : token.end])
    return int(number[0]) if number and int(number[0]) <= 31 else 0


@functools.cache
def _tongues() -> Mapping[str, Mapping[str, str]]:
    file = resources.files("mailer.classify.words").joinpath("days.toml")
    return tomllib.loads(file.read_text(encoding="utf-8"))


@functools.cache
def day_names() -> tuple[Mapping[str, int], Mapping[str, int]]:
    """Return the weekdays from 0 and the months from 1 by their names in all languages."""
    tongues = _tongues().values()
    weekdays = {word: at for tongue in tongues for at, word in enumerate(tongue["weekdays"].split())}
    months = {word: at for tongue in tongues for at, word in enumerate(tongue["months"].split(), 1)}
    return weekdays, months


@functools.cache
def _around_days() -> tuple[frozenset[str], frozenset[str]]:
    """Return the words before and behind a day without a month in all languages."""
    before, behind = (
        frozenset(word for tongue in _tongues().values() for word in tongue[name].split())
        for name in ("before", "behind")
    )
    return before, behind
