"""``mailer verify``: check that no ledger entry was altered."""

from __future__ import annotations

from gettext import gettext as _

import click

from mailer.cli import show
from mailer.jobs import protect
from mailer.wording import words
from mailer.workspace import Workspace


@click.command("verify", help=_("Check that no entry of the ledger was altered, removed or moved."))
@click.pass_obj
def command(workspace: Workspace) -> int:
    """Verify the hash chain of every campaign and show its first altered entry; return 1 if any chain is broken, else 0."""
    with workspace.store() as store:
        found = protect.verify(store)
    if not found:
        show.line(_("There is nothing in the ledger yet."))
    for slug, breach in found:
        show.line(words.verified(slug, breach), "bold red" if breach else "")
    return 1 if any(breach for _slug, breach in found) else 0
