"""``mailer thank``: thank those who came."""

from __future__ import annotations

from gettext import gettext as _

from mailer.cli import outgoing
from mailer.model.invitation import Kind

command = outgoing.command("thank", Kind.THANKS, _("Thank those who came, after the meeting."))
