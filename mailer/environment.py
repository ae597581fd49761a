"""The door to the environment: the variables of the process, and the language the person speaks."""

from __future__ import annotations

import gettext
import os
from pathlib import Path

CATALOGUES = Path(__file__).parent / "locale"
LANGUAGES = ("en", "fr")


def variable(name: str) -> str:
    """Return a variable, or an empty string."""
    return os.environ.get(name, "")


def language(workspace: str = "") -> str:
    """Choose the language: ``MAILER_LANGUAGE``, else the locale, else the workspace's, else English.

    The locale is the first of LANGUAGE, LC_ALL, LC_MESSAGES and LANG that is set; ``C`` and ``POSIX`` mean
    English, as everywhere.
    """
    said = (variable(name) for name in ("MAILER_LANGUAGE", "LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"))
    for value in (*said, workspace):
        if value:
            short = value.replace("-", "_").partition("_")[0].partition(".")[0].lower()
            return short if short in LANGUAGES else "en"
    return "en"


def speak(code: str) -> None:
    """Have every sentence from now on in a language, those of click included.

    Libraries look their sentences up in the domain ``messages`` at the moment they are imported or shown, by
    the LANGUAGE variable; so this comes before the commands are imported.
    """
    os.environ["LANGUAGE"] = code
    gettext.bindtextdomain("messages", str(CATALOGUES))
    gettext.textdomain("messages")
