"""``mailer verify``: check that no entry of the ledger, or of an exported one, was altered."""

from __future__ import annotations

from gettext import gettext as _
from pathlib import Path

import click

from mailer.cli import show
from mailer.jobs import protect
from mailer.wording import words
from mailer.workspace import Workspace


@click.command(
    "verify",
    help=_(
        "Check that no entry of the ledger, or of an exported one (.jsonl), was altered, removed or moved."
    ),
)
@click.argument("file", metavar=_("FILE"), required=False, type=click.Path(path_type=Path, dir_okay=False))
@click.pass_obj
def command(workspace: Workspace, file: Path | None) -> int:
    """Verify the hash chain of a file, or of every campaign, and show the first altered entry; return 1 if there is one."""
    if file is not None:
        checked = protect.verify_file(file)
        show.line(words.verified_file(file, checked), "bold red" if checked.breach else "")
        return 0 if checked.sound else 1
    with workspace.store() as store:
        found = protect.verify(store)
    if not found:
        show.line(_("There is nothing in the ledger yet."))
    for slug, breach in found:
        show.line(words.verified(slug, breach), "bold red" if breach else "")
    return 1 if any(breach for _slug, breach in found) else 0
