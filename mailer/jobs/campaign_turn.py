"""Run one campaign's turn in the service: its due appointments, its acknowledgements, and a minute of sending."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Mapping
from datetime import datetime, timedelta

from mailer import campaign as campaigns
from mailer import compose, outbox
from mailer.jobs import agenda, copies, deliver, send, standings
from mailer.jobs.backoff import Backoff
from mailer.jobs.listening import MailboxConnection
from mailer.jobs.service_interface import TICK, Adapters, CampaignFiles, Event, Health
from mailer.model.campaign import Campaign
from mailer.model.invitation import Kind
from mailer.model.outcome import State
from mailer.model.schedule import Appointment

SLICE = timedelta(minutes=1)
"""How long messages are sent before the mailbox is read again."""

SHORT_WAIT = 20.0
"""Seconds for which a connection is kept open while the pace allows no message."""

REFUSALS = ("account-refused", "messages-refused", "too-many-refused")
"""Reasons to stop sending and try again after a pause."""

REPORTED_FOR = timedelta(days=7)
"""How long after its moment a missed appointment is still reported."""


class CampaignTurn:
    """Runs the turns of campaigns, and remembers between two turns what was reported and acknowledged."""

    def __init__(
        self,
        adapters: Adapters,
        backoff: Backoff,
        mailbox: MailboxConnection,
        stopping: threading.Event,
        health: Health,
    ) -> None:
        self._adapters = adapters
        self._backoff = backoff
        self._mailbox = mailbox
        self._stopping = stopping
        self._health = health
        self._acknowledged: set[str] = set()
        """Campaigns with nothing to acknowledge since the last mail came."""
        self._reported: set[tuple[str, ...]] = set()

    def mail_came(self) -> None:
        """Look for answers to acknowledge again, in every campaign."""
        self._acknowledged.clear()

    async def run(self, files: CampaignFiles) -> list[datetime]:
        """Do what is due for one campaign; return the moments at which something is due next."""
        campaign, store, now = files.campaign, self._adapters.store, self._adapters.clock()
        slug = campaign.slug
        if gone := send.drop_late(campaign, store, now):
            self._tell("withdrawn", slug, messages=gone)
        self._run_appointments(files, now)
        self._acknowledge(files, now)
        wake = [at.at for at in campaign.schedule.appointments if at.at > now]
        if until := self._quiet_until(campaign, now):
            wake.append(until)
        elif next_due := await self._send(campaign, now):
            wake.append(next_due)
        counts = store.counts(slug)
        self._health.waiting += outbox.unfinished(counts)
        self._health.doubtful += counts.get(State.IN_DOUBT, 0)
        return wake

    # -- appointments ------------------------------------------------------------------------------------------
    def _run_appointments(self, files: CampaignFiles, now: datetime) -> None:
        slug, store = files.campaign.slug, self._adapters.store
        for missed in agenda.missed(files.campaign, store, now):
            fresh = now - missed.at < REPORTED_FOR and self._is_news("looked", slug, str(missed))
            if fresh and agenda.matters(files.campaign, missed, store, now):
                self._tell_once("missed", slug, missed)
        for appointment in agenda.due(files.campaign, store, now):
            name = f"appointment {slug} {appointment.kind.value}"
            if appointment.kind is not Kind.INVITATION and "reading" in self._backoff.failed:
                # Whoever has answered must not be written to as if they had not.
                self._tell_once("waits-for-mailbox", slug, appointment)
            elif not self._backoff.is_paused(name):
                with self._backoff.guarded(name, slug):
                    sources = files.sources()
                    if self._waits_for_a_word(files.campaign, appointment.kind, sources):
                        self._tell_once("waits-for-a-word", slug, appointment)
                        continue
                    queued = agenda.run_appointment(
                        files.campaign,
                        appointment,
                        store,
                        sources,
                        files.households(),
                        now=now,
                        mailbox=files.mailbox,
                    )
                    self._tell("kept", slug, kind=appointment.kind.value, messages=queued)

    def _waits_for_a_word(self, campaign: Campaign, kind: Kind, sources: Mapping[str, bytes]) -> bool:
        record = standings.record(self._adapters.store, campaign.slug)
        letters = compose.letters(campaign, sources)
        return agenda.unconfirmed(campaign, record, kind, letters) is not None

    def _acknowledge(self, files: CampaignFiles, now: datetime) -> None:
        slug = files.campaign.slug
        name = f"acknowledging {slug}"
        if slug not in self._acknowledged and not self._backoff.is_paused(name):
            with self._backoff.guarded(name, slug):
                if n := agenda.acknowledge(
                    files.campaign,
                    self._adapters.store,
                    files.sources,
                    now=now,
                    mailbox=files.mailbox,
                ):
                    self._tell("acknowledged", slug, messages=n)
                self._acknowledged.add(slug)

    # -- sending -----------------------------------------------------------------------------------------------
    def _quiet_until(self, campaign: Campaign, now: datetime) -> datetime | None:
        """Return the end of the quiet hours, if nothing may be sent now; updates and cancellations may always be sent."""
        until = campaigns.silent_until(campaign.schedule, campaign.meeting, now)
        if until is not None:
            kinds = {
                one.promise.key.kind
                for one in self._adapters.store.queue(campaign.slug)
                if one.state in (State.QUEUED, State.DEFERRED)
            }
            if kinds and kinds <= {Kind.UPDATE, Kind.CANCEL}:
                return None
        return until

    async def _send(self, campaign: Campaign, now: datetime) -> datetime | None:
        """Send for up to `SLICE`; return when to go on, if there is more."""
        slug = campaign.slug
        due = self._adapters.store.next_due(slug, now)
        if due is None or self._backoff.is_paused("sending"):
            return None
        if due > now:
            return due
        report: deliver.DeliveryReport | None = None
        with self._backoff.guarded("sending", slug):
            report = await self._deliver(campaign, now)
            self._tell_sent(slug, report)
        if report:
            self._copy(slug, report.to_copy)
        if report and report.stopped in REFUSALS:
            self._backoff.fail("sending", report.trouble, slug)
            return None
        return report.next_due if report and report.stopped != "late" else None

    def _copy(self, slug: str, sent: copies.SentMessages) -> None:
        """Copy sent messages to the mailbox's folder for sent mail, where the mailbox is open."""
        mailbox = self._mailbox.opened
        if sent and mailbox:
            with self._backoff.guarded(f"copying {slug}", slug):
                copies.put_copies(mailbox, self._adapters.route.sent_folder, sent)

    async def _deliver(self, campaign: Campaign, now: datetime) -> deliver.DeliveryReport:
        """Send until the slice is over, the quiet hours begin, or the service stops."""
        adapters, stop = self._adapters, asyncio.Event()
        ending = asyncio.create_task(self._stop_after(self._slice(campaign, now), stop))

        async def sleep(seconds: float) -> None:
            if seconds > SHORT_WAIT:
                stop.set()
            await asyncio.sleep(seconds)

        try:
            return await send.deliver(
                adapters.store,
                adapters.route,
                campaign,
                clock=adapters.clock,
                late=campaigns.is_late(campaign.meeting, now),
                patience=timedelta(0),
                stop=stop,
                sleep=sleep,
            )
        finally:
            ending.cancel()

    def _slice(self, campaign: Campaign, now: datetime) -> timedelta:
        """Return how long to send from now: at most until the quiet hours begin."""
        quiet = campaigns.silent_from(campaign.schedule, campaign.meeting, now)
        return min(SLICE, quiet - now) if quiet else SLICE

    async def _stop_after(self, duration: timedelta, stop: asyncio.Event) -> None:
        """Set `stop` after a duration, or as soon as the service is to stop."""
        left = duration.total_seconds()
        while left > 0 and not self._stopping.is_set():
            await asyncio.sleep(min(left, TICK))
            left -= TICK
        stop.set()

    # -- reporting ---------------------------------------------------------------------------------------------
    def _tell_sent(self, slug: str, report: deliver.DeliveryReport) -> None:
        if report.tried:
            self._health.sent = self._adapters.clock()
            tried = {state.value: n for state, n in report.tried.items()}
            self._tell("sent", slug, **tried, left=report.left)
        doubtful = report.states.get(State.IN_DOUBT, 0)
        if doubtful and self._is_news("in-doubt", slug, str(doubtful)):
            self._adapters.tell(Event("in-doubt", slug, {"messages": doubtful}, trouble=True))

    def _tell(self, code: str, slug: str, **values: object) -> None:
        self._adapters.tell(Event(code, slug, values))

    def _tell_once(self, code: str, slug: str, appointment: Appointment) -> None:
        kind, at = appointment.kind.value, appointment.at.isoformat(timespec="minutes")
        if self._is_news(code, slug, f"{kind} {at}"):
            self._adapters.tell(Event(code, slug, {"kind": kind, "at": at}, trouble=True))

    def _is_news(self, *key: str) -> bool:
        """Return whether this was not reported yet, and remember that it is now."""
        new = key not in self._reported
        self._reported.add(key)
        return new
