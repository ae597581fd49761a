"""The ``mailer`` command: its global options, and its subcommands, each imported when it is called."""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

from mailer import environment

COMMANDS = (
    "init",
    "check",
    "contacts",
    "preview",
    "send",
    "remind",
    "update",
    "cancel",
    "read",
    "inspect",
    "review",
    "record",
    "status",
    "why",
    "export",
    "correct",
    "poll",
    "forget",
    "purge",
    "verify",
    "demo",
)
"""In the order of a campaign's life. The command ``x`` is `mailer.cli.x.command`."""


def run(arguments: Sequence[str] | None = None) -> None:
    """Parse, call one command, and end the process with its exit status.

    0 done; 1 something is left for a person; 2 wrong usage or configuration. A person never sees a traceback:
    what they can put right is said in one sentence, the rest is said to be our fault (``MAILER_DEBUG=1`` shows it).
    """
    words = sys.argv[1:] if arguments is None else list(arguments)
    environment.speak(environment.language(_workspace_language(words)))

    from mailer.cli import group

    sys.exit(group.main(words))


def command_module(name: str) -> str:
    """The module a command lives in; ``inspect`` would hide the standard library's name."""
    return f"mailer.cli.{ {'inspect': 'inspect_mail', 'read': 'read_mail'}.get(name, name) }"


def _workspace_language(words: Sequence[str]) -> str:
    """The ``language`` of the workspace, read before anything can be said about the workspace."""
    folder = "."
    for word, following in zip(words, [*words[1:], ""], strict=True):
        if word == "--workspace":
            folder = following
        elif word.startswith("--workspace="):
            folder = word.partition("=")[2]
    try:
        settings = tomllib.loads((Path(folder) / "config" / "mailer.toml").read_text("utf-8-sig"))
    except (OSError, ValueError):
        return ""
    return str(settings.get("language", ""))


def load(name: str) -> object:
    """Import a command."""
    return import_module(command_module(name)).command
