"""``mailer forget``: erase a person from every record."""

from __future__ import annotations

from gettext import gettext as _
from gettext import ngettext

import click

from mailer.cli import ask, options, show
from mailer.jobs import protect
from mailer.wording import words
from mailer.workspace import Workspace


@click.command(
    "forget", help=_("Erase the person with this address from every record, and never write to them again.")
)
@click.argument("who", metavar=_("ADDRESS"))
@options.yes
@click.pass_obj
def command(workspace: Workspace, who: str, yes: bool) -> int:
    """Show what would be erased, ask, erase; return 1 if nobody has the address or a file has to be edited by hand."""
    with workspace.store() as store:
        person = protect.find(workspace.path, store, who)
        known = bool(person.invitees or person.traces)
        if known:
            text = ngettext(
                "On the roll of {n} campaign.", "On the rolls of {n} campaigns.", len(person.invitees)
            )
            show.line(text.format(n=len(person.invitees)))
        else:
            show.line(_("No campaign and no file has this address. Is it typed correctly?"), "bold")
        for trace in person.traces:
            show.line(f"  {words.erased(trace)}")
        if not ask.consent(_("Erase all of this for good?"), yes=yes):
            show.line(_("Nothing was erased."))
            return 1
        left = protect.forget(store, person, workspace.now())
    show.line(
        _("Erased. Only a mark that cannot be read back stays, so that no list brings the address back."),
        "bold",
    )
    for path in left:
        show.line(_("Take the person out of this file by hand: {file}").format(file=path), "bold")
    return 1 if left or not known else 0
