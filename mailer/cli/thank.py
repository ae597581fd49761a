"""``mailer thank``: thank those who came."""

from __future__ import annotations

from gettext import gettext as _

from mailer.cli import sending
from mailer.model.invitation import Kind

command = sending.command("thank", Kind.THANKS, _("Thank those who came, after the meeting."))
