"""Find the addresses and names of other invitees in a message, where they must not be.

A campaign has thousands of invitees, so a message is split into words once, and each is looked up in a set.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain
from urllib.parse import unquote

from mailer.model.address import normal
from mailer.model.people import Invitee

_ADDRESS = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]+@[\w-]+(?:\.[\w-]+)+")
_BEFORE_TAIL = re.compile(r".*[=?&/'`|]")
"""What precedes an address in a link such as ``?to=someone@example.org``."""
_WORD = re.compile(r"[^\W_]+|[^\w\s'’-]")
"""A word, or a punctuation mark that cannot be inside a name."""
_BLANK = "\0"

Words = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Phrases:
    """A set of phrases, as words joined by a space, which takes a third of the memory of tuples."""

    phrases: frozenset[str]
    lengths: tuple[int, ...]
    """The numbers of words that a phrase has."""

    @classmethod
    def of(cls, phrases: Iterable[Words]) -> Phrases:
        """Return a set of phrases, without empty ones."""
        joined, lengths = set[str](), set[int]()
        for phrase in filter(None, phrases):
            joined.add(" ".join(phrase))
            lengths.add(len(phrase))
        return cls(frozenset(joined), tuple(sorted(lengths)))

    def found_in(self, words: Sequence[str]) -> Iterator[tuple[int, int]]:
        """Yield the place of each phrase found in `words`, with the number of its words."""
        for at in range(len(words)):
            for length in self.lengths:
                if at + length <= len(words) and " ".join(words[at : at + length]) in self.phrases:
                    yield at, length


@dataclass(frozen=True, slots=True)
class Crowd:
    """The addresses and names of everybody invited."""

    addresses: frozenset[str] = field(repr=False)
    names: Phrases = field(repr=False)

    def strangers_in(self, text: str, own: Invitee) -> Iterator[str]:
        """Yield every address and name in `text` of another invitee than `own`."""
        yield from sorted(self._addresses_in(text) - _addresses(own))
        words = _words(text)
        for at, length in list(Phrases.of(_own_phrases(own)).found_in(words)):
            words[at : at + length] = [_BLANK] * length
        yield from (" ".join(words[at : at + length]) for at, length in self.names.found_in(words))

    def without_those_in(self, text: str) -> Crowd:
        """Return the crowd without those named in `text`, which everybody may read: speakers, the contact, the organizer."""
        words = _words(text)
        known = {" ".join(words[at : at + length]) for at, length in self.names.found_in(words)}
        names = Phrases(self.names.phrases - known, self.names.lengths) if known else self.names
        return Crowd(self.addresses - self._addresses_in(text), names)

    def _addresses_in(self, text: str) -> set[str]:
        """Return the addresses of the crowd in `text`, also those in links."""
        likely = " ".join(unquote(piece) for piece in text.split() if "@" in piece or "%40" in piece)
        found = set()
        for address in _ADDRESS.findall(likely):
            found.add(normal(address))
            found.add(normal(_BEFORE_TAIL.sub("", address)))
        return found & self.addresses


def crowd(invitees: Sequence[Invitee], public: str) -> Crowd:
    """Return everybody invited, except names and addresses in `public`, the text everybody reads.

    Only a first name with a last name counts: a last name alone is too often an ordinary word.
    """
    people = [person for invitee in invitees for person in invitee.people]
    names = (tuple(_words(person.name)) for person in people if person.first_name and person.last_name)
    addresses = frozenset(chain.from_iterable(map(_addresses, invitees)))
    return Crowd(addresses, Phrases.of(names)).without_those_in(public)


def _addresses(invitee: Invitee) -> set[str]:
    """Return every address of an invitee."""
    known = [address for person in invitee.people for address in (person.email, *person.other_addresses)]
    return {normal(address) for address in (invitee.email, *known) if address}


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold())


def _own_phrases(invitee: Invitee) -> Iterator[Words]:
    """Yield what a letter may say of its own invitee: names, office, organisation, free columns."""
    for person in invitee.people:
        values = (person.name, person.organisation, person.function, *person.fields.values())
        yield from (tuple(_words(value)) for value in values)
