"""``mailer export``: the attendance as a file."""

from __future__ import annotations

from gettext import gettext as _
from pathlib import Path

import click

from mailer import files
from mailer.cli import options, show
from mailer.cli.workspace import Workspace
from mailer.jobs import export


@click.command(
    "export",
    help=_(
        "Write the attendance to a file, by its ending (.csv); a name ending in .ics gets the meeting itself."
    ),
)
@options.campaign
@click.argument("file", metavar=_("FILE"), type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--machine", is_flag=True, help=_("For a program: English names, commas, no protection of cells.")
)
@click.pass_obj
def command(workspace: Workspace, campaign: str, file: Path, machine: bool) -> int:
    """Write the file whole, or not at all."""
    read = workspace.campaign(campaign)
    if file.suffix.lower() == ".ics":
        files.write(file, export.meeting(read, workspace.now()))
    else:
        with workspace.store() as store:
            files.write(file, export.export(store, read, file.name, machine=machine))
    show.line(_("Written: {file}").format(file=file))
    return 0
