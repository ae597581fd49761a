"""Check a whole workspace: campaigns, schedule, clock, sender domain and mail servers. Changes nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from gettext import gettext as _
from secrets import token_hex
from time import sleep
from typing import TypeVar

from mailer import compose, inbox, outbox
from mailer.errors import ConfigError, UserError, WireError
from mailer.jobs import agenda, check, gather, people, round_trip, send, standings
from mailer.jobs.round_trip import RoundTrip
from mailer.model.address import Mailbox
from mailer.model.campaign import Campaign
from mailer.model.contact import Origin, Problem, Severity
from mailer.wire import Connection, MailboxReader
from mailer.wire.trouble import diagnosed
from mailer.wording import mailbox, words
from mailer.workspace import memory
from mailer.workspace.opening import CAMPAIGNS, Workspace
from mailer.workspace.readable import readable

T = TypeVar("T")

_BEFORE_SENDING = ("nothing-announced",)
"""Obstacles that disappear once the invitations are sent."""

MOST_SEARCHED, MOST_LOOKED_AT = 100, 50
"""In how many folders that are not read answers are looked for, and how many mails of each are looked at."""

NOTE = "note"
"""The severity of a result that is only information."""


@dataclass(frozen=True, slots=True)
class CheckResult:
    """One result of a check: its severity, the file and line it concerns, and a sentence."""

    severity: str
    place: str
    message: str


def look_at(
    workspace: Workspace,
    campaign: str,
    *,
    online: bool = False,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> list[CheckResult]:
    """Return everything that would prevent or spoil a campaign, or any campaign if none is named.

    `online` also asks the domain name system, and looks for answers in the folders that are not read. `progress` is called with how many messages are built, and of how many.
    """
    found: list[CheckResult] = []
    slugs = _guarded(workspace.slugs, found) or []
    if not slugs and not found:
        found.append(CheckResult(Severity.ERROR.value, CAMPAIGNS, words.said_of(ConfigError("no-campaign"))))
    largest: dict[str, int] = {}
    for slug in [campaign] if campaign else slugs:
        found += _campaign(workspace, slug, progress, largest)
        found += _memory(workspace, slug)
        if online:
            found += _domain(workspace, slug)
    found += _servers(workspace, slugs, largest, online=online)
    if said := _guarded(lambda: memory.shared(workspace), found):
        found.append(CheckResult(Severity.WARNING.value, "", said))
    for place, said in _guarded(lambda: readable(workspace), found) or []:
        found.append(CheckResult(Severity.WARNING.value, place, said))
    return list(dict.fromkeys(found))


def _campaign(
    workspace: Workspace, slug: str, progress: Callable[[int, int], None], largest: dict[str, int]
) -> list[CheckResult]:
    """Return what is wrong with one campaign; the size of its largest message is added to `largest`."""
    found: list[CheckResult] = []

    def look() -> list[Problem]:
        campaign = workspace.campaign(slug)
        gathered = gather.gather(workspace.path, campaign)
        mailbox = workspace.mailbox_address(campaign)
        sources, faults = workspace.readable(campaign)
        found.extend(map(_error, faults.values()))
        if not faults.keys().isdisjoint(campaign.images):
            return list(gathered.reading.problems)  # no letter can be built
        campaign = replace(
            campaign, attachments=tuple(name for name in campaign.attachments if name not in faults)
        )
        now, smtp = workspace.now(), workspace.settings.smtp.account
        found.extend(_agenda(workspace, campaign, gathered))
        built = check.check(campaign, gathered, sources, now=now, mailbox=mailbox, progress=progress)
        largest[slug] = built.largest
        with workspace.store_if_any() as store:
            compared = people.reconcile(store, campaign.slug, gathered.households)
        return [
            *(one for one in built.problems if not people.is_settled(one, gathered.reading, compared)),
            *people.problems(campaign.slug, compared),
            *(() if faults else _differing(workspace, campaign, sources)),
            *check.account(campaign, smtp),
            *check.delivery(campaign, gathered, smtp, workspace.pace(), now=now),
            *check.clock(now, _latest(workspace, slug)),
        ]

    problems = _guarded(look, found) or []
    return found + [_problem(problem) for problem in problems]


def _memory(workspace: Workspace, slug: str) -> list[CheckResult]:
    """Return an error where the ledger does not know what was sent from this workspace."""
    found: list[CheckResult] = []

    def look() -> None:
        with workspace.store_if_any() as store:
            memory.refuse_lost(workspace, store, workspace.campaign(slug))

    _guarded(look, found)
    return found


def _differing(workspace: Workspace, campaign: Campaign, sources: Mapping[str, bytes]) -> list[Problem]:
    """Return a warning where people hold a letter that differs from what it would be now."""
    parts = compose.parts(campaign, sources)
    with workspace.store_if_any() as store:
        record = standings.record(store, campaign.slug) if store else standings.NOTHING_YET
    differs = [names for ref in record.sent if (names := record.differing(ref, parts))]
    if not differs:
        return []
    fields = tuple(dict.fromkeys(name for names in differs for name in names))
    values = {"n": len(differs), "fields": fields, "campaign": campaign.slug}
    return [Problem(Severity.WARNING, "letter-differs", Origin(""), values=values)]


def _problem(problem: Problem) -> CheckResult:
    return CheckResult(problem.severity.value, words.place(problem.origin), words.problem(problem))


def _agenda(workspace: Workspace, campaign: Campaign, gathered: gather.Gathered) -> list[CheckResult]:
    """Return an error for each appointment of the schedule that cannot be sent as things are."""
    with workspace.store_if_any() as store:
        record = standings.record_with_lists(store, campaign.slug, gathered.households)
    obstacles = [item.obstacle for item in agenda.agenda(campaign, record, workspace.now()) if item.obstacle]
    return [
        CheckResult(
            Severity.ERROR.value, words.place(Origin(one.file or campaign.file, one.line)), words.said_of(one)
        )
        for one in obstacles
        if not isinstance(one, send.UnsoundError) and one.code not in _BEFORE_SENDING
    ]


def _latest(workspace: Workspace, slug: str) -> datetime | None:
    """Return the latest moment among the newest ledger entries; None if there is none."""
    with workspace.store_if_any() as store:
        return store.latest(slug) if store else None


def _domain(workspace: Workspace, slug: str) -> list[CheckResult]:
    """Return a warning for each DNS record of the sender's domain that Gmail, Yahoo and Microsoft look for in vain."""
    found: list[CheckResult] = []

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
    return found + [CheckResult(Severity.WARNING.value, "", message) for message in messages]


def try_servers(workspace: Workspace, campaign: str = "") -> list[CheckResult]:
    """Send a message to oneself, from the sender of a campaign, or of the first one; say what became of it.

    It is looked for in the mailbox for a minute, and deleted there.
    """
    found: list[CheckResult] = []

    def travel() -> list[CheckResult]:
        sender, recipient = _oneself(workspace, campaign)
        now = workspace.now()
        message = round_trip.to_oneself(
            sender,
            recipient,
            subject=_("Trying the mail servers"),
            text=_(
                "The program sent this to try the mail servers. It has done its service and can be deleted."
            ),
            token=token_hex(16),
            now=now,
        )
        message = replace(workspace.seal(), own_return_address=False).put_on(message, "", now)
        trip = round_trip.there_and_back(workspace.mailbox(), workspace.sender(), message, pause=sleep)
        with workspace.mailbox().open() as reader:
            folders = _folders(workspace, reader, [campaign] if campaign else workspace.slugs(), search=True)
        return [*_trip(trip, workspace.settings.smtp.host, recipient), *folders]

    return found + (_guarded(_diagnosed(workspace, travel), found) or [])


def _oneself(workspace: Workspace, slug: str) -> tuple[Mailbox, str]:
    """Return the sender and the address whose mailbox is read. Raises ConfigError ``no-campaign``."""
    slugs = [slug] if slug else workspace.slugs()
    if not slugs:
        raise ConfigError("no-campaign")
    campaign = workspace.campaign(slugs[0])
    return campaign.sender, workspace.mailbox_address(campaign)


def _trip(trip: RoundTrip, host: str, recipient: str) -> list[CheckResult]:
    """Return what became of a message to oneself."""
    values = {
        "host": host,
        "read": recipient,
        "folder": trip.folder,
        "reply": f"{trip.reply.code} {trip.reply.text}".strip(),
        "n": round(round_trip.PATIENCE),
    }
    if not trip.folder:
        accepted = trip.reply.code // 100 == 2
        severity = Severity.WARNING if accepted else Severity.ERROR
        return [
            CheckResult(
                severity.value, "", words.sentence("trip-lost" if accepted else "trip-refused", values)
            )
        ]
    said = words.sentence("trip-junk" if trip.junk else "trip-done", values)
    after = words.sentence("trip-removed" if trip.removed else "trip-left", {})
    return [CheckResult(Severity.WARNING.value if trip.junk else NOTE, "", f"{said} {after}")]


def _diagnosed(workspace: Workspace, step: Callable[[], T]) -> Callable[[], T]:
    """Return a function that uses mail servers, with what can be found out of why one cannot be reached."""

    def explained() -> T:
        try:
            return step()
        except WireError as error:
            protocol = error.code.partition("-")[0]
            settings = workspace.settings
            accounts = {"smtp": settings.smtp.account, "imap": settings.imap.account}
            if protocol not in accounts or (workspace.rehearsal and not accounts[protocol].is_loopback):
                raise
            raise diagnosed(error, protocol, accounts[protocol]) from error

    return explained


def _folders(
    workspace: Workspace, reader: MailboxReader, slugs: Sequence[str], *, search: bool
) -> list[CheckResult]:
    """Say which folders of the mailbox are read and which are not; with `search`, where answers lie that were not read.

    A folder that is to be read and cannot be opened is an error.
    """
    read, others = reader.folders(), reader.other_folders()
    missing = _missing(reader, read)
    read = [name for name in read if name not in missing]
    found = [CheckResult(NOTE, "", mailbox.folders(read, others))] if read else []
    for error in missing.values():
        if error.code == "imap-folder-missing":
            error.code = "imap-folder-unknown"
            error.values |= {"known": mailbox.listed([*read, *others])}
        found.append(_error(error))
    searched = others[:MOST_SEARCHED] if search else ()
    holding = {name: _unread_answers(workspace, reader, slugs, name) for name in searched}
    return found + [
        CheckResult(Severity.WARNING.value, "", mailbox.answers_elsewhere(name, n))
        for name, n in holding.items()
        if n
    ]


def _missing(reader: MailboxReader, read: Sequence[str]) -> dict[str, UserError]:
    """Return the error of each folder that is to be read and cannot be opened, by its name."""
    errors = dict[str, UserError]()
    for name in read:
        try:
            reader.examine(name)
        except UserError as error:
            errors[name] = error
    return errors


def _unread_answers(workspace: Workspace, reader: MailboxReader, slugs: Sequence[str], folder: str) -> int:
    """Count the mails of a folder that answer our letters and were not read; of many, the latest are looked at.

    A folder that cannot be opened or searched holds none, as far as anybody can tell.
    """
    with workspace.store_if_any() as store:
        if store is None or not (known := [slug for slug in slugs if slug in store.campaigns()]):
            return 0
        domains = {name for slug in known for name in _domains(workspace, slug)}
        begun = [first.recorded_at for slug in known if (first := next(iter(store.entries(slug)), None))]
        try:
            reader.examine(folder)
            uids = reader.answering(domains, min(begun, default=workspace.now()) - timedelta(days=1))
            mails = [reader.fetch(uid) for uid in uids[-MOST_LOOKED_AT:]]
        except WireError as error:
            if error.code in ("imap-folder-missing", "imap-refused"):
                return 0
            raise
        digests = {inbox.digest(one.content) for one in mails if one and one.content}
        return len(digests - store.known(digests))


def _domains(workspace: Workspace, slug: str) -> list[str]:
    """Return the domain of the Message-IDs of a campaign; nothing if its file is broken, which is reported elsewhere."""
    try:
        return [workspace.campaign(slug).sender.domain]
    except UserError:
        return []


def _servers(
    workspace: Workspace, slugs: list[str], largest: Mapping[str, int], *, online: bool
) -> list[CheckResult]:
    """Log in to both servers, ask the SMTP server which senders and sizes it accepts, and compare the mailbox's clock.

    `largest` is the size in octets of the largest message of each campaign. With `online` the folders that are not read
    are searched for answers.
    """
    found: list[CheckResult] = []
    senders = [address for slug in slugs for address in _sender(workspace, slug)]

    async def say_hello() -> None:
        async with workspace.sender().connect() as connection:
            for address in dict.fromkeys(senders):
                found.extend(await _probe(connection, workspace, address))
            host = workspace.settings.smtp.host
            for slug, octets in largest.items():
                problems = check.size(workspace.campaign(slug), octets, connection.most_octets, host)
                found.extend(_problem(problem) for problem in problems)

    def open_mailbox() -> list[Problem]:
        with workspace.mailbox().open() as reader:
            found.extend(_folders(workspace, reader, slugs, search=online))
            try:
                folder = reader.examine(workspace.settings.imap.read_folders[0])
            except WireError as error:
                if error.code != "imap-folder-missing":
                    raise
                return []  # told with the folders
            newest = reader.uids(max(folder.uidnext - 2, 0))
            last = reader.fetch(newest[-1]) if newest else None
            return check.clock(workspace.now(), last.arrived if last else None)

    _guarded(_diagnosed(workspace, lambda: asyncio.run(say_hello())), found)
    rehearsed = workspace.rehearsal is not None
    late = _guarded(_diagnosed(workspace, open_mailbox), found) or []
    return found + [_problem(problem) for problem in late if not rehearsed]


def _sender(workspace: Workspace, slug: str) -> list[str]:
    """Return the envelope sender of a campaign; nothing if its file is broken, which is reported elsewhere."""
    try:
        return [workspace.settings.smtp.envelope_from or workspace.campaign(slug).organizer.address]
    except UserError:
        return []


async def _probe(connection: Connection, workspace: Workspace, address: str) -> list[CheckResult]:
    """Ask whether the server accepts this address as sender and as recipient with a plus detail; nothing is sent."""
    host = workspace.settings.smtp.host
    refused = await connection.probe(address, address)
    if refused is not None:
        if outbox.matter(refused):
            return [CheckResult(Severity.ERROR.value, "", words.of_a_setting(refused))]
        values = {"read": address, "host": host, "reply": f"{refused.code} {refused.text}".strip()}
        return [CheckResult(Severity.ERROR.value, "", words.sentence("smtp-sender-refused", values))]
    local, _at, domain = address.rpartition("@")
    plus = await connection.probe(address, f"{local}+mailer@{domain}")
    code = "plus-address-taken" if plus is None else "plus-address-refused"
    return [CheckResult(NOTE, "", words.sentence(code, {"read": f"{local}+…@{domain}", "host": host}))]


def _guarded(step: Callable[[], T], found: list[CheckResult]) -> T | None:
    """Call a function and return its value; a UserError is added to the results, and None returned."""
    try:
        return step()
    except UserError as error:
        found.append(_error(error))
        return None


def _error(error: UserError) -> CheckResult:
    return CheckResult(
        Severity.ERROR.value, words.place(Origin(error.file, error.line)), words.said_of(error)
    )
