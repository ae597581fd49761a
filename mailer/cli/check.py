"""``mailer check``: everything that would stop or spoil a campaign."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass
from gettext import gettext as _
from gettext import ngettext
from typing import TypeVar

import click

from mailer.cli import options, show, words
from mailer.cli.workspace import Workspace
from mailer.errors import UserError
from mailer.jobs import check, gather
from mailer.model.contact import Origin, Problem, Severity

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Found:
    """One thing that was found: how bad, where, and in words."""

    severity: str
    place: str
    message: str


@click.command("check", help=_("Find everything that would stop or spoil a campaign. Changes nothing."))
@click.argument("campaign", metavar=_("[CAMPAIGN]"), required=False)
@click.option(
    "--online", is_flag=True, help=_("Ask the domain name system too: may this server send for the address?")
)
@options.as_json
@click.pass_obj
def command(workspace: Workspace, campaign: str | None, online: bool, as_json: bool) -> int:
    """Check one campaign or all, then the mail servers. 1 where something was found."""
    found: list[Found] = []
    slugs = _guarded(workspace.slugs, found) or []
    for slug in [campaign] if campaign else slugs:
        found += _campaign(workspace, slug)
        if online:
            found += _domain(workspace, slug)
    found += _servers(workspace)
    if as_json:
        click.echo(json.dumps([_object(one) for one in found], ensure_ascii=False, indent=1))
    else:
        _show(found)
    return 1 if found else 0


def _campaign(workspace: Workspace, slug: str) -> list[Found]:
    found: list[Found] = []

    def look() -> list[Problem]:
        campaign = workspace.campaign(slug)
        gathered = gather.gather(workspace.path, campaign)
        mailbox = workspace.mailbox_address(campaign)
        sources = workspace.templates(campaign)
        return check.check(campaign, gathered, sources, now=workspace.now(), mailbox=mailbox)

    problems = _guarded(look, found) or []
    return found + [Found(p.severity.value, words.place(p.origin), words.problem(p)) for p in problems]


def _domain(workspace: Workspace, slug: str) -> list[Found]:
    """What receivers will miss when they look the sender's domain up (Gmail, Yahoo and Microsoft do)."""
    from mailer.wire.dns import Names

    found: list[Found] = []

    def look() -> list[str]:
        campaign = workspace.campaign(slug)
        domain = campaign.sender.domain
        records = Names().look_up(domain)
        missing = {"dns-no-mx": records.mx, "dns-no-spf": records.spf, "dns-no-dmarc": records.dmarc}
        return [words.sentence(code, {"read": domain}) for code, there in missing.items() if not there]

    messages = _guarded(look, found) or []
    return found + [Found(Severity.WARNING.value, "", message) for message in messages]


def _servers(workspace: Workspace) -> list[Found]:
    """Log in to both servers and out again."""
    found: list[Found] = []

    async def say_hello() -> None:
        async with workspace.sender().connect():
            pass

    def open_mailbox() -> None:
        with workspace.mailbox().open() as reader:
            reader.examine(workspace.settings.imap_folder)

    _guarded(lambda: asyncio.run(say_hello()), found)
    _guarded(open_mailbox, found)
    return found


def _guarded(step: Callable[[], Result], found: list[Found]) -> Result | None:
    """Take a step; what stops it is one more finding."""
    try:
        return step()
    except UserError as error:
        place = words.place(Origin(error.file, error.line))
        found.append(Found(Severity.ERROR.value, place, words.said_of(error)))
        return None


def _object(one: Found) -> dict[str, str]:
    return {"severity": one.severity, "place": one.place, "message": one.message}


def _show(found: list[Found]) -> None:
    for severity, title in ((Severity.ERROR, _("To correct")), (Severity.WARNING, _("To look at"))):
        chosen = list(dict.fromkeys(one for one in found if one.severity == severity.value))
        if chosen:
            show.line(f"{title} ({len(chosen)})", "bold")
            for one in chosen:
                show.line(f"  {one.place}  {one.message}" if one.place else f"  {one.message}")
    if not found:
        show.line(_("Nothing stands in the way."), "bold green")
    else:
        text = ngettext("{n} thing was found.", "{n} things were found.", len(found))
        show.line(text.format(n=len(found)))
