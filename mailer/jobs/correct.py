"""Record what staff changed in exported tables: corrected attendances and filled-in review lists."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial

from mailer import exports, ledger
from mailer.errors import ConfigError
from mailer.exports.formats.to_review import Decided, Does
from mailer.jobs import decide, find, read_list, record, standings
from mailer.jobs.decide import Decision, Earlier
from mailer.model.accents import fold_accents
from mailer.model.address import normal
from mailer.model.attendance import PendingReview
from mailer.model.contact import Contact, Origin, Problem, Severity
from mailer.model.entry import Entry, Heard
from mailer.model.finding import Answer, OptOut, PartStat, Undeliverable
from mailer.model.people import Invitee, Register
from mailer.store import Store

COMES = (PartStat.ACCEPTED, PartStat.TENTATIVE)


def compare(store: Store, slug: str, name: str, content: bytes) -> ledger.Diff:
    """Return what a corrected attendance table would change in the ledger; nothing is written.

    Raises ContactsError for what is no table, UserError ``not-an-attendance-table``.
    """
    now = standings.record(store, slug)
    table = exports.from_table.read(read_list.table(name, content), name)
    diff = ledger.corrections(
        table.lines, now.register, now.standings, partial(standings.entries_of, store, slug), name
    )
    advised = (_advised(problem, slug, now.register) for problem in diff.problems)
    return ledger.Diff(diff.changes, (*table.problems, *advised))


def _advised(problem: Problem, slug: str, register: Register) -> Problem:
    """Return a problem with the command that does what the line meant."""
    values = problem.values
    if "person" not in values:
        return problem
    who = find.way(find.person(register.roll, str(values["person"])), register.roll)
    if problem.code == "line-another-address":
        command = ["mailer", "move", slug, who, str(values["address"])]
    else:
        command = _surely(slug, who, str(values["answer"]), str(values["number"]))
    return replace(problem, values={**values, "command": shlex.join(command)})


def _surely(slug: str, who: str, answer: str, number: str) -> list[str]:
    said = answer if answer in record.SAID else "accepted"
    return ["mailer", "record", slug, who, said, "--party", number, "--sure"]


def correct(
    store: Store, slug: str, changes: Sequence[ledger.Correction], *, now: datetime, author: str
) -> list[Entry]:
    """Write changes into the ledger in the name of `author`, and return the new entries."""
    waiting = standings.record(store, slug).reviews
    return store.append(ledger.corrected(changes, slug, now, author, waiting))


@dataclass(slots=True)
class ReadBack:
    """What became of a filled-in review list: how many decisions were recorded, and the lines that could not be used.

    `again` counts the lines that were decided like this before, and `decided_before` has those that were decided otherwise,
    by their number.
    """

    done: int = 0
    problems: list[Problem] = field(default_factory=list)
    again: int = 0
    decided_before: list[tuple[int, Earlier]] = field(default_factory=list)


def decide_from(
    store: Store, slug: str, name: str, content: bytes, *, now: datetime, author: str
) -> ReadBack:
    """Record the decisions of a filled-in review list, each once however often the list is read.

    A mail counts for whom its line names by address or name; one of nobody waits on where nobody invited is named, unless it is
    of somebody who was not invited and would come: they get a line.
    """
    decided, problems = exports.to_review.read(read_list.table(name, content), name)
    read = ReadBack(problems=list(problems))
    known = standings.record(store, slug)
    for line in decided:
        items = _meant(line, known)
        if not items:
            _decided_before(store, slug, line, known, name, read)
        for item in items:
            try:
                decision = _decision(line, item, known)
            except ConfigError as error:
                where = Origin(name, line.line)
                read.problems.append(Problem(Severity.ERROR, error.code, where, error.read))
                continue
            if decide.is_many(decision):
                read.problems.append(_many(line, item, decision, known, slug, name))
                continue
            made = decide.decide(store, slug, item, decision, now=now, author=author)
            if made.earlier is not None:
                read.decided_before.append((line.line, made.earlier))
                continue
            read.done += 1
            if not made.stands:
                read.problems.append(
                    Problem(Severity.WARNING, "decision-without-effect", Origin(name, line.line), line.called)
                )
    return read


def _decided_before(
    store: Store, slug: str, line: Decided, known: standings.Record, name: str, read: ReadBack
) -> None:
    """Count a line about something that waits no more: decided like this before, or otherwise, or not there at all."""
    person = ""
    about = next((one for one in store.entries(slug, above=line.entry - 1) if one.number == line.entry), None)
    invitee = known.register.invitees.get(about.invitee) if about else None
    if invitee and len(invitee.members) > 1:
        named = fold_accents(line.called)
        people = [one for one in invitee.members if fold_accents(one.contact.called) in named]
        person = people[0].ref if len(people) == 1 else ""
    before = decide.earlier(store, slug, line.entry, person)
    if before is None:
        where = Origin(name, line.line)
        read.problems.append(Problem(Severity.WARNING, "decision-not-waiting", where, str(line.entry)))
    elif _is_same(before, line):
        read.again += 1
    else:
        read.decided_before.append((line.line, before))


def _is_same(before: Earlier, line: Decided) -> bool:
    """Return whether what was decided before is what a line says."""
    if line.does is Does.REGISTER:
        return before.answer is not None
    if line.answer is None or before.answer is None:
        return before.answer is line.answer
    return before.answer.partstat is line.answer.partstat


def _decision(line: Decided, item: PendingReview, known: standings.Record) -> Decision:
    """Return the decision of a line. Raises ConfigError where it is not known whose answer it is."""
    invitee = known.register.invitees.get(item.entry.invitee)
    if line.does is Does.NOTED:
        claim = item.entry.fact.finding.claim if isinstance(item.entry.fact, Heard) else None
        return Decision(counts=True) if isinstance(claim, OptOut | Undeliverable) else decide.done(item)
    if line.does is Does.REGISTER:
        return decide.newcomer(item, _newcomer(line, item, invitee))
    if line.answer is None:
        return Decision()
    whose = _whose(line, item, invitee, known)
    if whose is None and invitee is None:
        comes = line.answer.partstat is not PartStat.DECLINED
        if decide.is_uninvited(item) and comes and decide.writer(item).email:
            return decide.newcomer(item, _newcomer(line, item, invitee))
        raise ConfigError("decision-of-nobody", read=line.email)
    if line.answer.partstat is PartStat.DELEGATED and line.instead:
        called, _, address = line.instead.partition("<")
        instead = decide.who_comes(known.register, called.strip(), address.strip(" >"))
        return decide.replaced(item, instead, whose)
    return Decision(_read_as(line, item), whose)


def _many(
    line: Decided, item: PendingReview, decision: Decision, known: standings.Record, slug: str, name: str
) -> Problem:
    """Return that a line speaks of more people than can be believed, with the command by which they are recorded."""
    assert decision.answer is not None
    invitee = decision.whose[0] if decision.whose else known.register.invitees.get(item.entry.invitee)
    person = decision.whose[1] if decision.whose else item.person or item.entry.person
    one = next((each for each in invitee.members if each.ref == person), None) if invitee else None
    who = find.way(find.Found(invitee, one), known.roll) if invitee and one else line.email
    command = _surely(slug, who, decision.answer.partstat.word, str(decision.answer.headcount))
    values = {"command": shlex.join(command)}
    return Problem(
        Severity.WARNING, "many-people-in-line", Origin(name, line.line), line.called, values=values
    )


def _read_as(line: Decided, item: PendingReview) -> Answer:
    """Return the answer of a line with all that the mail says besides; another number than the mail's is the line's."""
    assert line.answer is not None
    said = record.answer_to(item, line.answer.partstat)
    return said if said.partstat not in COMES else decide.with_number(said, line.answer.headcount)


def _newcomer(line: Decided, item: PendingReview, invitee: Invitee | None) -> Contact:
    """Return whom a line puts on the list: who wrote, or whom the line names instead of the invitee."""
    wrote = decide.writer(item)
    if not (line.email or wrote.email) and line.called:
        return decide.contact(line.called, "")
    if not line.email or (invitee and normal(line.email) == normal(invitee.email)):
        return wrote
    if normal(line.email) == normal(wrote.email) and not line.called:
        return wrote
    shown = standings.called(item, invitee)
    name = line.called if line.called and line.called != shown else wrote.name
    return decide.contact(name, line.email)


def _whose(
    line: Decided, item: PendingReview, invitee: Invitee | None, known: standings.Record
) -> tuple[Invitee, str] | None:
    """Return who on the list is named by a line whose address or name staff changed; None for whom it waits."""
    shown = normal(invitee.email) if invitee else normal(decide.writer(item).email)
    if line.email and (normal(line.email) != shown or invitee is None):
        wanted = line.email
    elif line.called and fold_accents(line.called) != fold_accents(standings.called(item, invitee)):
        wanted = line.called
    else:
        return None
    found = find.people(known.roll, wanted)
    if len(found) > 1 and line.called:
        found = [one for one in found if fold_accents(one.called) == fold_accents(line.called)] or found
    if len(found) == 1:
        return found[0].invitee, found[0].person.ref
    if invitee is None:
        return None
    raise ConfigError("decision-of-nobody", read=wanted)


def _meant(decided: Decided, known: standings.Record) -> list[PendingReview]:
    """Return what a line decides: an entry, or of one that is asked of several that for whom the line names."""
    waiting = [item for item in known.reviews if item.entry.number == decided.entry]
    if not decided.called:
        return waiting
    named = fold_accents(decided.called)
    return [
        item
        for item in waiting
        if not item.person
        or fold_accents(standings.called(item, known.register.invitees.get(item.entry.invitee))) in named
    ]
