"""The arguments and options that several commands share."""

from __future__ import annotations

from gettext import gettext as _

import click

campaign = click.argument("campaign", metavar=_("CAMPAIGN"))
who = click.argument("who", metavar=_("WHO"))
only = click.option(
    "--only", multiple=True, metavar=_("ADDRESS"), help=_("Only this invitee; may be given several times.")
)
yes = click.option("--yes", is_flag=True, help=_("Go ahead without a question."))
dry_run = click.option("--dry-run", is_flag=True, help=_("Show what would be done, and do nothing."))
as_json = click.option("--json", "as_json", is_flag=True, help=_("Write JSON, for a program."))
