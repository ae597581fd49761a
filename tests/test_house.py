"""The house keeps its own rules."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from mailer.cli.commands import COMMANDS, load
from mailer.wording.sentences import SENTENCES
from mailer.wording.words import COMMANDS as LINES

ROOT = Path(__file__).parents[1]
CODE = re.compile(
    r"""(?:Error\(|Problem\(\s*Severity\.\w+,|\.error\(|_Fault\(|_error\()\s*"([a-z0-9]+(?:-[a-z0-9]+)+)\""""
)


def test_the_rooms_keep_their_floors() -> None:
    """Every import contract holds: floors, purity, one library one room."""
    lint = Path(sys.executable).parent / "lint-imports"
    done = subprocess.run([lint, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout


def test_every_code_has_its_sentence() -> None:
    """Whatever a room can say by code, the command line can say in words."""
    said = {
        code for file in (ROOT / "mailer").rglob("*.py") for code in CODE.findall(file.read_text("utf-8"))
    }

    assert set() == said - set(SENTENCES)


def test_the_types_are_shipped() -> None:
    """A type checker reads the annotations of an installed package only beside this file (PEP 561)."""
    assert (ROOT / "mailer" / "py.typed").is_file()


def test_every_command_is_there_and_described() -> None:
    """What the help lists can be called, has its own help, and nothing is listed that does not exist."""
    for name in COMMANDS:
        command = load(name)
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
