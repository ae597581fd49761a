"""Names of people: how they are compared, and found in what is said of somebody."""

from __future__ import annotations

import re

from mailer.model.accents import fold_accents
from mailer.model.contact import Contact

_WORDS = re.compile(r"[^\W_]+").findall


def name_forms(contact: Contact) -> frozenset[str]:
    """Return the forms under which a name is compared; two names are the same where one form is.

    They have no case, accents, spaces and hyphens: the first name before the last, the last before the first, and
    the words in alphabetical order. A blank name has none; an organisation is no name.
    """
    first, last = name_words(contact.first_name), name_words(contact.last_name)
    if not first and not last:
        return frozenset()
    one, two = "".join(first), "".join(last)
    return frozenset([one + two, two + one, "".join(sorted([*first, *last]))])


def same_name(one: Contact, other: Contact) -> bool:
    """Return whether two contacts have the same name; blank names are not the same."""
    if (one.first_name, one.last_name) == (other.first_name, other.last_name) and one.name:
        return True
    return not name_forms(one).isdisjoint(name_forms(other))


def other_organisation(one: Contact, other: Contact) -> bool:
    """Return whether two contacts state different organisations."""
    ours, theirs = name_words(one.organisation), name_words(other.organisation)
    return bool(ours and theirs) and ours != theirs


def named(email: str, name: str) -> Contact:
    """Return a contact with a name as people type it: ``Marie Dupont`` or ``Dupont, Marie``."""
    last, comma, first = name.partition(",")
    if not comma:
        first, _, last = name.strip().partition(" ")
        if not last:
            first, last = "", first
    return Contact(email, first_name=first.strip(), last_name=last.strip())


_TITLES = frozenset(
    [
        "m",
        "mm",
        "mr",
        "mme",
        "mmes",
        "mlle",
        "mrs",
        "ms",
        "dr",
        "pr",
        "me",
        "monsieur",
        "madame",
        "mademoiselle",
        "messieurs",
        "mesdames",
        "herr",
        "frau",
        "meneer",
        "mevrouw",
    ]
)
_WHOSE = frozenset(
    [
        "mon",
        "ma",
        "mes",
        "notre",
        "nos",
        "son",
        "sa",
        "ses",
        "un",
        "une",
        "le",
        "la",
        "les",
        "my",
        "our",
        "his",
        "her",
        "a",
        "an",
        "the",
        "mein",
        "meine",
        "unser",
        "unsere",
        "mijn",
        "onze",
    ]
)


def name_in(said: str) -> str:
    """Return the name in words that tell of somebody: Sophie Martin of "ma collègue Mme Sophie Martin"; empty where there is none.

    A name without capitals is taken as it stands.
    """
    words = said.split()
    for at, word in enumerate(words):
        if any(map(str.isupper, word)) and fold_accents(word.strip(".,")) not in _TITLES:
            return " ".join(words[at:])
    return "" if words and fold_accents(words[0].strip(".,")) in _TITLES | _WHOSE else " ".join(words)


def name_words(text: str) -> list[str]:
    """Return the words of a name or of any text, without case and accents."""
    return _WORDS(fold_accents(text))
