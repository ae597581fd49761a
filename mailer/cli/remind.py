"""``mailer remind``: remind invitees who have not answered."""

from __future__ import annotations

from gettext import gettext as _

import click

from mailer.cli import options, outgoing
from mailer.model.invitation import Kind

command = outgoing.command(
    "remind",
    Kind.REMINDER,
    _("Remind those who were reached and have not answered."),
    options.sure,
    click.option(
        "--again", is_flag=True, help=_("Begin a new round, and remind also who had a letter within a day.")
    ),
)
