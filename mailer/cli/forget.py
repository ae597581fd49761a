"""``mailer forget``: erase a person from every record."""

from __future__ import annotations

from gettext import gettext as _
from gettext import ngettext

import click

from mailer.cli import ask, options, show
from mailer.jobs import backups, protect, written
from mailer.store import sqlite_file
from mailer.wording import words
from mailer.workspace import Workspace


@click.command(
    "forget",
    help=_("Erase a person, by address or reference, from every record, and list them never again."),
)
@options.who
@click.option("--words", "mentions", is_flag=True, help=_("Erase what others wrote that names them, too."))
@options.yes
@click.pass_obj
def command(workspace: Workspace, who: str, mentions: bool, yes: bool) -> int:
    """Show what would be erased, ask, erase; return 1 if nobody has the address or they are still named."""
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
            show.line(f"  {words.erased(trace, workspace.path)}")
        _show_others(person, mentions=mentions)
        if person.invitees and workspace.settings.imap.host:
            show.line(words.mailbox_stays())
        if not ask.consent(_("Erase all of this for good?"), yes=yes):
            show.line(_("Nothing was erased."))
            return 1
        protect.forget(store, person, workspace.now(), mentions=mentions)
        made = written.make_anew(workspace.path, store, person.traces, workspace.campaign, workspace.now())
        left = protect.searched(workspace.path, store, person, made)
    said, is_left = words.forgotten(left, workspace.path)
    for text in said:
        show.line(text, "bold")
    show_backups(workspace)
    return 1 if is_left or not known else 0


def show_backups(workspace: Workspace) -> None:
    """Name the backups in the workspace, which keep who was erased."""
    for path in backups.in_workspace(workspace.path, sqlite_file(workspace.settings.store.url)):
        show.line(words.keeps_erased(path), "bold")


def _show_others(person: protect.PersonRecords, *, mentions: bool) -> None:
    """Show who else has an address of the person, and the words of others that name them."""
    if person.others:
        names = ", ".join(f"{one.called} <{one.email}>" for one in person.others)
        show.line(
            _("Has the address, too, and stays, with the letters and answers of both: {names}.").format(
                names=names
            )
        )
    if person.mentions:
        n = len(person.mentions)
        text = (
            ngettext(
                "{n} note or mail of others names the person, and is erased:",
                "{n} notes or mails of others name the person, and are erased:",
                n,
            )
            if mentions
            else ngettext(
                "{n} note or mail of others names the person, and stays; --words erases it:",
                "{n} notes or mails of others name the person, and stay; --words erases them:",
                n,
            )
        )
        show.line(text.format(n=n))
        for one in person.mentions:
            show.line(f"  {words.mentioned(one)}")
