"""``mailer update``: tell the invitees what has changed."""

from __future__ import annotations

from gettext import gettext as _

from mailer.cli import outgoing
from mailer.model.invitation import Kind

command = outgoing.command(
    "update", Kind.UPDATE, _("Tell everybody who holds an invitation what has changed in the campaign file.")
)
