"""Match voters to invitees by name and address.

A name matches if its words are the same in any order, apart from accents, civilities and text in brackets; or if the
first name is the same and one last name is a part of the other (a double name). Several matches, or a name that is
only similar, are left to a person.
"""

from __future__ import annotations

import difflib
import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from mailer.model.accents import fold_accents
from mailer.model.address import normal
from mailer.model.people import Invitee, Person
from mailer.polls.words import unscrambled

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
"""The similarity (difflib ratio) from which a name is proposed: one letter apart in a short name."""


@dataclass(frozen=True, slots=True)
class VoterMatch:
    """The invitee a ballot belongs to. If that is not certain, `why` is the code of the reason, with `candidates`.

    `person` is the reference of the one member of the invitee whom the ballot names, empty if it names none.
    """

    invitee: str = ""
    candidates: tuple[str, ...] = ()
    why: str = ""
    person: str = ""


@dataclass(frozen=True, slots=True)
class _Person:
    """The words of a person's name, with their reference and the invitee's."""

    invitee: str
    ref: str
    first: frozenset[str]
    last: frozenset[str]
    organisation: str

    @property
    def words(self) -> frozenset[str]:
        return self.first | self.last


class InviteeIndex:
    """The people on a roll, to be found by address or by name."""

    def __init__(self, roll: Sequence[Invitee]) -> None:
        self._people = [
            _person(invitee.ref, one) for invitee in roll for one in invitee.members if one.contact.called
        ]
        self._alone = {invitee.ref for invitee in roll if len(invitee.members) == 1}
        self._of: dict[str, list[_Person]] = defaultdict(list)
        for person in self._people:
            self._of[person.invitee].append(person)
        self._written_to = {(normal(invitee.email), invitee.ref) for invitee in roll}
        self._by_address: dict[str, set[str]] = defaultdict(set)
        for invitee in roll:
            others = (address for person in invitee.people for address in person.other_addresses)
            for address in (invitee.email, *(person.email for person in invitee.people), *others):
                self._by_address[normal(address)].add(invitee.ref)
        self._by_word: dict[str, list[_Person]] = defaultdict(list)
        for person in self._people:
            for word in person.words or {person.organisation}:
                self._by_word[word].append(person)

    def is_alone(self, ref: str) -> bool:
        """Return whether one person alone has this invitation."""
        return ref in self._alone

    def find(self, name: str, email: str = "") -> VoterMatch:
        """Return whose ballot it is; an address on the roll outranks the name, unless the two disagree.

        A full name that is nobody's at the address is not its invitee's; it waits for a person, or is that of whoever has the
        name where the address is only a further one.
        """
        known = self._by_address.get(normal(email), set()) if email else set()
        people = self._named(name)
        named = list(dict.fromkeys(one.invitee for one in people))
        if len(known) == 1:
            (ref,) = known
            written_to = (normal(email), ref) in self._written_to
            if ref in named:
                return VoterMatch(ref, person=_only(people, ref))
            if not named and not self._is_another(name, ref, written_to=written_to):
                return VoterMatch(ref)
            if len(named) == 1 and not written_to:
                return VoterMatch(named[0], person=_only(people, named[0]))
            others = [other for other in named if other != ref]
            return VoterMatch("", (ref, *others), "ambiguous-voter" if others else "other-voter")
        if known:
            return VoterMatch("", tuple(sorted(known)), "ambiguous-voter")
        if len(named) == 1:
            return VoterMatch(named[0], person=_only(people, named[0]))
        if named:
            return VoterMatch("", tuple(named), "ambiguous-voter")
        similar = self._similar(name)
        return VoterMatch("", tuple(similar), "similar-voter" if similar else "unknown-voter")

    def _is_another(self, name: str, ref: str, *, written_to: bool) -> bool:
        """Return whether a name is a full one, and nobody's at an address.

        At the address that is written to, one word in common is enough: people shorten their names. At a further address it may
        be the same family, so that the first name decides.
        """
        words = frozenset(_words(name))
        here = self._of.get(ref, [])
        full = sum(bool(_words(part)) for part in unscrambled(name).split()) > 1
        if not full or not here or any(not one.words for one in here):
            return False
        likeness = _Likeness(_words(name))
        initials = {word[0] for word in words if len(word) == 1}
        for one in here:
            told = one.words if written_to or not one.first else one.first
            if (
                words & told
                or initials & {word[0] for word in one.first}
                or (written_to and likeness.of(one))
            ):
                return False
        return True

    def _named(self, name: str) -> list[_Person]:
        """Return the people with this name: the same words, else a double name, else the organisation."""
        given = _words(name)
        words = frozenset(given)
        near = {id(p): p for word in words for p in self._by_word.get(word, ())}.values()
        same = [person for person in near if person.words == words]
        same = same or [person for person in near if _is_double(given, _joined(name), person)]
        if not same:
            whole = " ".join(given)
            same = [p for p in self._people if whole and not p.words and p.organisation == whole]
        return same

    def _similar(self, name: str) -> list[str]:
        """Return up to five invitees with a similar name: a word missing, a typing error, or the same organisation."""
        words = _words(name)
        likeness = _Likeness(words)
        found = [person.invitee for person in self._people if words and likeness.of(person)]
        return list(dict.fromkeys(found))[:5]


def _only(people: Sequence[_Person], invitee: str) -> str:
    """Return the reference of the one person of an invitee among these; empty if there are several or none."""
    found = [one.ref for one in people if one.invitee == invitee]
    return found[0] if len(found) == 1 else ""


def _person(invitee: str, person: Person) -> _Person:
    contact = person.contact
    return _Person(
        invitee,
        person.ref,
        frozenset(_words(contact.first_name)),
        frozenset(_words(contact.last_name)),
        " ".join(_words(contact.organisation)),
    )


def _words(name: str) -> list[str]:
    """Return the words of a name without civilities; a wrongly decoded name (``Ã‰lodie``) is repaired first."""
    plain = fold_accents(_ASIDE.sub(" ", unscrambled(name)))
    return [word for word in _PARTS.findall(plain) if word not in _CIVILITIES]


def _joined(name: str) -> list[frozenset[str]]:
    """Return the words of each hyphenated part: in *Jean-Pierre Dupont*, Pierre is half of the first name."""
    return [frozenset(_words(part.replace("-", " "))) for part in unscrambled(name).split() if "-" in part]


def _is_double(given: Sequence[str], joined: Sequence[frozenset[str]], person: _Person) -> bool:
    """Return whether the first name is complete and one last name is a part of the other.

    A word that is not on the roll must belong to the last name: hyphenated with it, or after it at the end. *Jean
    Pierre Dupont* is not taken for Jean Dupont.
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
    """The comparison of one ballot's name with names on the roll."""

    def __init__(self, words: Sequence[str]) -> None:
        self._given = frozenset(words)
        self._whole = " ".join(words)
        self._matcher = difflib.SequenceMatcher(None, "", " ".join(sorted(words)))

    def of(self, person: _Person) -> bool:
        """Return whether the ballot may be this person's."""
        if person.organisation and person.organisation == self._whole:
            return True
        if (person.last and person.last <= self._given) or self._given <= person.words:
            return True
        self._matcher.set_seq1(" ".join(sorted(person.words)) or person.organisation)
        bounds = (self._matcher.real_quick_ratio, self._matcher.quick_ratio, self._matcher.ratio)
        return all(bound() >= _LIKE for bound in bounds)
