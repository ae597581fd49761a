"""``mailer restore``: put a backup in the place of the ledger."""

from __future__ import annotations

from gettext import gettext as _
from gettext import ngettext
from pathlib import Path

import click

from mailer.cli import ask, show
from mailer.errors import ConfigError, WireError
from mailer.jobs import backups
from mailer.store import Restored, Store
from mailer.wire import SENT
from mailer.wording import words
from mailer.workspace import Workspace


@click.command(
    "restore", help=_("Put the ledger back from a file that “mailer backup” wrote: all of it, or nothing.")
)
@click.argument("file", metavar=_("FILE"), type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--replace",
    type=click.IntRange(1),
    metavar="N",
    help=_("Replace the ledger that is there; N is how many entries it has."),
)
@click.pass_obj
def command(workspace: Workspace, file: Path, replace: int | None) -> int:
    """Restore into an empty place, or over a ledger whose number of entries was typed; return 1 if it was not."""
    if aside := workspace.put_aside():
        show.line(_("The damaged ledger was put aside: {file}").format(file=aside))
    with workspace.store(empty=True) as store:
        there = store.size()
        if there and replace != there:
            text = ngettext(
                "There is a ledger already, with {n} entry. To replace it, and lose what the backup does not have, type this number",
                "There is a ledger already, with {n} entries. To replace it, and lose what the backup does not have, type this number",
                there,
            )
            if replace or not _typed(text.format(n=there), there):
                show.line(_("Nothing was restored."))
                return 1
        restored = backups.restore(store, workspace.path, file, workspace.now())
        _tell(restored)
        if restored.doubtful and workspace.settings.imap.host:
            _compare(workspace, store)
    return 0


def _typed(question: str, there: int) -> bool:
    try:
        return ask.number(question, there, yes=False)
    except ConfigError as error:
        if error.code == "nobody-to-ask":
            raise ConfigError("nobody-to-ask-restore", read=str(there)) from error
        raise


def _compare(workspace: Workspace, store: Store) -> None:
    """Look in the folder for sent mail for what left after the backup was made."""
    try:
        with workspace.mailbox().open() as reader:
            wanted = workspace.sent_folder() or SENT
            folder, n = backups.settle_by_copies(store, reader, wanted, workspace.now())
    except (WireError, ConfigError) as error:
        if error.code != "imap-folder-missing":  # then there is nothing to compare with
            show.line(words.error_sentence(error))
        return
    text = ngettext(
        "{n} of them lies in “{folder}”: it had left.", "{n} of them lie in “{folder}”: they had left.", n
    )
    show.line(text.format(n=n, folder=folder))


def _tell(restored: Restored) -> None:
    """Say what was restored, and what it cannot know."""
    entries = sum(restored.entries.values())
    text = ngettext("Restored as of {moment}: {n} entry.", "Restored as of {moment}: {n} entries.", entries)
    show.line(text.format(moment=words.moment(restored.made_at.astimezone()), n=entries), "bold")
    if restored.doubtful:
        text = ngettext(
            "{n} message waited then. It may have left since, and leaves only at your word: “mailer read” first, then “mailer send CAMPAIGN --release-in-doubt”.",
            "{n} messages waited then. They may have left since, and leave only at your word: “mailer read” first, then “mailer send CAMPAIGN --release-in-doubt”.",
            restored.doubtful,
        )
        show.line(text.format(n=restored.doubtful), "bold")
    if restored.forgotten is None:
        show.line(
            _(
                "Who was forgotten after that moment is not known here: type “mailer forget ADDRESS” again for each of them."
            ),
            "bold",
        )
    elif restored.forgotten:
        text = ngettext(
            "{n} person who was forgotten after that moment stays forgotten.",
            "{n} people who were forgotten after that moment stay forgotten.",
            restored.forgotten,
        )
        show.line(text.format(n=restored.forgotten))
    show.line(
        _(
            "What was sent or answered after that moment is not in it. Read the mailbox before you send anything: “mailer read”."
        )
    )
