"""Comparison of the names of people."""

from __future__ import annotations

import re

from mailer.model.accents import fold_accents
from mailer.model.contact import Contact


def name_forms(contact: Contact) -> frozenset[str]:
    """Return the forms under which a name is compared; two names are the same where one form is.

    They have no case, accents, spaces and hyphens: the first name before the last, the last before the first, and
    the words in alphabetical order. A blank name has none; an organisation is no name.
    """
    words = name_words(contact.name)
    if not words:
        return frozenset()
    first, last = "".join(name_words(contact.first_name)), "".join(name_words(contact.last_name))
    return frozenset([first + last, last + first, "".join(sorted(words))])


def same_name(one: Contact, other: Contact) -> bool:
    """Return whether two contacts have the same name; blank names are not the same."""
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


def name_words(text: str) -> list[str]:
    """Return the words of a name or of any text, without case and accents."""
    return re.findall(r"[^\W_]+", fold_accents(text))
