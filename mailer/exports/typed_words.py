"""Read the headings and words of a table that comes back, in whatever language it was written or filled in.

Case and accents do not count. The words are those of every catalogue, those for programs, and the further ones below.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from mailer.exports.columns import Column, headings, words
from mailer.model.accents import fold_accents
from mailer.translation.catalogue import LANGUAGES, SOURCE

TYPED: Mapping[Column, Mapping[str, str]] = MappingProxyType(
    {
        Column.ANSWER: {
            "o": "accepted",
            "x": "accepted",
            "vient": "accepted",
            "accepté": "accepted",
            "acceptée": "accepted",
            "présent": "accepted",
            "présente": "accepted",
            "n": "declined",
            "refusé": "declined",
            "refusée": "declined",
            "décliné": "declined",
            "ne vient pas": "declined",
            "excusé": "declined",
            "excusée": "declined",
            "?": "tentative",
            "incertain": "tentative",
            "incertaine": "tentative",
            "remplacée": "delegated",
            "délégué": "delegated",
            "déléguée": "delegated",
            "représenté": "delegated",
            "représentée": "delegated",
            "": "none",
            "-": "none",
            "aucune": "none",
        },
        Column.PRESENCE: {
            "présente": "present",
            "présents": "present",
            "p": "present",
            "x": "present",
            "oui": "present",
            "o": "present",
            "yes": "present",
            "a": "absent",
            "non": "absent",
            "no": "absent",
            "absente": "absent",
            "absents": "absent",
            "e": "excused",
            "excusée": "excused",
            "excusés": "excused",
            "r": "represented",
            "représentée": "represented",
            "représentés": "represented",
        },
    }
)
"""Further words that people type, by column, with the values for programs they stand for."""

NO_DECISION = frozenset({"rien", "nothing", "ignorer", "ignore", "sans suite", "aucune", "none"})
"""Decisions on a waiting mail that say: it holds no answer."""

REGISTER = frozenset({"inscrire", "inscrit", "inscrite", "nouveau", "nouvelle", "register", "new"})
"""Decisions on a waiting mail that put whoever wrote on the list."""

NOTED = frozenset({"note", "notee", "fait", "ne plus ecrire", "noted", "done", "write no more"})
"""Decisions on a waiting mail that say: an objection or a delivery notice counts, or what there was to do is done."""


STAFF_ANSWERS = ("accepted", "declined", "tentative")


def staff_word(said: str) -> str:
    """Return the value for programs of what staff say of a person; an empty string if it is none of their words.

    The words are those for an answer (yes, oui, accepted ...) and for a presence (absent, excusée ...) in every language;
    the letters that stand for a presence in a table are not taken, since some of them mean an answer.
    """
    return _staff_words().get(_plain(said), "")


def _plain(word: str) -> str:
    return fold_accents(word).replace("-", " ")


@cache
def _staff_words() -> Mapping[str, str]:
    read = {_plain(word): value for word, value in TYPED[Column.PRESENCE].items() if len(word) > 4}
    read["perhaps"] = "tentative"
    for language in LANGUAGES:
        answers, presences = words(language)[Column.ANSWER], words(language)[Column.PRESENCE]
        read |= {_plain(answers[value]): value for value in STAFF_ANSWERS}
        read |= {_plain(word): value for value, word in presences.items() if value}
    return read | {value: value for value in STAFF_ANSWERS}


@cache
def meanings(column: Column) -> Mapping[str, str]:
    """Return the values for programs of the words in a column, by their `fold_accents`."""
    read = {fold_accents(word): value for word, value in TYPED.get(column, {}).items()}
    for language in LANGUAGES:
        read |= {fold_accents(word): value for value, word in words(language)[column].items()}
    return read | {fold_accents(value): value for value in words(SOURCE)[column]}


@cache
def heading_names() -> Mapping[str, str]:
    """Return the headings for programs, by the `fold_accents` of a heading in any language."""
    names = headings(SOURCE).keys()
    return {
        fold_accents(word): name for language in LANGUAGES for name, word in headings(language).items()
    } | {name: name for name in names}
