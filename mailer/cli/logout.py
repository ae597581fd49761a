"""``mailer logout``: end the sign-in to the mailbox."""

from __future__ import annotations

from gettext import gettext as _

import click

from mailer.cli import options, show
from mailer.wording import words
from mailer.workspace import Workspace, sign_in


@click.command(
    "logout",
    help=_(
        "End the sign-in to the mailbox: the provider is told where it can be, and the token is removed here."
    ),
)
@options.mailbox
@click.pass_obj
def command(workspace: Workspace, address: str) -> int:
    """Sign out; return 1 where something is left to be done at the provider."""
    found = sign_in.sign_out(workspace, address)
    if found is None:
        show.line(_("Nobody is signed in."))
        return 0
    for text in words.signed_out(found.address, found.server, found.trouble, revoked=found.revoked):
        show.line(text)
    return 0 if found.revoked else 1
