"""Run campaigns unattended: read the mailbox, keep the schedule, send, wait, and begin again, whatever goes wrong.

One turn reads the mailbox, then runs the appointments that are due, acknowledges answers, and sends what waits, for a
minute at most, so that nothing is decided without the answers that are in the mailbox. What a turn decides follows from
the ledger and the clock alone: a process that is killed at any moment, and started again, goes on where it was. A part
that fails is reported and tried again after a growing pause; the other parts go on (`Backoff`).
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Callable
from datetime import datetime, timedelta

from mailer.errors import WireError
from mailer.jobs import collect
from mailer.jobs.backoff import Backoff
from mailer.jobs.campaign_turn import CampaignTurn
from mailer.jobs.listening import MailboxConnection
from mailer.jobs.service_interface import TICK, Adapters, Event, Health
from mailer.wire import MailboxReader

JUMP = timedelta(minutes=2)
"""By how much the wall clock and the monotonic clock may differ before the wall clock is said to have jumped."""

BEAT = timedelta(seconds=10)
"""How often the service says, while it reads, that it is at work."""


class Service:
    """The loop of ``mailer run``: one turn over all campaigns, then a wait for mail or for the next due moment."""

    def __init__(self, adapters: Adapters, turned: Callable[[Health], None] = lambda _health: None) -> None:
        """Take what the service works with; `turned` is called after each turn of `serve`, and while a long one goes on."""
        self.turned = turned
        self._adapters = adapters
        self._stopping = threading.Event()
        self._mailbox = MailboxConnection(adapters.mailbox, adapters.folder, self._stopping)
        self._left_out: list[str] = []
        self._backoff = Backoff(adapters.clock, adapters.tell)
        self.health = Health(adapters.clock())
        self._campaigns = CampaignTurn(adapters, self._backoff, self._mailbox, self._stopping, self.health)

    def stop(self) -> None:
        """Ask the service to end once the SMTP transactions that have begun are over.

        May be called from a signal handler, and from any thread.
        """
        self._stopping.set()

    @property
    def stopping(self) -> bool:
        """Return whether `stop` was called."""
        return self._stopping.is_set()

    def close(self) -> None:
        """Log out of the mailbox."""
        self._mailbox.close()

    # -- one turn ----------------------------------------------------------------------------------------------
    async def turn(self) -> datetime:
        """Do all that can be done now; return when the next turn is due, at the latest."""
        adapters = self._adapters
        now = adapters.clock()
        wake = [now + adapters.rest]
        self._read(now)
        self.health.waiting = self.health.doubtful = 0
        for files in adapters.campaigns():
            if self.stopping:
                break
            slug = files.campaign.slug
            with self._backoff.guarded(f"store {slug}", slug):
                wake += await self._campaigns.run(files)
        wake += self._backoff.retries
        self.health.turned, self.health.next = adapters.clock(), min(wake)
        self.health.troubles = self._backoff.failed
        return max(min(wake), adapters.clock())

    def _read(self, now: datetime) -> None:
        """Read the mailbox, unless it failed lately; a failure closes the connection."""
        if self._backoff.is_paused("reading"):
            return
        with self._backoff.guarded("reading"):
            with contextlib.suppress(_Interrupted):
                self._tell_read(self._collect(self._mailbox.reader()))
            self.health.read = now
        if "reading" in self._backoff.failed:
            self._mailbox.close()

    def _collect(self, reader: MailboxReader) -> collect.ReadingReport:
        return collect.collect(
            reader,
            self._adapters.store,
            self._adapters.known(),
            now=self._adapters.clock,
            trusted=self._adapters.trusted,
            done_folder=self._adapters.done_folder,
            progress=self._interrupt,
        )

    def _interrupt(self, *_: int) -> None:
        """Say that the service is at work, and end reading where it is to stop; what was recorded stays."""
        if self.stopping:
            raise _Interrupted
        now = self._adapters.clock()
        if abs(now - (self.health.turned or self.health.started)) > BEAT:
            self.health.turned = now
            self.turned(self.health)

    def _tell_left_out(self, report: collect.ReadingReport) -> None:
        """Tell what could not be read or moved, once for as long as it stays the same."""
        events = [
            Event("mail-withheld", values={"mails": n, "folder": folder}, trouble=True)
            for folder, n in report.withheld.items()
        ]
        events += [Event("left-out", trouble=True, error=error) for error in report.troubles]
        said = [repr(event) for event in events]
        for event in events if said != self._left_out else ():
            self._adapters.tell(event)
        self._left_out = said
        if report.given_up:
            self._adapters.tell(Event("mail-given-up", values={"mails": report.given_up}, trouble=True))

    def _tell_read(self, report: collect.ReadingReport) -> None:
        self._tell_left_out(report)
        if report.by_kind:
            self._campaigns.mail_came()
            if report.set_aside:
                self._adapters.tell(Event("mail-set-aside", values={"mails": report.set_aside}, trouble=True))
            kinds = {kind.replace("-", "_"): n for kind, n in sorted(report.by_kind.items())}
            counts = {"recorded": report.kept, "to_review": report.waiting}
            self._adapters.tell(Event("read", values={**counts, **kinds}))

    # -- waiting -----------------------------------------------------------------------------------------------
    async def wait(self, until: datetime) -> None:
        """Wait for a moment, for new mail, or for the end, whichever comes first."""
        news = asyncio.Event()
        async with self._mailbox.listening(news, self._lost):
            await self._until(until, news)

    async def _until(self, until: datetime, news: asyncio.Event) -> None:
        began, monotonic = self._adapters.clock(), asyncio.get_running_loop().time
        passed = monotonic()
        while not (self.stopping or news.is_set() or self._adapters.clock() >= until):
            left = (until - self._adapters.clock()).total_seconds()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(news.wait(), min(max(left, 0.01), TICK))
            jump = (self._adapters.clock() - began) - timedelta(seconds=monotonic() - passed)
            if abs(jump) > JUMP:
                self._adapters.tell(
                    Event("clock-jumped", values={"seconds": int(jump.total_seconds())}, trouble=True)
                )
                break

    def _lost(self, error: WireError) -> None:
        """Report that the connection to the mailbox broke, and close it."""
        self._backoff.fail("reading", error, "")
        self._mailbox.close()


async def serve(service: Service) -> None:
    """Run turns until `Service.stop` is called."""
    try:
        while not service.stopping:
            until = await service.turn()
            service.turned(service.health)
            await service.wait(until)
    finally:
        service.close()


class _Interrupted(Exception):  # noqa: N818 - no error: the service is to stop
    """Reading ends; what was recorded stays."""
