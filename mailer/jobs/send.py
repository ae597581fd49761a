"""Send a campaign's messages in four steps: plan them, check them all, put them into the outbox, deliver them.

The command line, the web interface and the service all send by these functions, so that the order of the steps is
written in one place.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from mailer import campaign as campaigns
from mailer import compose, outbox
from mailer.compose import Composer, Distrusted, Inspection, Press
from mailer.errors import ConfigError
from mailer.jobs import copies, gather, roll, standings
from mailer.jobs import deliver as delivering
from mailer.jobs.drafts import DRAFTERS, GROWS, Draft
from mailer.jobs.seal import PLAIN, Seal
from mailer.jobs.standings import Record
from mailer.model.campaign import Campaign
from mailer.model.contact import Contact, Problem
from mailer.model.entry import ERASED, Channel, Entry, Placed
from mailer.model.invitation import Invitation, Kind
from mailer.model.message import OutgoingMessage
from mailer.model.outcome import Reply, Sent, Stage, State
from mailer.model.pace import Pace
from mailer.model.people import Invitee, Why
from mailer.store import Issued, Queued, Settled, Store
from mailer.wire import Sender

Progress = Callable[[int, int], None]
"""Called with the number of messages done, and the number of all."""


@dataclass(frozen=True, slots=True)
class Route:
    """How the messages of a workspace are sent.

    `connections` are open at once; sending stops when more than `most_refused` per cent of the recipients are refused.
    `seal` adds return path and signature to each message before it is queued. `sent_folder` is the mailbox folder that
    gets copies; empty for none.
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
    record: Record | None = None,
) -> Draft:
    """Plan the messages of one kind that are to be sent now, and return the plan; nothing is written.

    `households` reads the lists, and is called only for kinds that also go to people added since the last sending.
    `only` narrows the plan to people named by address or name. `record` is the campaign's record where the caller has
    it already. Raises ConfigError if this kind cannot be sent now.
    """
    secret = store.secret() if store else campaigns.NO_SECRET
    listed = gather.invitees(secret, campaign.slug, households()) if kind in GROWS else []
    if record is None:
        record = standings.record_with_lists(store, campaign.slug, listed)
    else:
        record = standings.with_lists(record, store, listed)
    return DRAFTERS[kind](campaign, record, standings.choose(record.roll, only), now)


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
    composer = compose.prepare(draft.campaign, sources, previous=draft.previous, whole=whole)
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
        if not inspection.passes(due.invitee, due.kind, due.sequence, due.answered):
            yield from inspection.look(draft.invitation(secret, due))
        progress(done, len(draft.plan.due))


def queue(
    draft: Draft,
    composer: Composer,
    store: Store,
    now: datetime,
    *,
    seal: Seal = PLAIN,
    progress: Progress = lambda _done, _total: None,
) -> int:
    """Put every message of a checked draft into the outbox; return how many were not there yet.

    Newcomers are enrolled first, then messages that are no longer wanted are withdrawn, then the announcement is
    recorded; the messages come last. If the machine stops in between, the next plan finds what is missing.
    """
    store.append(_newcomers(draft, store, now))
    withdraw(draft.campaign, store, now)
    if draft.announcement is not None:
        store.append([Entry(draft.campaign.slug, "", now, Channel.OUTBOX, draft.announcement)])
    press = Press(composer, now)

    def messages() -> Iterator[tuple[OutgoingMessage, Issued]]:
        for done, invitation in enumerate(draft.invitations(store.secret()), 1):
            message = seal.put_on(press.write(invitation), invitation.token, now)
            yield message, issued(draft.campaign, invitation)
            progress(done, len(draft.plan.due))

    return store.enqueue(messages(), now)


def _newcomers(draft: Draft, store: Store, now: datetime) -> list[Entry]:
    """Return the entries for everybody on the lists who is new, or whose line says something new."""
    slug = draft.campaign.slug
    known = roll.register(store, slug).invitees
    return [
        entry
        for invitee in draft.listed
        for entry in roll.placed(slug, invitee, Why.LISTED, now)
        if invitee.ref not in known or not _is_known(entry, known[invitee.ref])
    ]


def _is_known(entry: Entry, known: Invitee) -> bool:
    assert isinstance(entry.fact, Placed)
    contact = entry.fact.contact
    return any(one.ref == entry.person and one.contact in (contact, ERASED) for one in known.members)


def issued(campaign: Campaign, invitation: Invitation) -> Issued:
    """Return the identifiers (UID, token, Message-ID) by which an answer is matched to its message."""
    return Issued(
        campaign=campaign.slug,
        invitee=invitation.invitee.ref,
        key=invitation.key,
        sequence=invitation.sequence,
        uid=invitation.uid,
        token=invitation.token,
        message_id=invitation.message_id,
    )


def withdraw(campaign: Campaign, store: Store, now: datetime) -> int:
    """Mark messages in the outbox that are no longer wanted as failed; return how many.

    These are reminders to people who have answered meanwhile, and, once the meeting has begun, all but the thanks.
    """
    if store.next_due(campaign.slug, now) is None:
        return 0
    waiting = [q for q in store.outbox(campaign.slug) if q.state in (State.QUEUED, State.DEFERRED)]
    late = campaigns.is_late(campaign.meeting, now)
    reminders = any(_kind(q) is Kind.REMINDER for q in waiting)
    answered = standings.answered(store, campaign.slug) if reminders and not late else frozenset()
    gone = [
        q
        for q in waiting
        if (late and _kind(q) is not Kind.THANKS)
        or (_kind(q) is Kind.REMINDER and q.message.invitee in answered)
    ]
    why = Reply(Stage.CONNECT, 0, "the meeting has begun" if late else "answered meanwhile")
    if gone:
        store.settle([Settled(q.message, State.FAILED, why) for q in gone], now)
    return len(gone)


def _kind(queued: Queued) -> Kind:
    return queued.message.key.kind


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
    left: set[copies.SentMessage] = set()

    def note(event: delivering.Tried | delivering.Paused) -> None:
        if route.sent_folder and isinstance(event, delivering.Tried) and isinstance(event.outcome, Sent):
            left.add((event.queued.message.invitee, event.queued.message.key))
        progress(event)

    report = await delivering.deliver(
        store,
        route.sender(),
        campaign.slug,
        delivering.DeliveryTerms(
            deadline=outbox.deadline(campaign.meeting, clock(), late=late),
            connections=route.connections,
            pace=route.pace,
            patience=patience,
            most_refused=route.most_refused,
            plain_from=campaign.organizer.address,
        ),
        clock=clock,
        progress=note,
        stop=stop,
        sleep=sleep,
    )
    return replace(report, to_copy=frozenset(left))
