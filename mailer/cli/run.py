"""``mailer run``: run the service that reads the mailbox, keeps the schedule and sends."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from gettext import gettext as _
from pathlib import Path
from time import sleep

import click

from mailer.cli import health as health_file
from mailer.cli import options, read_mail
from mailer.cli.service_log import Log
from mailer.errors import ConfigError, StoreError
from mailer.jobs import gather, serve, service_interface
from mailer.jobs.backoff import Backoff
from mailer.model.campaign import Campaign
from mailer.model.contact import Contact
from mailer.store import Store
from mailer.wording import words
from mailer.workspace import Workspace, memory

STOPPING = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGBREAK") if hasattr(signal, name)]
"""The signals that end the service: Ctrl-C, a service manager, and Ctrl-Break, which only Windows has."""


PASSING = ("store-busy", "store-disk-full", "store-unreachable")
"""The errors of the ledger that may be over after a while, without anybody starting the service again."""


@click.command(
    "run",
    help=_(
        "Read the mailbox, send what the schedule says and what waits, and go on until stopped (Ctrl-C). "
        "Without a campaign: all of them."
    ),
)
@options.one_or_all
@click.option("--health", is_flag=True, help=_("Only say whether the service runs and how it stands."))
@click.option("--addresses", is_flag=True, help=_("Leave mail addresses in what is logged."))
@options.as_json
@click.pass_obj
def command(workspace: Workspace, campaign: str | None, health: bool, addresses: bool, as_json: bool) -> int:
    """Run until stopped, or show the state of the service: 0 if all is well, 1 if a person is needed."""
    if health:
        return health_file.report(workspace, as_json=as_json)
    if campaign:
        workspace.campaign(campaign)
    log = Log(workspace, as_json=as_json or not sys.stderr.isatty(), addresses=addresses)
    with ExitStack() as holds:
        store, held = _begun(workspace, log, holds, campaign or "")
        service = serve.Service(
            adapters(workspace, store, held, log), lambda found: health_file.write(workspace, found)
        )
        _stop_on_signals(service)
        asyncio.run(serve.serve(service))
        service.health.stopped = workspace.now()
        health_file.write(workspace, service.health)
        log.tell(service_interface.Event("stopped", values={"left": service.health.waiting}))
    return 0


def _begun(workspace: Workspace, log: Log, holds: ExitStack, campaign: str) -> tuple[Store, HeldCampaigns]:
    """Open the ledger and lock the campaigns; what passes by itself is told and tried again, after growing pauses."""
    backoff = Backoff(workspace.now, log.tell)
    while True:
        try:
            store = holds.enter_context(workspace.store())
            held = HeldCampaigns(workspace, store, log, holds, campaign)
            held.hold_all()
        except StoreError as error:
            holds.close()
            if error.code not in PASSING:
                raise
            backoff.fail("store", error, "")
            health_file.notify("READY=1\nWATCHDOG=1")
            sleep(max((min(backoff.retries) - workspace.now()).total_seconds(), 1))
        else:
            backoff.succeed("store", "")
            return store, held


def adapters(workspace: Workspace, store: Store, held: HeldCampaigns, log: Log) -> service_interface.Adapters:
    """Return the adapters the service works with, made from the settings."""
    settings = workspace.settings
    return service_interface.Adapters(
        store=store,
        mailbox=workspace.mailbox(),
        route=workspace.route(),
        campaigns=held.campaigns,
        known=lambda: read_mail.campaigns(workspace),
        clock=workspace.now,
        tell=log.tell,
        trusted=settings.imap.authserv_ids,
        done_folder=settings.imap.done_folder,
        folder=settings.imap.read_folders[0],
    )


@dataclass(frozen=True, slots=True)
class WorkspaceCampaign:
    """A campaign's settings, templates and contact lists, read from the workspace when they are asked for."""

    workspace: Workspace
    campaign: Campaign
    store: Store

    @property
    def mailbox(self) -> str:
        """Return the address whose mailbox is read for answers."""
        return self.workspace.mailbox_address(self.campaign)

    def sources(self) -> Mapping[str, bytes]:
        """Read the campaign's templates and attachments, by name."""
        return self.workspace.templates(self.campaign)

    def households(self) -> Sequence[tuple[Contact, ...]]:
        """Read the campaign's contact lists: the people on them, grouped by address."""
        return gather.gather(self.workspace.path, self.campaign).households


class HeldCampaigns:
    """The campaigns this process runs, each locked so that no other process runs it."""

    def __init__(self, workspace: Workspace, store: Store, log: Log, holds: ExitStack, only: str) -> None:
        self._workspace = workspace
        self._store = store
        self._log = log
        self._holds = holds
        self._only = Path(only).stem if only.endswith(".toml") else only
        self._held: set[str] = set()
        self._broken: dict[str, str] = {}

    def hold_all(self) -> None:
        """Lock the campaigns that are to be run. Raises StoreError ``campaign-held`` if others run them all."""
        refused: StoreError | None = None
        for slug in self._slugs():
            try:
                self._hold(slug)
            except StoreError as error:
                refused = error
        if refused and not self._held:
            raise refused

    def campaigns(self) -> Iterator[WorkspaceCampaign]:
        """Read each campaign's file anew and yield it; one whose file is broken is reported once and left out."""
        for slug in self._there():
            try:
                self._hold(slug)
                campaign = self._workspace.campaign(slug)
                memory.refuse_lost(self._workspace, self._store, campaign)
                memory.remember(self._workspace, self._store, campaign)
                yield WorkspaceCampaign(self._workspace, campaign, self._store)
                self._broken.pop(slug, None)
            except (ConfigError, StoreError) as error:
                self._tell(slug, error)

    def _there(self) -> list[str]:
        """Return the campaigns to run; if the settings cannot be read, those that are locked already."""
        try:
            return self._slugs()
        except ConfigError as error:
            self._tell("", error)
            return sorted(self._held)

    def _tell(self, slug: str, error: ConfigError | StoreError) -> None:
        said = words.error_sentence(error)
        if self._broken.get(slug) != said:
            self._broken[slug] = said
            self._log.tell(
                service_interface.Event("trouble", slug, {"part": "campaign"}, trouble=True, error=error)
            )

    def _hold(self, slug: str) -> None:
        if slug not in self._held:
            who = f"{words.author()}@{socket.gethostname()}, pid {os.getpid()}"
            self._holds.enter_context(self._store.hold(slug, who))
            self._held.add(slug)

    def _slugs(self) -> list[str]:
        return [self._only] if self._only else self._workspace.slugs()


def _stop_on_signals(service: serve.Service) -> None:
    """Let the current SMTP transactions finish and stop on the first signal; stop at once on the second."""

    def end(number: int, _frame: object) -> None:
        signal.signal(number, signal.SIG_DFL)
        service.stop()

    for number in STOPPING:
        signal.signal(number, end)
