"""The console script: choose the language and the encoding of the output, run a command, and exit with its status."""

from __future__ import annotations

import gc
import sys
from collections.abc import Sequence
from pathlib import Path

from mailer import environment
from mailer.cli import output, trace


def run(arguments: Sequence[str] | None = None) -> None:
    """Run one command and end the process with its exit status.

    0 done; 1 something is left for a person; 2 wrong usage or configuration. No traceback is shown: what a person can
    correct is told in one sentence, anything else is called a fault of the program (``MAILER_DEBUG=1`` shows its place).
    """
    # Long contact lists hold no reference cycles; collecting as often as by default would only cost time.
    gc.set_threshold(200_000, 20, 50)
    words = sys.argv[1:] if arguments is None else list(arguments)
    output.adapt_streams()
    trace.install()
    environment.speak(environment.language(_workspace_language(words)))

    from mailer.cli import group

    sys.exit(group.main(words))


def _workspace_language(words: Sequence[str]) -> str:
    """Return the ``language`` of the workspace named on the command line, or an empty string if it cannot be read."""
    folder = "."
    for word, following in zip(words, [*words, ""][1:], strict=True):
        if word == "--workspace":
            folder = following
        elif word.startswith("--workspace="):
            folder = word.partition("=")[2]
    try:
        text = (Path(folder) / "config" / "mailer.toml").read_text("utf-8-sig")
        import tomllib  # imported only if there is a file to parse

        return str(tomllib.loads(text).get("language", ""))
    except (OSError, ValueError, RecursionError):
        return ""
