"""``mailer merge``: make two lines one person, or two again."""

from __future__ import annotations

from collections.abc import Sequence
from gettext import gettext as _

import click

from mailer.cli import options
from mailer.cli.changed import show_change
from mailer.jobs import gather, people
from mailer.people import Question
from mailer.wording import words
from mailer.workspace import Workspace


@click.command("merge", help=_("Make two lines one person: the first stays, with what both said."))
@options.campaign
@click.argument("keep", metavar=_("KEEP"))
@click.argument("other", metavar=_("OTHER"))
@click.option("--undo", is_flag=True, help=_("Make them two people again."))
@click.pass_obj
def command(workspace: Workspace, campaign: str, keep: str, other: str, undo: bool) -> int:
    """Merge two people, or undo that, and show what it did; return the exit status."""
    read = workspace.campaign(campaign)
    with workspace.store() as store:

        def questions() -> Sequence[Question]:
            gathered = gather.gather(workspace.path, read)
            return people.reconcile(store, read.slug, gathered.households).questions

        now, author = workspace.now(), words.author()
        if undo:
            changed = people.undo_merge(store, read.slug, keep, other, now=now, author=author)
            said = _("{who} <{address}> is a person of their own again.")
        else:
            changed = people.merge(store, read.slug, keep, other, now=now, author=author, questions=questions)
            said = _(
                "Both lines are one person now: {who} <{address}>. Where their answers differed, "
                "“mailer review {campaign}” asks which one counts."
            )
    show_change(read.slug, changed, said)
    return 0
