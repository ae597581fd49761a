"""``mailer move``: give one person another address."""

from __future__ import annotations

from gettext import gettext as _

import click

from mailer.cli import options
from mailer.cli.changed import show_change
from mailer.jobs import people
from mailer.wording import words
from mailer.workspace import Workspace


@click.command("move", help=_("Give a person another address; they stay the same person, with their answer."))
@options.campaign
@options.who
@click.argument("address", metavar=_("ADDRESS"))
@click.option("--yes", is_flag=True, help=_("Share the address with whoever has it already."))
@click.pass_obj
def command(workspace: Workspace, campaign: str, who: str, address: str, yes: bool) -> int:
    """Move the person, and show what comes next; return the exit status."""
    slug = workspace.campaign(campaign).slug
    with workspace.store() as store:
        changed = people.move(
            store, slug, who, address, now=workspace.now(), author=words.author(), share=yes
        )
    said = _("{who} has the address {address} from now on. “mailer send {campaign}” sends what is due there.")
    show_change(slug, changed, said)
    return 0
