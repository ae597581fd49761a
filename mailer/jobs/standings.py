"""Read the state of a campaign from the store into one `Record`, which all other jobs decide from."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import groupby
from operator import attrgetter, itemgetter

from mailer import compose, ledger, people
from mailer.due import Known
from mailer.jobs import people as changes
from mailer.jobs import roll
from mailer.model.attendance import PendingReview, Row, Standing
from mailer.model.contact import NO_VALUES, Contact
from mailer.model.entry import Announced, Confirmed, Delivery, Entry, Heard, Kept, Round
from mailer.model.finding import Answer, Finding, Unclear
from mailer.model.invitation import Answered, Kind, MessageKey
from mailer.model.outcome import State
from mailer.model.people import FormerMember, Invitee, Register, Why
from mailer.model.told import NOTHING_SENT, Correspondence
from mailer.people import Reconciled
from mailer.store import Promise, Queued, Store


@dataclass(frozen=True, slots=True)
class Record:
    """All that is known of a campaign at one moment.

    `register` is everybody invited, and `standings` where each person stands, by the person's reference. `sent` is what each
    invitee was sent, `waiting` the states of what waits for them in the queue; these, `suppressed` (never to be written to)
    and `asking` (wants the meeting again) go by the invitee's reference. `announced` are the announcements of the meeting,
    oldest first, and `announcements` their entries. `reviews` is what waits for a decision of staff, and `glances` what was recorded and may be looked over, oldest first. `rounds` are those that go on. `kept` are the appointments that were
    run. `reconciled` is what the contact lists change, where these were read.
    """

    register: Register
    standings: dict[str, Standing]
    sent: dict[str, Correspondence]
    waiting: dict[str, dict[MessageKey, State]]
    suppressed: frozenset[str]
    asking: frozenset[str]
    announced: tuple[Announced, ...] = ()
    announcements: tuple[Entry, ...] = ()
    reviews: tuple[PendingReview, ...] = ()
    glances: tuple[PendingReview, ...] = ()
    rounds: tuple[ledger.AskedRound, ...] = ()
    confirmed: Mapping[str, str] = field(default_factory=dict)
    """What was confirmed last to leave by itself: by kind, what its letter was made of."""
    asked: Mapping[int, Round] = field(default_factory=dict)
    """All rounds that were ever asked for, by the number of their entry."""
    kept: tuple[Kept, ...] = ()
    reconciled: Reconciled | None = None
    fresh: Mapping[str, tuple[Answered, datetime]] = field(default_factory=dict)
    """The current answers that may be acknowledged, and when each was recorded, by the invitee's reference."""

    def sent_to(self, invitee: str) -> Correspondence:
        """Return what an invitee was sent."""
        return self.sent.get(invitee, NOTHING_SENT)

    @property
    def told(self) -> Announced | None:
        """Return the last announcement of the meeting."""
        return self.announced[-1] if self.announced else None

    def differing(self, invitee: str, parts: Mapping[str, str]) -> tuple[str, ...]:
        """Return the parts by which the last invitation to an invitee differs from what it would be now.

        None does where it is not known what the letter was made of.
        """
        told = [one for one in self.sent[invitee].told if one.key.kind in (Kind.INVITATION, Kind.UPDATE)]
        asked = self.asked.get(told[-1].round) if told and told[-1].state is not State.FAILED else None
        return compose.differing(asked.parts, parts) if asked and asked.parts and parts else ()

    @property
    def roll(self) -> tuple[Invitee, ...]:
        """Return the invitees in the order they came."""
        return self.register.roll

    @property
    def undecided(self) -> int:
        """Return of how many people something waits for a decision; each mail of nobody counts as one."""
        return len({item.standing.person or item.entry.number for item in self.reviews})

    @property
    def doubtful(self) -> list[Invitee]:
        """Return the invitees of the messages in doubt, one for each message."""
        states = ((ref, state) for ref, messages in self.waiting.items() for state in messages.values())
        return [
            self.register.invitees.get(ref) or Invitee(ref, "", ())
            for ref, state in states
            if state is State.IN_DOUBT
        ]

    def rows(self, roll: Iterable[Invitee] | None = None) -> list[Row]:
        """Return the attendance row of every person, or of those of some invitees."""
        waits = (State.QUEUED, State.CLAIMED, State.DEFERRED)
        promised = {
            ref for ref, states in self.waiting.items() if any(one in waits for one in states.values())
        }
        everybody = self.roll if roll is None else roll
        unsettled = self.reconciled.unsettled if self.reconciled else ()
        return ledger.rows(
            everybody,
            self.standings,
            self.suppressed,
            announced=self.announcements,
            promised=promised,
            unsettled=unsettled,
        )

    def counters(self, rows: Sequence[Row] | None = None) -> ledger.Counters:
        """Return the numbers of the campaign; `rows` are those of everybody, where they are at hand."""
        return ledger.count(self.rows() if rows is None else rows, self.standings, len(self.announced))

    def places(self, capacity: int) -> ledger.Places:
        """Return who has a place and who waits for one."""
        return ledger.places(self.roll, self.standings, capacity)

    def known(self, now: datetime, chosen: Collection[str] | None = None, *, capacity: int = 0) -> Known:
        """Return what a plan is made from, for the meeting as it was last announced."""
        waiting = self.places(capacity).waiting if capacity else {}
        return Known(
            roll=self.roll,
            standings=self.standings,
            sent=self.sent,
            now=now,
            waiting=self.waiting,
            barred=self.suppressed,
            unsettled=self.reconciled.unsettled if self.reconciled else frozenset(),
            asking=self.asking,
            sequence=self.announced[-1].sequence if self.announced else 0,
            revision=max(1, len(self.announced)),
            sequences=tuple(one.sequence for one in self.announced),
            chosen=chosen,
            without_place=frozenset(waiting),
        )


def record(store: Store, slug: str) -> Record:
    """Read the record of a campaign from the store."""
    return _record(store, store.by_invitee(slug), store.queue(slug))


def record_of(store: Store, slug: str, promise: Promise) -> Record:
    """Read as much of the record of a campaign as concerns one promise: its invitee, and the meeting."""
    entries = (entry for ref in dict.fromkeys(("", promise.invitee)) for entry in store.entries(slug, ref))
    return _record(store, entries, ())


def _record(store: Store, entries: Iterable[Entry], queue: Iterable[Queued]) -> Record:
    """Fold entries, which come one invitee after the other and first those about no invitee."""
    folding = _Folding()
    for batch in _batches(entries):
        folding.take(batch)
    register = folding.register()
    everybody = register.roll
    waiting: dict[str, dict[MessageKey, State]] = defaultdict(dict)
    for queued in queue:
        waiting[queued.promise.invitee][queued.promise.key] = queued.state
    barred = store.suppressed(one.email for one in everybody if one.email)
    meeting = folding.meeting
    return Record(
        register=register,
        standings=folding.standings,
        sent=folding.sent,
        waiting=dict(waiting),
        suppressed=frozenset(one.ref for one in everybody if one.email in barred),
        asking=frozenset(folding.asking),
        announced=tuple(entry.fact for entry in meeting if isinstance(entry.fact, Announced)),
        announcements=folding.announcements,
        reviews=_in_order(folding.reviews),
        glances=_in_order(folding.glances),
        rounds=tuple(ledger.open_rounds(meeting)),
        confirmed=next(
            (one.fact.letters for one in reversed(meeting) if isinstance(one.fact, Confirmed)), NO_VALUES
        ),
        asked={entry.number: entry.fact for entry in meeting if isinstance(entry.fact, Round)},
        kept=tuple(entry.fact for entry in meeting if isinstance(entry.fact, Kept)),
        fresh=folding.fresh,
    )


BATCH = 2000
"""About how many entries are in memory while a ledger is folded."""


def _batches(entries: Iterable[Entry]) -> Iterator[list[Entry]]:
    """Yield entries in lists: first those about no invitee, and then all of some invitees."""
    batch: list[Entry] = []
    for ref, theirs in groupby(entries, attrgetter("invitee")):
        batch += theirs
        if not ref or len(batch) >= BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


class _Folding:
    """The parts of a record while the entries of some invitees after the other are folded into them."""

    def __init__(self) -> None:
        self.meeting: Sequence[Entry] = ()
        self.announcements: tuple[Entry, ...] = ()
        self.standings: dict[str, Standing] = {}
        self.sent: dict[str, Correspondence] = {}
        self.asking: list[str] = []
        self.reviews: list[PendingReview] = []
        self.glances: list[PendingReview] = []
        self.fresh: dict[str, tuple[Answered, datetime]] = {}
        self._invitees: list[tuple[int, Invitee]] = []
        self._follows: dict[str, tuple[str, str]] = {}
        self._left: list[FormerMember] = []

    def take(self, entries: Sequence[Entry]) -> None:
        """Fold all entries of some invitees, or those about none, which come first."""
        if not entries[0].invitee:
            self.meeting = entries
            self.announcements = tuple(one for one in entries if isinstance(one.fact, Announced))
        register = people.register(entries)
        sent, letters = ledger.correspondence(entries, self.announcements)
        standings = ledger.attendance(entries, register, self.announcements, letters)
        self.sent |= sent
        self.standings |= standings
        self.asking += _asking(entries)
        decidable = _decidable(standings, register)
        self.reviews += ledger.review(entries, decidable)
        self.glances += ledger.glances(entries, decidable)
        self.fresh |= _fresh(entries, register, standings)
        came: dict[str, int] = {}
        for entry in entries:
            if isinstance(entry.fact, people.KINDS):
                came.setdefault(entry.invitee, entry.number)
        self._invitees += [(came[ref], invitee) for ref, invitee in register.invitees.items()]
        self._follows |= register.follows
        self._left += register.left

    def register(self) -> Register:
        """Return everybody, in the order they came."""
        self._invitees.sort(key=itemgetter(0))
        left = sorted(self._left, key=attrgetter("entry"))
        return Register({one.ref: one for _, one in self._invitees}, self._follows, tuple(left))


def _in_order(items: Iterable[PendingReview]) -> tuple[PendingReview, ...]:
    return tuple(sorted(items, key=lambda item: item.entry.number))


def _decidable(standings: Mapping[str, Standing], register: Register) -> Mapping[str, Standing]:
    """Return the standings without those of erased people, of whom no words are left to decide by."""
    erased = {one.ref for invitee in register.roll for one in invitee.members if one.erased}
    return {ref: one for ref, one in standings.items() if ref not in erased} if erased else standings


def renewed(known: Record, entries: Collection[Entry]) -> Record:
    """Return a record with the standings of some invitees renewed; `entries` are all ledger entries of these.

    Not for entries that announce a meeting, say who is invited, record a kept appointment or a sent message: these
    concern other parts.
    """
    refs = {entry.invitee for entry in entries}
    register = Register({one.ref: one for one in known.roll if one.ref in refs})
    renewed_standings = ledger.attendance(entries, register, known.announcements)
    standings = known.standings | renewed_standings
    fresh = {ref: answered for ref, answered in known.fresh.items() if ref not in refs}
    reviews = [item for item in known.reviews if item.entry.invitee not in refs]
    glances = [item for item in known.glances if item.entry.invitee not in refs]
    decidable = _decidable(renewed_standings, register)
    reviews += ledger.review(entries, decidable)
    glances += ledger.glances(entries, decidable)
    return replace(
        known,
        standings=standings,
        reviews=_in_order(reviews),
        glances=_in_order(glances),
        asking=known.asking - refs | frozenset(_asking(entries)),
        fresh=fresh | dict(_fresh(entries, register, standings)),
    )


NOTHING_YET = Record(Register(), {}, {}, {}, frozenset(), frozenset())
"""The record of a campaign that is not in the ledger yet."""


Households = Iterable[tuple[Contact, ...]]
"""The people on the contact lists, grouped by address."""


def record_with_lists(store: Store | None, slug: str, households: Households) -> Record:
    """Read the record as it will be once the ledger knows what the contact lists say; nothing is written."""
    return with_lists(record(store, slug) if store else NOTHING_YET, store, slug, households)


def with_lists(
    now: Record, store: Store | None, slug: str, households: Households, *, only_newcomers: bool = False
) -> Record:
    """Return a record as it will be once the ledger knows what the contact lists say.

    `only_newcomers`: it learns who is new, and nothing else.
    """
    # A record that was made with lists before has people in it whom the ledger does not know yet.
    before = now.register if now.reconciled is None else None
    reconciled = changes.reconcile(store, slug, households, register=before)
    if only_newcomers and store:
        reconciled = people.only_newcomers(before or roll.register(store, slug), reconciled)
    everybody = reconciled.register.roll
    barred = store.suppressed(one.email for one in everybody if one.email) if store else set()
    suppressed = frozenset(one.ref for one in everybody if one.email in barred)
    return replace(now, register=reconciled.register, suppressed=suppressed, reconciled=reconciled)


THROTTLE = timedelta(days=1)
"""The least time between two messages that somebody's calendar asked for."""


def _asking(entries: Iterable[Entry]) -> Iterable[str]:
    """Yield the invitees who ask for the meeting again, and whose last message was sent at least `THROTTLE` before.

    They ask by a REFRESH, or by answering an outdated SEQUENCE.
    """
    written: dict[str, datetime] = {}
    asked: dict[str, datetime] = {}
    revision: dict[str, int] = {}
    for entry in entries:
        match entry.fact:
            case Delivery(sequence=sequence, state=State.SENT):
                written[entry.invitee] = entry.recorded_at
                revision[entry.invitee] = max(sequence, revision.get(entry.invitee, 0))
            case Heard(finding=finding, held=False):
                calendar, claim = finding.calendar, finding.claim
                outdated = (
                    calendar is not None and calendar.sequence is not None and isinstance(claim, Answer)
                )
                if (outdated and calendar and (calendar.sequence or 0) < revision.get(entry.invitee, 0)) or (
                    isinstance(claim, Unclear) and claim.why == "calendar-refresh"
                ):
                    asked[entry.invitee] = entry.recorded_at
    for invitee, at in asked.items():
        if invitee in written and at - written[invitee] >= THROTTLE:
            yield invitee


def _fresh(
    entries: Iterable[Entry], register: Register, standings: Mapping[str, Standing]
) -> Iterable[tuple[str, tuple[Answered, datetime]]]:
    """Yield the answers written by people that are still current and need no review, with when each was recorded."""
    for entry in entries:
        match entry.fact:
            case Heard(finding=Finding(claim=Answer(partstat)), message_id=message_id, held=False) as heard:
                invitee = register.invitees.get(entry.invitee)
                if not message_id or invitee is None:
                    continue
                theirs = [standings[one.ref] for one in invitee.members if one.ref in standings]
                current = [one for one in theirs if (one.partstat, one.said_at) == (partstat, heard.said_at)]
                if current and not any(one.review for one in theirs):
                    numbers = [one.headcount for one in current if one.headcount is not None]
                    answered = Answered(partstat, sum(numbers) if numbers else None, message_id=message_id)
                    yield entry.invitee, (answered, entry.recorded_at)


def doubtful(store: Store, slug: str) -> list[Invitee]:
    """Return the invitees of the messages in doubt, one for each message."""
    names = {invitee.ref: invitee for invitee in roll.invitees(store, slug)}
    refs = [one.promise.invitee for one in store.queue(slug) if one.state is State.IN_DOUBT]
    return [names.get(ref) or Invitee(ref, "", ()) for ref in refs]


def called(item: PendingReview, invitee: Invitee | None) -> str:
    """Return the name of the person for whom an entry waits for a decision; empty for somebody unknown."""
    if invitee is None:
        return ""
    wanted = item.person or item.entry.person
    found = next((one.contact.called for one in invitee.members if one.ref == wanted), "")
    return found or invitee.called


def of_invitee(store: Store, slug: str, invitee: Invitee) -> dict[str, Standing]:
    """Read where the persons of one invitee stand, by their references."""
    return ledger.attendance(entries_of(store, slug, invitee), Register({invitee.ref: invitee}))


def entries_of(store: Store, slug: str, invitee: Invitee) -> list[Entry]:
    """Return the entries about one invitee, and those that announce the meeting, in order."""
    announced = store.entries(slug, "", kinds=ANNOUNCED)
    return sorted([*announced, *store.entries(slug, invitee.ref)], key=lambda entry: entry.number)


def story_of(store: Store, slug: str, invitee: Invitee) -> list[Entry]:
    """Return the entries about one invitee, as `entries_of` does, with those by which others were found to be one of them."""
    merged = {
        one.entry: one.invitee
        for one in roll.register(store, slug).left
        if one.why is Why.MERGED and one.to == invitee.ref and one.invitee != invitee.ref
    }
    joined = [
        entry
        for ref in dict.fromkeys(merged.values())
        for entry in store.entries(slug, ref)
        if entry.number in merged
    ]
    return sorted([*entries_of(store, slug, invitee), *joined], key=lambda entry: entry.number)


ANNOUNCED = ("announced",)
"""The name under which the store keeps announcements."""
