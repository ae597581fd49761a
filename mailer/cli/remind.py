"""``mailer remind``: remind invitees who have not answered."""

from __future__ import annotations

from gettext import gettext as _

from mailer.cli import outgoing
from mailer.model.invitation import Kind

command = outgoing.command("remind", Kind.REMINDER, _("Remind those who were reached and have not answered."))
