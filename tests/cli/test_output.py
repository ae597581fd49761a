"""Output on terminals that are not UTF-8: every command goes on, and what cannot be shown has a readable stand-in."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import unicodedata
from pathlib import Path

import pytest

from mailer.cli import output
from mailer.workspace.sample import copy_sample

SLUG = "restitution-hellemmes"
NOW = "2025-03-13T09:00:00+01:00"
LIST = "Nom;Prénom;Courriel\nŻółw;Łucja;lucja@example.org\nΠαπαδοπούλου;Ελένη;eleni@example.org\nLi;李明 🎉;li@example.org\nLe Cœur;Zoé;zoe@example\n"
COMMANDS = [
    ["--help"],
    ["send", "--help"],
    ["contacts", "contacts/invites.csv"],
    ["send", SLUG, "--dry-run"],
    ["why", SLUG, "Ἀλέξανδρος 🎉"],
    ["export", SLUG, "présences.🎉"],
    ["contacts", "contacts/Œuvres 名簿.csv"],
    ["schedule", SLUG],
    ["--no-such-option"],
]
RUN = """
import json, os, sys
from mailer.cli.main import run
for words in json.loads(sys.argv[1]):
    try:
        run([os.fsdecode(word.encode()) for word in words])  # as a program gets its arguments
    except SystemExit as end:
        print("exit", end.code)
"""
ENCODINGS = ["latin-1", "cp850", "cp1252", "ascii", "C"]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("cœur, « été » – c’est sûr…", 'coeur, " ete " - c\'est sur...'),
        ("Żółw Łucja, Straße, Ærø, Müller", "Zolw Lucja, Strasse, AEro, Muller"),
        ("90\u00a0€ → n° 2\u202f!", "90 EUR -> no 2 !"),
        ("李明 🎉 👩🏽\u200d🦰", "?? ? ???"),
        ("e\u0301te\u0301", "ete"),
        ("half a character: \udce9", "half a character: ?"),
        ("présences".encode().decode("ascii", "surrogateescape"), "presences"),
    ],
)
def test_stand_ins_are_readable(text: str, shown: str) -> None:
    """French without its accents, names in their plain letters, a question mark for what has none."""
    assert shown == output.readable(text)


def test_every_character_has_a_stand_in() -> None:
    """Whatever is printed, what takes its place is ASCII."""
    assert [hex(n) for n in range(0x110000) if not output.readable(chr(n)).isascii()] == []


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample with a list of names in several scripts."""
    path = tmp_path_factory.mktemp("été") / "w"
    copy_sample(path)
    (path / "contacts" / "invites.csv").write_text(LIST, "utf-8")
    return path


@pytest.fixture(scope="module")
def spoken(folder: Path) -> tuple[list[int], str]:
    """What the commands say where everything can be shown."""
    done = ran(COMMANDS, folder, "utf-8")
    return statuses(done), done.stdout.decode("utf-8") + done.stderr.decode("utf-8")


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_no_encoding_stops_a_command(encoding: str, folder: Path, spoken: tuple[list[int], str]) -> None:
    """Help, tables, plans and errors are shown in any encoding, in the same words."""
    done = ran(COMMANDS, folder, encoding)
    codec = "ascii" if encoding == "C" else encoding
    shown = done.stdout.decode(codec) + done.stderr.decode(codec)

    assert spoken[0] == statuses(done)
    assert "UnicodeEncodeError" not in shown
    assert plain(spoken[1]) == plain(shown)


def statuses(done: subprocess.CompletedProcess[bytes]) -> list[int]:
    """The exit status of each command that was run."""
    return [
        int(line.removeprefix(b"exit ")) for line in done.stdout.splitlines() if line.startswith(b"exit ")
    ]


def plain(text: str) -> str:
    """The letters and digits alone, in ASCII: how lines are folded and boxes drawn depends on widths."""
    return "".join(c for c in output.readable(unicodedata.normalize("NFC", text)) if c.isalnum())


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_json_is_the_same_in_every_encoding(encoding: str, folder: Path) -> None:
    """What programs read stays JSON, and means the same."""
    words = ["contacts", "contacts/invites.csv", "--json"]
    found = ran([words], folder, encoding).stdout.decode("ascii" if encoding == "C" else encoding)

    said = json.loads(found.rpartition("exit")[0])
    assert "Ελένη" in json.dumps(said, ensure_ascii=False)
    assert "李明 🎉" in json.dumps(said, ensure_ascii=False)


def ran(commands: list[list[str]], folder: Path, encoding: str) -> subprocess.CompletedProcess[bytes]:
    """Run commands in French in a terminal of that encoding; ``C`` is the locale without any help of Python's."""
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("LC_", "PYTHON"))
    }
    environment |= {"MAILER_LANGUAGE": "fr", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    if encoding == "C":
        environment |= {"LC_ALL": "C"}
    else:
        environment |= {"PYTHONIOENCODING": encoding, "LC_ALL": "C.UTF-8"}
    return subprocess.run(
        [sys.executable, "-c", RUN, json.dumps([["--now", NOW, *words] for words in commands])],
        cwd=folder,
        env=environment,
        capture_output=True,
        check=False,
    )
