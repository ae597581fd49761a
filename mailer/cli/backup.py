"""``mailer backup``: write a backup of the ledger while the program runs."""

from __future__ import annotations

from gettext import gettext as _
from pathlib import Path

import click

from mailer.cli import show
from mailer.jobs import backups
from mailer.workspace import Workspace


@click.command(
    "backup",
    help=_("Write all that the ledger knows to a file, also while the program runs, to put it back one day."),
)
@click.argument("file", metavar=_("FILE"), type=click.Path(path_type=Path, dir_okay=False))
@click.option("--secrets", is_flag=True, help=_("Put the passwords of config/secrets/ in, too."))
@click.pass_obj
def command(workspace: Workspace, file: Path, secrets: bool) -> int:
    """Write the backup; an older one of that name is replaced once the new one is whole."""
    with workspace.store() as store:
        backups.make(store, workspace.path, file, workspace.now(), secrets=secrets)
    show.line(_("Written: {file}").format(file=file))
    show.line(
        _(
            "It holds everybody’s names, addresses and words: keep it as safe as the ledger, and delete it when the ledger may be kept no longer."
        )
    )
    return 0
