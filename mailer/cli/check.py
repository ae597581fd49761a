"""``mailer check``: show everything that would prevent or spoil a campaign."""

from __future__ import annotations

from gettext import gettext as _
from gettext import ngettext

import click

from mailer.cli import options, output, show
from mailer.model.contact import Severity
from mailer.workspace import Workspace
from mailer.workspace.check import NOTE, CheckResult, look_at, try_servers


@click.command("check", help=_("Find everything that would stop or spoil a campaign. Changes nothing."))
@options.one_or_all
@click.option(
    "--online", is_flag=True, help=_("Ask the domain name system too: may this server send for the address?")
)
@click.option(
    "--try",
    "trying",
    is_flag=True,
    help=_("Send a message to yourself, find it in the mailbox, and delete it there."),
)
@options.as_json
@click.pass_obj
def command(workspace: Workspace, campaign: str | None, online: bool, trying: bool, as_json: bool) -> int:
    """Check one campaign or all, then the mail servers; return 1 where something was found."""
    with show.progress(_("Checking")) as tick:
        found = look_at(workspace, campaign or "", online=online, progress=tick)
        if trying:
            found = list(dict.fromkeys([*found, *try_servers(workspace, campaign or "")]))
    if as_json:
        output.as_json([_object(one) for one in found], indent=1)
    else:
        _show(found)
    return 1 if any(one.severity != NOTE for one in found) else 0


def _object(one: CheckResult) -> dict[str, str]:
    return {"severity": one.severity, "place": one.place, "message": one.message}


def _show(found: list[CheckResult]) -> None:
    titles = {
        Severity.ERROR.value: _("To correct"),
        Severity.WARNING.value: _("To look at"),
        NOTE: _("Good to know"),
    }
    for severity, title in titles.items():
        chosen = [one for one in found if one.severity == severity]
        if chosen:
            show.line(f"{title} ({len(chosen)})", "bold")
            for one in chosen:
                show.line(f"  {one.place}  {one.message}" if one.place else f"  {one.message}")
    count = sum(one.severity != NOTE for one in found)
    if not count:
        show.line(_("Nothing stands in the way."), "bold green")
    else:
        text = ngettext("{n} thing was found.", "{n} things were found.", count)
        show.line(text.format(n=count))
