"""Asking the person before anything leaves or changes."""

from __future__ import annotations

from gettext import gettext as _

import click

from mailer.cli import show
from mailer.errors import ConfigError


def number(question: str, expected: int, *, yes: bool) -> bool:
    """Have the person type a number to confirm; ``--yes`` answers for them.

    Raises ConfigError ``nobody-to-ask`` where there is no terminal and no ``--yes``: nothing is done.
    """
    if yes:
        return True
    if not show.is_terminal():
        raise ConfigError("nobody-to-ask")
    answer = click.prompt(question, default="", show_default=False)
    return bool(answer.strip() == str(expected))


def consent(question: str, *, yes: bool) -> bool:
    """Ask a question answered by yes or no; no is the default."""
    if yes:
        return True
    if not show.is_terminal():
        raise ConfigError("nobody-to-ask")
    answer = click.prompt(f"{question} [{_('y')}/{_('N')}]", default=_("N"), show_default=False)
    return bool(answer.strip().casefold() in (_("y"), _("yes")))
