"""``mailer withdraw``: take back the invitation of one person."""

from __future__ import annotations

from gettext import gettext as _

import click

from mailer.cli import ask, options, show
from mailer.cli.changed import show_change
from mailer.jobs import find, people, roll
from mailer.wording import words
from mailer.workspace import Workspace


@click.command("withdraw", help=_("Take back the invitation of one person; they keep their line."))
@options.campaign
@options.who
@options.yes
@click.pass_obj
def command(workspace: Workspace, campaign: str, who: str, yes: bool) -> int:
    """Ask, take the invitation back, and show what comes next; return the exit status."""
    slug = workspace.campaign(campaign).slug
    with workspace.store() as store:
        found = find.person(roll.invitees(store, slug), who)
        show.line(find.told_apart([found])[0], "bold")
        if not ask.consent(_("Take back this invitation?"), yes=yes):
            show.line(_("Nothing was changed."))
            return 1
        changed = people.withdraw(store, slug, found.person.ref, now=workspace.now(), author=words.author())
    said = _("The invitation of {who} is taken back.")
    if not changed.others and changed.person.contact.email:
        said += " " + _("“mailer cancel {campaign} --only {address}” tells them, if they had it.")
    show_change(slug, changed, said)
    return 0
