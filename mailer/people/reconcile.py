"""Compare the register of a campaign with its contact lists as they are now.

Each line is first looked for at its own address, then at the addresses that people had before, then by its name
alone. A line that only looks like somebody known is a question for a person; it changes nothing until it is answered.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from mailer.model.address import normal
from mailer.model.contact import Contact
from mailer.model.entry import Channel, Entry, Gone, Placed
from mailer.model.names import name_forms, other_organisation, same_name
from mailer.model.people import FormerMember, Invitee, Person, Register, Why
from mailer.people.changes import Change, leaving, placing
from mailer.people.homes import Homes, NewNames
from mailer.people.register import register as fold

MOST_GONE = 3
"""So many people may leave the lists at once without a word of its own, whatever their share."""
GONE_SHARE = 5
"""One in so many may likewise."""

_SOME_TIME = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Question:
    """A line of a list that looks like somebody else's, and is left out until a person says who it is.

    `line` is the line, and `person` the reference that its person would have. `known` is who it looks like, where the
    register has them, and `other` the line or the names and address that it looks like. `why` is a code:
    ``asked-other-name`` (the same address, another name), ``asked-same-name`` (the same name, two addresses),
    ``asked-other-organisation`` (the same name, another address and organisation) or ``asked-staff-address`` (the
    same name, and another address than the one staff gave).
    """

    why: str
    line: Contact
    person: str
    other: Contact
    known: Person | None = None


@dataclass(frozen=True, slots=True)
class Reconciled:
    """What the lists change in a register.

    `changes` are the facts to be recorded, in order, and `register` is how it will be then. `questions` are the lines
    that wait for a word; `unsettled` the references of those people, who get nothing meanwhile. `gone` are those whom
    no list has any more. `blocked` is the code of the reason why that wants a word of its own: ``lists-missing`` (a list
    could not be read) or ``many-gone``; empty if none does. `last` is the number of the entry that `register`
    was compared at.
    """

    changes: tuple[Change, ...] = ()
    register: Register = field(default_factory=Register)
    questions: tuple[Question, ...] = ()
    unsettled: frozenset[str] = frozenset()
    gone: tuple[Person, ...] = ()
    blocked: str = ""
    last: int = 0

    @property
    def recorded(self) -> Reconciled:
        """Return what is still open once the changes are recorded: the questions, and who waits for them."""
        return Reconciled(questions=self.questions, unsettled=self.unsettled, last=self.last)


def reconcile(
    register: Register,
    households: Iterable[Sequence[Contact]],
    references: NewNames,
    *,
    forgotten: Callable[[Contact], bool] = lambda _contact: False,
    missing: Sequence[str] = (),
    last: int = 0,
) -> Reconciled:
    """Compare a register with the people on the lists, and return what changes; nobody is listed who was forgotten.

    `missing` names the lists that could not be read. `last` is the number of the newest entry of the campaign.
    """
    lines = [line for household in households for line in household if not forgotten(line)]
    return _Comparison(register, lines, references).result(missing, last)


def only_newcomers(before: Register, reconciled: Reconciled) -> Reconciled:
    """Return of a comparison with `before` only who is new: what nobody confirmed takes nobody off, and moves nobody."""
    known = {member.ref for invitee in before.roll for member in invitee.members}
    changes = tuple(
        change
        for change in reconciled.changes
        if isinstance(change.fact, Placed) and change.person not in known and not change.fact.origin
    )
    register = fold(_entries(changes, reconciled.last), before) if changes else before
    return replace(reconciled, changes=changes, register=register, gone=(), blocked="")


class _Comparison:
    """One comparison of a register with lines; a line is known by its place among them."""

    def __init__(self, register: Register, lines: Sequence[Contact], references: NewNames) -> None:
        self.register, self.lines = register, lines
        self.references = references
        self.homes = Homes(register, references)
        self.people: dict[str, Person] = {}
        self.home: dict[str, Invitee] = {}
        self.at: dict[str, list[str]] = defaultdict(list)
        self.named: dict[str, list[str]] = defaultdict(list)
        for invitee in register.roll:
            for person in invitee.members:
                if not person.erased:
                    self._enrol(person, invitee)
        self.before: dict[str, list[tuple[str, Contact, bool]]] = defaultdict(list)
        for ref, contact, by_staff in self._former():
            self.before[normal(contact.email)].append((ref, contact, by_staff))
        self.line_names: dict[str, list[int]] = defaultdict(list)
        self.forms = [sorted(name_forms(line)) for line in lines]
        for n, forms in enumerate(self.forms):
            for form in forms:
                self.line_names[form].append(n)
        self.whose: dict[int, str] = {}
        self.taken: dict[str, int] = {}
        self.keeps: set[int] = set()
        """The lines whose person has another address by the word of staff."""

    def _enrol(self, person: Person, invitee: Invitee) -> None:
        self.people[person.ref], self.home[person.ref] = person, invitee
        if person.contact.email:
            self.at[normal(person.contact.email)].append(person.ref)
        for form in name_forms(person.contact):
            self.named[form].append(person.ref)

    def _former(self) -> Iterator[tuple[str, Contact, bool]]:
        """Yield each person with a contact that was theirs before, and whether staff said that it is them."""
        merged = {one.person.ref: one.into for one in self.register.left if one.why is Why.MERGED}
        for ref, person in self.people.items():
            for address in person.former:
                yield ref, replace(person.contact, email=address), person.by_staff
        for departure in self.register.left:
            ref, met = departure.into, set[str]()
            while ref in merged and ref not in met:
                met.add(ref)
                ref = merged[ref]
            if ref in self.people:
                by_staff = departure.why is Why.MERGED or self.people[ref].by_staff
                for contact in _contacts(departure):
                    yield ref, contact, by_staff

    def result(self, missing: Sequence[str], last: int) -> Reconciled:
        """Match every line, and return what follows."""
        for match in (self._exactly, self._without_name, self._as_before, self._by_name):
            for n, line in enumerate(self.lines):
                if n not in self.whose:
                    match(n, line)
        questions, unsettled, new = self._asked()
        changes = [*self._matched(), *self._new(new)]
        gone = [
            one
            for one in self.people.values()
            if one.listed
            and one.ref not in self.taken
            and one.ref not in unsettled
            and not one.unlisted
            and not one.withdrawn
        ]
        changes += [Change(self.home[one.ref].ref, one.ref, Gone(Why.UNLISTED)) for one in gone]
        listed = sum(one.listed and not one.unlisted and not one.withdrawn for one in self.people.values())
        many = len(gone) > MOST_GONE and len(gone) * GONE_SHARE > listed
        return Reconciled(
            changes=tuple(changes),
            register=fold(_entries(changes, last), self.register) if changes else self.register,
            questions=tuple(questions),
            unsettled=frozenset(unsettled),
            gone=tuple(gone),
            blocked="lists-missing" if missing else "many-gone" if many else "",
            last=last,
        )

    # -- whose line it is --------------------------------------------------------------------------------------------

    def _take(self, n: int, ref: str) -> None:
        self.whose[n] = ref
        self.taken[ref] = n

    def _free(self, refs: Iterable[str]) -> list[Person]:
        return [self.people[ref] for ref in refs if ref not in self.taken]

    def _exactly(self, n: int, line: Contact) -> None:
        """Match the same address and the same name; without an address, the same name and organisation."""
        if line.email:
            found = [one for one in self._free(self.at[normal(line.email)]) if same_name(one.contact, line)]
        else:
            found = [
                one
                for one in self._free(self._homonyms(n))
                if not one.contact.email and not other_organisation(one.contact, line)
            ]
        if found:
            alike = (one for one in found if one.contact.civility == line.civility)
            self._take(n, next(alike, found[0]).ref)

    def _without_name(self, n: int, line: Contact) -> None:
        """Match the same address where one of the two has no name."""
        here = self.at[normal(line.email)] if line.email else []
        for one in self._free(here):
            blank = not (line.name and one.contact.name)
            if blank and not (
                not line.name and not one.contact.name and other_organisation(one.contact, line)
            ):
                self._take(n, one.ref)
                return
        if here and not line.name and not line.organisation:
            self.whose[n] = here[0]

    def _as_before(self, n: int, line: Contact) -> None:
        """Match an address that somebody had before, where staff gave them another one or merged two lines."""
        for ref, contact, by_staff in self.before[normal(line.email)] if line.email else ():
            if not (same_name(contact, line) or not (contact.name and line.name)):
                continue
            if ref in self.taken:
                self.whose[n] = ref
                return
            if by_staff:
                self._take(n, ref)
                if normal(line.email) != normal(self.people[ref].contact.email):
                    self.keeps.add(n)
                return

    def _by_name(self, n: int, line: Contact) -> None:
        """Match the same name at another address, where the line with the old one is gone and nothing speaks against it."""
        homonyms = self._homonyms(n)
        if len(homonyms) != 1 or len(self._lines_named(n)) != 1:
            return
        one = self.people[homonyms[0]]
        if one.ref in self.taken or not one.listed or one.by_staff or one.withdrawn:
            return
        if not other_organisation(one.contact, line):
            self._take(n, one.ref)

    def _homonyms(self, n: int) -> list[str]:
        """Return the people known by the name of a line."""
        return list(dict.fromkeys(ref for form in self.forms[n] for ref in self.named.get(form, ())))

    def _lines_named(self, n: int) -> list[int]:
        """Return the lines with the name of a line."""
        return sorted({other for form in self.forms[n] for other in self.line_names[form]})

    # -- who is asked ------------------------------------------------------------------------------------------------

    def _asked(self) -> tuple[list[Question], set[str], list[int]]:
        """Return the questions, who is left out until they are answered, and the lines of new people."""
        questions: list[Question] = []
        unsettled: set[str] = set()
        new: list[int] = []
        rest = [n for n in range(len(self.lines)) if n not in self.whose]
        for n in rest:
            question = self._question(n)
            if question is None:
                new.append(n)
                continue
            questions.append(question)
            unsettled.add(question.person)
            if question.known and question.known.ref not in self.taken:
                unsettled.add(question.known.ref)
        return questions, unsettled, new

    def _question(self, n: int) -> Question | None:
        """Return what is asked about a line that is nobody's; None if it is somebody new."""
        line = self.lines[n]
        if not line.email:
            return None  # nothing is sent to it, whoever it is
        here = self._free(self.at[normal(line.email)])
        if here:
            return self._ask("asked-other-name", line, here[0].contact, here[0])
        for one in map(self.people.__getitem__, self._homonyms(n)):
            there = one.ref in self.taken
            # Who has a line is as that makes them, or the next reading would judge otherwise than this one.
            theirs = self.taken[one.ref] if there else -1
            known = self._present(theirs, self.lines[theirs], one) if there else one.contact
            apart = other_organisation(known, line)
            if normal(one.contact.email) == normal(line.email) or (
                there and (apart or not one.contact.email)
            ):
                continue
            why = "asked-staff-address" if one.by_staff and not there else "asked-same-name"
            return self._ask("asked-other-organisation" if apart else why, line, one.contact, one)
        for other in self._lines_named(n):
            that = self.lines[other]
            if other == n or other in self.whose or other_organisation(that, line):
                continue
            if that.email and normal(that.email) != normal(line.email):
                return self._ask("asked-same-name", line, that, None)
        return None

    def _ask(self, why: str, line: Contact, other: Contact, known: Person | None) -> Question:
        home = self.homes.at(line.email)
        ref = home.invitee if home else self.references.invitee(line, 0)
        return Question(why, line, self.references.person(ref, line, 0), other, known)

    # -- what follows ------------------------------------------------------------------------------------------------

    def _matched(self) -> Iterator[Change]:
        """Yield what changes for people who have a line: their address, their names, or that they are back."""
        contacts = {ref: self._present(n, self.lines[n], self.people[ref]) for ref, n in self.taken.items()}
        movers = {
            ref
            for ref, new in contacts.items()
            if normal(new.email) != normal(self.people[ref].contact.email)
        }
        together = self._together(movers, contacts)
        for n in sorted(self.taken.values()):
            ref = self.whose[n]
            person, new, home = self.people[ref], contacts[ref], self.home[ref]
            if ref in movers and home.ref not in together:
                yield from leaving(replace(person, unlisted=False), new, home, self.homes.home(new))
            elif ref in movers or not _same_but_for_origin(person.contact, new) or person.unlisted:
                named = (person.contact.name, person.contact.email) == (new.name, new.email)
                yield placing(Why.LISTED if named else Why.CORRECTED, ref, new, self.homes.known(home))

    def _together(self, movers: set[str], contacts: dict[str, Contact]) -> set[str]:
        """Return the invitations that keep their members at a new address: all go there, and nobody has it."""
        goals: dict[str, set[str]] = {}
        for ref in movers:
            home = self.home[ref]
            members = [one.ref for one in home.members if not one.erased]
            if all(each in movers for each in members):
                self.homes.vacate(home.email, home.ref)
                goals[home.ref] = {normal(contacts[each].email) for each in members}
        together: set[str] = set()
        for invitee in self.register.invitees:
            goal = goals.get(invitee, ())
            address = next(iter(goal), "")
            if len(goal) == 1 and not (address and self.homes.at(address)):
                together.add(invitee)
                if address:
                    self.homes.settle(address, self.register.invitees[invitee])
        return together

    def _present(self, n: int, line: Contact, person: Person) -> Contact:
        """Return the contact of a person by their line, which does not take a name away."""
        known = person.contact
        if n in self.keeps:
            return known
        if not line.name and known.name:
            line = replace(
                line,
                civility=line.civility or known.civility,
                first_name=known.first_name,
                last_name=known.last_name,
            )
        return line

    def _new(self, lines: Iterable[int]) -> Iterator[Change]:
        for n in lines:
            line = self.lines[n]
            home = self.homes.home(line)
            yield placing(Why.LISTED, self.homes.person(home.invitee, line), line, home)


def _contacts(departure: FormerMember) -> Iterator[Contact]:
    """Yield the contacts of somebody at the invitation they left."""
    person = departure.person
    for address in (person.contact.email, *person.former):
        if address:
            yield replace(person.contact, email=address)


def _same_but_for_origin(one: Contact, other: Contact) -> bool:
    """Return whether two contacts are equal, whatever the line they stand in."""
    return replace(one, origin=other.origin) == other


def _entries(changes: Sequence[Change], last: int) -> Iterator[Entry]:
    """Yield changes as the entries they will be, for the fold."""
    for number, change in enumerate(changes, last + 1):
        yield Entry(
            "", change.invitee, _SOME_TIME, Channel.LIST, change.fact, number=number, person=change.person
        )
