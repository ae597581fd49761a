"""Send a campaign in a background thread that the pages can follow, pause and stop."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from gettext import gettext as _
from threading import Lock, Thread

from mailer.errors import UserError
from mailer.jobs import copies, gather, roll, send
from mailer.jobs.deliver import DeliveryReport, Dropped, Paused, Tried
from mailer.model.campaign import Campaign
from mailer.model.invitation import Kind
from mailer.model.outcome import Deferred, Failed, Halted, State
from mailer.store import Store
from mailer.wording import words
from mailer.workspace import Workspace, memory

Prepare = Callable[[Store, Callable[[int, int], None]], list[str]]
"""Checks and queues the messages of a plan; returns the faults found, in which case nothing was queued."""


@dataclass(frozen=True, slots=True)
class Progress:
    """Progress of a sending. `phase` is one of: checking, sending, paused, stopped, done, refused, failed."""

    phase: str
    done: int
    total: int
    refused: tuple[tuple[str, str], ...] = ()
    said: str = ""
    problems: tuple[str, ...] = ()

    @property
    def is_over(self) -> bool:
        """Return whether the sending has ended or waits for the person to go on."""
        return self.phase not in ("checking", "sending")


@dataclass(slots=True)
class _Tally:
    phase: str = "checking"
    done: int = 0
    total: int = 0
    refused: list[tuple[str, str]] = field(default_factory=list)
    said: str = ""
    problems: list[str] = field(default_factory=list)


class Sending:
    """One campaign's sending, in a thread of its own."""

    def __init__(self, workspace: Workspace, campaign: Campaign, kind: Kind) -> None:
        self.kind = kind
        self._workspace = workspace
        self._campaign = campaign
        self._tally = _Tally()
        self._lock = Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop: asyncio.Event | None = None
        self._halted = ""
        self._thread: Thread | None = None

    def progress(self) -> Progress:
        """Return a copy of the current progress."""
        with self._lock:
            tally = self._tally
            return Progress(
                tally.phase,
                tally.done,
                tally.total,
                tuple(tally.refused),
                tally.said,
                tuple(tally.problems),
            )

    def resume(self, workspace: Workspace) -> None:
        """Send what is in the outbox with the settings of now, such as a pace that was changed during the pause."""
        self._workspace = workspace
        self.start()

    def start(self, prepare: Prepare | None = None) -> None:
        """Start sending."""
        self._halted = ""
        with self._lock:
            self._tally.phase = "checking" if prepare else "sending"
        self._thread = Thread(target=self._run, args=(prepare,), name=f"sending {self._campaign.slug}")
        self._thread.start()

    def halt(self, phase: str) -> None:
        """Finish the messages being sent and send no more; `phase` is ``paused`` or ``stopped``."""
        with self._lock:
            if self._tally.phase == "paused" and phase == "stopped":
                self._tally.phase = phase
        self._halted = phase
        if self._loop is not None and self._stop is not None and self._loop.is_running():
            self._loop.call_soon_threadsafe(self._stop.set)

    def join(self) -> None:
        """Wait until the thread has ended."""
        if self._thread is not None:
            self._thread.join()

    def _run(self, prepare: Prepare | None) -> None:
        try:
            with self._workspace.store() as store:
                if prepare and (problems := prepare(store, self._tick)):
                    self._end("refused", problems=problems)
                    return
                memory.remember(self._workspace, store, self._campaign)
                report = asyncio.run(self._deliver(store))
                memory.remember(self._workspace, store, self._campaign)
                said = [*_left(report, self._still_due(store), len(self._tally.refused)), *self._copy(report)]
            self._end(self._halted or "done", *said)
        except UserError as error:
            self._end("failed", words.error_sentence(error))
        except Exception as error:  # noqa: BLE001 - shown to the person; nothing is lost by it
            self._end("failed", words.our_fault(error))

    def _still_due(self, store: Store) -> send.Remaining:
        """Count again what is left of this kind."""
        path, campaign = self._workspace.path, self._campaign
        return send.remaining(
            self.kind,
            campaign,
            store,
            lambda: gather.gather(path, campaign).households,
            self._workspace.now(),
        )

    def _end(self, phase: str, *said: str, problems: list[str] | None = None) -> None:
        with self._lock:
            self._tally.phase = phase
            self._tally.said = " ".join(said)
            self._tally.problems = problems or []

    def _tick(self, done: int, total: int) -> None:
        with self._lock:
            self._tally.done, self._tally.total = done, total

    def _copy(self, report: DeliveryReport) -> list[str]:
        """Copy sent messages to the mailbox's sent folder if the settings ask for it; return why that failed."""
        folder = self._workspace.sent_folder()
        error = copies.try_to_copy(self._workspace.mailbox, folder, report.to_copy, self._tick)
        return [words.not_copied(folder, error)] if error else []

    async def _deliver(self, store: Store) -> DeliveryReport:
        campaign, workspace = self._campaign, self._workspace
        self._stop, self._loop = asyncio.Event(), asyncio.get_running_loop()
        if self._halted:
            self._stop.set()
        counts = store.counts(campaign.slug)
        names = {invitee.ref: invitee.called for invitee in roll.invitees(store, campaign.slug)}
        with self._lock:
            self._tally.phase = "sending"
            self._tally.done = 0
            self._tally.total = counts[State.QUEUED] + counts[State.DEFERRED]

        def tell(event: Tried | Dropped | Paused) -> None:
            with self._lock:
                self._note(event, names)

        return await send.deliver(
            store,
            workspace.route(),
            campaign,
            clock=workspace.now,
            late=self.kind is Kind.THANKS,
            progress=tell,
            stop=self._stop,
        )

    def _note(self, event: Tried | Dropped | Paused, names: dict[str, str]) -> None:
        tally = self._tally
        match event:
            case Paused(until=until, paced=paced):
                tally.said = words.waiting(until, paced=paced, zone=self._campaign.meeting.zone)
            case Tried(queued=queued, outcome=Failed(reply=reply)):
                tally.done += 1
                tally.refused.append((names.get(queued.promise.invitee, ""), f"{reply.code} {reply.text}"))
            case Dropped():
                tally.total -= 1
            case Tried(outcome=Deferred()):
                tally.said = _("Put off by the server, to be tried again: {n}.").format(n=1)
            case Tried(outcome=Halted()):
                pass
            case Tried():
                tally.done += 1
                tally.said = ""


def _left(report: DeliveryReport, remaining: send.Remaining, refused: int) -> list[str]:
    """Return sentences about what was not delivered; so many were `refused` in this run."""
    said = []
    if report.stopped and report.stopped != "interrupted":
        said.append(words.stopped(report.trouble))
    doubtful = report.states.get(State.IN_DOUBT, 0)
    if left := max(report.left, remaining.due) - doubtful:
        said.append(_("Not gone yet: {n}.").format(n=left))
    if refused := max(refused, remaining.refused):
        said.append(_("Refused by the server: {n}.").format(n=refused))
    if remaining.unsettled:
        said.append(_("Waiting until you say who they are: {n}.").format(n=remaining.unsettled))
    if doubtful:
        said.append(_("In doubt, perhaps delivered: {n}.").format(n=doubtful))
    return said or [_("Everything has left.")]
