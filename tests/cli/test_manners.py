"""Test the behaviour at a terminal: progress bars, tables, colours, Ctrl-C, completion, and JSON for programs."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from mailer import environment
from mailer.cli import group, show
from mailer.demo.post_office import PostOffice, settle_in
from tests.cli.terminal import Terminal
from tests.cli.tongues import surroundings, typed
from tests.workspaces import sample

SLUG = "restitution-hellemmes"
NOW = ["--now", "2025-03-13T09:00:00+01:00"]
COLOUR = re.compile(r"\x1b\[[\d;]*m")


@pytest.fixture
def folder(tmp_path: Path, office: PostOffice) -> Path:
    """The sample, for the servers of the post office, at a pace that takes seconds."""
    path = tmp_path / "w"
    sample(path)
    settle_in(path, office, "per_minute = 6\nper_hour = 0\n")
    return path


Here = Callable[[list[str]], str]


@pytest.fixture
def here(folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Here:
    """Run a command in this process, in French and in 80 columns; return all that it shows."""
    monkeypatch.chdir(folder)
    monkeypatch.setenv("MAILER_LANGUAGE", "fr")
    monkeypatch.setenv("COLUMNS", "80")
    environment.speak("fr")

    def run(words: list[str]) -> str:
        capsys.readouterr()
        group.main([*NOW, *words])
        shown = capsys.readouterr()
        return shown.out + shown.err

    return run


def test_colour_at_a_terminal_only(folder: Path) -> None:
    """A terminal gets bold and colour; NO_COLOR takes the colour away; a pipe gets not one escape sequence."""
    with Terminal([*NOW, "check"], folder) as terminal:
        terminal.status()
    with Terminal([*NOW, "check"], folder, NO_COLOR="1") as plain:
        plain.status()
    piped = subprocess.run(
        [sys.executable, "-m", "mailer", *NOW, "check"],
        cwd=folder,
        env=surroundings("fr", TERM="xterm-256color"),
        capture_output=True,
        check=False,
    )

    assert any("32" in found for found in COLOUR.findall(terminal.shown))
    assert not any(re.search(r"[34]\d", found) for found in COLOUR.findall(plain.shown))
    assert b"\x1b" not in piped.stdout + piped.stderr
    assert piped.stdout


def test_ctrl_c_while_sending_leaves_all_in_order(folder: Path, office: PostOffice) -> None:
    """What left is sent, the rest waits, nothing is in doubt; the numbers are said; the next run sends the rest once."""
    with Terminal([*NOW, "send", SLUG], folder) as terminal:
        terminal.expect("tapez leur nombre")
        number = re.search(r"nombre \((\d+)\)", terminal.shown)
        assert number is not None
        terminal.press(f"{number[1]}\n")
        terminal.expect("pour respecter le rythme")
        terminal.interrupt()
        assert terminal.status() == 1
        assert "Traceback" not in terminal.shown
        assert "6 messages ont été envoyés" in terminal.shown.replace("\u00a0", " ")
    left = json.loads(typed([["status", SLUG, "--json"]], "fr", folder)[f"status {SLUG} --json"])

    assert len(office.delivered) == left["delivery"]["sent"] == 6
    assert left["delivery"]["queued"] == int(number[1]) - 6
    assert left["delivery"]["in_doubt"] == 0

    text = (folder / "config" / "mailer.toml").read_text("utf-8")
    (folder / "config" / "mailer.toml").write_text(text.replace("per_minute = 6", "per_minute = 0"), "utf-8")
    typed([["--now", "2025-03-13T09:05:00+01:00", "send", SLUG, "--yes"]], "fr", folder)
    assert len({one.recipient for one in office.delivered}) == len(office.delivered) == int(number[1])


def test_ctrl_c_while_waiting_for_mail(folder: Path) -> None:
    """``mailer read --watch`` ends when asked to, in one sentence."""
    with Terminal([*NOW, "read", "--watch"], folder) as terminal:
        terminal.expect("Ctrl-C")
        terminal.interrupt()
        assert terminal.status() == 1
        assert "mailer status" in terminal.shown
        assert "Traceback" not in terminal.shown


def test_a_bar_shows_rate_and_time_left_where_it_takes_long(folder: Path) -> None:
    """What takes longer than a moment has a bar with how many of how many, the rate, and the time left; a pipe has none."""
    script = (
        "import time\n"
        "from mailer import environment\n"
        "environment.speak('fr')\n"
        "from mailer.cli import show\n"
        "with show.progress('Zzz') as tick:\n"
        "    for done in range(1, 31):\n"
        "        time.sleep(0.1)\n"
        "        tick(done, 30)\n"
    )
    (folder / "bar.py").write_text(script, "utf-8")
    with Terminal([], folder, program=(sys.executable, "bar.py")) as terminal:
        terminal.status()
    piped = subprocess.run([sys.executable, "bar.py"], cwd=folder, capture_output=True, check=True)

    shown = COLOUR.sub("", terminal.shown).replace("\u00a0", " ")
    assert re.search(r"Zzz .*\d+/30 +\d{3} par minute +0:00:0\d", shown)
    assert "30/30" in shown
    assert piped.stdout + piped.stderr == b""


def test_what_is_over_at_once_has_no_bar(folder: Path) -> None:
    """A bar that would only flicker is not shown."""
    with Terminal([*NOW, "send", SLUG, "--dry-run"], folder) as terminal:
        terminal.status()

    assert "par minute" not in terminal.shown
    assert "━" not in terminal.shown


@pytest.mark.parametrize(
    "words", [["contacts", "contacts/invites.csv"], ["schedule", SLUG], ["status", SLUG]]
)
def test_tables_fit_eighty_columns(words: list[str], folder: Path, here: Here) -> None:
    """In 80 columns no table is wider, and no address in it is cut."""
    address = "une-adresse-assez-longue@collectivite.example.net"
    with (folder / "contacts" / "invites.csv").open("ab") as file:
        organisation = "Association pour la promotion des numériques solidaires"
        file.write(f"Mme;Du Bois de La Villardière;Marie-Bénédicte;{organisation};{address}\r\n".encode())
    shown = here(words)
    rows = [line for line in shown.splitlines() if re.search(r"\S {2,}\S", line) or "─" in line]

    assert rows
    assert max(map(len, rows)) <= 80
    assert words[0] != "contacts" or address in shown


def test_the_shell_completes_commands_and_campaigns(folder: Path) -> None:
    """Bash, zsh and fish can ask for commands, options, and the campaigns of the folder."""

    def complete(line: str, shell: str = "bash") -> str:
        done = subprocess.run(
            [sys.executable, "-c", "from mailer.__main__ import main; main()"],
            cwd=folder,
            env=surroundings(
                "fr", _MAILER_COMPLETE=f"{shell}_complete", COMP_WORDS=line, COMP_CWORD=str(line.count(" "))
            ),
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout

    assert "plain,send" in complete("mailer se")
    assert f"plain,{SLUG}" in complete("mailer send re")
    assert "plain,--dry-run" in complete("mailer send --d")
    assert "send" in complete("mailer se", "zsh")


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_shell_is_told_how_to_complete(shell: str, tmp_path: Path) -> None:
    """The line that the documentation gives prints what the shell has to know."""
    done = subprocess.run(
        [sys.executable, "-c", "from mailer.__main__ import main; main()"],
        cwd=tmp_path,
        env=surroundings("fr", _MAILER_COMPLETE=f"{shell}_source", PATH=os.environ["PATH"]),
        capture_output=True,
        text=True,
        check=False,
    )

    assert "_MAILER_COMPLETE" in done.stdout


def test_json_is_json_and_nothing_else(here: Here) -> None:
    """Whatever has --json writes JSON alone."""
    commands = [
        ["check", "--json"],
        ["contacts", "contacts/invites.csv", "--json"],
        ["schedule", SLUG, "--json"],
        ["status", SLUG, "--json"],
    ]

    assert all(json.loads(here(words)) is not None for words in commands)


HOSTILE = {
    "attack 50: a style": "[bold]Nous serons trois[/bold]",
    "attack 50: a link": "\\[link=https://evil.example]Cliquez[/link]",
    "attack 50: a backslash before a bracket": "Le plan est dans \\\\serveur\\[/plans]",
    "attack 50: an emoji by name": "Je viens :x: :thumbs_up:",
    "a closing tag alone": "fin [/]",
    "an event handler": "[@click=app.bell]ici[/]",
    "many backslashes": "\\" * 7 + "[/x]" + "\\",
    "an emoji in a style": "[:x:][red]",
    "a style that is none": "[not a style at all]x[/not a style at all]",
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_words_of_a_mail_are_shown_as_they_are(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    """No word is read as markup or as an emoji, on a line, in a table or in a heading; what is ours keeps its style."""
    show.line(text, "bold")
    line = capsys.readouterr().out
    show.line(text, error=True)
    complaint = capsys.readouterr().err
    show.table((text,), [(text,)])
    heading, cell = (piece.strip() for piece in capsys.readouterr().out.splitlines() if text[-3:] in piece)

    assert (line, complaint) == (f"{text}\n", f"{text}\n")
    assert (heading, cell) == (text, text)


def test_control_characters_of_a_mail_do_not_reach_the_terminal() -> None:
    """Words of a mail cannot move the cursor; spaces of French typography stay."""
    assert show.printable("a\x1b[31mb\x9b2Jc\u202ed «\u00a0e\u202f!") == "a [31mb 2Jc d «\u00a0e\u202f!"


@pytest.mark.parametrize(
    ("zone", "written", "meant"),
    [
        ("UTC", "2025-03-13T09:00", "2025-03-13T08:00+00:00"),
        ("UTC", "2025-07-13T09:00", "2025-07-13T07:00+00:00"),
        ("America/New_York", "2025-03-13T09:00", "2025-03-13T13:00+00:00"),
        ("America/New_York", "2025-03-13T09:00+00:00", "2025-03-13T09:00+00:00"),
    ],
)
def test_a_moment_without_an_offset(
    monkeypatch: pytest.MonkeyPatch, zone: str, written: str, meant: str
) -> None:
    """It is told as the clock of the machine does, as in Paris on a server that keeps UTC; an offset counts."""
    with monkeypatch.context() as patched:
        patched.setenv("TZ", zone)
        time.tzset()
        read = group.moment_of(written)
    time.tzset()

    assert read == datetime.fromisoformat(meant)
