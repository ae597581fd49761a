"""Send a campaign's messages in four steps: plan them, check them all, put them into the outbox, deliver them.

The command line, the web interface and the service all send by these functions, so that the order of the steps is
written in one place.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from mailer import campaign as campaigns
from mailer import compose, ledger, outbox
from mailer.compose import Composer, Distrusted, Inspection, Press
from mailer.due import Left
from mailer.errors import ConfigError
from mailer.jobs import copies, drafts, find, people, standings
from mailer.jobs import deliver as delivering
from mailer.jobs.departure import Departure
from mailer.jobs.drafts import DRAFTERS, READS_LISTS, Draft, Wish
from mailer.jobs.seal import PLAIN, Seal
from mailer.jobs.standings import Record
from mailer.model.campaign import Campaign
from mailer.model.contact import Contact, Problem
from mailer.model.entry import Channel, Confirmed, Ended, Entry, Gone, Round
from mailer.model.invitation import Invitation, Kind
from mailer.model.outcome import Sent
from mailer.model.pace import Pace
from mailer.model.people import Why
from mailer.people import Reconciled
from mailer.store import Promise, Store
from mailer.wire import Sender

Progress = Callable[[int, int], None]
"""Called with the number of messages done, and the number of all."""


@dataclass(frozen=True, slots=True)
class Route:
    """How the messages of a workspace are sent.

    `connections` are open at once; sending stops when more than `most_refused` per cent of the recipients are refused.
    `seal` adds return path and signature to each message when it leaves. `sent_folder` is the mailbox folder that gets
    copies; empty for none.
    """

    sender: Callable[[], Sender]
    pace: Pace = field(default_factory=Pace)
    connections: int = 1
    most_refused: int = outbox.MOST_REFUSED
    seal: Seal = PLAIN
    sent_folder: str = ""


class UnsoundError(ConfigError):
    """Some messages of a plan break a rule, so that none was queued; `problems` says which and why."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("messages-unsound", n=len(problems))
        self.problems = tuple(problems)


def plan(
    kind: Kind,
    campaign: Campaign,
    store: Store | None,
    households: Callable[[], Iterable[tuple[Contact, ...]]],
    now: datetime,
    *,
    only: Sequence[str] = (),
    wish: Wish = drafts.PLAIN,
    sources: Mapping[str, bytes] | None = None,
    record: Record | None = None,
) -> Draft:
    """Plan the messages of one kind that are to be sent now, and return the plan; nothing is written.

    `households` reads the lists, and is called only for kinds that look at them (`drafts.READS_LISTS`).
    `only` narrows the plan to people named by address or name; `wish` is what is asked for besides. `sources` are the
    templates and attachments, by which an update finds what differs from the letters that were sent. `record` is the campaign's record where the caller has
    it already; where it knows what the lists change, they are not read again. Raises ConfigError if this kind cannot be sent now.
    """
    if record is None:
        record = standings.record(store, campaign.slug) if store else standings.NOTHING_YET
    if kind in READS_LISTS and record.reconciled is None:
        record = standings.with_lists(record, store, campaign.slug, households())
    made_of = compose.parts(campaign, sources) if sources else wish.parts
    wish = replace(wish, chosen=find.chosen(record.roll, only), parts=made_of)
    return DRAFTERS[kind](campaign, record, wish, now)


def check(
    draft: Draft,
    sources: Mapping[str, bytes],
    secret: bytes,
    now: datetime,
    *,
    mailbox: str,
    whole: bool = True,
    progress: Progress = lambda _done, _total: None,
) -> Composer:
    """Build every message of a draft, and return the composer that `queue` builds them with; nothing is written.

    `sources` are the campaign's templates; `mailbox` is the address that is read for answers; `whole` is False when the
    plan was narrowed to some people. Raises UnsoundError if a message breaks a rule, TemplateError if a template
    cannot be filled in.
    """
    composer = compose.prepare(
        draft.campaign, sources, previous=draft.previous, whole=whole, keep_answers=draft.keep_answers
    )
    inspection = Inspection(Press(composer, now), composer.crowd(draft.roll), mailbox=mailbox)
    while True:
        with contextlib.suppress(Distrusted):
            problems = list(_problems(draft, inspection, secret, progress))
            break
    if problems:
        raise UnsoundError(problems)
    return composer


def _problems(draft: Draft, inspection: Inspection, secret: bytes, progress: Progress) -> Iterator[Problem]:
    for done, due in enumerate(draft.plan.due, 1):
        if not inspection.passes(due.invitee, due.kind, due.sequence, due.answered, draft.wish.line):
            yield from inspection.look(draft.invitation(secret, due))
        progress(done, len(draft.plan.due))


def queue(
    draft: Draft,
    composer: Composer,
    store: Store,
    now: datetime,
    *,
    author: str = "",
    progress: Progress = lambda _done, _total: None,
) -> int:
    """Record what `author` confirmed and put every message of a checked draft into the queue; return how many are new there.

    First the letters are kept; then the ledger gets the announcement and the round; then messages that are not owed any
    more leave the queue, and the others enter it. If the machine stops in between, the next plan finds what is missing.
    """
    slug = draft.campaign.slug
    if draft.reconciled:
        people.record_reconciled(store, slug, draft.reconciled, now=now)
    secret = store.secret()
    kept = {(one.promise.invitee, one.promise.key) for one in store.queue(slug) if not one.replaceable}
    wanted = [
        draft.invitation(secret, due) for due in draft.plan.due if (due.invitee.ref, due.key) not in kept
    ]
    version = _keep(wanted, Press(composer, now), store, slug, progress)
    number = draft.going_on

    def confirm(before: list[Entry]) -> list[Entry]:
        nonlocal number
        number = number or _asked_meanwhile(draft, before)
        return list(_confirmed(draft, composer, version, before, now, author, is_asked=bool(number)))

    asked = store.append_decided(slug, ("announced", "round", "ended"), confirm)
    number = number or next((one.number for one in asked if isinstance(one.fact, Round)), 0)
    store.void(slug, draft.void)
    return store.enqueue((_promise(slug, one, number, version, now) for one in wanted), now)


def _keep(wanted: Sequence[Invitation], press: Press, store: Store, slug: str, progress: Progress) -> str:
    """Keep the letters of these messages prepared, and return the digest of their version; empty for none."""
    letters = []
    for done, invitation in enumerate(wanted, 1):
        letters.append((invitation.invitee.ref, invitation.key, press.prepare(invitation).to_json()))
        progress(done, len(wanted))
    if not letters:
        return ""
    version = press.version()
    store.keep_version(slug, version.digest, version.to_bytes())
    store.keep_letters(slug, version.digest, letters)
    return version.digest


def _promise(slug: str, invitation: Invitation, number: int, version: str, now: datetime) -> Promise:
    """Return the promise to send a message, asked for by the round with this number."""
    invitee = invitation.invitee
    return Promise(
        campaign=slug,
        invitee=invitee.ref,
        key=invitation.key,
        persons=tuple([member.ref for member in invitee.members]),
        round=number,
        version=version,
        made_at=now,
        message_id=invitation.message_id,
        domain=invitee.email.rpartition("@")[2].lower(),
    )


def _asked_meanwhile(draft: Draft, before: Sequence[Entry]) -> int:
    """Return the round by which somebody else asked for just these messages after they were planned; 0 for none.

    It may be over by now; then nobody is owed anything for it any more.
    """
    persons = {ref for due in draft.plan.due for ref in due.persons}
    if draft.wish.again or not persons or (draft.announcement and not _is_announced(draft, before)):
        return 0
    for entry in before:
        match entry.fact:
            case Round(kind=draft.plan.kind, line=draft.wish.line, persons=asked):
                if entry.number > draft.newest and persons <= set(asked):
                    return entry.number
            case _:
                pass
    return 0


def _is_announced(draft: Draft, before: Sequence[Entry]) -> bool:
    """Return whether somebody else made the announcement of a draft after it was planned."""
    return any(one.number > draft.newest and one.fact == draft.announcement for one in before)


def _confirmed(
    draft: Draft,
    composer: Composer,
    version: str,
    before: Sequence[Entry],
    now: datetime,
    author: str,
    *,
    is_asked: bool,
) -> Iterator[Entry]:
    """Yield the announcement and the round that a draft asks for, where they are new.

    `before` are the announcements and rounds in the ledger, from which the round is numbered; `is_asked` if there is a round
    for it already. Who confirms the invitation confirms with it what the schedule sends later by itself.
    """
    slug, kind, wish = draft.campaign.slug, draft.plan.kind, draft.wish
    for invitee in draft.withdrawn:
        for member in invitee.members:
            if member.withdrawn == drafts.NOT_YET:
                yield Entry(
                    slug,
                    invitee.ref,
                    now,
                    Channel.STAFF,
                    Gone(Why.WITHDRAWN),
                    author=author,
                    person=member.ref,
                )
    if draft.announcement is not None and not _is_announced(draft, before):
        yield Entry(slug, "", now, Channel.OUTBOX, draft.announcement, author=author)
    scheduled = draft.campaign.schedule.appointments or draft.campaign.schedule.acknowledge
    if kind in (Kind.INVITATION, Kind.UPDATE) and scheduled and not wish.automatic:
        yield Entry(slug, "", now, Channel.STAFF, Confirmed(composer.confirmable), author=author)
    if draft.plan.due and not is_asked:
        number = 1 + sum(isinstance(one.fact, Round) and one.fact.kind is kind for one in before)
        persons = tuple(ref for due in draft.plan.due for ref in due.persons)
        asked = Round(
            kind,
            draft.plan.due[0].sequence,
            number,
            persons,
            version=version,
            line=wish.line,
            again=wish.again,
            parts=composer.parts,
        )
        yield Entry(slug, "", now, Channel.OUTBOX, asked, author=author)


def drop_late(campaign: Campaign, store: Store, now: datetime) -> int:
    """Take out of the queue what is too late, once the meeting has begun: all but the thanks; return how many."""
    if not campaigns.is_late(campaign.meeting, now):
        return 0
    late = [one.promise for one in store.queue(campaign.slug) if one.promise.key.kind is not Kind.THANKS]
    return store.void(campaign.slug, [(one.invitee, one.key) for one in late])


async def deliver(
    store: Store,
    route: Route,
    campaign: Campaign,
    *,
    clock: Callable[[], datetime],
    late: bool = False,
    patience: timedelta = delivering.PATIENCE,
    progress: delivering.Progress = lambda _: None,
    stop: asyncio.Event | None = None,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> delivering.DeliveryReport:
    """Deliver what waits in a campaign's outbox over a route, as `jobs.deliver.deliver` does, and return the report.

    `late` allows sending after the meeting has begun (thanks). Where the route keeps copies, the report names the
    messages that were sent.
    """
    left: list[Promise] = []
    departure = Departure(store, campaign, route.seal, clock)

    def note(event: delivering.Tried | delivering.Dropped | delivering.Paused) -> None:
        if route.sent_folder and isinstance(event, delivering.Tried) and isinstance(event.outcome, Sent):
            left.append(event.queued.promise)
        progress(event)

    report = await delivering.deliver(
        store,
        route.sender(),
        campaign.slug,
        departure,
        delivering.DeliveryTerms(
            deadline=outbox.deadline(campaign.meeting, clock(), late=late),
            connections=route.connections,
            pace=route.pace,
            patience=patience,
            most_refused=route.most_refused,
            plain_from=route.seal.plain_from(campaign.organizer.address),
        ),
        clock=clock,
        progress=note,
        stop=stop,
        sleep=sleep,
    )
    end_rounds(campaign.slug, store, clock())
    return replace(report, to_copy=copies.SentMessages(tuple(left), lambda one: departure.compose([one])[0]))


@dataclass(frozen=True, slots=True)
class Remaining:
    """How much is left of one kind: messages that are owed, and people who were refused or of whom is asked who they are.

    `refused` were refused this kind, and `uninvited` the invitation, which a change does not bring.
    """

    due: int = 0
    refused: int = 0
    unsettled: int = 0
    uninvited: int = 0


def remaining(
    kind: Kind,
    campaign: Campaign,
    store: Store,
    households: Callable[[], Iterable[tuple[Contact, ...]]],
    now: datetime,
    *,
    only: Sequence[str] = (),
    compared: Reconciled | None = None,
) -> Remaining:
    """Count again, after sending, what is left of a kind; nothing if it cannot be sent any more.

    `compared` is what the lists leave open since the plan was confirmed; without it they are read again.
    """
    record = standings.record(store, campaign.slug)
    if compared:
        record = replace(record, reconciled=compared)
    try:
        draft = plan(kind, campaign, store, households, now, only=only, record=record)
    except ConfigError:
        return Remaining()
    return left_by(draft)


def left_by(draft: Draft) -> Remaining:
    """Return what a draft would send, and whom it leaves to a person's word."""
    reasons = Counter(why for _invitee, why in draft.plan.left)
    refused, kind = reasons[Left.REFUSED], draft.plan.kind
    never = draft.uninvited if kind is not Kind.INVITATION else 0
    if kind not in (Kind.INVITATION, Kind.UPDATE, Kind.CANCEL):
        refused = never = 0
    # Who was refused the invitation is named only where somebody asks for those refused; they are owed no change.
    asked = kind is Kind.UPDATE and draft.wish.refused
    return Remaining(len(draft.plan.due), refused - never, reasons[Left.UNSETTLED], never if asked else 0)


def end_rounds(slug: str, store: Store, now: datetime) -> None:
    """Record that rounds of which nothing waits any more have ended."""
    waiting = {queued.promise.round for queued in store.queue(slug)}
    asked = ledger.open_rounds(store.entries(slug, "", kinds=("announced", "round", "ended")))
    over = [one.entry for one in asked if one.entry not in waiting]
    store.append([Entry(slug, "", now, Channel.OUTBOX, Ended(number)) for number in over])
