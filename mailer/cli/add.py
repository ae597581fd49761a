"""``mailer add``: put one person into a campaign by hand."""

from __future__ import annotations

from gettext import gettext as _

import click

from mailer.cli import options
from mailer.cli.changed import show_change
from mailer.jobs import people
from mailer.wording import words
from mailer.workspace import Workspace


@click.command("add", help=_("Put one person into a campaign by hand; they need not be on a list."))
@options.campaign
@click.argument("address", metavar=_("ADDRESS"))
@click.option("--name", default="", metavar=_("TEXT"), help=_("First name and name, or “Name, First name”."))
@click.option("--yes", is_flag=True, help=_("It is another person of a name that is there already."))
@click.pass_obj
def command(workspace: Workspace, campaign: str, address: str, name: str, yes: bool) -> int:
    """Add the person, and show what comes next; return the exit status."""
    slug = workspace.campaign(campaign).slug
    with workspace.store() as store:
        changed = people.add(store, slug, address, name, now=workspace.now(), author=words.author(), yes=yes)
    said = _("{who} <{address}> is added. “mailer send {campaign}” sends the invitation.")
    show_change(slug, changed, said)
    return 0
