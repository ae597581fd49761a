"""``mailer details``: send the last practical details."""

from __future__ import annotations

from gettext import gettext as _

from mailer.cli import outgoing
from mailer.model.invitation import Kind

command = outgoing.command("details", Kind.DETAILS, _("Send the last practical details to those who come."))
