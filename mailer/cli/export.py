"""``mailer export``: write the attendance or another document on a campaign to a file."""

from __future__ import annotations

from gettext import gettext as _
from pathlib import Path

import click

from mailer import files
from mailer.cli import options, show
from mailer.exports import FORMATS
from mailer.jobs import export, written
from mailer.wording import words
from mailer.workspace import Workspace


def _help() -> str:
    """Return the help, with a line for every ending."""
    labels = {one.ending: _(one.label) for one in reversed(FORMATS)}
    labels[export.LEDGER] = _("The ledger: every entry, for “mailer verify” and other programs")
    endings = dict.fromkeys([*(one.ending for one in FORMATS), export.LEDGER])
    lines = "\n".join(f"{ending:<6} {labels[ending]}" for ending in endings)
    return _("Write a file on the campaign; the ending of its name says which:") + f"\n\n\b\n{lines}"


@click.command("export", help=_help())
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
    """Write the file; nothing is left of it if that fails."""
    read = workspace.campaign(campaign)
    if file.suffix.lower() == export.LEDGER:
        with workspace.store() as store:
            files.write(file, export.ledger_lines(store, read.slug))
        show.line(_("Written: {file}").format(file=file))
        return 0
    servers = workspace.settings
    order = export.ExportRequest(
        when=words.meeting_time(read.meeting, read.language),
        language=read.language,
        machine=machine,
        document="register" if register else "sheet" if sheet else "",
        everybody=everybody,
        health=health,
        hosts=sorted({servers.smtp.host, servers.imap.host}),
    )
    with workspace.store() as store:
        content = export.export(store, read, file.name, order, workspace.now())
    files.write(file, content)
    written.note(workspace.path, file, content, read.slug, order)
    show.line(_("Written: {file}").format(file=file))
    return 0
