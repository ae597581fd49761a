"""``mailer verify``: whether the ledger is as it was written."""

from __future__ import annotations

from gettext import gettext as _

import click

from mailer.cli import show, words
from mailer.cli.workspace import Workspace


@click.command("verify", help=_("Check that no entry of the ledger was altered, removed or moved."))
@click.pass_obj
def command(workspace: Workspace) -> int:
    """Follow the chain of every campaign; 1 where one is broken, with the first entry that is."""
    broken = 0
    with workspace.store() as store:
        slugs = store.campaigns()
        if not slugs:
            show.line(_("There is nothing in the ledger yet."))
        for slug in slugs:
            breach = store.verify(slug)
            if breach is None:
                show.line(_("{campaign}: everything is as it was written.").format(campaign=slug))
                continue
            broken += 1
            why = words.sentence(f"entry-{breach.why}", {"n": breach.number})
            show.line(_("{campaign}: {why}").format(campaign=slug, why=why), "bold red")
    return 1 if broken else 0
