"""Tell which of several people at one address a written answer speaks of."""

from __future__ import annotations

from collections.abc import Sequence

from mailer.model.accents import fold_accents
from mailer.model.contact import Contact
from mailer.model.names import name_words, named, same_name

_TOGETHER = frozenset(
    [
        "nous",
        "ns",
        "we",
        "us",
        "both",
        "wir",
        "uns",
        "beide",
        "wij",
        "ons",
        "nosotros",
        "nosotras",
        "noi",
        "ambos",
        "entrambi",
    ]
)
"""Words of people who answer together."""

_BOTH = (
    "tous les deux",
    "toutes les deux",
    "a deux",
    "mon mari et moi",
    "ma femme et moi",
    "mon epouse et moi",
)


def speakers(people: Sequence[Contact], text: str, signature: str, sender: str) -> tuple[int, ...]:
    """Return the places of those people, counted from 0, of whom an answer speaks by name; none if it names nobody.

    A first name in the words names its person. Otherwise a signature or the sender's name that is exactly one person's
    names that one, unless the words speak of several together.
    """
    words = name_words(text)
    found = tuple(place for place, one in enumerate(people) if _is_in(name_words(one.first_name), words))
    if found:
        return found
    plain = " ".join(words)
    if _TOGETHER.intersection(words) or any(fold_accents(phrase) in plain for phrase in _BOTH):
        return ()
    lines = name_words(signature)
    if sum(_is_in(name_words(one.first_name), lines) for one in people) > 1:
        return ()
    signed = [
        place
        for place, one in enumerate(people)
        if one.first_name and one.last_name and _is_signed(one, lines)
    ]
    sent = [place for place, one in enumerate(people) if sender and same_name(one, named("", sender))]
    by_name = signed or sent
    return tuple(by_name) if len(by_name) == 1 else ()


def _is_signed(person: Contact, words: Sequence[str]) -> bool:
    first, last = name_words(person.first_name), name_words(person.last_name)
    return _is_in([*first, *last], words) or _is_in([*last, *first], words)


def _is_in(wanted: Sequence[str], words: Sequence[str]) -> bool:
    """Return whether words stand one after the other among others."""
    n = len(wanted)
    return bool(n) and any(list(words[at : at + n]) == list(wanted) for at in range(len(words) - n + 1))
