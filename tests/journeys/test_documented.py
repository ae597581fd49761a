"""Test that every command the guides show can be typed, in the order of the guide, on real servers."""

from __future__ import annotations

import csv
import io
import re
import shlex
import shutil
import tomllib
from pathlib import Path

import pytest

from mailer.cli.commands import COMMANDS
from mailer.demo import clients
from mailer.demo.cast import answer
from tests.journeys.conftest import BEGINS, SLUG, Desk
from tests.journeys.test_hellemmes import AT, letters

DOCS = Path(__file__).parents[2] / "docs"
BLOCK = re.compile(r"(?:<!-- at (?P<at>\S+) -->\n)?```(?P<kind>\w+)\n(?P<text>.*?)```", re.DOTALL)
ASKING = (
    *("send", "remind", "update", "cancel", "details", "thank"),
    *("withdraw", "correct", "forget", "purge"),
)
"""Commands that ask a person; typed here with the answer."""
STAYING = ("run", "init", "desk")
"""Commands that stay, or make the workspace that is there already."""


def commands(page: str) -> list[tuple[str, list[str]]]:
    """The commands of a page: when each is typed, and its words."""
    found = []
    for block in BLOCK.finditer((DOCS / page).read_text("utf-8")):
        if block["kind"] == "console":
            lines = (line for line in block["text"].splitlines() if line.startswith("mailer"))
            found += [(block["at"] or "", shlex.split(line, comments=True)[1:]) for line in lines]
    return found


@pytest.mark.parametrize("page", ["guide.fr.md", "guide.en.md"])
def test_the_guide_can_be_followed(desk: Desk, page: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each command does what the guide says, with the answers of twenty invitees in between, and none is misused."""
    monkeypatch.chdir(desk.path)
    answered = False
    for at, words in commands(page):
        if words[0] in STAYING:
            assert desk.type(words[0], "--help")[0] == 0
            continue
        if words[0] == "update" and "--say" not in words:
            desk.rewrite("Europe/Paris", "Europe/Brussels")
        if words[0] == "restore":
            shutil.rmtree(desk.path / "data")
        extra = ["--yes"] if words[0] in ASKING and not {"--dry-run", "--test"} & set(words) else []
        status, shown = desk.type(*words, *extra, now=at)
        assert status in (0, 1), f"{' '.join(words)}: {shown}"
        if words[0] == "send" and extra and not answered:
            answered = True
            list(answer(desk.office, BEGINS))

    made = {file.name for file in (desk.path / "exports").iterdir()}
    assert made <= {"presences.csv", "rapport.html", "feuille.pdf", "acces.html"}


@pytest.mark.parametrize("page", ["staff.fr.md", "staff.en.md"])
def test_the_table_can_be_taken_back(desk: Desk, page: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the page for staff shows works on the table it speaks of, whose columns it all names."""
    monkeypatch.chdir(desk.path)
    desk.type("send", SLUG, "--yes")
    desk.type("export", SLUG, "exports/presences.csv")
    for at, words in commands(page):
        assert desk.type(*words, "--yes", now=at)[0] == 0

    heading = (desk.path / "exports" / "presences.csv").read_text("utf-8-sig").partition("\n")[0]
    if ".fr." in page:
        text = (DOCS / page).read_text("utf-8")
        assert all(name.strip() in text for name in heading.split(";"))


def people(desk: Desk) -> dict[str, tuple[str, str, str]]:
    """The address, answer and number of everybody in the table, by first name."""
    target = desk.path / "exports" / "a.csv"
    assert desk.type("export", SLUG, str(target), "--machine")[0] == 0
    rows = csv.DictReader(io.StringIO(target.read_text("utf-8"), newline=""))
    return {row["first_name"]: (row["email"], row["answer"], row["party_size"]) for row in rows}


def test_the_walk_through_the_rules(desk: Desk) -> None:
    """The lists, the answer and the commands of the rules give what the page says of the three people."""
    told: list[list[str]] = []
    stand: list[dict[str, tuple[str, str, str]]] = []
    for block in BLOCK.finditer((DOCS / "people.md").read_text("utf-8")):
        match block["kind"]:
            case "csv":
                desk.invite(*block["text"].splitlines()[1:])
            case "mail":
                head, _, said = block["text"].partition("\n\n")
                (letter,) = letters(desk, head.removeprefix("From: "))
                desk.office.post(letter.attendee, clients.written(letter, AT, said.strip()))
                assert desk.type("read", now="2025-03-14T11:00+01:00")[0] == 0
                stand.append(people(desk))
            case "console":
                before = len(desk.office.delivered)
                words = shlex.split(block["text"])[1:]
                extra = ["--yes"] if words[0] in ASKING else []
                assert desk.type(*words, *extra, now="2025-03-14T12:00+01:00")[0] == 0
                told.append([one.recipient for one in desk.office.delivered[before:]])
                stand.append(people(desk))

    both, paul = "moreau@example.org", "paul.martin@example.net"
    assert told == [[both, paul], [], ["p.martin@example.net", "lucie.moreau@example.net"]]
    assert stand[1] == {
        "Jean": (both, "accepted", "2"),
        "Lucie": (both, "accepted", "1"),
        "Paul": (paul, "none", ""),
    }
    assert stand[2] == stand[1] | {"Lucie": (both, "declined", "")}
    assert stand[3] == {
        "Jean": (both, "accepted", "2"),
        "Lucie": ("lucie.moreau@example.net", "declined", ""),
        "Paul": ("p.martin@example.net", "none", ""),
    }


@pytest.mark.parametrize("page", sorted(file.name for file in DOCS.glob("*.md")))
def test_links_and_examples_of_a_page(page: str) -> None:
    """Links between pages and to pictures lead somewhere, TOML can be read, and every command named exists."""
    text = (DOCS / page).read_text("utf-8")

    for target in re.findall(r"\]\((?!https?:|#)([^)#\s]+)", text):
        assert (DOCS / target).exists(), target
    for block in BLOCK.finditer(text):
        if block["kind"] == "toml":
            tomllib.loads(block["text"])
    for name in re.findall(r"`mailer (?!-)([a-z]+)", text):
        assert name in COMMANDS, name


def test_the_settings_of_the_administrators_pages(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """The settings file they show is one the program reads."""
    from mailer import settings

    for page in ("administrator.fr.md", "administrator.en.md"):
        block = next(b for b in BLOCK.finditer((DOCS / page).read_text("utf-8")) if b["kind"] == "toml")
        (desk.path / "config" / "mailer.toml").write_text(block["text"], "utf-8")
        assert settings.load(desk.path).smtp.port == 465
