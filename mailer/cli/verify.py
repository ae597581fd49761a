"""``mailer verify``: check that no entry of the ledger, or of an exported one, was altered."""

from __future__ import annotations

from gettext import gettext as _
from gettext import ngettext
from pathlib import Path

import click

from mailer.cli import show
from mailer.jobs import protect
from mailer.jobs import rebuild as again
from mailer.store import Store
from mailer.wording import words
from mailer.workspace import Workspace


@click.command(
    "verify",
    help=_(
        "Check that no entry of the ledger, or of an exported one (.jsonl), was altered, removed or moved."
    ),
)
@click.argument("file", metavar=_("[FILE]"), required=False, type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--rebuild", is_flag=True, help=_("Make the queue of what is still to be sent anew from the ledger.")
)
@click.pass_obj
def command(workspace: Workspace, file: Path | None, rebuild: bool) -> int:
    """Verify the hash chain of a file, or of every campaign, and show the first altered entry; return 1 if there is one.

    Of every campaign, the letters that were sent are filled in again and compared with what left, too.
    """
    if file is not None:
        checked = protect.verify_file(file)
        show.line(words.verified_file(file, checked), "bold red" if checked.breach else "")
        return 0 if checked.sound else 1
    with workspace.store() as store:
        found = protect.verify(store)
        letters = {slug: again.verify_letters(store, slug) for slug, breach in found if breach is None}
        if rebuild:
            _rebuild(workspace, store)
    if not found:
        show.line(_("There is nothing in the ledger yet."))
    for slug, breach in found:
        show.line(words.verified(slug, breach), "bold red" if breach else "")
        if slug in letters:
            show.line(words.letters_verified(letters[slug]), "bold red" if letters[slug].other else "")
    sound = not any(breach for _slug, breach in found) and not any(one.other for one in letters.values())
    return 0 if sound else 1


def _rebuild(workspace: Workspace, store: Store) -> None:
    for slug in workspace.slugs():
        if slug in store.campaigns():
            n = again.rebuild(store, workspace.campaign(slug), workspace.now())
            text = ngettext(
                "{slug}: {n} message waits in the queue, made anew.",
                "{slug}: {n} messages wait in the queue, made anew.",
                n,
            )
            show.line(text.format(slug=slug, n=n))
