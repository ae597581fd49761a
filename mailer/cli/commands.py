"""List the subcommands of ``mailer``, and import one when it is called."""

from __future__ import annotations

from importlib import import_module

from mailer.errors import ConfigError

COMMANDS = (
    "init",
    "login",
    "logout",
    "check",
    "contacts",
    "preview",
    "send",
    "remind",
    "update",
    "cancel",
    "details",
    "thank",
    "schedule",
    "read",
    "inspect",
    "review",
    "record",
    "add",
    "move",
    "merge",
    "withdraw",
    "allow",
    "status",
    "why",
    "export",
    "correct",
    "poll",
    "forget",
    "purge",
    "verify",
    "backup",
    "restore",
    "run",
    "desk",
    "demo",
)
"""In the order of a campaign's life. The command ``x`` is `mailer.cli.x.command`."""


def command_module(name: str) -> str:
    """Return the name of a command's module; ``inspect.py`` would hide the standard library's module."""
    return f"mailer.cli.{ {'inspect': 'inspect_mail', 'read': 'read_mail'}.get(name, name) }"


def load(name: str) -> object:
    """Import a command. Raises ConfigError ``demo-missing`` or ``desk-missing`` if what they need is not installed."""
    try:
        return import_module(command_module(name)).command
    except ModuleNotFoundError as error:
        if error.name in ("aiosmtpd", "pymap"):
            raise ConfigError("demo-missing") from error
        if error.name in ("starlette", "uvicorn", "python_multipart", "tomlkit"):
            raise ConfigError("desk-missing") from error
        raise
