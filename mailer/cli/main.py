"""The console script: choose the language before anything is said, run, and end with the exit status."""

from __future__ import annotations

import gc
import sys
from collections.abc import Sequence
from pathlib import Path

from mailer import environment


def run(arguments: Sequence[str] | None = None) -> None:
    """Parse, call one command, and end the process with its exit status.

    0 done; 1 something is left for a person; 2 wrong usage or configuration. A person never sees a traceback:
    what they can put right is said in one sentence, the rest is said to be our fault (``MAILER_DEBUG=1`` shows it).
    """
    # Lists are long and hold no cycles: looking for some costs more than it finds.
    gc.set_threshold(200_000, 20, 50)
    words = sys.argv[1:] if arguments is None else list(arguments)
    environment.speak(environment.language(_workspace_language(words)))

    from mailer.cli import group

    sys.exit(group.main(words))


def _workspace_language(words: Sequence[str]) -> str:
    """The ``language`` of the workspace, read before anything can be said about the workspace."""
    folder = "."
    for word, following in zip(words, [*words, ""][1:], strict=True):
        if word == "--workspace":
            folder = following
        elif word.startswith("--workspace="):
            folder = word.partition("=")[2]
    try:
        text = (Path(folder) / "config" / "mailer.toml").read_text("utf-8-sig")
        import tomllib  # elsewhere than in a workspace, nothing is read

        return str(tomllib.loads(text).get("language", ""))
    except (OSError, ValueError):
        return ""
