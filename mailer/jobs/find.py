"""Find the one person whom somebody names by an address, a full name or a reference."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from mailer.errors import ConfigError
from mailer.model.address import normal
from mailer.model.names import name_forms, name_words, named
from mailer.model.people import Invitee, Person

MOST_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Found:
    """A person, and the invitation they are a member of."""

    invitee: Invitee
    person: Person

    @property
    def called(self) -> str:
        """Return how the person is called; the reference where the name was erased."""
        return self.person.contact.called or self.person.ref


def person(roll: Iterable[Invitee], who: str) -> Found:
    """Return the one person on a roll who is named.

    Raises ConfigError ``invitee-unknown``, or ``person-ambiguous`` with what tells the people apart: name, organisation,
    address and place in the list.
    """
    found = people(roll, who)
    if not found:
        raise ConfigError("invitee-unknown", read=who)
    if len(found) > 1:
        raise ConfigError("person-ambiguous", read=who, found="; ".join(told_apart(found)[:MOST_SHOWN]))
    return found[0]


def people(roll: Iterable[Invitee], who: str) -> list[Found]:
    """Return the people on a roll who have an address, a reference or a full name.

    An address that nobody has now is looked for among former ones. Where nobody is called so in full, it is
    those whose name or organisation has all the words; where nobody's has, those that contain their letters.
    """
    everybody = [Found(invitee, one) for invitee in roll for one in invitee.members if not one.erased]
    wanted = normal(who)
    exact = [one for one in everybody if wanted in _marks(one)]
    if exact or "@" in wanted:
        return exact or [one for one in everybody if wanted in map(normal, one.person.former)]
    forms, words = name_forms(named("", who)), set(name_words(who))
    full = [one for one in everybody if not forms.isdisjoint(name_forms(one.person.contact))]
    by_words = [one for one in everybody if words and words <= set(_words(one))]
    return full or by_words or [one for one in everybody if words and _contains(one, words)]


def meant(roll: Iterable[Invitee], who: str) -> tuple[Invitee, Person | None]:
    """Return the one person who is named, and their invitee.

    The person is None where an address, or the reference of an invitee, means all of its members. Raises what `person`
    raises.
    """
    roll = list(roll)
    found = people(roll, who)
    invitees = {one.invitee.ref: one.invitee for one in found}
    if len(found) > 1 and len(invitees) == 1 and ("@" in who or who in invitees):
        return found[0].invitee, None
    one = person(roll, who)
    return one.invitee, one.person


def chosen(roll: Iterable[Invitee], only: Iterable[str]) -> frozenset[str] | None:
    """Return the references of the people named with ``--only``; None if nobody was named, which means everybody."""
    roll = list(roll)
    refs: set[str] = set()
    for who in only:
        invitee, one = meant(roll, who)
        refs |= {one.ref} if one else {member.ref for member in invitee.members}
    return frozenset(refs) or None


def way(found: Found, roll: Iterable[Invitee]) -> str:
    """Return the shortest text that names one person of a roll and nobody else."""
    roll = list(roll)
    for text in (found.person.contact.email, found.person.contact.name):
        if text and len(people(roll, text)) == 1:
            return text
    return found.person.ref


def told_apart(found: Iterable[Found]) -> list[str]:
    """Return for each person what tells them from the others, with the reference where nothing else does."""
    lines = [(", ".join(_description(one)), one.person.ref) for one in found]
    times = Counter(line for line, _ref in lines)
    return [f"{line} ({ref})" if times[line] > 1 else line for line, ref in lines]


def _marks(one: Found) -> set[str]:
    return {normal(one.person.contact.email), one.person.ref, one.invitee.ref} - {""}


def _words(one: Found) -> list[str]:
    contact = one.person.contact
    return name_words(f"{contact.name} {contact.organisation}")


def _contains(one: Found, words: Iterable[str]) -> bool:
    return all(word in " ".join(_words(one)) for word in words)


def _description(one: Found) -> Iterator[str]:
    contact = one.person.contact
    yield f"{contact.called} <{contact.email}>" if contact.email else contact.called
    if contact.organisation and contact.organisation != contact.called:
        yield contact.organisation
    if contact.origin.line:
        yield f"{contact.origin.file}:{contact.origin.line}"
