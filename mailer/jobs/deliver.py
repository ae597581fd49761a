"""Send what is in the outbox over SMTP: claim a message, send it, record the outcome, until none can go now.

A message is claimed, and the claim committed, before its SMTP transaction begins; its outcome is committed with its
ledger entry before the next message is claimed. A process killed at any moment therefore leaves at most one message
per connection of which nobody knows whether it was sent: those are *in doubt*, and a person decides.

A message whose refusal may be about the account or the server is given back: it is queued behind all that were never
tried, and tried once more when others were accepted, or when the server accepts an address of ours (`mailer.outbox`).

One task does all the writing, for all connections. Outcomes that arrive during a commit go into the next commit
together. The task writes from the event loop itself: a commit is quicker than handing it to a thread, and the
connections wait for it in any case.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Protocol

from mailer import outbox
from mailer.errors import MailerError, UserError, WireError
from mailer.jobs.copies import NONE, SentMessages
from mailer.model.entry import Channel, Delivery, Entry
from mailer.model.invitation import MessageKey
from mailer.model.message import OutgoingMessage
from mailer.model.outcome import Deferred, Halted, LoginRefused, Outcome, Reply, Sent, State
from mailer.model.pace import Pace
from mailer.store import Promise, Queued, Settled, Store
from mailer.wire import Connection, Sender

LEASE = timedelta(minutes=20)
"""How long a claim lasts: longer than the longest transaction (5 minutes, 2, and 10 after the final dot; RFC 5321 4.5.3.2)."""

PATIENCE = timedelta(minutes=15)
"""How long to wait for a second try, by default: as long as greylisting servers usually ask for."""

ROUNDS = 6
"""How many rounds of the event loop a commit waits for more outcomes."""

LONGEST_SLEEP = 30.0
"""In seconds: after it the clock is read again, since the machine may have been suspended."""


class Departures(Protocol):
    """Composes each message when it leaves, and knows whether it is still owed."""

    def owed(self, claimed: Sequence[Queued]) -> list[Queued]:
        """Return those promises that are still to be kept, with what the ledger knows now."""
        ...

    def compose(self, promises: Sequence[Promise]) -> list[OutgoingMessage]:
        """Return the messages that keep some promises; the same octets each time."""
        ...


@dataclass(frozen=True, slots=True)
class Leaving:
    """A claimed promise, and the message composed for it."""

    queued: Queued
    message: OutgoingMessage


@dataclass(frozen=True, slots=True)
class Tried:
    """A message was tried, with this outcome, which is recorded already."""

    queued: Queued
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Dropped:
    """A message was not owed any more when it was to leave."""

    queued: Queued


@dataclass(frozen=True, slots=True)
class Paused:
    """Nothing can be sent before `until`, because of the account's pace (`paced`) or because a server deferred a message."""

    until: datetime
    paced: bool


Progress = Callable[[Tried | Dropped | Paused], None]


@dataclass(frozen=True, slots=True)
class DeliveryReport:
    """The result of one delivery run: `tried` counts the states of this run's messages, `states` all of the campaign's.

    `stopped` is the reason why messages were left that could have gone: ``account-refused``, ``messages-refused``,
    ``too-many-refused``, ``late``, ``interrupted``, or ``given-back`` where nobody else is left to send to; `reply` is
    the server's reply that caused it. `next_due` is when the next try is due, if one is. `to_copy` are the sent messages that are to be copied to the mailbox.
    """

    tried: Mapping[State, int]
    states: Mapping[State, int]
    stopped: str = ""
    reply: Reply | None = None
    next_due: datetime | None = None
    to_copy: SentMessages = NONE

    @property
    def left(self) -> int:
        """Return how many messages are neither sent nor failed for good."""
        return outbox.unfinished(self.states)

    @property
    def trouble(self) -> UserError:
        """Return why sending stopped, as an error: of its own kind where a setting or a sign-in puts it right."""
        reply = self.reply
        if isinstance(reply, LoginRefused):
            return reply.error
        said = f"{reply.code} {reply.text}" if reply else ""
        settled = self.stopped in ("account-refused", "given-back")
        if reply and settled and (about := outbox.matter(reply)):
            return UserError(about.value, reply=said)
        return UserError(f"sending-stopped-{self.stopped}", reply=said)


@dataclass(frozen=True, slots=True)
class DeliveryTerms:
    """The limits of a delivery run.

    Nothing is sent after `deadline`; up to `connections` are open at once; `pace` is waited for however long it takes,
    a deferred message for at most `patience`. Without patience, messages given back in an earlier run wait for their
    moment; else they are tried again. Sending stops where more than `most_refused` per cent of the recipients are
    refused. `plain_from` is the envelope sender used once the server has refused a per-message return path, and the
    address with which the server is asked whether it accepts recipients; empty for none.
    """

    deadline: datetime
    connections: int = 1
    pace: Pace = field(default_factory=Pace)
    patience: timedelta = PATIENCE
    most_refused: int = outbox.MOST_REFUSED
    plain_from: str = ""


async def deliver(
    store: Store,
    sender: Sender,
    campaign: str,
    departures: Departures,
    terms: DeliveryTerms,
    *,
    clock: Callable[[], datetime],
    progress: Progress = lambda _: None,
    stop: asyncio.Event | None = None,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> DeliveryReport:
    """Send a campaign's messages that are due, wait for those that are due soon, and return what became of them.

    Setting `stop` lets the transactions that have begun finish, then ends. Raises WireError if the server cannot be
    reached at all, StoreError if the ledger cannot be written; no message is lost by either.
    """
    coordinator = _Coordinator(
        store, campaign, departures, terms, clock, progress, stop or asyncio.Event(), sleep
    )
    store.expire(campaign, clock())
    if coordinator.worth_connecting():
        waiting = sum(store.counts(campaign)[state] for state in (State.QUEUED, State.DEFERRED))
        async with sender.connect() as first:
            await _run(coordinator, sender, first, min(terms.connections, waiting), terms.plain_from)
    return coordinator.report()


async def deliver_one(sender: Sender, message: OutgoingMessage) -> Reply:
    """Send one message without recording it, and return the server's reply. Raises WireError."""
    async with sender.connect() as connection:
        return await connection.send(message)


async def _run(
    coordinator: _Coordinator, sender: Sender, first: Connection, connections: int, plain_from: str
) -> None:
    senders = _MessageSender(coordinator, plain_from)
    try:
        async with asyncio.TaskGroup() as group:
            writing = group.create_task(coordinator.write())
            sending = [group.create_task(senders.send_over(first))]
            sending += [group.create_task(senders.connect_and_send(sender)) for _ in range(connections - 1)]
            await asyncio.wait(sending)
            writing.cancel()
    except* MailerError as errors:
        raise errors.exceptions[0] from None


class _Probe:
    """Asked of a connection instead of a message: whether the server accepts an address of ours as recipient."""


_PROBE = _Probe()


class _MessageSender:
    """Takes messages from the coordinator, sends them over a connection, and returns the outcomes to the coordinator."""

    def __init__(self, coordinator: _Coordinator, plain_from: str) -> None:
        self._coordinator = coordinator
        self._plain_from = plain_from
        self._plain = False

    async def connect_and_send(self, sender: Sender) -> None:
        """Open one more connection and send over it; do nothing if the server allows no more connections."""
        with contextlib.suppress(WireError):
            async with sender.connect() as connection:
                await self.send_over(connection)

    async def send_over(self, connection: Connection) -> None:
        """Send over a connection until the coordinator has nothing more to send."""
        asked = await self._coordinator.next()
        while asked is not None:
            if isinstance(asked, _Probe):
                refused = await connection.probe(self._plain_from, self._plain_from)
                self._coordinator.probed(accepted=refused is None)
                asked = await self._coordinator.next()
            else:
                asked = await self._coordinator.next((asked, await self._send(connection, asked.message)))

    async def _send(self, connection: Connection, message: OutgoingMessage) -> Reply:
        """Send a message; once a per-message return path is refused, use the plain sender for this and all later ones."""
        if self._plain:
            message = replace(message, envelope_from=self._plain_from)
        reply = await connection.send(message)
        if self._plain_from not in ("", message.envelope_from) and outbox.sender_refused(reply):
            self._plain = True
            return await connection.send(replace(message, envelope_from=self._plain_from))
        return reply


@dataclass(slots=True)
class _Requests:
    """The connections that wait for a message, and the outcomes that are not committed yet."""

    waiting: list[asyncio.Future[Leaving | _Probe | None]] = field(default_factory=list)
    done: list[tuple[Leaving, Outcome]] = field(default_factory=list)


class _Coordinator:
    """The one task that writes to the store: commits outcomes and claims messages for all connections.

    It also decides when to wait for the pace or a later try, and when to end.
    """

    def __init__(
        self,
        store: Store,
        campaign: str,
        departures: Departures,
        terms: DeliveryTerms,
        clock: Callable[[], datetime],
        progress: Progress,
        stop: asyncio.Event,
        sleep: Callable[[float], Awaitable[None]],
    ) -> None:
        self._store = store
        self._campaign = campaign
        self._departures = departures
        self._terms = terms
        self._clock = clock
        self._limits = outbox.limits(terms.pace)
        self._progress = progress
        self._stop = stop
        self._sleep = sleep
        self._requests = _Requests()
        self._news = asyncio.Event()
        self._claimed = 0  # messages whose outcome is not committed yet
        self._refusals = outbox.Refusals(store.given_back(campaign))
        self._breaker = outbox.Breaker(terms.most_refused, warned=bool(self._refusals))
        self._returned: Reply | None = None  # the last refusal for which a message was given back
        self._probed = self._probing = (
            False  # whether the server was asked about our own address; is being asked
        )
        self._retried = False  # whether those given back in an earlier run were made due
        self._not_before = clock()
        self._tried: dict[State, int] = {}
        self._stopped = ""
        self._reply: Reply | None = None
        self._announced: Paused | None = None

    # -- what the connections call -----------------------------------------------------------------------------
    async def next(self, done: tuple[Leaving, Reply] | None = None) -> Leaving | _Probe | None:
        """Take the reply to the last message, and return the next message to send; None at the end."""
        if done:
            self._requests.done.append(self._outcome(*done))
        waiting: asyncio.Future[Leaving | _Probe | None] = asyncio.get_running_loop().create_future()
        self._requests.waiting.append(waiting)
        self._news.set()
        return await waiting

    def _outcome(self, leaving: Leaving, reply: Reply) -> tuple[Leaving, Outcome]:
        """Decide the outcome of a reply, and whether sending pauses or stops because of it."""
        now, refusals = self._clock(), self._refusals
        recipient, who = leaving.message.recipient, _who(leaving.queued)
        attempts = leaving.queued.attempts
        alike = self._breaker.alike(reply, recipient)
        own = refusals.is_own(who, reply, recipient, attempts=attempts, alike=alike)
        outcome = outbox.verdict(reply, attempts, now, self._terms.deadline, own=own)
        self._breaker = self._breaker.after(outcome, recipient, again=refusals.again(who, reply, recipient))
        if self._breaker.tripped and not self._stopped:
            self._stopped, self._reply = self._breaker.tripped, reply
        match outcome:
            case Sent():
                refusals.accept(who)
            case Halted():
                self._not_before = now + self._breaker.pause
                outcome = replace(outcome, retry_at=outbox.given_back_until(reply, now, self._not_before))
                if outcome.retry_at:
                    refusals.give_back(who, reply, recipient)
                    self._returned = reply
            case _:
                refusals.settle(who, reply, recipient, own=own)
        return leaving, outcome

    def probed(self, *, accepted: bool) -> None:
        """Take the answer to a probe, and let the messages that it tells about be tried again."""
        self._probing = False
        if accepted:
            self._refusals.probe()
            self._breaker = self._breaker.after_probe()

    # -- writing -----------------------------------------------------------------------------------------------
    async def write(self) -> None:
        """Commit outcomes and hand out messages until cancelled."""
        try:
            while True:
                await self._news.wait()
                await self._wait_for_more()
                self._news.clear()
                self._commit()
                if self._requests.waiting:
                    await self._wait()
        except BaseException:
            for waiting in self._requests.waiting:
                waiting.cancel()
            raise

    async def _wait_for_more(self) -> None:
        """Give the other connections a few rounds to report too, so that one commit serves several."""
        for _ in range(ROUNDS):
            if len(self._requests.waiting) >= 2 * (self._claimed - len(self._requests.done)):
                return
            await asyncio.sleep(0)

    def _commit(self) -> None:
        """Commit the outcomes and the next claims in one transaction, and hand the claimed messages out."""
        done, self._requests.done = self._requests.done, []
        now = self._clock()
        n = len(self._requests.waiting) if self._may_claim(now) else 0
        if not done and not n:
            return
        claimed = self._store.claim(
            self._campaign,
            n,
            now,
            LEASE,
            account=self._terms.pace.account,
            limits=self._limits,
            settled=[_settled(leaving, outcome, now) for leaving, outcome in done],
        )
        owed = self._departures.owed(claimed)
        dropped = [queued for queued in claimed if queued not in owed]
        if dropped:
            self._store.settle([Settled(one.promise, State.VOID) for one in dropped], now)
            for one in dropped:
                self._refusals.drop(_who(one))
            self._news.set()
        self._claimed += len(owed) - len(done)
        messages = self._departures.compose([queued.promise for queued in owed])
        for queued, message in zip(owed, messages, strict=True):
            self._requests.waiting.pop(0).set_result(Leaving(queued, message))
        for leaving, outcome in done:
            state = outbox.state_after(outcome)
            self._tried[state] = self._tried.get(state, 0) + 1
            self._progress(Tried(leaving.queued, outcome))
        for queued in dropped:
            self._progress(Dropped(queued))

    def _may_claim(self, now: datetime) -> bool:
        if self._stop.is_set():
            self._stopped = self._stopped or "interrupted"
        elif now >= self._terms.deadline:
            self._stopped = self._stopped or "late"
        return not self._stopped and now >= self._not_before

    # -- waiting -----------------------------------------------------------------------------------------------
    async def _wait(self) -> None:
        """Sleep until something can be sent; end the connections if nothing is left to wait for."""
        pause = None if self._stopped else self._next_pause()
        idle = not (self._claimed or self._requests.done or self._probing)
        if (
            idle
            and not self._stopped
            and (pause is None or pause.until > self._clock())
            and self._try_again()
        ):
            self._news.set()
            return
        if pause is None:
            if idle:
                self._end_connections()
            return
        if pause != self._announced and pause.until > self._clock():
            self._announced = pause
            self._progress(pause)
        await self._sleep_until_news((pause.until - self._clock()).total_seconds())
        self._news.set()

    def _try_again(self) -> bool:
        """Let messages that were given back be tried again, where that can tell more; return whether to go on."""
        again = set(self._refusals.ready())
        if not again and not self._retried:
            if self._terms.plain_from and self._refusals.worth_probing and not self._probed:
                self._probed = self._probing = True
                self._requests.waiting.pop(0).set_result(_PROBE)
                return True
            self._retried = True
            again |= self._earlier()
        self._store.hasten(self._campaign, again, self._clock())
        return bool(again)

    def _earlier(self) -> set[tuple[str, MessageKey]]:
        """Return the messages given back in an earlier run that are to be tried again in this one."""
        return set(self._refusals.earlier) if self._terms.patience else set()

    def _next_pause(self) -> Paused | None:
        """Return until when to wait and why; None if nothing is due, or only later than the terms allow."""
        now, terms = self._clock(), self._terms
        due = self._store.next_due(self._campaign, now)
        if due is None or due > min(now + terms.patience, terms.deadline):
            return None
        paced = self._store.next_due(self._campaign, now, terms.pace.account, self._limits) or due
        return Paused(max(due, paced, self._not_before), paced > due)

    async def _sleep_until_news(self, seconds: float) -> None:
        """Sleep, at most `LONGEST_SLEEP`, until an outcome comes or `stop` is set."""
        sleeping = asyncio.ensure_future(self._sleep(min(max(seconds, 0.05), LONGEST_SLEEP)))
        waking = [asyncio.ensure_future(event.wait()) for event in (self._news, self._stop)]
        await asyncio.wait([sleeping, *waking], return_when=asyncio.FIRST_COMPLETED)
        for task in (sleeping, *waking):
            task.cancel()

    def _end_connections(self) -> None:
        for waiting in self._requests.waiting:
            waiting.set_result(None)
        self._requests.waiting = []

    # -- the end -----------------------------------------------------------------------------------------------
    def worth_connecting(self) -> bool:
        """Return whether anything can be sent now, or within the patience."""
        due = self._next_pause() is not None or bool(self._earlier())
        return due and self._may_claim(self._clock())

    def report(self) -> DeliveryReport:
        """Return the result of the run, with the states counted anew."""
        if self._refusals and not self._stopped and self._returned:
            self._stopped, self._reply = "given-back", self._returned
        return DeliveryReport(
            tried=self._tried,
            states=self._store.counts(self._campaign),
            stopped=self._stopped,
            reply=self._reply,
            next_due=self._store.next_due(
                self._campaign, self._clock(), self._terms.pace.account, self._limits
            ),
        )


def _settled(leaving: Leaving, outcome: Outcome, now: datetime) -> Settled:
    """Return an outcome as the store keeps it, without a ledger entry where the message was given back (`Halted`)."""
    promise, state = leaving.queued.promise, outbox.state_after(outcome)
    fact = Delivery(
        promise.key,
        promise.key.sequence,
        state,
        promise.message_id,
        outcome.reply,
        promise.persons,
        promise.round,
        leaving.message.version,
        leaving.message.digest if state is State.SENT else "",
        promise.made_at,
    )
    return Settled(
        promise=promise,
        state=state,
        reply=outcome.reply,
        entry=None
        if isinstance(outcome, Halted)
        else Entry(promise.campaign, promise.invitee, now, Channel.OUTBOX, fact),
        not_before=outcome.retry_at if isinstance(outcome, (Deferred, Halted)) else None,
    )


def _who(queued: Queued) -> tuple[str, MessageKey]:
    return queued.promise.invitee, queued.promise.key
