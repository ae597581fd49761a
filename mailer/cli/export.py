"""``mailer export``: write the attendance, the sign-in sheet or the register entry to a file."""

from __future__ import annotations

from gettext import gettext as _
from pathlib import Path

import click

from mailer import files
from mailer.cli import options, show
from mailer.jobs import export
from mailer.wording import words
from mailer.workspace import Workspace


@click.command(
    "export",
    help=_(
        "Write the attendance to a file, by its ending: .csv .xlsx .ods are tables, .html is a report, .pdf the sign-in "
        "sheet, .ics the meeting itself for a website."
    ),
)
@options.campaign
@click.argument("file", metavar=_("FILE"), type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--machine", is_flag=True, help=_("For a program: English names, commas, no protection of cells.")
)
@click.option(
    "--sheet", is_flag=True, help=_("The sign-in sheet (.html or .pdf), with blank lines for others.")
)
@click.option("--everybody", is_flag=True, help=_("On the sheet, list also those who did not answer."))
@click.option("--health", is_flag=True, help=_("Show remarks that speak of somebody's health."))
@click.option(
    "--register", is_flag=True, help=_("The entry for the register of processing activities (.html).")
)
@click.pass_obj
def command(
    workspace: Workspace,
    campaign: str,
    file: Path,
    machine: bool,
    sheet: bool,
    everybody: bool,
    health: bool,
    register: bool,
) -> int:
    """Build the export and write it to the file in one step; return the exit status."""
    read = workspace.campaign(campaign)
    order = export.ExportRequest(
        when=words.meeting_time(read.meeting, read.language),
        language=read.language,
        machine=machine,
        sheet=sheet,
        everybody=everybody,
        health=health,
    )
    with workspace.store() as store:
        if register:
            hosts = sorted({workspace.settings.smtp.host, workspace.settings.imap.host})
            content = export.register(store, read, hosts, read.language, workspace.now())
        else:
            content = export.export(store, read, file.name, order, workspace.now())
    files.write(file, content)
    show.line(_("Written: {file}").format(file=file))
    return 0
