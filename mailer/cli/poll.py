"""``mailer poll``: record the results of a poll from its export."""

from __future__ import annotations

from gettext import gettext as _
from gettext import ngettext
from pathlib import Path

import click

from mailer import contacts, files
from mailer.cli import ask, options, show
from mailer.jobs import poll, roll
from mailer.model.entry import Heard
from mailer.wording import words
from mailer.workspace import Workspace


@click.command(
    "poll", help=_("Take in the results of a Framadate, Rallly, Nextcloud Polls or Google Forms export.")
)
@options.campaign
@click.argument("file", metavar=_("FILE"), type=click.Path(path_type=Path))
@click.option(
    "--column",
    default="",
    metavar=_("TEXT"),
    help=_("The option that means coming, where there are several."),
)
@options.yes
@click.pass_obj
def command(workspace: Workspace, campaign: str, file: Path, column: str, yes: bool) -> int:
    """Show every vote with its invitee, ask to confirm, record the new ones; return 1 if a vote has to be reviewed."""
    read = workspace.campaign(campaign)
    content = files.read(file, at_most=contacts.MAX_BYTES)
    with workspace.store() as store:
        result = poll.read(store, read, file.name, content, column, workspace.now())
        _show(result, {invitee.ref: invitee.called for invitee in roll.invitees(store, read.slug)})
        if not result.entries:
            show.line(_("Nothing new."))
            return 0
        text = ngettext("Record this answer?", "Record these {n} answers?", len(result.entries))
        if not ask.consent(text.format(n=len(result.entries)), yes=yes):
            show.line(_("Nothing was recorded."))
            return 1
        store.append(result.entries)
    waiting = sum(1 for entry in result.entries if isinstance(entry.fact, Heard) and entry.fact.held)
    show.line(_("Recorded."), "bold")
    if waiting:
        text = _("Waiting for a person: {n}. Decide with “mailer review {campaign}”.")
        show.line(text.format(n=waiting, campaign=read.slug))
    return 1 if waiting else 0


def _show(result: poll.Result, called: dict[str, str]) -> None:
    show.line(_("{program}: {option}").format(program=result.kind, option=result.option), "bold")
    told = (words.vote(voter, called) for voter in result.voters)
    rows = [(name, said, whose or why, known) for name, said, whose, why, known in told]
    show.table((_("In the poll"), _("Answer"), _("Invitee"), ""), rows)
