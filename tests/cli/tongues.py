"""What tests of languages share: which words are English and which French, and a command line in either.

The vocabulary is the catalogue itself: a word that is in our English sentences (or click's) and in none of the French
ones is an English word, and the other way round.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path

from babel.messages.pofile import read_po

from mailer.cli.commands import COMMANDS

ROOT = Path(__file__).parents[2]
CATALOGUE = ROOT / "mailer" / "locale" / "fr" / "LC_MESSAGES" / "messages.po"
PLACES = {"fr": "fr_FR.UTF-8", "en": "C"}
"""The value of LANG by which a person says what they speak."""

_OURS = re.compile(
    r"""--?[a-z][\w-]*          # options
    | \{[^}]*\}               # what is filled in
    | \bmailer\s[a-z]+        # commands
    | ^\ \ [a-z]+(?=\ \ )     # commands, as the help lists them
    | \w+(?:\s*\|\s*\w+)+     # choices
    | \b[A-Z]+_[A-Z_]+\b      # variables
    | (?<!\w)'[^'\n]*'        # what was typed, as click repeats it
    | \[\w[\w.]*\]            # parts of a file
    | \w+[./@][\w./@-]+       # files, addresses
    | \b\w+_\w+\b             # settings
    | \w+\s=\s\S+ """,
    re.VERBOSE | re.MULTILINE,
)
_WORD = re.compile(r"[^\W\d_]+(?:[’'][^\W\d_]+)?")
SAME = {
    "as",
    "on",
    "or",
    "a",
    "file",
    "page",
    "options",
    "command",
    "port",
    "code",
    "table",
    "note",
    "list",
    "subject",
}
"""Words that are in either language, or the names of settings and commands."""


def words_of(text: str) -> set[str]:
    """The words of a text, without the names of options, commands, files and settings."""
    return {word.casefold() for word in _WORD.findall(_OURS.sub(" ", text))}


@cache
def vocabulary() -> dict[str, frozenset[str]]:
    """The words that only English, and only French sentences have."""
    english: set[str] = set()
    french: set[str] = set()
    with CATALOGUE.open("rb") as file:
        for message in read_po(file, locale="fr"):
            if message.id:
                assert message.string
                english |= _all_words(message.id)
                french |= _all_words(message.string)
    return {
        "en": frozenset(english - french - set(COMMANDS) - SAME),
        "fr": frozenset(french - english - SAME),
    }


def _all_words(texts: str | Sequence[str]) -> set[str]:
    return words_of(texts) if isinstance(texts, str) else set().union(*map(words_of, texts))


def foreign_words(shown: str, language: str) -> set[str]:
    """The words of the other language in what was shown to somebody who speaks `language`."""
    return set(words_of(shown) & vocabulary()["en" if language == "fr" else "fr"])


def surroundings(language: str, **more: str) -> dict[str, str]:
    """The environment of somebody who speaks a language; the locale need not be installed."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("LC_", "LANG", "MAILER_"))}
    told = {"COLUMNS": "80", "PYTHONIOENCODING": "utf-8", "MAILER_FIND__ONLINE": "false"}
    return {**kept, "LANG": PLACES[language], **told, **more}


def typed(commands: Iterable[Sequence[str]], language: str, folder: Path, **more: str) -> dict[str, str]:
    """Run commands, one after the other in one process, and return what each shows."""
    script = f"""if True:
        import contextlib, io, sys
        from mailer.cli.main import run
        for words in {[list(words) for words in commands]!r}:
            shown = io.StringIO()
            with contextlib.redirect_stdout(shown), contextlib.redirect_stderr(shown):
                try:
                    run(words)
                except SystemExit:
                    pass
            print(" ".join(words), shown.getvalue(), sep="\\x1f", end="\\x1e")
    """
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=folder,
        env={**surroundings(language), **more},
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    records = [record.split("\x1f", 1) for record in done.stdout.split("\x1e")[:-1]]
    return dict(records)
