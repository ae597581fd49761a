"""Ask for confirmation at the terminal before anything is sent or changed."""

from __future__ import annotations

from gettext import gettext as _

import click

from mailer.cli import show
from mailer.errors import ConfigError


def number(question: str, expected: int, *, yes: bool) -> bool:
    """Ask the person to type a number, and return whether it is the expected one; ``--yes`` confirms without asking.

    Raises ConfigError ``nobody-to-ask`` if there is no terminal and no ``--yes``.
    """
    if yes:
        return True
    if not show.is_terminal():
        raise ConfigError("nobody-to-ask")
    answer = click.prompt(question, default="", show_default=False)
    return bool(answer.strip() == str(expected))


def consent(question: str, *, yes: bool) -> bool:
    """Ask a question, and return whether it was answered yes; no is the default, ``--yes`` confirms without asking.

    Raises ConfigError ``nobody-to-ask`` if there is no terminal and no ``--yes``.
    """
    if yes:
        return True
    if not show.is_terminal():
        raise ConfigError("nobody-to-ask")
    yes_key, no_key = _("y"), _("N")
    answer = click.prompt(f"{question} [{yes_key}/{no_key}]", default=no_key, show_default=False)
    return bool(answer.strip().casefold() in (yes_key, _("yes")))
