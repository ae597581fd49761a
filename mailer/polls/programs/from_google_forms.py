"""Read the answers of a Google form: one line per answer, its time in the first column, then one column per question.

A question that occurs in several branches of the form has several columns, of which one is filled.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta, timezone, tzinfo

from mailer.model.accents import fold_accents
from mailer.polls.poll import Ballot, Poll, PollFile
from mailer.polls.words import own_words

KIND = "google_forms"

_MOMENTS = {
    fold_accents(word): day_first
    for word, day_first in (
        ("Horodateur", True),
        ("Timestamp", False),
        ("Zeitstempel", True),
        ("Marca temporal", True),
        ("Informazioni cronologiche", True),
        ("Tijdstempel", True),
    )
}
"""The heading of the first column in each language, and whether that language writes the day before the month."""

_ADDRESS = re.compile(r"\b(e ?mail|courriel|adresse electronique|mail)\b")
_FIRST_NAME = re.compile(r"\b(prenom|first name|given name)\b")
_NAME = re.compile(r"\b(nom|noms|name|surname)\b")
_HEADS = re.compile(r"\b(nombre|combien|how many|number of)\b")
_DATE = re.compile(
    r"(\d{1,4})[/.-](\d{1,2})[/.-](\d{1,4})[ ,T]+(\d{1,2})[:h](\d{2})(?::(\d{2}))?\s*([AaPp][Mm])?(?:\s*(?:GMT|UTC)?([+-]\d{1,2}))?"
)


def read(file: PollFile) -> Poll | None:
    """Read the answers, or return None if Google Forms did not write them."""
    table = file.table
    if not table or not table[0] or fold_accents(table[0][0]) not in _MOMENTS:
        return None
    day_first = _MOMENTS[fold_accents(table[0][0])]
    columns: dict[str, list[int]] = defaultdict(list)
    for place, heading in enumerate(table[0][1:], 1):
        if heading.strip():
            columns[" ".join(heading.split())].append(place)
    questions = {heading: fold_accents(heading.replace("-", " ")) for heading in columns}
    lines = [
        (number, cells[0], {heading: _filled(cells, places) for heading, places in columns.items()})
        for number, cells in enumerate(table[1:], 2)
        if any(cells)
    ]
    heads = _number_question(questions, lines)
    options = tuple(heading for heading in questions if heading != heads and _is_choice(heading, lines))
    ballots = (
        Ballot(
            line,
            _name(answers, questions),
            _address(answers, questions),
            tuple(answers[option] for option in options),
            _moment(moment, file.zone, day_first=day_first),
            _number(answers[heads]) if heads else None,
        )
        for line, moment, answers in lines
    )
    return Poll(KIND, options, tuple(ballots))


_AnswerLine = tuple[int, str, Mapping[str, str]]
"""The line of the file, the time as written, and the answers by question."""


def _filled(cells: Sequence[str], places: Sequence[int]) -> str:
    return next((cells[place].strip() for place in places if place < len(cells) and cells[place].strip()), "")


def _is_choice(heading: str, lines: Sequence[_AnswerLine]) -> bool:
    """Return whether all answers to a question are a yes, a no or a perhaps."""
    given = [answers[heading] for _, _, answers in lines if answers[heading]]
    return bool(given) and all(own_words(text) for text in given)


def _number_question(questions: Mapping[str, str], lines: Sequence[_AnswerLine]) -> str:
    """Return the first question for a number that was answered with numbers only; "" if there is none."""
    for heading, words in questions.items():
        given = [answers[heading] for _, _, answers in lines if answers[heading]]
        if _HEADS.search(words) and given and all(_number(text) is not None for text in given):
            return heading
    return ""


def _address(answers: Mapping[str, str], questions: Mapping[str, str]) -> str:
    return next((answers[heading] for heading, words in questions.items() if _ADDRESS.search(words)), "")


def _name(answers: Mapping[str, str], questions: Mapping[str, str]) -> str:
    """Return the name, from one question for all of it or from two for first and last name."""
    both = [heading for heading, words in questions.items() if _NAME.search(words)]
    first = [heading for heading, words in questions.items() if _FIRST_NAME.search(words)]
    apart = [heading for heading in first if heading not in both]
    return " ".join(filter(None, (answers[heading] for heading in [*apart[:1], *both[:1]])))


def _number(text: str) -> int | None:
    found = re.fullmatch(r"(\d{1,3})(?:[.,]0+)?", text.strip())
    return int(found[1]) if found else None


def _moment(text: str, zone: tzinfo, *, day_first: bool) -> datetime | None:
    """Return the time of an answer, written like ``12/03/2025 09:41:22`` or ``2025/03/12 9:41:22 AM GMT+1``.

    Without `day_first` the month comes first, unless that number is over 12. None if it cannot be read.
    """
    found = _DATE.search(text)
    if not found:
        return None
    first, second, third, hour, minute, second_of = (int(part or 0) for part in found.groups()[:6])
    if first > 31:
        year, month, day = first, second, third
    elif day_first or first > 12:
        day, month, year = first, second, third
    else:
        month, day, year = first, second, third
    if found[7]:
        hour = hour % 12 + (12 if found[7].lower() == "pm" else 0)
    if found[8]:
        zone = timezone(timedelta(hours=int(found[8])))
    try:
        return datetime(year, month, day, hour, minute, second_of, tzinfo=zone)
    except ValueError:
        return None
