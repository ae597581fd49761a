"""Read the state of a campaign from the store into one `Record`, which all other jobs decide from."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from mailer import campaign as campaigns
from mailer import ledger, people
from mailer.errors import ConfigError
from mailer.jobs import roll
from mailer.model.accents import fold_accents
from mailer.model.address import normal
from mailer.model.attendance import Standing
from mailer.model.entry import Announced, Delivery, Entry, Heard, Kept
from mailer.model.finding import Answer, Finding, PartStat, Unclear
from mailer.model.invitation import Answered, Kind, MessageKey
from mailer.model.outcome import State
from mailer.model.people import Invitee
from mailer.store import Store


@dataclass(frozen=True, slots=True)
class Record:
    """All that is known of a campaign at one moment.

    `roll` is everybody invited, `standings` where each of them stands, `outbox` the states of their messages; these,
    `suppressed` (never to be written to), `withdrawn` (invitation cancelled) and `asking` (wants the meeting again) go by
    the invitee's reference. `told` is the last announcement, if any, `before` the one before it, and `edition` the
    number of announcements with the last SEQUENCE. `kept` are the appointments that were run. `listed` is everybody on
    the contact lists, where these were read.
    """

    roll: tuple[Invitee, ...]
    entries: tuple[Entry, ...]
    standings: dict[str, Standing]
    outbox: dict[str, dict[MessageKey, State]]
    suppressed: frozenset[str]
    withdrawn: frozenset[str]
    asking: frozenset[str]
    told: Announced | None
    before: Announced | None
    edition: int
    kept: tuple[Kept, ...] = ()
    listed: tuple[Invitee, ...] = ()
    fresh: Mapping[str, tuple[Answered, datetime]] = field(default_factory=dict)
    """The current answers that may be acknowledged, and when each was recorded, by the invitee's reference."""

    def known(
        self, sequence: int, edition: int, chosen: Collection[str] | None, *, turn: int = 0, capacity: int = 0
    ) -> campaigns.Known:
        """Return what a plan is made from."""
        waiting = ledger.places(self.roll, self.standings, capacity).waiting if capacity else {}
        return campaigns.Known(
            roll=self.roll,
            standings=self.standings,
            outbox=self.outbox,
            suppressed=self.suppressed,
            withdrawn=self.withdrawn,
            asking=self.asking,
            sequence=sequence,
            edition=edition,
            chosen=chosen,
            turn=turn,
            without_place=frozenset(waiting),
        )


def record(store: Store, slug: str) -> Record:
    """Read the record of a campaign from the store."""
    entries = tuple(store.entries(slug))
    everybody = people.register(entries).roll
    outbox: dict[str, dict[MessageKey, State]] = defaultdict(dict)
    for invitee, key, state in store.states(slug):
        outbox[invitee][key] = state
    barred = store.suppressed(one.email for one in everybody if one.email)
    announced = [entry.fact for entry in entries if isinstance(entry.fact, Announced)]
    told = announced[-1] if announced else None
    standings = ledger.attendance(entries)
    return Record(
        roll=everybody,
        entries=entries,
        standings=standings,
        outbox=dict(outbox),
        suppressed=frozenset(one.ref for one in everybody if one.email in barred),
        withdrawn=frozenset(_withdrawn(outbox, {f.sequence for f in announced if f.meeting.cancelled})),
        asking=frozenset(_asking(entries)),
        told=told,
        before=announced[-2] if len(announced) > 1 else None,
        edition=sum(1 for fact in announced if told and fact.sequence == told.sequence),
        kept=tuple(entry.fact for entry in entries if isinstance(entry.fact, Kept)),
        fresh=dict(_fresh(entries, standings)),
    )


def renewed(known: Record, entries: Collection[Entry]) -> Record:
    """Return a record with the standings of some invitees renewed; `entries` are all ledger entries of these.

    Not for entries that announce a meeting, record a kept appointment or a sent message: these concern other parts.
    """
    refs = {entry.invitee for entry in entries}
    standings = known.standings | ledger.attendance(entries)
    fresh = {ref: answered for ref, answered in known.fresh.items() if ref not in refs}
    return replace(
        known,
        standings=standings,
        asking=known.asking - refs | frozenset(_asking(entries)),
        fresh=fresh | dict(_fresh(entries, standings)),
    )


NOTHING_YET = Record((), (), {}, {}, frozenset(), frozenset(), frozenset(), None, None, 0)
"""The record of a campaign that is not in the ledger yet."""


def record_with_lists(store: Store | None, slug: str, listed: Iterable[Invitee]) -> Record:
    """Read the record as it will be once everybody on the contact lists is on the roll; nothing is written."""
    return with_lists(record(store, slug) if store else NOTHING_YET, store, listed)


def with_lists(now: Record, store: Store | None, listed: Iterable[Invitee]) -> Record:
    """Return a record as it will be once everybody on the contact lists is on the roll."""
    listed = tuple(listed)
    known = {invitee.ref: invitee for invitee in now.roll}
    known |= {invitee.ref: invitee for invitee in listed}
    barred = store.suppressed(one.email for one in known.values() if one.email) if store else set()
    suppressed = frozenset(invitee.ref for invitee in known.values() if invitee.email in barred)
    return replace(now, roll=tuple(known.values()), suppressed=suppressed, listed=listed)


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
    entries: Iterable[Entry], standings: Mapping[str, Standing]
) -> Iterable[tuple[str, tuple[Answered, datetime]]]:
    """Yield the answers written by people that are still current and need no review, with when each was recorded."""
    for entry in entries:
        match entry.fact:
            case Heard(finding=Finding(claim=Answer(partstat)), message_id=message_id, held=False) as heard:
                standing = standings.get(entry.invitee)
                stands = standing and (standing.partstat, standing.said_at) == (partstat, heard.said_at)
                if message_id and standing and stands and not standing.review:
                    answered = Answered(partstat, standing.headcount, message_id=message_id)
                    yield entry.invitee, (answered, entry.recorded_at)


def _withdrawn(
    outbox: Mapping[str, Mapping[MessageKey, State]], called_off: Collection[int]
) -> Iterable[str]:
    """Yield the invitees whose own invitation was cancelled, not the whole meeting."""
    for ref, messages in outbox.items():
        for key in messages:
            if key.kind is Kind.CANCEL and key.sequence not in called_off:
                yield ref


def answered(store: Store, slug: str) -> frozenset[str]:
    """Return the references of the invitees whose answer is recorded or waits for a person."""
    known = record(store, slug).standings
    return frozenset(
        ref
        for ref, one in known.items()
        if one.partstat is not PartStat.NEEDS_ACTION or one.review or one.presence is not None
    )


def doubtful(store: Store, slug: str) -> list[Invitee]:
    """Return the invitees of the messages in doubt, one for each message."""
    names = {invitee.ref: invitee for invitee in roll.invitees(store, slug)}
    refs = [ref for ref, _, state in store.states(slug) if state is State.IN_DOUBT]
    return [names.get(ref) or Invitee(ref, "", ()) for ref in refs]


def find(roll: Iterable[Invitee], who: str) -> Invitee:
    """Find the one invitee with this address or reference, or whose name or organisation has these words.

    Raises ConfigError ``invitee-unknown`` or ``invitee-ambiguous``.
    """
    roll = list(roll)
    wanted = normal(who)
    exact = [invitee for invitee in roll if wanted in (normal(invitee.email), invitee.ref)]
    found = exact or named(roll, who)
    if not found:
        raise ConfigError("invitee-unknown", read=who)
    if len(found) > 1:
        raise ConfigError("invitee-ambiguous", read=who, found="; ".join(i.called for i in found[:5]))
    return found[0]


def named(roll: Iterable[Invitee], who: str) -> list[Invitee]:
    """Return the invitees whose name or organisation has these words; if none has, those that contain their letters."""
    roll = list(roll)
    words = _words(who)
    found = [i for i in roll if words and set(words) <= set(_words(_description(i)))]
    return found or [
        i for i in roll if words and all(word in fold_accents(_description(i)) for word in words)
    ]


def choose(roll: Iterable[Invitee], only: Iterable[str]) -> frozenset[str] | None:
    """Return the references of those named with ``--only``; None if nobody was named, which means everybody."""
    roll = list(roll)
    chosen = frozenset(find(roll, who).ref for who in only)
    return chosen or None


def _description(invitee: Invitee) -> str:
    return " ".join(f"{p.first_name} {p.last_name} {p.organisation}" for p in invitee.people)


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", fold_accents(text))
