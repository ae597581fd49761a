"""``mailer details``: send the last practical details."""

from __future__ import annotations

from gettext import gettext as _

from mailer.cli import sending
from mailer.model.invitation import Kind

command = sending.command("details", Kind.DETAILS, _("Send the last practical details to those who come."))
