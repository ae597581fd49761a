"""``mailer cancel``: call a meeting off, or withdraw single invitations."""

from __future__ import annotations

from gettext import gettext as _

from mailer.cli import options, outgoing
from mailer.model.invitation import Kind

command = outgoing.command(
    "cancel",
    Kind.CANCEL,
    _("Call the meeting off for everybody, or withdraw one invitation with --only."),
    options.refused,
)
