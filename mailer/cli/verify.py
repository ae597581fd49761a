"""``mailer verify``: check that no entry of the ledger, or of an exported one, was altered."""

from __future__ import annotations

from gettext import gettext as _
from gettext import ngettext
from pathlib import Path

import click

from mailer.cli import show
from mailer.errors import ConfigError
from mailer.jobs import compare, protect
from mailer.jobs import rebuild as again
from mailer.model.campaign import Campaign
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

    Of every campaign, the letters that were sent are filled in again and compared with what left, and what is kept beside the
    ledger is compared with it: the queue, who is barred, what was read, and the versions of letters.
    """
    if file is not None:
        checked = protect.verify_file(file)
        show.line(words.verified_file(file, checked), "bold red" if checked.breach else "")
        return 0 if checked.sound else 1
    with workspace.store() as store:
        found = protect.verify(store)
        if rebuild:
            _rebuild(workspace, store, {slug for slug, breach in found if breach is None})
        sound = [slug for slug, breach in found if breach is None]
        letters = {slug: again.verify_letters(store, slug) for slug in sound}
        compared = {
            slug: compare.compare(store, slug, _campaign(workspace, slug), workspace.now()) for slug in sound
        }
    if not found:
        show.line(_("There is nothing in the ledger yet."))
    for slug, breach in found:
        show.line(words.verified(slug, breach), "bold red" if breach else "")
        if slug in letters:
            show.line(words.letters_verified(letters[slug]), "bold red" if letters[slug].other else "")
            for line in words.compared(compared[slug]):
                show.line(line, "" if compared[slug].sound else "bold red")
    if found:
        show.line(
            _(
                "Not verified: lists, campaign files, templates, settings and exports, and whether somebody made the whole ledger anew; only a hash or a backup that is kept elsewhere shows that."
            )
        )
    altered = any(breach for _slug, breach in found) or any(one.other for one in letters.values())
    return 1 if altered or not all(one.sound for one in compared.values()) else 0


def _campaign(workspace: Workspace, slug: str) -> Campaign | None:
    """Return a campaign; None where its file is gone or broken."""
    try:
        return workspace.campaign(slug)
    except ConfigError:
        return None


def _rebuild(workspace: Workspace, store: Store, sound: set[str]) -> None:
    for slug in workspace.slugs():
        if slug in sound:
            n = again.rebuild(store, workspace.campaign(slug), workspace.now())
            text = ngettext(
                "{slug}: {n} message waits in the queue, made anew.",
                "{slug}: {n} messages wait in the queue, made anew.",
                n,
            )
            show.line(text.format(slug=slug, n=n))
