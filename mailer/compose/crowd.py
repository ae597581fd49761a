"""Who else is invited: the addresses and names that must not stand in anybody's message but their own.

A campaign has thousands of invitees, so a message is cut into words once, and each is looked up; nothing is
searched for name by name.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
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
class Phrases:
    """Some words after each other, many times over, joined by a space: that takes a third of the room of tuples."""

    phrases: frozenset[str]
    lengths: tuple[int, ...]
    """How many words there are in them."""

    @classmethod
    def of(cls, phrases: Iterable[Words]) -> Phrases:
        """Gather phrases; one without a word is none."""
        joined, lengths = set[str](), set[int]()
        for phrase in filter(None, phrases):
            joined.add(" ".join(phrase))
            lengths.add(len(phrase))
        return cls(frozenset(joined), tuple(sorted(lengths)))

    def found_in(self, words: Sequence[str]) -> Iterator[tuple[int, int]]:
        """Give each place where one of the phrases stands, with the number of its words."""
        for at in range(len(words)):
            for length in self.lengths:
                if at + length <= len(words) and " ".join(words[at : at + length]) in self.phrases:
                    yield at, length


@dataclass(frozen=True, slots=True)
class Crowd:
    """Everybody invited."""

    addresses: frozenset[str] = field(repr=False)
    names: Phrases = field(repr=False)

    def strangers_in(self, text: str, own: Invitee) -> Iterator[str]:
        """Give every address and name in `text` that is somebody else's than `own`."""
        yield from sorted(self._addresses_in(text) - _addresses(own))
        words = _words(text)
        for at, length in list(Phrases.of(_own_phrases(own)).found_in(words)):
            words[at : at + length] = [_BLANK] * length
        yield from (" ".join(words[at : at + length]) for at, length in self.names.found_in(words))

    def without_those_in(self, text: str) -> Crowd:
        """The same, but for those whom everybody may read of: speakers, the contact, the organizer."""
        words = _words(text)
        known = {" ".join(words[at : at + length]) for at, length in self.names.found_in(words)}
        names = Phrases(self.names.phrases - known, self.names.lengths) if known else self.names
        return Crowd(self.addresses - self._addresses_in(text), names)

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
    return Crowd(addresses, Phrases.of(names)).without_those_in(public)


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
