"""Rules that hold for the whole project: import contracts, sentences for codes, help for commands, docstrings of tests."""

from __future__ import annotations

import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import click
import pytest

from mailer.cli.commands import COMMANDS, load
from mailer.wording.sentences import SENTENCES
from mailer.wording.words import COMMANDS as LINES

ROOT = Path(__file__).parents[1]
CODE = re.compile(
    r"""(?:Error\(|Problem\(\s*Severity\.\w+,|\.error\(|_Fault\(|_error\()\s*"([a-z0-9]+(?:-[a-z0-9]+)+)\""""
)


def test_import_contracts_hold() -> None:
    """Layers import downwards only, pure packages do no I/O, and each library is used by one package."""
    lint = Path(sys.executable).parent / "lint-imports"
    done = subprocess.run([lint, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout


def test_every_code_has_its_sentence() -> None:
    """Every code that a package raises or reports has a sentence that the command line shows."""
    said = {
        code for file in (ROOT / "mailer").rglob("*.py") for code in CODE.findall(file.read_text("utf-8"))
    }

    assert set() == said - set(SENTENCES)


def test_the_types_are_shipped() -> None:
    """A type checker reads the annotations of an installed package only beside this file (PEP 561)."""
    assert (ROOT / "mailer" / "py.typed").is_file()


def test_no_class_name_occurs_twice() -> None:
    """A class can be told by its name alone, in whatever file it is spoken of."""
    names = Counter(
        name
        for file in (ROOT / "mailer").rglob("*.py")
        for name in re.findall(r"^\s*class (\w+)", file.read_text("utf-8"), re.MULTILINE)
    )

    assert [name for name, n in names.items() if n > 1] == []


@pytest.mark.parametrize("page", ["CONTRIBUTING.md", "SECURITY.md", "docs/architecture.md", "docs/words.md"])
def test_the_documents_name_files_that_are_there(page: str) -> None:
    """A file or folder that a document names in `mailer/` or `tests/` exists; examples of new files are left out."""
    named = re.findall(r"`((?:[a-z_]+/)*[a-z_]+(?:\.py|/))`", (ROOT / page).read_text("utf-8"))
    there = (ROOT, ROOT / "mailer", ROOT / "mailer/classify", ROOT / "mailer/contacts/formats")
    examples = ("from_json.py", "to_markdown.py")

    assert named
    assert [
        name
        for name in named
        if not name.endswith(examples) and not any((folder / name).exists() for folder in there)
    ] == []


def test_every_command_is_there_and_described() -> None:
    """What the help lists can be called, has its own help, and nothing is listed that does not exist."""
    for name in COMMANDS:
        command = load(name)
        assert isinstance(command, click.Command)
        assert command.name == name
        assert command.help
        assert LINES[name]


def test_every_test_says_what_it_shows() -> None:
    """A test without a docstring tells nobody what is true when it passes."""
    silent = [
        f"{file.name}: {match[1]}"
        for file in (ROOT / "tests").rglob("test_*.py")
        for match in re.finditer(
            r'^ *(?:async )?def (test_\w+)\((?:[^()]|\([^()]*\))*\)[^:]*:\n\s*(?!""")\S',
            file.read_text("utf-8"),
            re.MULTILINE,
        )
    ]

    assert silent == []
