"""``mailer purge``: erase the people of campaigns whose retention is over."""

from __future__ import annotations

from gettext import gettext as _
from gettext import ngettext

import click

from mailer.cli import ask, options, show
from mailer.jobs import protect, roll
from mailer.workspace import Workspace


@click.command(
    "purge",
    help=_("Erase the people of campaigns whose time of keeping (retention_months) is over; numbers stay."),
)
@options.dry_run
@options.yes
@click.pass_obj
def command(workspace: Workspace, dry_run: bool, yes: bool) -> int:
    """Show the campaigns concerned, ask, erase; return 1 if the person declined."""
    due = protect.outlived(map(workspace.campaign, workspace.slugs()), workspace.now())
    with workspace.store() as store:
        known = set(store.campaigns())
        due = [campaign for campaign in due if campaign.slug in known]
        for campaign in due:
            count = sum(1 for invitee in roll.invitees(store, campaign.slug) if invitee.email)
            text = ngettext("{campaign}: {n} address", "{campaign}: {n} addresses", count)
            show.line(text.format(campaign=campaign.slug, n=count))
        if not due:
            show.line(_("Nothing has been kept too long."))
            return 0
        if dry_run or not ask.consent(_("Erase all of this for good?"), yes=yes):
            show.line(_("Nothing was erased."))
            return 0 if dry_run else 1
        erased = sum(protect.purge(store, campaign, workspace.now()) for campaign in due)
    show.line(
        ngettext("{n} address was erased.", "{n} addresses were erased.", erased).format(n=erased), "bold"
    )
    return 0
