"""How a French town hall writes dates, salutations and spaces, and what its invitees answer.

Spaces that must not break are U+00A0: the narrow U+202F is missing from fonts Outlook uses.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from datetime import time as clock

from mailer.model.contact import Contact
from mailer.model.finding import PartStat

_DAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
_MONTHS = (
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
)
_TITLES = {
    "m": "Monsieur",
    "mr": "Monsieur",
    "monsieur": "Monsieur",
    "mme": "Madame",
    "madame": "Madame",
    "mlle": "Madame",
    "mademoiselle": "Madame",
    "dr": "Docteur",
    "docteur": "Docteur",
    "pr": "Professeur",
    "professeur": "Professeur",
    "me": "Maître",
    "maître": "Maître",
    "mm": "Messieurs",
    "messieurs": "Messieurs",
    "mmes": "Mesdames",
    "mesdames": "Mesdames",
    "ms": "Madame",
    "mrs": "Madame",
}
_UNKNOWN = "Madame, Monsieur"
_ARTICLE = re.compile(r"(?:le|la)\b|l['’]", re.IGNORECASE)

ANSWERS = {
    PartStat.ACCEPTED: "Je viens",
    PartStat.DECLINED: "Je ne viens pas",
    PartStat.TENTATIVE: "Peut-être",
}
REFERENCE = "réf."
TEST_MARK = "[TEST]"
TEST_NOTE = "Ceci est un message d'essai : il n'invite personne, et la réponse n'est pas comptée."

_SPACES = (
    (re.compile(r"(?:\A|(?<=\S))[ \u202f]+(?=[:;!?»](?:\s|$|[<,.)]))"), "\u00a0"),
    (re.compile(r"(?<=«)[ \u202f]+"), "\u00a0"),
    (re.compile(r"(?<=\d) (?=h\b)"), "\u00a0"),
    (re.compile(r"(?<=\dh) (?=\d\d\b)|(?<=\d\u00a0h) (?=\d\d\b)"), "\u00a0"),
    (re.compile(r"(?<=\bn°) (?=\d)"), "\u00a0"),
    (re.compile(r"(?<=\bM\.) (?=[A-ZÀ-Þ])"), "\u00a0"),
)


def typeset(text: str) -> str:
    """Put no-break spaces where French has them; nothing else changes."""
    for found, space in _SPACES:
        text = found.sub(space, text)
    return text


def day(on: date) -> str:
    """Write a day: ``lundi 31 mars 2025``, ``mardi 1er avril 2025``."""
    return f"{_DAYS[on.weekday()]} {date_of(on)}"


def date_of(on: date) -> str:
    """Write a day without its name: ``31 mars 2025``."""
    return f"{_day_and_month(on)} {on.year}"


def time(at: datetime | clock) -> str:
    """Write a time: ``14 h``, ``14 h 30``."""
    return f"{at.hour}\u00a0h" + (f"\u00a0{at.minute:02}" if at.minute else "")


def span(starts: datetime, ends: datetime, *, all_day: bool) -> str:
    """Write when something takes place: ``lundi 31 mars 2025 de 14 h à 16 h``."""
    if all_day:
        last = ends.date() - timedelta(days=1)
        return f"{day(starts)}, toute la journée" if last == starts.date() else _days(starts, last)
    if starts.date() == ends.date():
        return f"{day(starts)} de {time(starts)} à {time(ends)}"
    return f"du {day(starts)} à {time(starts)} au {day(ends)} à {time(ends)}"


def salutation(people: Sequence[Contact]) -> str:
    """Call on the people a letter is for, without the comma; never guesses whether somebody is a man.

    One person is called by civility and office alone; several who share an address are all named.
    """
    if len(people) == 1:
        return _civility(people[0].civility) or _UNKNOWN
    return ", ".join(filter(None, map(_called, people))) or _UNKNOWN


def _called(person: Contact) -> str:
    civility = _civility(person.civility)
    if person.name:
        return f"{civility.split(' ')[0]} {person.name}".strip()
    return civility


def _civility(written: str) -> str:
    """Spell out ``Mme la Conseillère`` as ``Madame la Conseillère``; empty for none, and for ``M. / Mme``."""
    first, _, office = " ".join(written.replace(".", " ").replace("/", " ").split()).partition(" ")
    title = _TITLES.get(first.casefold(), "")
    if any(word.casefold() in _TITLES for word in re.findall(r"\w+", office)):
        return ""
    return f"{title} {office}" if title and _ARTICLE.match(office) else title


def _days(first: date, last: date) -> str:
    if first.year != last.year:
        return f"du {day(first)} au {day(last)}"
    return f"du {_DAYS[first.weekday()]} {_day_and_month(first)} au {day(last)}"


def _day_and_month(on: date) -> str:
    return f"{'1er' if on.day == 1 else on.day} {_MONTHS[on.month - 1]}"
