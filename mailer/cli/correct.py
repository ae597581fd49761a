"""``mailer correct``: record the changes staff made in an exported attendance table."""

from __future__ import annotations

from gettext import gettext as _
from gettext import ngettext
from pathlib import Path

import click

from mailer import contacts, files
from mailer.cli import ask, options, show
from mailer.jobs import correct
from mailer.wording import words
from mailer.workspace import Workspace


@click.command(
    "correct",
    help=_("Take back an exported attendance (.csv .xlsx .ods) that was corrected in a spreadsheet."),
)
@options.campaign
@click.argument("file", metavar=_("FILE"), type=click.Path(path_type=Path))
@options.yes
@click.pass_obj
def command(workspace: Workspace, campaign: str, file: Path, yes: bool) -> int:
    """Show every change, ask, record them; return 1 if a change could not be read or was not recorded."""
    slug = workspace.campaign(campaign).slug
    content = files.read(file, at_most=contacts.MAX_BYTES)
    with workspace.store() as store:
        diff = correct.compare(store, slug, file.name, content)
        for problem in diff.problems:
            show.line(f"{words.place(problem.origin)}  {words.problem(problem)}")
        rows = [
            (
                change.row.contact.called,
                *words.changed(change),
                _("changed here too") if change.conflict else "",
            )
            for change in diff.changes
        ]
        if not rows:
            show.line(_("Nothing was changed."))
            return 1 if diff.problems else 0
        show.table((_("Name"), _("What"), _("Before"), _("After"), ""), rows)
        text = ngettext("Record this change?", "Record these {n} changes?", len(rows)).format(n=len(rows))
        if not ask.consent(text, yes=yes):
            show.line(_("Nothing was recorded."))
            return 1
        correct.correct(store, slug, diff.changes, now=workspace.now(), author=words.author())
    show.line(_("Recorded."), "bold")
    return 1 if diff.problems else 0
