"""``mailer allow``: write again to somebody who was barred."""

from __future__ import annotations

from gettext import gettext as _

import click

from mailer.cli import options
from mailer.cli.changed import show_change
from mailer.jobs import people
from mailer.wording import words
from mailer.workspace import Workspace


@click.command("allow", help=_("Write again to somebody whom a list bars, or who objected and asked again."))
@options.campaign
@options.who
@click.option(
    "--asked-again",
    default="",
    metavar=_("TEXT"),
    help=_("When and in which words the person asked to be written to again."),
)
@click.pass_obj
def command(workspace: Workspace, campaign: str, who: str, asked_again: str) -> int:
    """Allow writing to the person, and show that it was done; return the exit status."""
    slug = workspace.campaign(campaign).slug
    with workspace.store() as store:
        changed = people.allow(
            store, slug, who, now=workspace.now(), asked_again=asked_again, author=words.author()
        )
    show_change(slug, changed, _("{who} <{address}> may be written to again."))
    return 0
