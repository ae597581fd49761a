"""Names of people: civilities, first and last names written in one cell, couples written on one line."""

from __future__ import annotations

import enum
import re
from collections.abc import Iterable
from dataclasses import dataclass

from mailer.contacts.cells import listed, words
from mailer.contacts.first_names import FIRST_NAMES

_CIVILITIES = {
    "M.": "m mr monsieur mons",
    "Mme": "mme madame mde mad",
    "Mlle": "mlle mademoiselle melle",
    "Mx": "mx",
    "MM.": "mm messieurs",
    "Mmes": "mmes mesdames",
    "Dr": "dr docteur doctor",
    "Pr": "pr prof professeur professor",
    "Me": "me maitre",
    "Mrs": "mrs",
    "Ms": "ms",
    "Miss": "miss",
}
CIVILITY = {word: written for written, variants in _CIVILITIES.items() for word in variants.split()}
"""How a civility is written, by its `words`."""

_MAN, _WOMAN = frozenset({"M."}), frozenset({"Mme", "Mlle", "Mrs", "Ms", "Miss"})
_AND = re.compile(r"\s*(?:\bet\b|\band\b|&|\+|/)\s*", re.IGNORECASE)
_PARTICLES = listed("de du des la le les van von der den ten ter el al ben bel da das dos di del st saint d")


class Order(enum.Enum):
    """Which part of a name is written first."""

    FIRST_LAST = "first-last"
    LAST_FIRST = "last-first"


@dataclass(frozen=True, slots=True)
class Person:
    """One person's name in its three parts."""

    civility: str = ""
    first_name: str = ""
    last_name: str = ""


def civility(text: str) -> str:
    """Write a civility in its usual form; what is none, such as ``Monsieur le Maire``, stays as it is."""
    return CIVILITY.get(words(text), text)


def is_civility(text: str) -> bool:
    """Whether a cell holds a civility, be it of two people, or one with an office."""
    first = words(text).partition(" ")[0]
    return first in CIVILITY and (words(text) in CIVILITY or len(text) < 40)


def split(text: str, order: Order | None = None) -> Person:
    """Take a whole name apart, by what the row itself says (capitals, a comma), then by `order`, then by first names.

    Where nothing tells, all of it is the last name: nobody is called by half a name on a guess.
    """
    title, text = _without_civility(text)
    if "," in text:
        last, _, first = text.partition(",")
        return Person(title, first.strip(), last.strip())
    parts = text.split()
    if len(parts) < 2:
        return Person(title, "", text)
    by_capitals = _by_capitals(parts)
    if by_capitals:
        return Person(title, *by_capitals)
    order = order or order_told_by(text)
    if order is Order.FIRST_LAST:
        return Person(title, *_first_then_last(parts))
    if order is Order.LAST_FIRST:
        return Person(title, *_last_then_first(parts))
    return Person(title, "", text)


def _without_civility(text: str) -> tuple[str, str]:
    head, _, rest = text.partition(" ")
    title = CIVILITY.get(words(head), "")
    if title and rest and not re.match(r"(?:le|la|les|l['’])\b", rest):
        second = _AND.match(rest)
        if second:
            other, _, remaining = rest[second.end() :].partition(" ")
            if words(other) in CIVILITY:
                return f"{title} et {CIVILITY[words(other)]}", remaining
        return title, rest
    return "", text


def _is_capital(part: str) -> bool:
    return part.isupper() and sum(map(str.isalpha, part)) >= 2


def _by_capitals(parts: list[str]) -> tuple[str, str] | None:
    """``LEFÈVRE Élodie`` or ``Élodie LE FÈVRE``: what is all capitals is the last name."""
    capital = [_is_capital(part) for part in parts]
    if all(capital) or not any(capital):
        return None
    start, end = capital.index(True), len(capital) - capital[::-1].index(True)
    while start > 0 and words(parts[start - 1]) in _PARTICLES:
        start -= 1
    first = parts[:start] + parts[end:]
    return (" ".join(first), " ".join(parts[start:end])) if first else None


def _first_then_last(parts: list[str]) -> tuple[str, str]:
    """The last name is the last part, with the particles before it; first names may be several."""
    start = len(parts) - 1
    while start > 1 and words(parts[start - 1]) in _PARTICLES:
        start -= 1
    known = 1
    while known < start and words(parts[known]) in FIRST_NAMES:
        known += 1
    start = min(start, known)
    return " ".join(parts[:start]), " ".join(parts[start:])


def _last_then_first(parts: list[str]) -> tuple[str, str]:
    start = len(parts) - 1
    while start > 1 and _is_first_name(parts[start - 1]) and words(parts[start - 2]) not in _PARTICLES:
        start -= 1
    return " ".join(parts[start:]), " ".join(parts[:start])


def _is_first_name(part: str) -> bool:
    return any(word in FIRST_NAMES for word in words(part).split())


def order_told_by(text: str) -> Order | None:
    """Which order a name is in, where one end of it is a first name and the other is not."""
    parts = _without_civility(text)[1].split()
    if len(parts) < 2:
        return None
    ends = _is_first_name(parts[0]), _is_first_name(parts[-1])
    if ends == (True, False):
        return Order.FIRST_LAST
    return Order.LAST_FIRST if ends == (False, True) else None


def usual_order(names: Iterable[str]) -> Order | None:
    """The order most names of a column are in, where enough of them tell."""
    told = [order for order in map(order_told_by, names) if order]
    for order in Order:
        if len(told) >= 2 and told.count(order) >= 0.8 * len(told):
            return order
    return None


def people(person: Person) -> tuple[Person, ...]:
    """Tell the people named on one line apart: ``M. et Mme``, ``Jean et Marie``; most often it is one."""
    titles = _pair(person.civility)
    titles = titles if titles and all(words(title) in CIVILITY for title in titles) else None
    firsts, lasts = _pair(person.first_name), _pair(person.last_name)
    if firsts and all(map(_short, firsts)):
        lasts = lasts if lasts and all(map(_short, lasts)) else (person.last_name, person.last_name)
        titles = titles or _titles_of(person.civility)
    elif titles and lasts and not person.first_name and all(map(_short, lasts)):
        firsts = ("", "")
    elif titles and person.last_name:
        firsts, lasts = _given_to_one(titles, person.first_name), (person.last_name, person.last_name)
    else:
        return (person,)
    return tuple(
        Person(civility(title), first, last) for title, first, last in zip(titles, firsts, lasts, strict=True)
    )


def _pair(text: str) -> tuple[str, str] | None:
    if not text:
        return None
    parts = _AND.split(text)
    return (parts[0], parts[1]) if len(parts) == 2 and all(parts) else None


def _short(name: str) -> bool:
    """A name such a pair is made of; not half of ``Centre social et culturel``."""
    return len(name.split()) <= 2 and name[0].isupper()


def _titles_of(title: str) -> tuple[str, str]:
    return ("", "") if words(title) in {"mm", "mmes", "m", "mme", ""} else (title, title)


def _given_to_one(titles: tuple[str, str], first_name: str) -> tuple[str, str]:
    """``M. et Mme Jean Dupont``: custom gives the man's first name. It is never given to both."""
    man = civility(titles[0]) in _MAN or civility(titles[1]) not in _MAN
    return (first_name, "") if man else ("", first_name)


def may_be_one(one: str, other: str) -> bool:
    """Whether two civilities can be one person's: not ``M.`` and ``Mme``."""
    pair = {one, other}
    return not (pair & _MAN and pair & _WOMAN)
