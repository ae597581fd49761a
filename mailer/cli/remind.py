"""``mailer remind``."""

from __future__ import annotations

from gettext import gettext as _

import click

from mailer.cli import options, sending
from mailer.model.invitation import Kind
from mailer.workspace import Workspace


@click.command("remind", help=_("Remind those who were reached and have not answered."))
@options.campaign
@options.only
@options.dry_run
@options.yes
@click.pass_obj
def command(workspace: Workspace, campaign: str, only: tuple[str, ...], dry_run: bool, yes: bool) -> int:
    """Plan, show, ask, send."""
    return sending.run(workspace, campaign, Kind.REMINDER, only=only, yes=yes, dry_run=dry_run)
