"""Split names of people into civility, first and last name, and tell couples on one line apart."""

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
"""The usual form of each civility, by its spelling after `cells.words`."""

_MAN, _WOMAN = frozenset({"M."}), frozenset({"Mme", "Mlle", "Mrs", "Ms", "Miss"})
_AND = re.compile(r"\s*(?:\bet\b|\band\b|&|\+|/)\s*", re.IGNORECASE)
_PARTICLES = listed("de du des la le les van von der den ten ter el al ben bel da das dos di del st saint d")


class NameOrder(enum.Enum):
    """The order in which first and last name are written."""

    FIRST_LAST = "first-last"
    LAST_FIRST = "last-first"


@dataclass(frozen=True, slots=True)
class PersonName:
    """One person's name in its three parts."""

    civility: str = ""
    first_name: str = ""
    last_name: str = ""


def civility(text: str) -> str:
    """Return a civility in its usual form; any other text, such as "Monsieur le Maire", as it is."""
    return CIVILITY.get(words(text), text)


def is_civility(text: str) -> bool:
    """Return whether a cell holds a civility, also one of two people ("M. et Mme") or with an office."""
    first = words(text).partition(" ")[0]
    return first in CIVILITY and (words(text) in CIVILITY or len(text) < 40)


def split(text: str, order: NameOrder | None = None) -> PersonName:
    """Split a whole name: by a comma or a last name in capitals, else by `order`, else by known first names.

    If none of these helps, all of it is the last name, so that a letter never greets somebody by half a name.
    """
    title, text = _without_civility(text)
    if "," in text:
        last, _, first = text.partition(",")
        return PersonName(title, first.strip(), last.strip())
    parts = text.split()
    if len(parts) < 2:
        return PersonName(title, "", text)
    by_capitals = _by_capitals(parts)
    if by_capitals:
        return PersonName(title, *by_capitals)
    order = order or order_told_by(text)
    if order is NameOrder.FIRST_LAST:
        return PersonName(title, *_first_then_last(parts))
    if order is NameOrder.LAST_FIRST:
        return PersonName(title, *_last_then_first(parts))
    return PersonName(title, "", text)


def _without_civility(text: str) -> tuple[str, str]:
    """Split off the civility before a name, also a couple's ("M. et Mme"); "Monsieur le Maire" stays whole."""
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
    """Return first and last name where the last name alone is in capitals: "LEFÈVRE Élodie", "Élodie LE FÈVRE"."""
    capital = [_is_capital(part) for part in parts]
    if all(capital) or not any(capital):
        return None
    start, end = capital.index(True), len(capital) - capital[::-1].index(True)
    while start > 0 and words(parts[start - 1]) in _PARTICLES:
        start -= 1
    first = parts[:start] + parts[end:]
    return (" ".join(first), " ".join(parts[start:end])) if first else None


def _first_then_last(parts: list[str]) -> tuple[str, str]:
    """Return first and last name: the last name is the last part with the particles before it.

    Of the parts before it, only the first and known first names right after it are first names.
    """
    start = len(parts) - 1
    while start > 1 and words(parts[start - 1]) in _PARTICLES:
        start -= 1
    known = 1
    while known < start and words(parts[known]) in FIRST_NAMES:
        known += 1
    start = min(start, known)
    return " ".join(parts[:start]), " ".join(parts[start:])


def _last_then_first(parts: list[str]) -> tuple[str, str]:
    """Return first and last name of a name written with the last name first."""
    start = len(parts) - 1
    while start > 1 and _is_first_name(parts[start - 1]) and words(parts[start - 2]) not in _PARTICLES:
        start -= 1
    return " ".join(parts[start:]), " ".join(parts[:start])


def _is_first_name(part: str) -> bool:
    return any(word in FIRST_NAMES for word in words(part).split())


def order_told_by(text: str) -> NameOrder | None:
    """Return the order of a name if a known first name stands at one end of it only, else None."""
    parts = _without_civility(text)[1].split()
    if len(parts) < 2:
        return None
    ends = _is_first_name(parts[0]), _is_first_name(parts[-1])
    if ends == (True, False):
        return NameOrder.FIRST_LAST
    return NameOrder.LAST_FIRST if ends == (False, True) else None


def usual_order(names: Iterable[str]) -> NameOrder | None:
    """Return the order of at least four in five of the names that show one, if two or more do; else None."""
    told = [order for order in map(order_told_by, names) if order]
    for order in NameOrder:
        if len(told) >= 2 and told.count(order) >= 0.8 * len(told):
            return order
    return None


def people(person: PersonName) -> tuple[PersonName, ...]:
    """Return the people named on one line: two for "M. et Mme Dupont" or "Jean et Marie Dupont", else one."""
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
        PersonName(civility(title), first, last)
        for title, first, last in zip(titles, firsts, lasts, strict=True)
    )


def _pair(text: str) -> tuple[str, str] | None:
    if not text:
        return None
    parts = _AND.split(text)
    return (parts[0], parts[1]) if len(parts) == 2 and all(parts) else None


def _short(name: str) -> bool:
    """Return whether a text can be one name of a pair, unlike the halves of "Centre social et culturel"."""
    return len(name.split()) <= 2 and name[0].isupper()


def _titles_of(title: str) -> tuple[str, str]:
    return ("", "") if words(title) in {"mm", "mmes", "m", "mme", ""} else (title, title)


def _given_to_one(titles: tuple[str, str], first_name: str) -> tuple[str, str]:
    """Give the one first name of a couple to the man, as is the custom for "M. et Mme Jean Dupont"."""
    man = civility(titles[0]) in _MAN or civility(titles[1]) not in _MAN
    return (first_name, "") if man else ("", first_name)


def may_be_one(one: str, other: str) -> bool:
    """Return whether two civilities can be one person's: not "M." and "Mme"."""
    pair = {one, other}
    return not (pair & _MAN and pair & _WOMAN)
