"""``mailer update``: tell the invitees what has changed."""

from __future__ import annotations

from gettext import gettext as _

import click

from mailer.cli import options, outgoing
from mailer.model.invitation import Kind

command = outgoing.command(
    "update",
    Kind.UPDATE,
    _("Tell everybody who holds an invitation what has changed in the campaign file."),
    options.refused,
    options.sure,
    click.option(
        "--say", default="", metavar=_("TEXT"), help=_("A sentence of your own, at the top of each letter.")
    ),
    click.option(
        "--keep-answers", is_flag=True, help=_("Ask nobody to answer again, though date or place changed.")
    ),
)
