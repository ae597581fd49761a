"""Read the answers of a form, or a table of names and answers: a line of headings, then one line for each answer.

Google Forms, Microsoft Forms, Nextcloud Forms, Framaforms, LimeSurvey and HelloAsso differ in what they note beside the
answers, and in the lines above the headings; what a column holds is told by its heading (`mailer.polls.headings`). A
question that occurs in several branches of a form has several columns, of which one is filled.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta, timezone, tzinfo

from mailer.model.accents import fold_accents
from mailer.polls.headings import (
    Ask,
    asks,
    is_about_coming,
    is_company,
    is_of_others,
    is_part,
    moment_rank,
    plain,
)
from mailer.polls.poll import Ballot, Poll, PollFile, Table
from mailer.polls.words import ticked

_TOP = 12
"""Lines in which the headings are looked for, below a title."""
_MARKS = (
    ("framaforms", ("sid", "numero de serie")),
    (
        "nextcloud_forms",
        (
            "identifiant de soumission",
            "submission id",
            "nom d'affichage de l'utilisateur",
            "user display name",
        ),
    ),
    ("microsoft_forms", ("heure de debut", "start time", "completion time")),
    (
        "limesurvey",
        (
            "submitdate date de soumission",
            "date de soumission",
            "submitdate",
            "lastpage",
            "derniere page",
            "last page",
        ),
    ),
    ("helloasso", ("numero de commande", "reference commande", "reference de commande", "email payeur")),
    (
        "google_forms",
        (
            "horodateur",
            "timestamp",
            "zeitstempel",
            "marca temporal",
            "informazioni cronologiche",
            "tijdstempel",
        ),
    ),
)
"""Headings by which a program is known; the first that has one names it."""
_MONTH_FIRST = frozenset(("timestamp", "start time", "completion time"))
_CODES = re.compile(
    r"submission_id|user_id|user_display_name|timestamp|question-id-\d+|[A-Z]\w*\d+(?:\[\w+\])?"
)
_NOBODY = frozenset(
    ("anonyme", "anonymous", "utilisateur anonyme", "anonymous user", "invite", "guest", "anonym", "anoniem")
)
_FEW, _LONG = 8, 80
"""So many different answers a question to choose from has, and so many characters one of them has at most."""
_DATE = re.compile(
    r"(\d{1,4})[/.-](\d{1,2})[/.-](\d{1,4})(?:[ ,T]+(\d{1,2})[:h](\d{2})(?::(\d{2}))?\s*([AaPp][Mm])?(?:\s*(?:GMT|UTC)?([+-]\d{1,2}))?)?"
)

_AnswerLine = tuple[int, Mapping[str, str]]
"""The line of the file, and the answers by question."""


def read(file: PollFile) -> Poll | None:
    """Read the answers, or return None where no line of headings has a name or an address, and a question."""
    found = ((top, _columns(cells)) for top, cells in enumerate(file.table[:_TOP]))
    top, columns = next(((top, columns) for top, columns in found if _is_form(columns)), (0, {}))
    if not columns:
        return _without_headings(file.table)
    asked = {heading: asks(heading) for heading in columns}
    lines = [
        (number, {heading: _filled(cells, places) for heading, places in columns.items()})
        for number, cells in enumerate(file.table[top + 1 :], top + 2)
        if any(cell.strip() for cell in cells) and not _is_codes(cells)
    ]
    options = [
        heading
        for heading, ask in asked.items()
        if ask is Ask.QUESTION and (is_about_coming(heading) or _is_choice(heading, lines))
    ]
    heads = [heading for heading, ask in asked.items() if ask is Ask.HEADS]
    if not options:
        options, heads = heads[:1], []
    if not options:
        return None
    kind, moments = _kind(columns), _moments(asked)
    drafts = [heading for heading, ask in asked.items() if ask is Ask.DRAFT]
    ballots = []
    for line, answers in lines:
        number, party = _party(heads, answers)
        name, email = _who(asked, answers)
        ballots.append(
            Ballot(
                line,
                name,
                email,
                tuple(answers[option] for option in options),
                _said_at(moments, answers, file.zone),
                number,
                party,
                is_draft=any(answers[heading] not in ("", "0", "Non", "No") for heading in drafts)
                or (kind == "limesurvey" and _is_unsent(moments, answers)),
            )
        )
    return Poll(kind, tuple(options), tuple(ballots), is_form=True)


def _without_headings(table: Table) -> Poll | None:
    """Read a table of names and answers that has no line of headings; the options are the letters of its columns."""
    lines = [
        (n, [cell.strip() for cell in cells])
        for n, cells in enumerate(table, 1)
        if any(map(str.strip, cells))
    ]
    width = max((len(cells) for _, cells in lines), default=0)
    rows = [(n, cells + [""] * (width - len(cells))) for n, cells in lines]
    answered = [place for place in range(1, min(width, 26)) if all(ticked(cells[place]) for _, cells in rows)]
    if len(rows) < 2 or not answered or not all(any(map(str.isalpha, cells[0])) for _, cells in rows):
        return None
    ballots = (
        Ballot(
            n,
            "" if "@" in cells[0] else cells[0],
            next((cell for cell in cells if "@" in cell), ""),
            tuple(cells[place] for place in answered),
        )
        for n, cells in rows
    )
    return Poll("table", tuple(chr(ord("A") + place) for place in answered), tuple(ballots), is_form=True)


def _columns(cells: Sequence[str]) -> dict[str, list[int]]:
    """Return the places of each heading, in order."""
    columns: dict[str, list[int]] = defaultdict(list)
    for place, cell in enumerate(cells):
        if heading := " ".join(cell.split()):
            columns[heading].append(place)
    return columns


def _is_form(columns: Iterable[str]) -> bool:
    asked = {asks(heading) for heading in columns}
    return bool(asked & {Ask.NAME, Ask.ADDRESS}) and bool(asked & {Ask.QUESTION, Ask.HEADS})


def _is_codes(cells: Sequence[str]) -> bool:
    """Return whether a line below the headings repeats them as the codes of the questions, as Nextcloud Forms does."""
    filled = [cell.strip() for cell in cells if cell.strip()]
    return len(filled) > 1 and all(_CODES.fullmatch(cell) for cell in filled)


def _kind(columns: Iterable[str]) -> str:
    known = set(map(plain, columns))
    return next((kind for kind, marks in _MARKS if known & set(marks)), "table")


def _filled(cells: Sequence[str], places: Sequence[int]) -> str:
    return next((cells[place].strip() for place in places if place < len(cells) and cells[place].strip()), "")


def _is_choice(heading: str, lines: Sequence[_AnswerLine]) -> bool:
    """Return whether the answers to a question are chosen and not written: few different ones, and none long."""
    given = [answers[heading] for _, answers in lines if answers[heading]]
    different = set(map(fold_accents, given))
    return 0 < len(different) <= max(_FEW, len(given) // 4) and all(len(text) <= _LONG for text in given)


def _party(heads: Sequence[str], answers: Mapping[str, str]) -> tuple[int | None, str]:
    """Return the number of people, and the words that are no figure: grown-ups and children are added up."""
    wanted = [heading for heading in heads if not is_part(heading)][:1] or heads
    given = [(heading, answers[heading]) for heading in wanted if answers[heading]]
    numbers = [_number(text) for _, text in given]
    if given and all(number is not None for number in numbers):
        company = sum(is_company(heading) for heading, _ in given[:1])
        return sum(number for number in numbers if number is not None) + company, ""
    return None, " + ".join(text for _, text in given)


def _who(asked: Mapping[str, Ask], answers: Mapping[str, str]) -> tuple[str, str]:
    """Return name and address of whoever answers; those of a payer or of an account come after what was asked for."""

    def of(ask: Ask, *, others: bool) -> list[str]:
        return [
            answers[heading]
            for heading, one in asked.items()
            if one is ask
            and answers[heading]
            and is_of_others(heading) is others
            and fold_accents(answers[heading]) not in _NOBODY
        ]

    def name(*, others: bool) -> str:
        first, last = of(Ask.FIRST_NAME, others=others), of(Ask.NAME, others=others)
        return " ".join(filter(None, (*first[:1], *last[:1])))

    own = name(others=False)
    found = [text for text in of(Ask.ADDRESS, others=False) if "@" in text]
    theirs = name(others=True)
    if not own or not theirs or fold_accents(own) == fold_accents(theirs):
        found += [text for text in of(Ask.ADDRESS, others=True) if "@" in text]
    return own or theirs, found[-1] if found else ""


def _moments(asked: Mapping[str, Ask]) -> list[str]:
    found = [heading for heading, ask in asked.items() if ask is Ask.MOMENT]
    return sorted(found, key=lambda heading: moment_rank(heading) or 0)


def _said_at(moments: Sequence[str], answers: Mapping[str, str], zone: tzinfo) -> datetime | None:
    read_all = (
        _moment(answers[heading], zone, day_first=plain(heading) not in _MONTH_FIRST) for heading in moments
    )
    return next((moment for moment in read_all if moment), None)


def _is_unsent(moments: Sequence[str], answers: Mapping[str, str]) -> bool:
    """Return whether the time of sending is empty: LimeSurvey exports answers that were begun only."""
    sent = [heading for heading in moments if moment_rank(heading) == 0]
    return bool(sent) and not any(answers[heading] for heading in sent)


def _number(text: str) -> int | None:
    found = re.fullmatch(r"(\d{1,3})(?:[.,]0+)?", text.strip())
    return int(found[1]) if found else None


def _moment(text: str, zone: tzinfo, *, day_first: bool) -> datetime | None:
    """Return the time of an answer, written like ``12/03/2025 09:41:22``, ``2025/03/12 9:41:22 AM GMT+1`` or in ISO 8601.

    Without `day_first` the month comes first, unless that number is over 12. None if it cannot be read.
    """
    try:
        iso = datetime.fromisoformat(text.strip())
        return iso if iso.tzinfo else iso.replace(tzinfo=zone)
    except ValueError:
        pass
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
        return datetime(year + 2000 if year < 100 else year, month, day, hour, minute, second_of, tzinfo=zone)
    except ValueError:
        return None
