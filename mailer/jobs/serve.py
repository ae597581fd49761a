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
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from mailer import campaign as campaigns
from mailer import outbox
from mailer.errors import UserError, WireError
from mailer.jobs import agenda, collect, copies, deliver, send
from mailer.jobs.listening import Mailbox
from mailer.jobs.serving import Doors, Event, Health, Prepared
from mailer.model.campaign import Campaign
from mailer.model.invitation import Kind
from mailer.model.outcome import State
from mailer.model.schedule import Appointment
from mailer.wire import MailboxReader

SLICE = timedelta(minutes=1)
"""How long messages leave before the mailbox is looked at again."""

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

NEWS = timedelta(days=7)
"""How long after its moment it is told that an appointment was missed."""


@dataclass(slots=True)
class _Pause:
    """A part that failed, and when it is tried again."""

    until: datetime
    length: timedelta


class Service:
    """Runs campaigns turn by turn."""

    def __init__(self, doors: Doors) -> None:
        self._doors = doors
        self._pauses: dict[str, _Pause] = {}
        self._settled: set[str] = set()
        """Campaigns with nothing to acknowledge since the last mail came."""
        self._told: set[tuple[str, ...]] = set()
        self._stopping = threading.Event()
        self._mailbox = Mailbox(doors.mailbox, doors.folder, self._stopping)
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
        if gone := send.withdraw(campaign, store, now):
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
            with contextlib.suppress(_Interrupted):
                self._tell_read(self._collect(self._mailbox.reader()))
            self.health.read = now
            return
        self._mailbox.close()

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

    # -- appointments ------------------------------------------------------------------------------------------
    def _keep(self, one: Prepared, now: datetime) -> None:
        slug, store = one.campaign.slug, self._doors.store
        for missed in agenda.missed(one.campaign, store, now):
            fresh = now - missed.at < NEWS and self._is_news("looked", slug, str(missed))
            if fresh and agenda.matters(one.campaign, missed, store, now):
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
                        seal=self._doors.route.seal,
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
                    seal=self._doors.route.seal,
                ):
                    self._tell("acknowledged", slug, messages=n)
                self._settled.add(slug)

    # -- sending -----------------------------------------------------------------------------------------------
    def _silent(self, campaign: Campaign, now: datetime) -> datetime | None:
        """Until when nothing leaves; a change or a cancellation that a person ordered does not wait."""
        until = campaigns.silent_until(campaign.schedule, campaign.meeting, now)
        if until is not None:
            waiting = (
                key.kind
                for _, key, state in self._doors.store.states(campaign.slug)
                if state in (State.QUEUED, State.DEFERRED)
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
        report: deliver.Report | None = None
        with self._watched("sending", slug):
            report = await self._slice(campaign, now)
            self._tell_sent(slug, report)
        if report:
            self._copy(slug, report.to_copy)
        if report and report.stopped in REFUSALS:
            self.fail("sending", UserError(f"sending-stopped-{report.stopped}"), slug)
            return None
        return report.next_due if report and report.stopped != "late" else None

    def _copy(self, slug: str, sent: Collection[copies.SentMessage]) -> None:
        """Put copies of what was sent where the mailbox keeps sent mail, while it can be reached."""
        doors = self._doors
        mailbox = self._mailbox.opened
        if sent and mailbox:
            with self._watched(f"copying {slug}", slug):
                copies.put_copies(doors.store, mailbox, slug, doors.route.sent_folder, sent)

    async def _slice(self, campaign: Campaign, now: datetime) -> deliver.Report:
        """Send for a while."""
        doors, stop = self._doors, asyncio.Event()
        ending = asyncio.create_task(self._ring(stop, self._allowed(campaign, now)))

        async def doze(seconds: float) -> None:
            if seconds > SHORT_WAIT:
                stop.set()
            await asyncio.sleep(seconds)

        try:
            return await send.deliver(
                doors.store,
                doors.route,
                campaign,
                clock=doors.clock,
                late=campaigns.is_late(campaign.meeting, now),
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
        async with self._mailbox.listening(news, self._lost):
            await self._until(until, news)

    async def _until(self, until: datetime, news: asyncio.Event) -> None:
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

    def _lost(self, error: WireError) -> None:
        self.fail("reading", error, "")
        self._mailbox.close()

    def close(self) -> None:
        """Log out of the mailbox."""
        self._mailbox.close()


class _Watched:
    """Tells the service what became of a part of its work."""

    def __init__(self, service: Service, name: str, slug: str) -> None:
        self._service, self._name, self._slug = service, name, slug

    def __enter__(self) -> None:
        pass

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> bool:
        if isinstance(error, Exception) and not isinstance(error, _Interrupted):
            # A fault of ours in one part must not keep the others from their work either.
            known = (
                error if isinstance(error, UserError) else UserError("program-fault", kind=repr(error)[:200])
            )
            self._service.fail(self._name, known, self._slug)
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
