"""Whose ballot it is: names and addresses matched to the roll.

A name is the invitee's where all its words are the same, in any order, without accents, civility and what stands in
brackets; or where the first name is the same and one last name is a part of the other (a double name). More than one
such invitee, or only likeness, is for a person to decide.
"""

from __future__ import annotations

import difflib
import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from mailer.model.accents import fold_accents
from mailer.model.address import normal
from mailer.model.contact import Contact
from mailer.model.invitation import Invitee
from mailer.polls.words import unbroken

_CIVILITIES = frozenset(
    [
        "m",
        "mm",
        "mr",
        "mrs",
        "ms",
        "mme",
        "mmes",
        "mlle",
        "monsieur",
        "madame",
        "mademoiselle",
        "dr",
        "docteur",
        "pr",
        "prof",
        "professeur",
        "me",
        "maitre",
        "sir",
        "lady",
    ]
)
_ASIDE = re.compile(r"\([^)]*\)|\[[^\]]*\]|[\"“«][^\"”»]*[\"”»]")
_PARTS = re.compile(r"[^\W_]+")
_LIKE = 0.86
"""How alike two names must be to be proposed: one letter of a short name."""


@dataclass(frozen=True, slots=True)
class Match:
    """Whose ballot it is. Where nobody's for sure, `why` is the code of the reason, and `candidates` who it may be."""

    invitee: str = ""
    candidates: tuple[str, ...] = ()
    why: str = ""


@dataclass(frozen=True, slots=True)
class _Person:
    invitee: str
    first: frozenset[str]
    last: frozenset[str]
    organisation: str

    @property
    def words(self) -> frozenset[str]:
        return self.first | self.last


class Names:
    """The people on a roll, found by address or by name."""

    def __init__(self, roll: Sequence[Invitee]) -> None:
        self._people = [
            _person(invitee.ref, contact) for invitee in roll for contact in invitee.people if contact.called
        ]
        self._by_address: dict[str, set[str]] = defaultdict(set)
        for invitee in roll:
            others = (address for person in invitee.people for address in person.other_addresses)
            for address in (invitee.email, *(person.email for person in invitee.people), *others):
                self._by_address[normal(address)].add(invitee.ref)
        self._by_word: dict[str, list[_Person]] = defaultdict(list)
        for person in self._people:
            for word in person.words or {person.organisation}:
                self._by_word[word].append(person)

    def find(self, name: str, email: str = "") -> Match:
        """Find whose a ballot is; an address that is on the roll speaks louder than a name, unless they disagree."""
        known = self._by_address.get(normal(email), set()) if email else set()
        named = self._named(name)
        if len(known) == 1:
            (ref,) = known
            others = [other for other in named if other != ref]
            return Match("", (ref, *others), "ambiguous-voter") if others and ref not in named else Match(ref)
        if known:
            return Match("", tuple(sorted(known)), "ambiguous-voter")
        if len(named) == 1:
            return Match(named[0])
        if named:
            return Match("", tuple(named), "ambiguous-voter")
        similar = self._similar(name)
        return Match("", tuple(similar), "similar-voter" if similar else "unknown-voter")

    def _named(self, name: str) -> list[str]:
        """The invitees who bear this name: the same words, else one half of a double name."""
        given = _words(name)
        words = frozenset(given)
        near = {id(p): p for word in words for p in self._by_word.get(word, ())}.values()
        same = [person for person in near if person.words == words]
        same = same or [person for person in near if _is_double(given, _joined(name), person)]
        if not same:
            whole = " ".join(given)
            same = [p for p in self._people if whole and not p.words and p.organisation == whole]
        return list(dict.fromkeys(person.invitee for person in same))

    def _similar(self, name: str) -> list[str]:
        """Whoever it may be: a word short, a slip of the pen, or another of the same organisation."""
        words = _words(name)
        likeness = _Likeness(words)
        found = [person.invitee for person in self._people if words and likeness.of(person)]
        return list(dict.fromkeys(found))[:5]


def _person(ref: str, contact: Contact) -> _Person:
    return _Person(
        ref,
        frozenset(_words(contact.first_name)),
        frozenset(_words(contact.last_name)),
        " ".join(_words(contact.organisation)),
    )


def _words(name: str) -> list[str]:
    """The words of a name; what is written wrongly twice over (``Ã‰lodie``) is put right first."""
    plain = fold_accents(_ASIDE.sub(" ", unbroken(name)))
    return [word for word in _PARTS.findall(plain) if word not in _CIVILITIES]


def _joined(name: str) -> list[frozenset[str]]:
    """The words that hyphens hold together: in *Jean-Pierre Dupont*, Pierre is a half of the first name."""
    return [frozenset(_words(part.replace("-", " "))) for part in unbroken(name).split() if "-" in part]


def _is_double(given: Sequence[str], joined: Sequence[frozenset[str]], person: _Person) -> bool:
    """Whether the first name is all there, and one last name is a part of the other.

    A word that the roll does not have must belong to the last name: joined to it, or at the end after it. *Jean
    Pierre Dupont* may be Jean's brother.
    """
    rest = frozenset(given) - person.first
    if not (person.first and person.last and rest and person.first <= frozenset(given)):
        return False
    added = rest - person.last
    if not added or not person.last <= rest:
        return not added
    if all(any(word in pair and pair & person.last for pair in joined) for word in added):
        return True
    return set(given[: len(person.first)]) == person.first and set(given[-len(added) :]) == added


class _Likeness:
    """How like a name is to those of the roll."""

    def __init__(self, words: Sequence[str]) -> None:
        self._given = frozenset(words)
        self._whole = " ".join(words)
        self._matcher = difflib.SequenceMatcher(None, "", " ".join(sorted(words)))

    def of(self, person: _Person) -> bool:
        """Whether the ballot may be this person's."""
        if person.organisation and person.organisation == self._whole:
            return True
        if (person.last and person.last <= self._given) or self._given <= person.words:
            return True
        self._matcher.set_seq1(" ".join(sorted(person.words)) or person.organisation)
        bounds = (self._matcher.real_quick_ratio, self._matcher.quick_ratio, self._matcher.ratio)
        return all(bound() >= _LIKE for bound in bounds)
