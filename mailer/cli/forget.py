"""``mailer forget``: erase a person from every record."""

from __future__ import annotations

from gettext import gettext as _
from gettext import ngettext

import click

from mailer.cli import ask, options, show
from mailer.jobs import backups, protect
from mailer.store import sqlite_file
from mailer.wording import words
from mailer.workspace import Workspace


@click.command(
    "forget",
    help=_("Erase a person, by address or reference, from every record, and list them never again."),
)
@options.who
@click.option(
    "--words", "mentions", is_flag=True, help=_("Erase what others wrote that names their address, too.")
)
@options.yes
@click.pass_obj
def command(workspace: Workspace, who: str, mentions: bool, yes: bool) -> int:
    """Show what would be erased, ask, erase; return 1 if nobody has the address or a file has to be edited by hand."""
    with workspace.store() as store:
        person = protect.find(workspace.path, store, who)
        known = bool(person.invitees or person.traces)
        if known:
            text = ngettext(
                "On the roll of {n} campaign.", "On the rolls of {n} campaigns.", len(person.invitees)
            )
            show.line(words.colon(person.called, text.format(n=len(person.invitees))))
        else:
            show.line(_("No campaign and no file has this address. Is it typed correctly?"), "bold")
        for trace in person.traces:
            show.line(f"  {words.erased(trace)}")
        _show_others(person, mentions=mentions)
        if not ask.consent(_("Erase all of this for good?"), yes=yes):
            show.line(_("Nothing was erased."))
            return 1
        left = protect.forget(store, person, workspace.now(), mentions=mentions)
    show.line(
        _("Erased. Only a mark that cannot be read back stays, so that no list brings the address back."),
        "bold",
    )
    show_backups(workspace)
    for path in left:
        show.line(_("Take the person out of this file by hand: {file}").format(file=path), "bold")
    return 1 if left or not known else 0


def show_backups(workspace: Workspace) -> None:
    """Name the backups in the workspace, which keep who was erased."""
    for path in backups.in_workspace(workspace.path, sqlite_file(workspace.settings.store.url)):
        show.line(words.keeps_erased(path), "bold")


def _show_others(person: protect.PersonRecords, *, mentions: bool) -> None:
    """Show who else has an address of the person, and how many words of others name it."""
    if person.others:
        names = ", ".join(f"{one.called} <{one.email}>" for one in person.others)
        show.line(
            _("Has the address, too, and stays, with the letters and answers of both: {names}.").format(
                names=names
            )
        )
    if person.mentions:
        text = (
            ngettext(
                "{n} note or mail of others names the address, and is erased.",
                "{n} notes or mails of others name the address, and are erased.",
                person.mentions,
            )
            if mentions
            else ngettext(
                "{n} note or mail of others names the address, and stays; --words erases it.",
                "{n} notes or mails of others name the address, and stay; --words erases them.",
                person.mentions,
            )
        )
        show.line(text.format(n=person.mentions))
