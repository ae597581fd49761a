"""Decide what waits for a person: each decision is written at once, looked at again in the ledger, and can be undone."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import islice

from mailer import campaign as campaigns
from mailer import contacts, ledger, people
from mailer.errors import ConfigError
from mailer.jobs import record, roll, standings
from mailer.jobs.find import Found
from mailer.model.address import normal
from mailer.model.attendance import PendingReview, Standing
from mailer.model.campaign import Campaign, Uninvited
from mailer.model.contact import Contact, Origin
from mailer.model.entry import Channel, Entry, Fact, Gone, Heard, Placed, Reviewed, Trust
from mailer.model.finding import (
    TASKS,
    Answer,
    Finding,
    MailKind,
    OptOut,
    PartStat,
    Unattended,
    Unclear,
    Undeliverable,
)
from mailer.model.heads import MOST_HEADS
from mailer.model.names import name_forms, named, same_name
from mailer.model.people import Invitee, Register, Why
from mailer.store import Store


class Choice(enum.Enum):
    """What can be decided of something that waits.

    YES, NO, PERHAPS: the answer, NUMBER: they come, and how many is typed, REPLACED: somebody comes instead. NEW: whoever wrote is put on the list. WHO: it is from
    somebody else on the list. COUNTS: what was read takes effect, an objection or a delivery notice. DONE: what there was
    to do is done. NOTHING: it holds no answer.
    """

    YES = "yes"
    NO = "no"
    PERHAPS = "perhaps"
    NUMBER = "number"
    REPLACED = "replaced"
    NEW = "register"
    WHO = "who"
    COUNTS = "counts"
    DONE = "done"
    NOTHING = "none"


ANSWERS = {
    Choice.YES: PartStat.ACCEPTED,
    Choice.NO: PartStat.DECLINED,
    Choice.PERHAPS: PartStat.TENTATIVE,
    Choice.REPLACED: PartStat.DELEGATED,
}


@dataclass(frozen=True, slots=True)
class Decision:
    """What a person decided.

    `answer` is what they read in it, None for no answer. It counts for whom it waits, or for the one person or all of an invitee
    that are named (`whose`), or for somebody who has no line yet (`newcomer`). `instead` comes in the person's place: somebody with a line of their
    own, or without one yet; None where nobody knows who it is. `counts`: what was read takes effect as it stands.
    """

    answer: Answer | None = None
    whose: tuple[Invitee, str] | None = None
    newcomer: Contact | None = None
    instead: Found | Contact | None = None
    counts: bool = False


@dataclass(frozen=True, slots=True)
class Earlier:
    """Who decided something, and when: that it counts as it was read (`applied`), another answer, or that it holds none."""

    author: str
    at: datetime
    applied: bool
    answer: Answer | None = None


@dataclass(frozen=True, slots=True)
class Made:
    """A decision as it was written; `entries` are empty where somebody had decided it `earlier`.

    `stands` says whether the ledger shows what was decided now that it is read again. `barred` are the addresses that are not written to any more by it.
    """

    item: PendingReview
    decision: Decision
    entries: tuple[Entry, ...] = ()
    earlier: Earlier | None = None
    stands: bool = True
    barred: tuple[str, ...] = ()


def choices(item: PendingReview, invitee: Invitee | None) -> tuple[Choice, ...]:
    """Return what can be decided of something that waits, in the order in which it is offered."""
    claim = _heard(item).finding.claim
    if isinstance(claim, Undeliverable):
        return Choice.COUNTS, Choice.NOTHING
    found = [Choice.DONE] if is_task(item) else []
    found += [Choice.COUNTS] if isinstance(claim, OptOut) else []
    found += [Choice.YES, Choice.NO, Choice.PERHAPS, Choice.NUMBER]
    found += [Choice.REPLACED] if invitee else []
    found += [Choice.NEW] if not is_from(item, invitee) else []
    return *found, Choice.WHO, Choice.NOTHING


def is_from(item: PendingReview, invitee: Invitee | None) -> bool:
    """Return whether the mail came from an address of the invitee for whom it waits, so that nobody asks who wrote."""
    if invitee is None:
        return False
    heard = _heard(item)
    if not heard.sender:
        return not is_uninvited(item)
    theirs = {invitee.email}
    for one in invitee.members:
        theirs |= {one.contact.email, *one.contact.other_addresses, *one.former}
    return normal(heard.sender) in map(normal, theirs) and not is_uninvited(item)


def is_uninvited(item: PendingReview) -> bool:
    """Return whether it waits because somebody who was not invited would like to come."""
    return _heard(item).why in (ledger.UNINVITED, ledger.BEYOND)


def is_task(item: PendingReview) -> bool:
    """Return whether staff have something to do that is no answer, such as to answer who proposes another time."""
    finding = _heard(item).finding
    asked = finding.kind is MailKind.CALENDAR_COUNTER or isinstance(finding.claim, Unattended)
    return asked or (isinstance(finding.claim, Unclear) and finding.claim.why in TASKS)


def newcomers(waiting: Iterable[PendingReview], campaign: Campaign) -> list[PendingReview]:
    """Return those who were not invited and would come to a meeting that is open to everybody: they are decided together."""
    if campaign.uninvited is not Uninvited.ACCEPT:
        return []
    comes = (PartStat.ACCEPTED, PartStat.TENTATIVE)
    return [
        item
        for item in waiting
        if item.why == ledger.UNINVITED
        and not item.entry.invitee
        and item.proposal is not None
        and item.proposal.partstat in comes
        and (item.proposal.headcount or 0) <= MOST_HEADS
        and writer(item).email
    ]


def writer(item: PendingReview) -> Contact:
    """Return name and address of whoever wrote, as a contact; empty where the mail does not say."""
    heard = _heard(item)
    address = heard.sender or next(iter(heard.finding.addresses), "")
    name = " ".join("".join(c if c.isprintable() else " " for c in heard.sender_name).split())
    return replace(named(contacts.address(address) or "", name), origin=Origin("mail"))


def newcomer(item: PendingReview, who: Contact | None = None, heads: int | None = None) -> Decision:
    """Return the decision that somebody is put on the list who comes, or may come: whoever wrote, or this contact.

    `heads` is how many come, where it is another number than was read.
    """
    said = record.answer_to(item, _coming(item))
    return Decision(said if heads is None else with_number(said, heads), newcomer=who or writer(item))


def _coming(item: PendingReview) -> PartStat:
    may = item.proposal is not None and item.proposal.partstat is PartStat.TENTATIVE
    return PartStat.TENTATIVE if may else PartStat.ACCEPTED


def with_number(said: Answer, heads: int | None) -> Answer:
    """Return an answer with a number that a person typed; what was read of a range or of children goes with another one."""
    if said.headcount == heads:
        return said
    return replace(said, headcount=heads, least=None, adults=None, children=None, number_to_check=False)


def is_many(decision: Decision) -> bool:
    """Return whether a decision says that more people come than can be believed without being asked again."""
    return decision.answer is not None and (decision.answer.headcount or 0) > MOST_HEADS


def done(item: PendingReview) -> Decision:
    """Return the decision that what there was to do is done; no answer changes by it."""
    claim = _heard(item).finding.claim
    return Decision(counts=item.proposal is None and not isinstance(claim, OptOut | Undeliverable))


def answer(item: PendingReview, partstat: PartStat, whose: tuple[Invitee, str] | None = None) -> Decision:
    """Return the decision that it is this answer, of whom it waits for or of somebody else on the list."""
    return Decision(record.answer_to(item, partstat), whose=whose)


def chosen(
    item: PendingReview, choice: Choice, whose: tuple[Invitee, str] | None, heads: int | None = None
) -> Decision:
    """Return the decision of a choice that needs no name besides whose answer it is; `heads` is the number of NUMBER.

    A yes of somebody who was not invited puts them on the list. Raises ConfigError ``decision-whose`` where it is not known
    whose answer it is.
    """
    match choice:
        case Choice.NOTHING:
            return Decision()
        case Choice.DONE:
            return done(item)
        case Choice.COUNTS:
            return Decision(whose=whose, counts=True)
        case Choice.NEW:
            return newcomer(item)
        case _:
            pass
    if not (whose or item.entry.invitee):
        if is_uninvited(item) and choice is not Choice.NO and writer(item).email:
            return newcomer(item, heads=heads)
        raise ConfigError("decision-whose")
    if choice is Choice.NUMBER:
        said = record.answer_to(item, _coming(item))
        return Decision(said if heads is None else with_number(said, heads), whose)
    return (
        answer(item, ANSWERS[choice], whose) if choice is not Choice.REPLACED else replaced(item, None, whose)
    )


def replaced(
    item: PendingReview, instead: Found | Contact | None, whose: tuple[Invitee, str] | None = None
) -> Decision:
    """Return the decision that somebody comes instead of the person; the seat is theirs where they have a line of their own."""
    said = record.answer_to(item, PartStat.DELEGATED)
    if instead is not None:
        said = replace(said, delegate=instead.called, headcount=0)
    return Decision(said, whose, instead=instead)


def who_comes(register: Register, name: str, address: str) -> Found | Contact:
    """Return who on the list has this name and no other address than this one, else the name and the address as a contact.

    Raises ConfigError ``address-to-type`` for an address that is not usable.
    """
    wanted = contact(name, address)
    alike = [
        Found(each, one)
        for each in register.roll
        for one in each.members
        if not one.erased and _is_same(one.contact, wanted)
    ]
    return alike[0] if len(alike) == 1 else wanted


def contact(name: str, address: str) -> Contact:
    """Return somebody whom staff name. Raises ConfigError ``address-to-type`` for an address that is not usable."""
    usable = contacts.address(address)
    if address.strip() and not usable:
        raise ConfigError("address-to-type", read=address.strip())
    return replace(named(usable or "", name), origin=Origin("staff"))


def _is_same(one: Contact, other: Contact) -> bool:
    at_once = normal(one.email) == normal(other.email)
    if not other.email:
        return same_name(one, other)
    return at_once and (same_name(one, other) or not (name_forms(one) and name_forms(other)))


def decide(
    store: Store, slug: str, item: PendingReview, decision: Decision, *, now: datetime, author: str
) -> Made:
    """Write a decision and read it back; nothing is written where somebody has decided the same since `item` was read."""
    put_down = decision.newcomer
    known = item.entry.invitee or decision.whose
    if put_down is not None:
        known = put_down.email or put_down.name
    if decision.answer is not None and not known:
        raise ConfigError("decision-of-nobody", read=writer(item).called)
    writing = _Writing(store, slug, item, decision, now, author)
    addresses = writing.to_bar()
    barred = tuple(sorted(set(addresses) - store.suppressed(addresses)))
    for address in barred:
        store.suppress(address, now, "asked")
    written = store.append_decided(slug, (), writing.entries, item.entry.invitee)
    if writing.earlier is not None:
        store.lift(barred)
        return Made(item, decision, earlier=_described(store, slug, item.entry, writing.earlier))
    made = Made(item, decision, tuple(written), barred=barred)
    return replace(made, stands=_stands(store, slug, made))


def confirm(
    store: Store,
    slug: str,
    items: Sequence[PendingReview],
    invitee: Invitee | None,
    *,
    now: datetime,
    author: str,
) -> list[Made]:
    """Write that an answer was looked over and is right; `items` are one entry for each person for whom it counts.

    Where it counts for everybody of the address, it is confirmed for all at once, and stays an answer that names nobody.
    """
    everybody = [one for one in invitee.members if not one.erased] if invitee else []
    if 1 < len(items) == len(everybody):
        items = [replace(items[0], person="")]
    looked_over = Decision(counts=True)
    return [decide(store, slug, item, looked_over, now=now, author=author) for item in items]


def by_entry(items: Iterable[PendingReview]) -> list[list[PendingReview]]:
    """Return what is asked of several people of an address together, in order."""
    found: dict[int, list[PendingReview]] = {}
    for item in items:
        found.setdefault(item.entry.number, []).append(item)
    return list(found.values())


@dataclass(slots=True)
class _Writing:
    """The entries of a decision, which are made while nobody else writes."""

    store: Store
    slug: str
    item: PendingReview
    decision: Decision
    now: datetime
    author: str
    earlier: Entry | None = None
    register: Register = field(init=False)
    """Everybody where somebody is put on the list, else for whom it waits."""
    announced: Sequence[Entry] = field(init=False)
    homes: people.Homes = field(init=False)

    def __post_init__(self) -> None:
        store, slug, ref = self.store, self.slug, self.item.entry.invitee
        puts_down = self.decision.newcomer is not None or isinstance(self.decision.instead, Contact)
        self.register = roll.register(store, slug) if puts_down else roll.register_of(store, slug, [ref])
        self.announced = list(store.entries(slug, "", kinds=standings.ANNOUNCED))
        self.homes = people.Homes(self.register, campaigns.References(store.secret(), slug))

    def to_bar(self) -> list[str]:
        """Return the addresses that are not written to any more if an objection counts."""
        if not (self.decision.counts and isinstance(_heard(self.item).finding.claim, OptOut)):
            return []
        invitee = self.decision.whose[0] if self.decision.whose else self.invitee
        if invitee is None:
            return [address for address in [writer(self.item).email] if address]
        found = {invitee.email}
        for one in invitee.members:
            found |= {one.contact.email, *one.contact.other_addresses}
        return sorted(found - {""})

    @property
    def invitee(self) -> Invitee | None:
        return self.register.invitees.get(self.item.entry.invitee)

    def entries(self, known: list[Entry]) -> list[Entry]:
        """Return what is to be written; `known` are all entries about whom it waits for."""
        self.earlier = next(iter(_decisions(known, self.item, above=self.item.standing.last_entry)), None)
        if self.earlier is not None:
            return []
        persons = (self.item.person,) if self.item.person else (self.item.entry.person,)
        decision, waiting = self.decision, self.item.entry
        closed = [
            self.entry(waiting.invitee, one, Reviewed(waiting.number, applied=False)) for one in persons
        ]
        objects = isinstance(_heard(self.item).finding.claim, OptOut)
        if decision.counts and decision.whose and objects:
            objector, person = decision.whose
            return [*closed, self.entry(objector.ref, person, self.said(OptOut()))]
        if decision.counts or decision.answer is None:
            reviewed = Reviewed(waiting.number, applied=decision.counts)
            return [self.entry(waiting.invitee, one, reviewed) for one in persons]
        if decision.newcomer is not None:
            return closed + self.put_down(decision.newcomer, decision.answer)
        whose, person = (decision.whose[0].ref, decision.whose[1]) if decision.whose else ("", "")
        made = self.decided(whose, person, as_read=True)
        if made[0].fact == Reviewed(waiting.number, applied=True) and not self.shows(known, made):
            made = self.decided(whose, person, as_read=False)
        match decision.instead:
            case Found(substitute, one):
                made += [self.entry(substitute.ref, one.ref, self.said(self.comes()))]
            case Contact() as stranger:
                made += self.put_down(stranger, self.comes())
            case None:
                pass
        return made

    def decided(self, whose: str, person: str, *, as_read: bool) -> list[Entry]:
        return record.decided(
            self.slug,
            self.item.entry,
            self.decision.answer,
            now=self.now,
            author=self.author,
            persons=(self.item.person,) if self.item.person else (),
            invitee=whose,
            person=person,
            as_read=as_read,
        )

    def comes(self) -> Answer:
        """Return the answer of whoever comes instead, with the number that was said of them."""
        read = self.item.proposal
        number = read.headcount if read and ledger.is_delegation(read) else None
        return Answer(PartStat.ACCEPTED, number or None)

    def said(self, claim: Answer | OptOut) -> Heard:
        heard = _heard(self.item)
        words = heard.finding.text or heard.finding.evidence
        finding = Finding("staff", MailKind.OTHER, claim, evidence=words)
        return Heard(finding, heard.said_at, Trust.STAFF, sender=heard.sender)

    def put_down(self, who: Contact, said: Answer) -> list[Entry]:
        """Return the entries by which somebody gets a line with an answer, or by which their line gets it."""
        known = who_comes(self.register, who.name, who.email)
        if isinstance(known, Found):
            return [self.entry(known.invitee.ref, known.person.ref, self.said(said))]
        home = self.homes.home(who)
        ref = self.homes.person(home.invitee, who)
        placed = people.placing(Why.REGISTERED, ref, who, home)
        return [
            self.entry(home.invitee, ref, placed.fact),
            self.entry(home.invitee, ref, self.said(said)),
        ]

    def entry(self, invitee: str, person: str, fact: Fact) -> Entry:
        return Entry(self.slug, invitee, self.now, Channel.STAFF, fact, author=self.author, person=person)

    def shows(self, known: Sequence[Entry], made: Sequence[Entry]) -> bool:
        """Return whether the ledger would show the answer if these entries were written."""
        invitee = self.invitee
        if invitee is None:
            return True
        last = max(one.number for one in (*known, *self.announced))
        new = [replace(one, number=last + at) for at, one in enumerate(made, 1)]
        entries = sorted([*self.announced, *known, *new], key=lambda one: one.number)
        then = ledger.attendance(entries, Register({invitee.ref: invitee}))
        answer = self.decision.answer
        return all(
            answer is None or then[ref].partstat is answer.partstat
            for one in made
            for ref in ([one.person] if one.person else [each.ref for each in invitee.members])
            if ref in then
        )


def _decisions(known: Iterable[Entry], item: PendingReview, above: int = 0) -> list[Entry]:
    """Return the decisions about what waits that were not undone, newest first; only those after the entry `above`."""
    reviewed = [one for one in known if isinstance(one.fact, Reviewed)]
    undone = {one.fact.entry for one in reviewed if isinstance(one.fact, Reviewed)}
    asked = item.person or item.entry.person
    return [
        one
        for one in reversed(reviewed)
        if isinstance(one.fact, Reviewed)
        and one.fact.entry == item.entry.number
        and one.number > above
        and one.number not in undone
        and (not one.person or not asked or one.person == asked)
    ]


def waits(store: Store, slug: str, item: PendingReview) -> PendingReview | None:
    """Read again whether something still waits or is to be looked over, and return it as it is now; None if it was decided meanwhile."""
    if item.entry.invitee:
        register = roll.register_of(store, slug, [item.entry.invitee])
        invitee = register.invitees.get(item.entry.invitee)
        if invitee is None:
            return None
        entries = standings.entries_of(store, slug, invitee)
    else:
        register, entries = Register(), list(store.entries(slug, ""))
    known = ledger.attendance(entries, register)
    found = [*ledger.review(entries, known), *ledger.glances(entries, known)]
    about = [one for one in found if one.entry.number == item.entry.number]
    return next((one for one in about if item.person in ("", one.person)), None)


def earlier(store: Store, slug: str, number: int, person: str = "") -> Earlier | None:
    """Return who decided about an entry, for a person or for all, when and what; None if nobody has."""
    about = next((one for one in store.entries(slug, above=number - 1) if one.number == number), None)
    if about is None or not isinstance(about.fact, Heard):
        return None
    known = store.entries(slug, about.invitee, kinds=("reviewed",))
    item = PendingReview(about, Standing(""), "", None, person)
    found = _decisions(known, item)
    return _described(store, slug, about, found[0]) if found else None


def _described(store: Store, slug: str, about: Entry, decided: Entry) -> Earlier:
    """Return a decision with the answer that was written with it: right behind, of the same moment."""
    assert isinstance(decided.fact, Reviewed)
    answer = None
    if decided.fact.applied:
        answer = about.fact.finding.claim_read if isinstance(about.fact, Heard) else None
    else:
        behind = islice(store.entries(slug, above=decided.number), _TOGETHER)
        for number, one in enumerate(behind, decided.number + 1):
            if (one.number, one.recorded_at, one.author) != (number, decided.recorded_at, decided.author):
                break
            if isinstance(one.fact, Heard):
                answer = one.fact.finding.claim_read
                break
    return Earlier(decided.author, decided.recorded_at, decided.fact.applied, answer)


_TOGETHER = 40
"""How many entries one decision can have: one for each person of an address, and what was decided of each."""


def _stands(store: Store, slug: str, made: Made) -> bool:
    """Return whether a decision is seen in the ledger: it waits no more, and the answer is the one that counts."""
    if waits(store, slug, made.item) is not None:
        return False
    read = made.decision.answer
    for entry in made.entries:
        if made.decision.counts or read is None:
            break
        said = entry.fact.finding.claim if isinstance(entry.fact, Heard) else None
        applied = isinstance(entry.fact, Reviewed) and entry.fact.applied
        answer = said if isinstance(said, Answer) else read if applied else None
        register = roll.register_of(store, slug, [entry.invitee])
        invitee = register.invitees.get(entry.invitee)
        if answer is None or invitee is None:
            continue
        now = standings.of_invitee(store, slug, invitee)
        refs = [entry.person] if entry.person else [one.ref for one in invitee.members]
        if any(now[ref].partstat is not answer.partstat for ref in refs):
            return False
        if any(now[ref].cancelled_at for ref in refs):
            return False
    return True


def undo(store: Store, slug: str, made: Made, *, now: datetime, author: str) -> bool:
    """Take a decision back by counter-entries, so that it waits again; return whether there was anything to take back."""
    if not made.entries:
        return False
    later = {
        entry.invitee: [
            one
            for one in store.entries(slug, entry.invitee, above=entry.number)
            if one.number > made.entries[-1].number
        ]
        for entry in made.entries
        if isinstance(entry.fact, Placed)
    }

    def counter(known: list[Entry]) -> list[Entry]:
        undone = {one.fact.entry for one in known if isinstance(one.fact, Reviewed)}
        if any(entry.number in undone for entry in made.entries):
            return []
        return [
            Entry(slug, entry.invitee, now, Channel.STAFF, fact, author=author, person=entry.person)
            for entry in reversed(made.entries)
            for fact in [_counter(entry, bool(later.get(entry.invitee)))]
            if fact is not None
        ]

    first = made.entries[0].invitee
    written = store.append_decided(slug, ("reviewed",), counter, first)
    if written:
        store.lift(made.barred)
    return bool(written)


def _counter(entry: Entry, more: bool) -> Reviewed | Gone | None:
    """Return what takes an entry back; a line that has `more` than this decision stays."""
    if not isinstance(entry.fact, Placed):
        return Reviewed(entry.number, applied=False)
    return None if more else Gone(Why.UNDONE)


def _heard(item: PendingReview) -> Heard:
    if not isinstance(item.entry.fact, Heard):
        raise ConfigError("review-not-waiting", read=str(item.entry.number))
    return item.entry.fact
