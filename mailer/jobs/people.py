"""Change who is invited: add, move, merge, withdraw, allow, and compare the lists with the ledger.

Every change is entries that are added in one transaction, and is taken back by other entries.
"""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from mailer import campaign as campaigns
from mailer import contacts, ledger, people
from mailer.errors import ConfigError
from mailer.jobs import find, gather, roll
from mailer.jobs.find import Found
from mailer.model.address import normal
from mailer.model.attendance import Standing
from mailer.model.contact import Contact, Origin, Problem, Reading, Severity
from mailer.model.entry import Allowed, Channel, Entry, Fact, Gone, Heard, Placed, Reviewed
from mailer.model.finding import Answer, OptOut, PartStat, Unclear
from mailer.model.names import named, same_name
from mailer.model.people import FormerMember, Invitee, Person, Register, Why
from mailer.people import Change, Home, Question, Reconciled
from mailer.store import Store

BY_STAFF = Origin("staff")

Questions = Callable[[], Sequence[Question]]
"""Reads the lists, and returns who on them waits for a word."""


@dataclass(frozen=True, slots=True)
class Changed:
    """What a change did: the new entries, none if all was so already, and the person as they are now.

    `others` are the members who share the invitation with them. `barred` says that the address is not written to.
    """

    entries: tuple[Entry, ...]
    invitee: Invitee
    person: Person
    others: tuple[Person, ...] = ()
    barred: bool = False


def add(
    store: Store, slug: str, address: str, name: str, *, now: datetime, author: str = "", yes: bool = False
) -> Changed:
    """Put one person into a campaign by hand; who shares the address becomes a member of its invitation.

    Somebody there whose invitation was taken back, or who was on no list any more, is invited again. Raises
    ConfigError ``address-to-type`` if the address is not usable, and ``add-same-name`` where the name stands at
    another address, unless `yes` says that these are two people.
    """
    contact = replace(named(_usable(address), name), origin=BY_STAFF)
    register = roll.register(store, slug)
    homes = people.Homes(register, campaigns.References(store.secret(), slug))
    here = [one for one in _everybody(register) if normal(one.person.contact.email) == normal(contact.email)]
    known = next((one for one in here if same_name(one.person.contact, contact)), None)
    if known is None:
        blank = (one for one in here if not (contact.name and one.person.contact.name))
        known = next(blank, None)
    if known:
        return _again(store, slug, known, contact, homes, now, author)
    alike = [one for one in _everybody(register) if same_name(one.person.contact, contact)]
    if alike and not yes:
        raise ConfigError(
            "add-same-name",
            read=name,
            found="; ".join(find.told_apart(alike)),
            move=_command("move", slug, find.way(alike[0], register.roll), contact.email),
            add=_command("add", slug, contact.email, "--name", name, "--yes"),
        )
    home = homes.home(contact)
    ref = homes.person(home.invitee, contact)
    return _done(store, slug, [people.placing(Why.ADDED, ref, contact, home)], ref, now, author)


def _again(
    store: Store,
    slug: str,
    known: Found,
    contact: Contact,
    homes: people.Homes,
    now: datetime,
    author: str,
) -> Changed:
    """Invite somebody again who is in the register; a name fills a blank one."""
    one = known.person
    blank = bool(contact.name) and not one.contact.name
    if not (one.withdrawn or one.unlisted or blank):
        return _done(store, slug, [], one.ref, now, author)
    again = one.contact
    if blank:
        again = replace(again, first_name=contact.first_name, last_name=contact.last_name)
    home = homes.known(known.invitee)
    return _done(store, slug, [people.placing(Why.ADDED, one.ref, again, home)], one.ref, now, author)


def move(
    store: Store, slug: str, who: str, address: str, *, now: datetime, author: str = "", share: bool = False
) -> Changed:
    """Give a person another address; who shares an invitation leaves it with what they said so far.

    Where somebody has the address, `share` makes the person a member of that invitation. Raises ConfigError
    ``address-to-type``, or ``address-taken`` with the commands that share the address or merge the two.
    """
    register = roll.register(store, slug)
    found = find.person(register.roll, who)
    contact = replace(found.person.contact, email=_usable(address))
    if normal(contact.email) == normal(found.person.contact.email):
        same = contact.email == found.person.contact.email
        home = Home(found.invitee.ref, found.invitee.uid, found.invitee.token)
        spelled = [] if same else [people.placing(Why.MOVED, found.person.ref, contact, home)]
        return _done(store, slug, spelled, found.person.ref, now, author)
    homes = people.Homes(register, campaigns.References(store.secret(), slug))
    taken = [one for one in _everybody(register) if normal(one.person.contact.email) == normal(contact.email)]
    if taken and not share:
        raise ConfigError(
            "address-taken",
            read=contact.email,
            found="; ".join(find.told_apart(taken)),
            share=_command("move", slug, find.way(found, register.roll), contact.email, "--yes"),
            merge=_command("merge", slug, find.way(taken[0], register.roll), find.way(found, register.roll)),
        )
    alone = not any(one.ref != found.person.ref and not one.erased for one in found.invitee.members)
    if alone and not homes.at(contact.email):
        home = homes.known(found.invitee)
        changes = [people.placing(Why.MOVED, found.person.ref, contact, home)]
    else:
        if alone:
            homes.vacate(found.invitee.email, found.invitee.ref)
        changes = list(people.leaving(found.person, contact, found.invitee, homes.home(contact)))
    return _done(store, slug, changes, found.person.ref, now, author)


def merge(
    store: Store,
    slug: str,
    keep: str,
    other: str,
    *,
    now: datetime,
    author: str = "",
    questions: Questions = tuple,
) -> Changed:
    """Make two lines one person: `keep` stays, and what was and will be said by `other` is theirs.

    `questions` are asked for who is on the lists only. Raises ConfigError ``merge-itself``.
    """
    register = roll.register(store, slug)
    homes = people.Homes(register, campaigns.References(store.secret(), slug))
    waiting = _Waiting(questions, homes)
    kept, placed = waiting.find(register, keep)
    gone, also = waiting.find(register, other)
    if (kept.invitee.ref, kept.person.ref) == (gone.invitee.ref, gone.person.ref):
        raise ConfigError("merge-itself", read=other, found=kept.called)
    gone_to = Gone(Why.MERGED, kept.invitee.ref, kept.person.ref)
    changes = [*placed, *also, Change(gone.invitee.ref, gone.person.ref, gone_to)]
    return _done(store, slug, changes, kept.person.ref, now, author)


class _Waiting:
    """Finds people in the register, or else among the lines that wait for a word; those are placed first."""

    def __init__(self, questions: Questions, homes: people.Homes) -> None:
        self._questions, self._homes = questions, homes

    def find(self, register: Register, who: str) -> tuple[Found, list[Change]]:
        """Return the person, and the change that puts them into the register if they are not there yet."""
        known = find.people(register.roll, who)
        lines = self._lines(who) if not known or _is_full(who, known) is False else []
        if not lines:
            return find.person(register.roll, who), []
        line = lines[0]
        home = self._homes.home(line)
        ref = self._homes.person(home.invitee, line)
        invitee = Invitee(home.invitee, line.email, (Person(ref, line),), home.uid, home.token)
        return Found(invitee, invitee.members[0]), [people.placing(Why.LISTED, ref, line, home)]

    def _lines(self, who: str) -> list[Contact]:
        found = [
            question.line
            for question in self._questions()
            if normal(who) == normal(question.line.email)
            or who == question.person
            or same_name(named("", who), question.line)
        ]
        if len(found) > 1:
            exact = [one for one in found if normal(one.email) == normal(who)]
            if len(exact) != 1:
                shown = "; ".join(f"{one.called} <{one.email}>" for one in found)
                raise ConfigError("person-ambiguous", read=who, found=shown)
            return exact
        return found


def _is_full(who: str, known: Sequence[Found]) -> bool:
    """Return whether somebody known has this address, reference or full name, not only some of its words."""
    return any(
        normal(who) in (normal(one.person.contact.email), one.person.ref, one.invitee.ref)
        or same_name(named("", who), one.person.contact)
        for one in known
    )


def undo_merge(store: Store, slug: str, keep: str, other: str, *, now: datetime, author: str = "") -> Changed:
    """Make two people again of two that were merged; what was told for the one is theirs alone again.

    Raises ConfigError ``not-merged`` where nobody called `other` was merged with `keep`.
    """
    register = roll.register(store, slug)
    kept = find.person(register.roll, keep)
    departed = [
        one
        for one in register.left
        if one.why is Why.MERGED and (one.to, one.into) == (kept.invitee.ref, kept.person.ref)
    ]
    as_found = [Invitee(one.invitee, one.person.contact.email, (one.person,)) for one in departed]
    meant = find.people(as_found, other)
    if len(meant) != 1:
        raise ConfigError("not-merged", read=other, found=kept.called)
    departure = next(one for one in departed if one.person.ref == meant[0].person.ref)
    invitee = register.invitees.get(departure.invitee)
    home = Home(departure.invitee, invitee.uid if invitee else "", invitee.token if invitee else "")
    back = people.placing(Why.UNDONE, departure.person.ref, departure.person.contact, home)
    taken_back = [
        Entry(
            slug,
            kept.invitee.ref,
            now,
            Channel.STAFF,
            Reviewed(entry.number, applied=False),
            author=author,
            person=kept.person.ref,
        )
        for entry in _copied(store, slug, departure)
    ]
    return _done(store, slug, [back], departure.person.ref, now, author, more=taken_back)


def _copied(store: Store, slug: str, departure: FormerMember) -> list[Entry]:
    """Return the entries that were copied when a person was merged: they stand right behind, of the same moment."""
    told = [_said(entry) for entry in store.entries(slug, departure.invitee)]
    merged, *behind = store.entries(slug, above=departure.entry - 1)
    found: list[Entry] = []
    for number, entry in enumerate(behind, departure.entry + 1):
        same = (entry.number, entry.recorded_at) == (number, merged.recorded_at)
        if (
            not same
            or (entry.invitee, entry.person) != (departure.to, departure.into)
            or _said(entry) not in told
        ):
            break
        found.append(entry)
    return found


def _said(entry: Entry) -> tuple[object, ...]:
    """Return what an entry has in common with its copy."""
    fact = entry.fact
    return entry.channel, entry.source, entry.author, fact.said_at if isinstance(fact, Heard) else fact


def withdraw(store: Store, slug: str, who: str, *, now: datetime, author: str = "") -> Changed:
    """Take back the invitation of one person, who keeps their line; whoever shares it keeps theirs."""
    found = find.person(roll.invitees(store, slug), who)
    gone = Change(found.invitee.ref, found.person.ref, Gone(Why.WITHDRAWN))
    return _done(store, slug, [] if found.person.withdrawn else [gone], found.person.ref, now, author)


def allow(
    store: Store, slug: str, who: str, *, now: datetime, asked_again: str = "", author: str = ""
) -> Changed:
    """Write again to a person who objected, only if they asked again, in these words; nothing changes for anybody else.

    Raises ConfigError ``allow-objected`` for a person's own objection without `asked_again`.
    """
    found = find.person(roll.invitees(store, slug), who)
    addresses = [each for each in (found.person.contact.email, *found.person.former) if each]
    entries = list(store.entries(slug, found.invitee.ref))
    standing = _standings(store, slug, found.invitee).get(found.person.ref)
    objections = [
        entry.number
        for entry in entries
        if isinstance(entry.fact, Heard)
        and isinstance(entry.fact.finding.claim, OptOut)
        and entry.person in ("", found.person.ref)
    ]
    objected = bool(store.suppressed(addresses)) or bool(standing and standing.opted_out)
    if not objected:
        return replace(_done(store, slug, [], found.person.ref, now, author), barred=False)
    if not asked_again.strip():
        command = _command("allow", slug, who, "--asked-again")
        # At a shared address somebody else may have objected, who bars it for everybody there.
        theirs = len(found.invitee.members) == 1 or any(
            entry.number in objections and entry.person == found.person.ref for entry in entries
        )
        raise ConfigError(
            "allow-objected", read=found.called if theirs else found.person.contact.email, command=command
        )
    taken_back = [
        Entry(slug, found.invitee.ref, now, Channel.STAFF, Reviewed(number, applied=False), author=author)
        for number in objections
    ]
    allowed = Change(found.invitee.ref, found.person.ref, Allowed())
    done = _done(
        store, slug, [allowed], found.person.ref, now, author, note=asked_again.strip(), more=taken_back
    )
    store.lift(addresses)
    return replace(done, barred=False)


# -- the lists ---------------------------------------------------------------------------------------------------------


def reconcile(
    store: Store | None,
    slug: str,
    households: Iterable[Sequence[Contact]],
    *,
    missing: Sequence[str] = (),
    register: Register | None = None,
) -> Reconciled:
    """Compare the people on the lists of a campaign with those in the ledger; nothing is written.

    `missing` names the lists that could not be read. `register` is what the ledger has, where the caller has read it.
    """
    if register is None:
        register = roll.register(store, slug) if store else Register()
    households = [tuple(people_) for people_ in households]
    forgotten = gather.forgotten(store, [one for people_ in households for one in people_])
    return people.reconcile(
        register,
        households,
        campaigns.References(store.secret() if store else campaigns.NO_SECRET, slug),
        forgotten=forgotten,
        missing=missing,
        last=store.change_token(slug).newest if store else 0,
    )


def record_reconciled(store: Store, slug: str, reconciled: Reconciled, *, now: datetime) -> list[Entry]:
    """Write what the lists change into the ledger in one transaction, and return the new entries.

    What somebody said who leaves a shared invitation is told in their new one; their objection holds there, too.
    """
    before = roll.register(store, slug)
    entries = _entries(store, slug, before, reconciled.changes, now, Channel.LIST)
    recorded = store.append(entries)
    _bar(store, before, reconciled.changes, now)
    return recorded


def problems(slug: str, reconciled: Reconciled) -> list[Problem]:
    """Return a warning for each line that waits for a word, with the commands that settle it."""
    found = [
        Problem(
            Severity.WARNING,
            question.why,
            question.line.origin,
            question.line.called,
            values={
                "address": question.line.email,
                "other": question.other.called,
                "other_address": question.other.email,
                "same": _command("merge", slug, *_ways(question)),
                "two": _command("add", slug, question.line.email, *_named(question.line), "--yes"),
                "move": _command("move", slug, _ways(question)[0], question.line.email),
            },
        )
        for question in reconciled.questions
    ]
    if reconciled.blocked == "many-gone":
        values = {"n": len(reconciled.gone)}
        found.append(Problem(Severity.WARNING, "many-gone", Origin(""), values=values))
    return found


def is_settled(problem: Problem, reading: Reading, reconciled: Reconciled) -> bool:
    """Return whether a problem of two lines with one name needs no word of the lists' own.

    A question says more of it, or staff have made the two one person.
    """
    if problem.code != "same-name-other-address":
        return False
    lines = {
        problem.origin,
        Origin(str(problem.values["other_file"]), int(str(problem.values["other_line"]))),
    }
    if any(question.line.origin in lines for question in reconciled.questions):
        return True
    here = {normal(one.email) for one in reading.contacts if one.origin == problem.origin}
    both = {normal(problem.proposal), *here}
    return any(both <= addresses for addresses in _addresses_of_each(reconciled.register))


def _addresses_of_each(register: Register) -> Iterator[set[str]]:
    """Yield all addresses of each person, with those of whoever was made one person with them."""
    merged: dict[str, set[str]] = {}
    for departure in register.left:
        merged.setdefault(departure.into, set()).update(_addresses(departure.person))
    for invitee in register.roll:
        for member in invitee.members:
            yield _addresses(member) | merged.get(member.ref, set())


def _addresses(person: Person) -> set[str]:
    contact = person.contact
    return {normal(one) for one in (contact.email, *contact.other_addresses, *person.former) if one}


def _ways(question: Question) -> tuple[str, str]:
    """Return what names the person known, and the one on the list."""
    if normal(question.other.email) == normal(question.line.email):
        known = question.known.ref if question.known else question.other.name
        return question.other.name or known, question.line.name or question.person
    return question.other.email or question.other.name, question.line.email


def _named(line: Contact) -> tuple[str, ...]:
    return ("--name", line.name) if line.name else ()


# -- writing -----------------------------------------------------------------------------------------------------------


def _done(
    store: Store,
    slug: str,
    changes: Sequence[Change],
    person: str,
    now: datetime,
    author: str,
    *,
    note: str = "",
    more: Sequence[Entry] = (),
) -> Changed:
    """Append changes by staff, and return the person as they are then."""
    before = roll.register(store, slug)
    entries = [*_entries(store, slug, before, changes, now, Channel.STAFF, author, note), *more]
    recorded = tuple(store.append(entries)) if entries else ()
    _bar(store, before, changes, now)
    after = roll.register(store, slug)
    invitee = next(one for one in after.roll if any(each.ref == person for each in one.members))
    found = next(each for each in invitee.members if each.ref == person)
    others = tuple(
        each for each in invitee.members if each.ref != person and not (each.withdrawn or each.erased)
    )
    barred = bool(store.suppressed([invitee.email])) if invitee.email else False
    return Changed(recorded, invitee, found, others, barred)


def _entries(
    store: Store,
    slug: str,
    before: Register,
    changes: Sequence[Change],
    now: datetime,
    channel: Channel,
    author: str = "",
    note: str = "",
) -> list[Entry]:
    """Return changes as entries, each departure followed by what the person said so far."""
    entries: list[Entry] = []
    carried: list[Entry] = []
    for change in changes:
        fact = change.fact
        if isinstance(fact, Placed) and fact.origin:
            fact = replace(fact, revision=_told_of(store, slug, before, fact.origin, change.person))
        entries.append(
            Entry(
                slug,
                change.invitee,
                now,
                channel,
                fact,
                author=author,
                note=note,
                person=change.person,
            )
        )
        match change.fact:
            case Gone(Why.MOVED | Why.MERGED as why, to, into):
                source = before.invitees.get(change.invitee)
                member = (
                    next((one for one in source.members if one.ref == change.person), None)
                    if source
                    else None
                )
                if source and member:
                    told = _carried(store, slug, source, member, to, into or member.ref, now)
                    if why is Why.MERGED:
                        entries += _differing(store, slug, told, to, into)
                    else:
                        carried += told
    return [*entries, *carried]


def _told_of(store: Store, slug: str, before: Register, origin: str, person: str) -> int:
    """Return the newest revision of the meeting that a letter told a person of at an invitation they leave, 0 for none."""
    source = before.invitees.get(origin)
    standing = _standings(store, slug, source).get(person) if source else None
    letters = (
        [one.revision for one in standing.told if one.is_held and one.key.kind.is_invitation]
        if standing
        else []
    )
    placed = [
        entry.fact for entry in store.entries(slug, origin, kinds=("placed",)) if entry.person == person
    ]
    return max([*letters, *(one.revision for one in placed if isinstance(one, Placed))], default=0)


def _bar(store: Store, before: Register, changes: Sequence[Change], now: datetime) -> None:
    """Bar the new address of a person whose former one is barred: an objection follows them."""
    known = {one.ref: one.contact.email for each in before.roll for one in each.members}
    moved = {
        known[change.person]: change.fact.contact.email
        for change in changes
        if isinstance(change.fact, Placed) and known.get(change.person) and change.fact.contact.email
    }
    moved = {old: new for old, new in moved.items() if normal(old) != normal(new)}
    for old in store.suppressed(moved):
        store.suppress(moved[old], now, "asked")


# -- what a person said --------------------------------------------------------------------------------------------------


def _carried(
    store: Store, slug: str, source: Invitee, person: Person, to: str, into: str, now: datetime
) -> list[Entry]:
    """Return what stands for a person at an invitation they leave, as entries of the one they go to.

    That is the answer, with their share of a number said for several, an objection, and whether they were seen;
    where nobody stays, also what still waits for staff. Who stays is told their share of the number, too.
    """
    entries = [
        entry
        for entry in store.entries(slug, source.ref)
        if entry.person in ("", person.ref) and entry.number > person.since
    ]
    standings = _standings(store, slug, source)
    standing = standings.get(person.ref)
    if standing is None:
        return []
    stays = [one for one in source.members if one.ref != person.ref and not one.erased]
    found: list[Entry] = []
    answer = _answer(entries, standing)
    if answer is not None:
        claim = _claim(answer.fact) if isinstance(answer.fact, Heard) else None
        shared = claim is not None and bool(claim.headcount)
        found.append(_copy(answer, to, into, now, standing, shared=shared))
    found += _shares(store, slug, source, stays, standings, now)
    waiting = set() if stays else set(standing.to_review)
    last_seen = max((seen.entry for seen in standing.sightings), default=0)
    for entry in entries:
        objection = (
            standing.opted_out
            and isinstance(entry.fact, Heard)
            and isinstance(entry.fact.finding.claim, OptOut)
            and not entry.fact.held
        )
        if objection or entry.number in waiting or entry.number == last_seen:
            found.append(replace(entry, invitee=to, person=into, recorded_at=now, number=0))
    return found


def _answer(entries: Sequence[Entry], standing: Standing) -> Entry | None:
    """Return the entry with the answer that counts; None if there is none."""
    if standing.partstat is PartStat.NEEDS_ACTION:
        return None
    said = [
        entry
        for entry in entries
        if isinstance(entry.fact, Heard)
        and (claim := _claim(entry.fact)) is not None
        and claim.partstat is standing.partstat
        and entry.number not in standing.to_review
    ]
    exact = [
        entry for entry in said if isinstance(entry.fact, Heard) and entry.fact.said_at == standing.said_at
    ]
    return (exact or said)[-1] if said else None


def _claim(heard: Heard) -> Answer | None:
    claim = heard.finding.claim
    if isinstance(claim, Unclear):
        return claim.proposal
    return claim if isinstance(claim, Answer) else None


def _shares(
    store: Store,
    slug: str,
    source: Invitee,
    stays: Sequence[Person],
    standings: Mapping[str, Standing],
    now: datetime,
) -> Iterator[Entry]:
    """Yield for those who stay their share of a number that was said for all: who leaves takes theirs along."""
    entries = list(store.entries(slug, source.ref))
    for one in stays:
        standing = standings.get(one.ref)
        answer = _answer([each for each in entries if not each.person], standing) if standing else None
        claim = _claim(answer.fact) if answer and isinstance(answer.fact, Heard) else None
        if answer and standing and claim and claim.headcount and standing.said_at == _said_at(answer):
            yield _copy(answer, source.ref, one.ref, now, standing, shared=True)


def _said_at(entry: Entry) -> datetime | None:
    return entry.fact.said_at if isinstance(entry.fact, Heard) else None


def _copy(entry: Entry, to: str, into: str, now: datetime, standing: Standing, *, shared: bool) -> Entry:
    """Return an answer as an entry of another person; no automatic answer is sent for it again.

    Of a number that was `shared` it has the part that stands, and what somebody has looked over is not to be looked over again.
    """
    assert isinstance(entry.fact, Heard)
    claim = _claim(entry.fact)
    assert claim is not None
    if shared and standing.headcount is not None:
        claim = replace(
            claim,
            headcount=standing.headcount,
            least=standing.least,
            adults=standing.adults,
            children=standing.children,
        )
    if entry.number not in standing.to_glance:
        claim = replace(claim, glance=False, asks=False)
    fact: Fact = replace(
        entry.fact,
        finding=replace(entry.fact.finding, claim=claim),
        held=False,
        why="",
        message_id="",
    )
    return replace(entry, invitee=to, person=into, recorded_at=now, fact=fact, number=0)


def _differing(store: Store, slug: str, told: Iterable[Entry], to: str, into: str) -> Iterator[Entry]:
    """Yield what is told of a merged person; an answer that differs from the one of the person kept waits."""
    invitee = roll.register(store, slug).invitees.get(to)
    standing = _standings(store, slug, invitee).get(into) if invitee else None
    for entry in told:
        claim = _claim(entry.fact) if isinstance(entry.fact, Heard) else None
        if isinstance(entry.fact, Heard) and claim and standing and _differs(claim, standing):
            yield replace(
                entry, fact=replace(entry.fact, held=True, why=entry.fact.why or "merged-differently")
            )
        else:
            yield entry


def _differs(claim: Answer, standing: Standing) -> bool:
    if standing.partstat is PartStat.NEEDS_ACTION:
        return False
    heads = {claim.headcount or 0, standing.headcount or 0} - {0}
    return claim.partstat is not standing.partstat or len(heads) > 1


def _standings(store: Store, slug: str, invitee: Invitee) -> Mapping[str, Standing]:
    """Return where the members of an invitation stand, by reference."""
    announced = store.entries(slug, "", kinds=("announced",))
    return ledger.attendance(store.entries(slug, invitee.ref), Register({invitee.ref: invitee}), announced)


# -- words -------------------------------------------------------------------------------------------------------------


def _everybody(register: Register) -> list[Found]:
    return [Found(each, one) for each in register.roll for one in each.members if not one.erased]


def _usable(address: str) -> str:
    usable = contacts.address(address)
    if not usable:
        raise ConfigError("address-to-type", read=address)
    return usable


def _command(*parts: str) -> str:
    return shlex.join(["mailer", *parts])
