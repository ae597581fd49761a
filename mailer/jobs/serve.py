"""The campaign that runs itself: read, plan, send, wait, and again, whatever goes wrong.

Theory of operation. One turn reads the mailbox, then keeps the appointments that are due, acknowledges answers, and sends
what waits, for a minute at most, so that nothing is ever decided without the answers that lie in the mailbox. What a turn
decides follows from the ledger and the clock alone: a process that is killed at any moment, and started again, goes on
where it was. Trouble with one part is told and tried again later, ever more patiently, and keeps no other part from its work.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from mailer import campaign as campaigns
from mailer import outbox
from mailer.errors import MailerError, UserError, WireError
from mailer.jobs import agenda, collect, deliver
from mailer.jobs.seal import PLAIN, Seal
from mailer.model.campaign import Campaign
from mailer.model.invitation import Invitee, Kind
from mailer.model.outcome import State
from mailer.model.pace import Pace
from mailer.model.schedule import Appointment
from mailer.store import Store
from mailer.wire import MailboxDoor, MailboxReader, Sender

SLICE = timedelta(minutes=1)
"""How long messages leave before the mailbox is looked at again."""

ROUND = timedelta(minutes=5)

FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=15), timedelta(minutes=10)
"""How long something that failed is left alone: doubled each time, up to the longest."""

SHORT_WAIT = 20.0
"""Seconds for which a connection is kept open where only the pace is waited for."""

JUMP = timedelta(minutes=2)
"""By how much the clock may leave what passed before it is called a jump."""

REFUSALS = ("account-refused", "messages-refused", "too-many-refused")
"""Why sending stops until somebody, or time, puts it right."""

TICK = 0.2
"""Seconds between two looks at whether the end was asked for."""

HUSH = 5.0
"""Seconds in which listening to the mailbox comes to its end."""

SPELL = 60.0
"""Seconds of one IDLE, so that a connection that died in silence is noticed."""


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened, by code, for the log: no address and no name is in it.

    `trouble`: somebody may have to do something. `error` is what caused it.
    """

    code: str
    campaign: str = ""
    values: Mapping[str, object] = field(default_factory=dict)
    trouble: bool = False
    error: UserError | None = None


class Prepared(Protocol):
    """A campaign as its files are now."""

    @property
    def campaign(self) -> Campaign:
        """What the campaign file says."""
        ...

    @property
    def mailbox(self) -> str:
        """The address that is read for answers."""
        ...

    def sources(self) -> Mapping[str, bytes]:
        """Read its templates and attachments."""
        ...

    def listed(self) -> list[Invitee]:
        """Read its lists."""
        ...


@dataclass(slots=True)
class Health:
    """How the service stands. The moments are of the last time that something went well."""

    started: datetime
    turned: datetime | None = None
    read: datetime | None = None
    sent: datetime | None = None
    next: datetime | None = None
    waiting: int = 0
    doubtful: int = 0
    """Messages of which nobody knows whether they arrived."""
    troubles: tuple[str, ...] = ()


@dataclass(slots=True)
class _Pause:
    """A part that failed, and when it is tried again."""

    until: datetime
    length: timedelta


@dataclass(frozen=True, slots=True)
class Doors:
    """What the service works with.

    `prepared` reads the campaigns to be run anew; those whose file is broken are told by `tell`. `known` are all whose
    answers may lie in the mailbox.
    """

    store: Store
    mailbox: MailboxDoor
    sender: Callable[[], Sender]
    prepared: Callable[[], Iterable[Prepared]]
    known: Callable[[], Mapping[str, Campaign]]
    clock: Callable[[], datetime]
    tell: Callable[[Event], None]
    connections: int = 1
    pace: Pace = field(default_factory=Pace)
    trusted: Sequence[str] = ()
    done_folder: str = ""
    folder: str = "INBOX"
    """Where answers come to: it is listened to."""
    rest: timedelta = ROUND
    """The longest wait between two looks at everything."""
    seal: Seal = PLAIN
    most_refused: int = outbox.MOST_REFUSED


class Service:
    """Runs campaigns turn by turn."""

    def __init__(self, doors: Doors) -> None:
        self._doors = doors
        self._reader: MailboxReader | None = None
        self._open = contextlib.ExitStack()
        self._pauses: dict[str, _Pause] = {}
        self._settled: set[str] = set()
        """Campaigns with nothing to acknowledge since the last mail came."""
        self._told: set[tuple[str, ...]] = set()
        self._stopping = threading.Event()
        self.health = Health(doors.clock())

    def stop(self) -> None:
        """End after what is on the wire; may be called from a signal handler, and from any thread."""
        self._stopping.set()

    @property
    def stopping(self) -> bool:
        """Whether the end was asked for."""
        return self._stopping.is_set()

    # -- one turn ----------------------------------------------------------------------------------------------
    async def turn(self) -> datetime:
        """Do all that can be done now; return when to look again, at the latest."""
        doors = self._doors
        now = doors.clock()
        wake = [now + doors.rest]
        self._read(now)
        self.health.waiting = self.health.doubtful = 0
        for one in doors.prepared():
            if self.stopping:
                break
            with self._watched(f"store {one.campaign.slug}", one.campaign.slug):
                wake += await self._campaign(one)
        wake += [pause.until for pause in self._pauses.values()]
        self.health.turned, self.health.next = doors.clock(), min(wake)
        self.health.troubles = tuple(sorted(self._pauses))
        return max(min(wake), doors.clock())

    async def _campaign(self, one: Prepared) -> list[datetime]:
        campaign, store, now = one.campaign, self._doors.store, self._doors.clock()
        slug = campaign.slug
        if gone := agenda.withdraw(campaign, store, now):
            self._tell("withdrawn", slug, messages=gone)
        self._keep(one, now)
        self._acknowledge(one, now)
        wake = [at.at for at in campaign.schedule.appointments if at.at > now]
        if until := self._silent(campaign, now):
            wake.append(until)
        elif next_due := await self._send(campaign, now):
            wake.append(next_due)
        counts = store.counts(slug)
        self.health.waiting += outbox.unfinished(counts)
        self.health.doubtful += counts.get(State.IN_DOUBT, 0)
        return wake

    # -- reading -----------------------------------------------------------------------------------------------
    def _read(self, now: datetime) -> None:
        if self._rests("reading"):
            return
        with self._watched("reading"):
            if self._reader is None:
                self._reader = self._open.enter_context(self._doors.mailbox.open())
            with contextlib.suppress(_Interrupted):
                self._tell_read(self._collect(self._reader))
            self.health.read = now
            return
        self._close()

    def _collect(self, reader: MailboxReader) -> collect.Report:
        return collect.collect(
            reader,
            self._doors.store,
            self._doors.known(),
            now=self._doors.clock,
            trusted=self._doors.trusted,
            done_folder=self._doors.done_folder,
            progress=self._interrupt,
        )

    def _interrupt(self, *_: int) -> None:
        """Called after each batch that was recorded: here reading may end."""
        if self.stopping:
            raise _Interrupted

    def _tell_read(self, report: collect.Report) -> None:
        if report.by_kind:
            self._settled.clear()
            kinds = {kind.replace("-", "_"): n for kind, n in sorted(report.by_kind.items())}
            counts = {"recorded": report.kept, "to_review": report.waiting}
            self._doors.tell(Event("read", values={**counts, **kinds}))

    def _close(self) -> None:
        """Let go of the mailbox; a connection that is broken may complain."""
        self._reader = None
        with contextlib.suppress(MailerError, OSError):
            self._open.close()

    # -- appointments ------------------------------------------------------------------------------------------
    def _keep(self, one: Prepared, now: datetime) -> None:
        slug, store = one.campaign.slug, self._doors.store
        for missed in agenda.missed(one.campaign, store, now):
            self._tell_once("missed", slug, missed)
        for appointment in agenda.due(one.campaign, store, now):
            name = f"appointment {slug} {appointment.kind.value}"
            if appointment.kind is not Kind.INVITATION and "reading" in self._pauses:
                # Whoever has answered must not be written to as if they had not.
                self._tell_once("waits-for-mailbox", slug, appointment)
            elif not self._rests(name):
                with self._watched(name, slug):
                    done = agenda.keep(
                        one.campaign,
                        appointment,
                        store,
                        one.sources(),
                        one.listed(),
                        now=now,
                        mailbox=one.mailbox,
                        seal=self._doors.seal,
                    )
                    self._tell("kept", slug, kind=appointment.kind.value, messages=done.messages)

    def _acknowledge(self, one: Prepared, now: datetime) -> None:
        slug = one.campaign.slug
        name = f"acknowledging {slug}"
        if slug not in self._settled and not self._rests(name):
            with self._watched(name, slug):
                if n := agenda.acknowledge(
                    one.campaign,
                    self._doors.store,
                    one.sources,
                    now=now,
                    mailbox=one.mailbox,
                    seal=self._doors.seal,
                ):
                    self._tell("acknowledged", slug, messages=n)
                self._settled.add(slug)

    # -- sending -----------------------------------------------------------------------------------------------
    def _silent(self, campaign: Campaign, now: datetime) -> datetime | None:
        """Until when nothing leaves; a change or a cancellation that a person ordered does not wait."""
        until = campaigns.silent_until(campaign.schedule, campaign.meeting, now)
        if until is not None:
            waiting = (
                Kind(queued.message.key.partition(".")[0])
                for queued in self._doors.store.outbox(campaign.slug)
                if queued.state in (State.QUEUED, State.DEFERRED)
            )
            kinds = set(waiting)
            if kinds and kinds <= {Kind.UPDATE, Kind.CANCEL}:
                return None
        return until

    async def _send(self, campaign: Campaign, now: datetime) -> datetime | None:
        """Send for a while; return when to go on, if there is more."""
        slug = campaign.slug
        due = self._doors.store.next_due(slug, now)
        if due is None or self._rests("sending"):
            return None
        if due > now:
            return due
        with self._watched("sending", slug):
            report = await self._slice(campaign, now)
            self._tell_sent(slug, report)
            if report.stopped in REFUSALS:
                self.fail("sending", UserError(f"sending-stopped-{report.stopped}"), slug)
                return None
            return None if report.stopped == "late" else report.next_due
        return None

    async def _slice(self, campaign: Campaign, now: datetime) -> deliver.Report:
        doors, stop = self._doors, asyncio.Event()
        ending = asyncio.create_task(self._ring(stop, self._allowed(campaign, now)))

        async def doze(seconds: float) -> None:
            if seconds > SHORT_WAIT:
                stop.set()
            await asyncio.sleep(seconds)

        try:
            return await deliver.deliver(
                doors.store,
                doors.sender(),
                campaign.slug,
                clock=doors.clock,
                deadline=outbox.deadline(
                    campaign.meeting, now, late=campaigns.is_late(campaign.meeting, now)
                ),
                connections=doors.connections,
                pace=doors.pace,
                plain_from=campaign.organizer.address,
                most_refused=doors.most_refused,
                patience=timedelta(0),
                stop=stop,
                sleep=doze,
            )
        finally:
            ending.cancel()

    def _allowed(self, campaign: Campaign, now: datetime) -> timedelta:
        """How long messages may leave from now: not into the quiet hours."""
        quiet = campaigns.silent_from(campaign.schedule, campaign.meeting, now)
        return min(SLICE, quiet - now) if quiet else SLICE

    async def _ring(self, stop: asyncio.Event, after: timedelta) -> None:
        """End a slice when its time is over, or when the end of all was asked for."""
        left = after.total_seconds()
        while left > 0 and not self.stopping:
            await asyncio.sleep(min(left, TICK))
            left -= TICK
        stop.set()

    def _tell_sent(self, slug: str, report: deliver.Report) -> None:
        if report.tried:
            self.health.sent = self._doors.clock()
            tried = {state.value: n for state, n in report.tried.items()}
            self._doors.tell(Event("sent", slug, {**tried, "left": report.left}))
        doubtful = report.states.get(State.IN_DOUBT, 0)
        if doubtful and self._is_news("in-doubt", slug, str(doubtful)):
            self._doors.tell(Event("in-doubt", slug, {"messages": doubtful}, trouble=True))

    # -- trouble -----------------------------------------------------------------------------------------------
    def _rests(self, name: str) -> bool:
        """Whether something failed so lately that it is left alone."""
        pause = self._pauses.get(name)
        return pause is not None and self._doors.clock() < pause.until

    def _watched(self, name: str, slug: str = "") -> _Watched:
        """Do something that may fail: what fails is told and left alone for a while, and the rest goes on."""
        return _Watched(self, name, slug)

    def well(self, name: str, slug: str) -> None:
        """Tell that a part that had failed is well again."""
        if self._pauses.pop(name, None):
            self._tell("well-again", slug, part=name.partition(" ")[0])

    def fail(self, name: str, error: UserError, slug: str) -> None:
        """Tell that a part failed, and leave it alone for a while."""
        before = self._pauses.get(name)
        length = min(before.length * 2, LONGEST_PAUSE) if before else FIRST_PAUSE
        self._pauses[name] = _Pause(self._doors.clock() + length, length)
        self._doors.tell(Event("trouble", slug, {"part": name.partition(" ")[0]}, trouble=True, error=error))

    def _tell(self, code: str, slug: str = "", **values: object) -> None:
        self._doors.tell(Event(code, slug, values))

    def _tell_once(self, code: str, slug: str, appointment: Appointment) -> None:
        kind, at = appointment.kind.value, appointment.at.isoformat(timespec="minutes")
        if self._is_news(code, slug, f"{kind} {at}"):
            self._doors.tell(Event(code, slug, {"kind": kind, "at": at}, trouble=True))

    def _is_news(self, *key: str) -> bool:
        """Whether this has not been told yet."""
        new = key not in self._told
        self._told.add(key)
        return new

    # -- waiting -----------------------------------------------------------------------------------------------
    async def wait(self, until: datetime) -> None:
        """Wait for `until`, for news in the mailbox, or for the end; the mailbox is listened to meanwhile."""
        news = asyncio.Event()
        listening = self._listen(news) if self._reader else None
        began, monotonic = self._doors.clock(), asyncio.get_running_loop().time
        passed = monotonic()
        while not (self.stopping or news.is_set() or self._doors.clock() >= until):
            left = (until - self._doors.clock()).total_seconds()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(news.wait(), min(max(left, 0.01), TICK))
            jump = (self._doors.clock() - began) - timedelta(seconds=monotonic() - passed)
            if abs(jump) > JUMP:
                self._doors.tell(
                    Event("clock-jumped", values={"seconds": int(jump.total_seconds())}, trouble=True)
                )
                break
        if listening:
            await self._hush(listening, news)

    def _listen(self, news: asyncio.Event) -> threading.Thread:
        """Listen to the mailbox (IDLE) in a thread of its own, until there is news or `news` is set."""
        reader, loop = self._reader, asyncio.get_running_loop()
        assert reader is not None

        def enough() -> bool:
            return news.is_set() or self.stopping

        def listen() -> None:
            with contextlib.suppress(RuntimeError):  # the loop may be gone, if the process ends
                try:
                    reader.examine(self._doors.folder)
                    while not enough() and not reader.wait(SPELL, enough):
                        pass
                except WireError as error:
                    loop.call_soon_threadsafe(self._lost, error)
                loop.call_soon_threadsafe(news.set)

        thread = threading.Thread(target=listen, name="mailbox", daemon=True)
        thread.start()
        return thread

    async def _hush(self, listening: threading.Thread, news: asyncio.Event) -> None:
        """Let the listener come to its end: nothing else may use the mailbox meanwhile.

        One that does not, since its server has fallen silent, is left behind with its connection.
        """
        news.set()
        end = asyncio.get_running_loop().time() + HUSH
        while listening.is_alive() and asyncio.get_running_loop().time() < end:
            await asyncio.sleep(TICK / 4)
        if listening.is_alive():
            self._reader = None
            self._open.pop_all()

    def _lost(self, error: WireError) -> None:
        self.fail("reading", error, "")
        self._close()

    def close(self) -> None:
        """Log out of the mailbox."""
        self._close()


class _Watched:
    """Tells the service what became of a part of its work."""

    def __init__(self, service: Service, name: str, slug: str) -> None:
        self._service, self._name, self._slug = service, name, slug

    def __enter__(self) -> None:
        pass

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> bool:
        if isinstance(error, UserError):
            self._service.fail(self._name, error, self._slug)
            return True
        if error is None:
            self._service.well(self._name, self._slug)
        return False


async def serve(service: Service, turned: Callable[[Health], None]) -> None:
    """Run until `Service.stop` is called; `turned` is told after every turn."""
    try:
        while not service.stopping:
            until = await service.turn()
            turned(service.health)
            await service.wait(until)
    finally:
        service.close()


class _Interrupted(Exception):  # noqa: N818 - no error: the end was asked for
    """Reading ends between two batches."""
