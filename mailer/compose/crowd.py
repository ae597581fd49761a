"""Who else is invited: the addresses and names that must not stand in anybody's message but their own.

A campaign has thousands of invitees, so a message is cut into words once, and each is looked up; nothing is
searched for name by name.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from urllib.parse import unquote

from mailer.model.address import normal
from mailer.model.invitation import Invitee

_ADDRESS = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]+@[\w-]+(?:\.[\w-]+)+")
_BEFORE_TAIL = re.compile(r".*[=?&/'`|]")
"""What stands before an address in a link such as ``?to=someone@example.org``."""
_WORD = re.compile(r"[^\W_]+|[^\w\s'’-]")
"""A word, or a mark that no name goes on across."""
_BLANK = "\0"

Words = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Crowd:
    """Everybody invited. `names` are cut into words and kept by their first."""

    addresses: frozenset[str] = field(repr=False)
    names: Mapping[str, Sequence[Words]] = field(repr=False)

    def strangers_in(self, text: str, own: Invitee) -> Iterator[str]:
        """Give every address and name in `text` that is somebody else's than `own`."""
        yield from sorted(self._addresses_in(text) - _addresses(own))
        words = _words(text)
        for at, phrase in list(_found(words, _by_first(_own_phrases(own)))):
            words[at : at + len(phrase)] = [_BLANK] * len(phrase)
        yield from (" ".join(name) for _, name in _found(words, self.names))

    def without_those_in(self, text: str) -> Crowd:
        """The same, but for those whom everybody may read of: speakers, the contact, the organizer."""
        known = {name for _, name in _found(_words(text), self.names)}
        names = (name for same in self.names.values() for name in same if name not in known)
        addresses = self.addresses - self._addresses_in(text)
        return Crowd(addresses, _by_first(names) if known else self.names)

    def _addresses_in(self, text: str) -> set[str]:
        """Those of the crowd that stand in `text`, in links too."""
        likely = " ".join(unquote(piece) for piece in text.split() if "@" in piece or "%40" in piece)
        found = set()
        for address in _ADDRESS.findall(likely):
            found.add(normal(address))
            found.add(normal(_BEFORE_TAIL.sub("", address)))
        return found & self.addresses


def crowd(invitees: Sequence[Invitee], public: str) -> Crowd:
    """Gather everybody invited, except names and addresses in `public`, the words everybody is to read.

    A name is a first and a last name: a last name alone is too often a word of the language.
    """
    people = [person for invitee in invitees for person in invitee.people]
    names = (tuple(_words(person.name)) for person in people if person.first_name and person.last_name)
    addresses = frozenset(chain.from_iterable(map(_addresses, invitees)))
    return Crowd(addresses, _by_first(names)).without_those_in(public)


def _addresses(invitee: Invitee) -> set[str]:
    """Every address an invitee is known by."""
    known = [address for person in invitee.people for address in (person.email, *person.other_addresses)]
    return {normal(address) for address in (invitee.email, *known) if address}


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold())


def _own_phrases(invitee: Invitee) -> Iterator[Words]:
    """What a letter may say of its invitee: names, office, organisation, free columns."""
    for person in invitee.people:
        values = (person.name, person.organisation, person.function, *person.fields.values())
        yield from (tuple(_words(value)) for value in values)


def _by_first(phrases: Iterable[Words]) -> dict[str, list[Words]]:
    by_first: dict[str, list[Words]] = {}
    for phrase in filter(None, dict.fromkeys(phrases)):
        by_first.setdefault(phrase[0], []).append(phrase)
    return by_first


def _found(words: Sequence[str], phrases: Mapping[str, Sequence[Words]]) -> Iterator[tuple[int, Words]]:
    """Give each place where one of the phrases stands, with the phrase."""
    firsts = phrases.keys() & set(words)
    for at in [at for at, word in enumerate(words) if word in firsts]:
        for phrase in phrases[words[at]]:
            if tuple(words[at : at + len(phrase)]) == phrase:
                yield at, phrase
