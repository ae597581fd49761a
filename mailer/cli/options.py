"""Define the arguments and options that several commands share."""

from __future__ import annotations

from gettext import gettext as _
from pathlib import Path

import click


def _campaigns(context: click.Context, _parameter: click.Parameter, begun: str) -> list[str]:
    """Return the campaigns whose name begins so, for completion in the shell."""
    found = (context.find_root().params.get("workspace") or Path()) / "config" / "campaigns"
    return sorted(file.stem for file in found.glob("*.toml") if file.stem.startswith(begun))


campaign = click.argument("campaign", metavar=_("CAMPAIGN"), shell_complete=_campaigns)
one_or_all = click.argument("campaign", metavar=_("[CAMPAIGN]"), required=False, shell_complete=_campaigns)
who = click.argument("who", metavar=_("WHO"))
mailbox = click.argument("address", metavar=_("[ADDRESS]"), required=False, default="")
only = click.option(
    "--only", multiple=True, metavar=_("ADDRESS"), help=_("Only this invitee; may be given several times.")
)
yes = click.option("--yes", is_flag=True, help=_("Go ahead without a question."))
refused = click.option("--refused", is_flag=True, help=_("Try those again whom a server refused."))
sure = click.option("--sure", is_flag=True, help=_("Many people have left the lists, and that is meant."))
new_ledger = click.option(
    "--new-ledger",
    default="",
    metavar=_("TITLE"),
    help=_("Send although the ledger is a new or an older one: type the title of the campaign."),
)
dry_run = click.option("--dry-run", is_flag=True, help=_("Show what would be done, and do nothing."))
as_json = click.option("--json", "as_json", is_flag=True, help=_("Write JSON, for a program."))
