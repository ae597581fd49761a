"""The variables of the process, and the language they say the person speaks."""

from __future__ import annotations

import gettext
import os
from pathlib import Path

CATALOGUES = Path(__file__).parent / "locale"


def variable(name: str) -> str:
    """Return a variable, or an empty string."""
    return os.environ.get(name, "")


def language(workspace: str = "") -> str:
    """Return the language to speak: ``MAILER_LANGUAGE``, else the locale's, else the workspace's, else English.

    The locale is the first of LANGUAGE, LC_ALL, LC_MESSAGES and LANG that is set; ``C`` and ``POSIX`` mean
    English, as everywhere, and so does a language without a catalogue.
    """
    names = ("MAILER_LANGUAGE", "LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")
    for value in (*map(variable, names), workspace):
        if value:
            short = value.replace("-", "_").partition("_")[0].partition(".")[0].lower()
            return short if short.isalpha() and (CATALOGUES / short).is_dir() else "en"
    return "en"


def speak(code: str) -> None:
    """Show every sentence from now on in a language, those of click included.

    Libraries look their sentences up in the domain ``messages``, by the LANGUAGE variable, when they are imported or
    when they show them; call this before the commands are imported.
    """
    os.environ["LANGUAGE"] = code
    gettext.bindtextdomain("messages", str(CATALOGUES))
    gettext.textdomain("messages")
