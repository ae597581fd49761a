"""Sending what is in the outbox: claim, send, settle, until nothing is left that can go now.

What is on the wire is written down first. A message is claimed, and the claim committed, before its transaction
begins; what became of it is committed with its ledger entry before the next one is claimed. So a process killed at
any moment leaves at most one message for each connection of which nobody knows whether it went: those are *in
doubt*, and a person decides. One task does all the writing, for all connections: while it commits, what they have to
say gathers, and goes into the next commit together. It writes from the event loop itself: a commit takes less time
than handing it to a thread, and whoever could go on meanwhile waits for it anyway.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from mailer import outbox
from mailer.errors import MailerError, WireError
from mailer.jobs.copies import SentMessage
from mailer.model.entry import Channel, Delivery, Entry
from mailer.model.message import OutgoingMessage
from mailer.model.outcome import Deferred, Halted, Outcome, Reply, State
from mailer.model.pace import Pace
from mailer.store import Queued, Settled, Store
from mailer.wire import Connection, Sender

LEASE = timedelta(minutes=20)
"""Longer than the longest transaction: five minutes, two, and ten after the final dot."""

PATIENCE = timedelta(minutes=15)
"""How long to wait for a second try, by default: as long as servers make strangers wait."""

ROUNDS = 6
"""How many rounds of the event loop a commit waits for more to say."""

NAP = 30.0
"""The longest sleep, in seconds: a machine that was asleep meanwhile looks at the clock again."""


@dataclass(frozen=True, slots=True)
class Tried:
    """A message was tried, and this became of it; it is written down already."""

    queued: Queued
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Waiting:
    """Nothing can go before `until`: the account's pace (`paced`), or a server that wants a later try."""

    until: datetime
    paced: bool


Progress = Callable[[Tried | Waiting], None]


@dataclass(frozen=True, slots=True)
class Report:
    """What became of one run. `tried` counts the states of this run's messages, `states` all of the campaign's.

    `stopped` says why messages were left that could have gone: ``account-refused``, ``messages-refused``,
    ``too-many-refused``, ``late`` or ``interrupted``; `reply` is what the server had said. `next_due` is when the
    next try is due, if one is. `to_copy` are the messages that have left and are to be copied to the mailbox.
    """

    tried: Mapping[State, int]
    states: Mapping[State, int]
    stopped: str = ""
    reply: Reply | None = None
    next_due: datetime | None = None
    to_copy: Collection[SentMessage] = ()

    @property
    def left(self) -> int:
        """How many messages are not at an end."""
        return outbox.unfinished(self.states)


async def deliver(
    store: Store,
    sender: Sender,
    campaign: str,
    *,
    clock: Callable[[], datetime],
    deadline: datetime,
    connections: int = 1,
    pace: Pace | None = None,
    progress: Progress = lambda _: None,
    plain_from: str = "",
    most_refused: int = outbox.MOST_REFUSED,
    patience: timedelta = PATIENCE,
    stop: asyncio.Event | None = None,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> Report:
    """Send what is due, over up to `connections` at once, and wait for what is due soon.

    Nothing is sent after `deadline`. `plain_from` is the envelope sender to fall back to where the server refuses
    one of a message's own. Sending stops where more than `most_refused` per cent of the recipients are refused. Waits as long as the pace demands, but for a later try `patience` at most. `stop` lets
    what is on the wire finish, and ends.

    Raises WireError where the server cannot be reached at all, StoreError where the ledger cannot be written;
    nothing is lost by either.
    """
    rules = _Rules(campaign, clock, deadline, pace or Pace(), patience, most_refused)
    journal = _Journal(store, rules, progress, stop or asyncio.Event(), sleep)
    store.expire(campaign, clock())
    if journal.worth_connecting():
        waiting = sum(store.counts(campaign)[state] for state in (State.QUEUED, State.DEFERRED))
        async with sender.connect() as first:
            await _run(journal, sender, first, min(connections, waiting), plain_from)
    return journal.report()


async def deliver_one(sender: Sender, message: OutgoingMessage) -> Reply:
    """Send one message of which the ledger is to know nothing."""
    async with sender.connect() as connection:
        return await connection.send(message)


async def _run(
    journal: _Journal, sender: Sender, first: Connection, connections: int, plain_from: str
) -> None:
    carrier = _Carrier(journal, plain_from)
    try:
        async with asyncio.TaskGroup() as group:
            writing = group.create_task(journal.write())
            carrying = [group.create_task(carrier.carry(first))]
            carrying += [group.create_task(carrier.join(sender)) for _ in range(connections - 1)]
            await asyncio.wait(carrying)
            writing.cancel()
    except* MailerError as errors:
        raise errors.exceptions[0] from None


class _Carrier:
    """Carries messages from the journal to a connection, and what became of them back."""

    def __init__(self, journal: _Journal, plain_from: str) -> None:
        self._journal = journal
        self._plain_from = plain_from
        self._plain = False

    async def join(self, sender: Sender) -> None:
        """Carry over another connection; a server that allows no more is left with those it has."""
        with contextlib.suppress(WireError):
            async with sender.connect() as connection:
                await self.carry(connection)

    async def carry(self, connection: Connection) -> None:
        """Send until there is nothing more to send."""
        queued = await self._journal.next()
        while queued is not None:
            reply = await self._send(connection, queued.message)
            queued = await self._journal.next((queued, reply))

    async def _send(self, connection: Connection, message: OutgoingMessage) -> Reply:
        """Send; once a sender of the message's own is refused, use the plain one from then on."""
        if self._plain:
            message = replace(message, envelope_from=self._plain_from)
        reply = await connection.send(message)
        if self._plain_from not in ("", message.envelope_from) and outbox.sender_refused(reply):
            self._plain = True
            return await connection.send(replace(message, envelope_from=self._plain_from))
        return reply


@dataclass(frozen=True, slots=True)
class _Rules:
    campaign: str
    clock: Callable[[], datetime]
    deadline: datetime
    pace: Pace
    patience: timedelta
    most_refused: int


@dataclass(slots=True)
class _Asked:
    """What the connections wait for, and what they have to say."""

    wanting: list[asyncio.Future[Queued | None]] = field(default_factory=list)
    done: list[tuple[Queued, Outcome]] = field(default_factory=list)


class _Journal:
    """The one writer: settles and claims for all connections, and knows when to wait and when to end."""

    def __init__(
        self,
        store: Store,
        rules: _Rules,
        progress: Progress,
        stop: asyncio.Event,
        sleep: Callable[[float], Awaitable[None]],
    ) -> None:
        self._store = store
        self._rules = rules
        self._limits = outbox.limits(rules.pace)
        self._progress = progress
        self._stop = stop
        self._sleep = sleep
        self._asked = _Asked()
        self._news = asyncio.Event()
        self._on_the_wire = 0
        self._breaker = outbox.Breaker(rules.most_refused)
        self._not_before = rules.clock()
        self._tried: dict[State, int] = {}
        self._stopped = ""
        self._reply: Reply | None = None
        self._announced: Waiting | None = None

    # -- what the connections call -----------------------------------------------------------------------------
    async def next(self, done: tuple[Queued, Reply] | None = None) -> Queued | None:
        """Hand in what became of a message, and get another; None at the end."""
        if done:
            self._asked.done.append(self._judge(*done))
        wanted: asyncio.Future[Queued | None] = asyncio.get_running_loop().create_future()
        self._asked.wanting.append(wanted)
        self._news.set()
        return await wanted

    def _judge(self, queued: Queued, reply: Reply) -> tuple[Queued, Outcome]:
        now = self._rules.clock()
        outcome = outbox.verdict(reply, queued.attempts, now, self._rules.deadline)
        self._breaker = self._breaker.after(outcome)
        if self._breaker.tripped and not self._stopped:
            self._stopped, self._reply = self._breaker.tripped, reply
        if isinstance(outcome, Halted):
            self._not_before = now + self._breaker.pause
        return queued, outcome

    # -- writing -----------------------------------------------------------------------------------------------
    async def write(self) -> None:
        """Serve the connections until cancelled."""
        try:
            while True:
                await self._news.wait()
                await self._gather()
                self._news.clear()
                self._serve()
                if self._asked.wanting:
                    await self._idle()
        except BaseException:
            for wanted in self._asked.wanting:
                wanted.cancel()
            raise

    async def _gather(self) -> None:
        """Let the other connections read what has come for them, as long as few have reported yet."""
        for _ in range(ROUNDS):
            if len(self._asked.wanting) >= 2 * (self._on_the_wire - len(self._asked.done)):
                return
            await asyncio.sleep(0)

    def _serve(self) -> None:
        """Commit what is done together with the next claims, and hand these out."""
        done, self._asked.done = self._asked.done, []
        now = self._rules.clock()
        n = len(self._asked.wanting) if self._may_claim(now) else 0
        if not done and not n:
            return
        claimed = self._store.claim(
            self._rules.campaign,
            n,
            now,
            LEASE,
            account=self._rules.pace.account,
            limits=self._limits,
            settled=[_settled(queued, outcome, now) for queued, outcome in done],
        )
        self._on_the_wire += len(claimed) - len(done)
        for queued in claimed:
            self._asked.wanting.pop(0).set_result(queued)
        for queued, outcome in done:
            state = outbox.state_after(outcome)
            self._tried[state] = self._tried.get(state, 0) + 1
            self._progress(Tried(queued, outcome))

    def _may_claim(self, now: datetime) -> bool:
        if self._stop.is_set():
            self._stopped = self._stopped or "interrupted"
        elif now >= self._rules.deadline:
            self._stopped = self._stopped or "late"
        return not self._stopped and now >= self._not_before

    # -- waiting -----------------------------------------------------------------------------------------------
    async def _idle(self) -> None:
        """Wait for news, or for the next moment; dismiss the connections when there is none to wait for."""
        until = None if self._stopped else self._next()
        if until is None:
            if not self._on_the_wire and not self._asked.done:
                self._dismiss()
            return
        if until != self._announced and until.until > self._rules.clock():
            self._announced = until
            self._progress(until)
        await self._doze((until.until - self._rules.clock()).total_seconds())
        self._news.set()

    def _next(self) -> Waiting | None:
        """What to wait for; None where it is nothing, or too long."""
        now, rules = self._rules.clock(), self._rules
        due = self._store.next_due(rules.campaign, now)
        if due is None or due > min(now + rules.patience, rules.deadline):
            return None
        paced = self._store.next_due(rules.campaign, now, rules.pace.account, self._limits) or due
        return Waiting(max(due, paced, self._not_before), paced > due)

    async def _doze(self, seconds: float) -> None:
        """Sleep, unless something happens."""
        sleeping = asyncio.ensure_future(self._sleep(min(max(seconds, 0.05), NAP)))
        waking = [asyncio.ensure_future(event.wait()) for event in (self._news, self._stop)]
        await asyncio.wait([sleeping, *waking], return_when=asyncio.FIRST_COMPLETED)
        for task in (sleeping, *waking):
            task.cancel()

    def _dismiss(self) -> None:
        for wanted in self._asked.wanting:
            wanted.set_result(None)
        self._asked.wanting = []

    # -- the end -----------------------------------------------------------------------------------------------
    def worth_connecting(self) -> bool:
        """Whether anything can be sent now, or soon."""
        return self._next() is not None and self._may_claim(self._rules.clock())

    def report(self) -> Report:
        """Say how it went, counted anew."""
        campaign = self._rules.campaign
        return Report(
            tried=self._tried,
            states=self._store.counts(campaign),
            stopped=self._stopped,
            reply=self._reply,
            next_due=self._store.next_due(
                campaign, self._rules.clock(), self._rules.pace.account, self._limits
            ),
        )


def _settled(queued: Queued, outcome: Outcome, now: datetime) -> Settled:
    """Write an outcome as the store keeps it; the account's troubles are no entry of an invitee's history."""
    message, state = queued.message, outbox.state_after(outcome)
    fact = Delivery(message.key, queued.sequence, state, message.message_id, outcome.reply)
    return Settled(
        message=message,
        state=state,
        reply=outcome.reply,
        entry=None
        if isinstance(outcome, Halted)
        else Entry(message.campaign, message.invitee, now, Channel.OUTBOX, fact),
        not_before=outcome.retry_at if isinstance(outcome, Deferred) else None,
    )
