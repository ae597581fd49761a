"""A command of the user's own that prints an access token, such as `oama` or `mailctl`."""

from __future__ import annotations

import os
import shlex
import subprocess
from pathlib import Path

from mailer.errors import SignInError

SECONDS = 60
"""How long the command may take."""


def run_token_command(command: str, workspace: Path, name: str) -> str:
    """Run the `token_command` of the table `name` in the workspace folder, without a shell; return the token it prints.

    It can ask for nothing (its standard input is empty), and what it prints besides is shown to nobody, since it may
    hold secrets. Raises SignInError ``token-command-failed`` or ``token-command-empty``.
    """
    try:
        words = shlex.split(command, posix=os.name != "nt")
        done = subprocess.run(  # noqa: S603 - the settings name the command, and no shell reads it
            words,
            cwd=workspace,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=SECONDS,
            check=True,
        )
    except (OSError, ValueError, IndexError) as error:
        reason = getattr(error, "strerror", "") or "?"
        raise SignInError("token-command-failed", name=name, reason=reason) from None
    except subprocess.CalledProcessError as error:
        raise SignInError("token-command-failed", name=name, reason=f"exit {error.returncode}") from None
    except subprocess.TimeoutExpired:
        raise SignInError("token-command-failed", name=name, reason=f"> {SECONDS} s") from None
    token = done.stdout.decode("utf-8", "replace").strip()
    if not token or not token.isascii() or any(sign.isspace() for sign in token):
        raise SignInError("token-command-empty", name=name)
    return token
