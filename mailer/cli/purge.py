"""``mailer purge``: erase the people of campaigns whose retention is over, or of one campaign."""

from __future__ import annotations

from gettext import gettext as _
from gettext import ngettext

import click

from mailer.cli import ask, options, show
from mailer.cli.forget import show_backups
from mailer.errors import ConfigError
from mailer.jobs import protect, written
from mailer.wording import words
from mailer.workspace import Workspace


@click.command(
    "purge",
    help=_(
        "Erase the people of one campaign, or of all whose time of keeping (retention_months) is over; numbers stay."
    ),
)
@options.one_or_all
@options.dry_run
@options.yes
@click.pass_obj
def command(workspace: Workspace, campaign: str | None, dry_run: bool, yes: bool) -> int:
    """Show the campaigns and files concerned, ask, erase; return 1 if the person declined or a file still names somebody."""
    everything = list(map(workspace.campaign, workspace.slugs()))
    if campaign:
        due = [workspace.campaign(campaign)]
        if due[0].meeting.ends > workspace.now():
            raise ConfigError("purge-not-over", file=due[0].file, ends=due[0].meeting.ends)
    else:
        due = protect.outlived(everything, workspace.now())
    with workspace.store() as store:
        slugs = {one.slug for one in due} & set(store.campaigns())
        if not slugs:
            show.line(_("Nothing has been kept too long."))
            return 0
        others = [one for one in everything if one.slug not in slugs]
        found = protect.of_campaigns(workspace.path, store, slugs, others)
        for slug, count in found.addresses.items():
            text = ngettext("{campaign}: {n} address", "{campaign}: {n} addresses", count)
            show.line(text.format(campaign=slug, n=count))
        for trace in found.traces:
            show.line(f"  {words.erased(trace, workspace.path)}")
        if workspace.settings.imap.host:
            show.line(words.mailbox_stays())
        if dry_run or not ask.consent(_("Erase all of this for good?"), yes=yes):
            show.line(_("Nothing was erased."))
            return 0 if dry_run else 1
        erased = protect.purge_all(store, found, workspace.now())
        made = written.make_anew(workspace.path, store, found.traces, workspace.campaign, workspace.now())
        left = protect.searched_for_campaigns(workspace.path, store, found, made).traces
    show.line(
        ngettext("{n} address was erased.", "{n} addresses were erased.", erased).format(n=erased), "bold"
    )
    for text in words.still_named(left, workspace.path):
        show.line(text, "bold")
    show_backups(workspace)
    return 1 if left else 0
