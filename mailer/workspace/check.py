"""Find everything that would stop or spoil a campaign. Nothing is sent, marked or written."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from mailer import campaign as campaigns
from mailer.errors import ConfigError, UserError
from mailer.jobs import agenda, check, gather, send, standings
from mailer.model.campaign import Campaign
from mailer.model.contact import Origin, Problem, Severity
from mailer.wire import Connection
from mailer.wording import words
from mailer.workspace.opening import CAMPAIGNS, Workspace

Result = TypeVar("Result")

_BEFORE_SENDING = ("nothing-announced",)
"""Obstacles that go away by sending the invitations."""

LATELY = 1000
"""How many of the newest entries are looked at for the latest moment."""

NOTE = "note"
"""The severity of what is good to know and stands in nobody's way."""


@dataclass(frozen=True, slots=True)
class Found:
    """One thing that was found: how bad, where, and in words."""

    severity: str
    place: str
    message: str


def look_at(
    workspace: Workspace,
    campaign: str,
    *,
    online: bool = False,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> list[Found]:
    """List everything that would stop or spoil a campaign, or all campaigns if none is named.

    `online` also asks the domain name system. `progress` is told how many letters are built, and of how many.
    """
    found: list[Found] = []
    slugs = _guarded(workspace.slugs, found) or []
    if not slugs and not found:
        found.append(Found(Severity.ERROR.value, CAMPAIGNS, words.said_of(ConfigError("no-campaign"))))
    for slug in [campaign] if campaign else slugs:
        found += _campaign(workspace, slug, progress)
        if online:
            found += _domain(workspace, slug)
    found += _servers(workspace, slugs)
    return list(dict.fromkeys(found))


def _campaign(workspace: Workspace, slug: str, progress: Callable[[int, int], None]) -> list[Found]:
    found: list[Found] = []

    def look() -> list[Problem]:
        campaign = workspace.campaign(slug)
        gathered = gather.gather(workspace.path, campaign)
        mailbox = workspace.mailbox_address(campaign)
        sources = workspace.templates(campaign)
        now, smtp = workspace.now(), workspace.settings.smtp.account
        found.extend(_agenda(workspace, campaign, gathered))
        built = check.check(campaign, gathered, sources, now=now, mailbox=mailbox, progress=progress)
        return [
            *built,
            *check.account(campaign, smtp),
            *check.delivery(campaign, gathered, smtp, workspace.pace(), now=now),
            *check.clock(now, _latest(workspace, slug)),
        ]

    problems = _guarded(look, found) or []
    return found + [_problem(problem) for problem in problems]


def _problem(problem: Problem) -> Found:
    return Found(problem.severity.value, words.place(problem.origin), words.problem(problem))


def _agenda(workspace: Workspace, campaign: Campaign, gathered: gather.Gathered) -> list[Found]:
    """What the schedule plans that could not be kept as things stand."""
    with workspace.store_if_any() as store:
        secret = store.secret() if store else campaigns.NO_SECRET
        record = standings.foresee(
            store, campaign.slug, gather.invitees(secret, campaign.slug, gathered.households)
        )
    obstacles = [item.obstacle for item in agenda.agenda(campaign, record, workspace.now()) if item.obstacle]
    return [
        Found(
            Severity.ERROR.value, words.place(Origin(one.file or campaign.file, one.line)), words.said_of(one)
        )
        for one in obstacles
        if not isinstance(one, send.UnsoundError) and one.code not in _BEFORE_SENDING
    ]


def _latest(workspace: Workspace, slug: str) -> datetime | None:
    """The latest moment at which the ledger was written to lately."""
    with workspace.store_if_any() as store:
        if store is None:
            return None
        lately = store.entries(slug, above=store.mark(slug).newest - LATELY)
        return max((entry.recorded_at for entry in lately), default=None)


def _domain(workspace: Workspace, slug: str) -> list[Found]:
    """What receivers will miss when they look the sender's domain up (Gmail, Yahoo and Microsoft do)."""
    found: list[Found] = []

    def look() -> list[str]:
        campaign = workspace.campaign(slug)
        domain = campaign.sender.domain
        records = workspace.dns().look_up(domain)
        missing = {
            "dns-no-mx": not records.mx,
            "dns-no-spf": not records.spf,
            "dns-spf-twice": len(records.spf) > 1,
            "dns-spf-open": any(text.casefold().endswith("+all") for text in records.spf),
            "dns-no-dkim": not records.dkim,
            "dns-no-dmarc": not records.dmarc,
        }
        return [words.sentence(code, {"read": domain}) for code, wrong in missing.items() if wrong]

    messages = _guarded(look, found) or []
    return found + [Found(Severity.WARNING.value, "", message) for message in messages]


def _servers(workspace: Workspace, slugs: list[str]) -> list[Found]:
    """Log in to both servers and out again, and ask what they would take."""
    found: list[Found] = []
    senders = [address for slug in slugs for address in _sender(workspace, slug)]

    async def say_hello() -> None:
        async with workspace.sender().connect() as connection:
            for address in dict.fromkeys(senders):
                found.extend(await _probe(connection, workspace, address))

    def open_mailbox() -> list[Problem]:
        with workspace.mailbox().open() as reader:
            folder = reader.examine(workspace.settings.imap.folder)
            newest = reader.uids(folder.uidnext - 2)
            last = reader.fetch(newest[-1]) if newest else None
            return check.clock(workspace.now(), last.arrived if last else None)

    _guarded(lambda: asyncio.run(say_hello()), found)
    rehearsed = workspace.rehearsal is not None
    late = _guarded(open_mailbox, found) or []
    return found + [_problem(problem) for problem in late if not rehearsed]


def _sender(workspace: Workspace, slug: str) -> list[str]:
    """The address a campaign sends from; none where its file is broken, which is said elsewhere."""
    try:
        return [workspace.campaign(slug).sender.address]
    except UserError:
        return []


async def _probe(connection: Connection, workspace: Workspace, address: str) -> list[Found]:
    """Whether the server lets this address send, and what it says of addresses with a plus; nothing is sent."""
    host = workspace.settings.smtp.host
    refused = await connection.probe(address, address)
    if refused is not None:
        values = {"read": address, "host": host, "reply": f"{refused.code} {refused.text}".strip()}
        return [Found(Severity.ERROR.value, "", words.sentence("smtp-sender-refused", values))]
    local, _at, domain = address.rpartition("@")
    plus = await connection.probe(address, f"{local}+mailer@{domain}")
    code = "plus-address-taken" if plus is None else "plus-address-refused"
    return [Found(NOTE, "", words.sentence(code, {"read": f"{local}+…@{domain}", "host": host}))]


def _guarded(step: Callable[[], Result], found: list[Found]) -> Result | None:
    """Take a step; what stops it is one more finding."""
    try:
        return step()
    except UserError as error:
        place = words.place(Origin(error.file, error.line))
        found.append(Found(Severity.ERROR.value, place, words.said_of(error)))
        return None
