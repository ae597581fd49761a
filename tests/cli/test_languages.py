"""Test that every command speaks the person's language, whatever they type."""

from __future__ import annotations

from pathlib import Path

import pytest

from mailer.cli.commands import COMMANDS
from tests.cli.tongues import foreign_words, typed
from tests.workspaces import sample

LANGUAGES = ("fr", "en")
SLUG = "zzz"
HELP = [[], ["--help"], ["--version"], *([name, "--help"] for name in COMMANDS)]
ERRORS = [
    ["zzz"],
    ["--zzz"],
    ["--workspace"],
    ["--workspace", "zzz", "status"],
    ["--now", "zzz", "status"],
    *([name, "--zzz"] for name in COMMANDS),
    *([name] for name in COMMANDS if name not in ("demo", "init", "read", "run", "desk")),
    *(
        [name, "www"]
        for name in ("check", "send", "remind", "update", "cancel", "schedule", "review", "status")
    ),
    ["preview", SLUG],
    ["preview", SLUG, "--out", "."],
    ["preview", SLUG, "--out", "out", "--kind", "zzz"],
    ["record", SLUG, "zzz", "zzz"],
    ["record", SLUG, "zzz", "accepted", "--party", "zzz"],
    ["record", SLUG, "zzz", "accepted", "--party", "0"],
    ["record", SLUG, "zzz", "accepted"],
    ["why", SLUG, "zzz"],
    ["export", SLUG, "zzz.zzz"],
    ["export", SLUG, "."],
    ["correct", SLUG, "zzz.csv"],
    ["poll", SLUG, "zzz.csv"],
    ["poll", SLUG, "contacts/invites.csv"],
    ["contacts", "zzz.csv"],
    ["contacts", "config"],
    ["contacts", "other.csv"],
    ["inspect", "zzz.eml"],
    ["forget", "zzz"],
    ["send", SLUG],
    ["send", SLUG, "--test", "zzz@example.org"],
    ["read"],
    ["init", "."],
]
REPORTS = [
    ["check"],
    ["check", "--json"],
    ["contacts", "contacts/invites.csv"],
    ["preview", SLUG, "--out", "preview"],
    ["send", SLUG, "--dry-run"],
    ["schedule", SLUG, "--names"],
    ["status", SLUG],
    ["review", SLUG],
    ["remind", SLUG, "--dry-run"],
    ["purge"],
    ["verify"],
    ["export", SLUG, "zzz.csv"],
    ["inspect", "answer.eml"],
]
BROKEN = {
    "syntax": ('subject = "', 'subject = zzz"'),
    "unknown": ('subject = "', 'subjekt = 1\nsubject = "'),
    "moment": ('starts = "', 'starts = "zzz'),
    "order": ('ends = "2025-03-31 16:00"', 'ends = "2025-03-31 12:00"'),
    "zone": ("Europe/Paris", "Zzz/Zzz"),
    "list": ("contacts/invites.csv", "contacts/zzz.csv"),
    "templates": ('templates = "templates/zzz"', 'templates = "zzz"'),
    "number": ("retention_months = 6", 'retention_months = "zzz"'),
    "link": ('poll = "https', 'poll = "zzz'),
    "quiet": ('quiet_from = "20 h"', 'quiet_from = "zzz"'),
}


def workspace(folder: Path, language: str) -> Path:
    """The sample, with texts and names that are words of no language."""
    sample(folder)
    original = folder / "config" / "campaigns" / "restitution-hellemmes.toml"
    text = original.read_text("utf-8").replace("templates/restitution-hellemmes", "templates/zzz")
    lines = [
        line.partition("#")[0] if "https" not in line else 'poll = "https://zzz.example/"'
        for line in text.split("\n")
    ]
    own = (
        "subject",
        "title",
        "place",
        "host",
        "contact",
        "name",
        "controller",
        "purpose",
        "basis",
        "recipients",
        "retention",
    )
    text = "\n".join(
        f'{line.partition(" ")[0]} = "zzz"' if line.startswith(tuple(f"{key} = " for key in own)) else line
        for line in lines
    )
    text = text.replace('language = "fr"', f'language = "{language}"')
    (folder / "config" / "campaigns" / "zzz.toml").write_text(text, "utf-8")
    original.unlink()
    (folder / "templates" / "restitution-hellemmes").rename(folder / "templates" / "zzz")
    (folder / "contacts" / "invites.csv").write_text(
        "Civilité;Nom;Prénom;Organisme;Courriel\r\n;Zzz;Zzy;;zzz@example.net\r\n;Zzx;Zzw;;zzx@@example\r\n;Zzv;Zzu;;\r\n",
        "utf-8",
    )
    (folder / "other.csv").write_text("Zzz;Zzy\r\nzzx;zzw\r\n", "utf-8")
    (folder / "answer.eml").write_bytes(
        b"From: Zzz <zzz@example.net>\r\nTo: zzy@example.net\r\nSubject: Re: zzz\r\n\r\nzzz\r\n"
    )
    return folder


def ours(shown: dict[str, str], language: str) -> dict[str, set[str]]:
    """Where words of the other language were shown, by what was typed."""
    found = {typed: foreign_words(text, language) for typed, text in shown.items()}
    return {typed: words for typed, words in found.items() if words}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_help_speaks_the_persons_language(language: str, tmp_path: Path) -> None:
    """With LANG=fr_FR.UTF-8 no help holds an English word of ours or click's; with LANG=C none holds a French one."""
    shown = typed(HELP, language, tmp_path)

    assert len(shown) == len(HELP)
    assert ours(shown, language) == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_error_speaks_the_persons_language(language: str, tmp_path: Path) -> None:
    """Wrong usage, missing files, servers that are not there: each is said in the person's language alone."""
    shown = typed(ERRORS, language, workspace(tmp_path / "w", language), MAILER_SMTP__PASSWORD="zzz")

    assert len(shown) == len({" ".join(words) for words in ERRORS})
    assert all(shown.values())
    assert ours(shown, language) == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_report_speaks_the_persons_language(language: str, tmp_path: Path) -> None:
    """What a command shows when all is well is in the person's language, dates and numbers too."""
    shown = typed(
        [["--now", "2025-03-10T09:00", *words] for words in REPORTS],
        language,
        workspace(tmp_path / "w", language),
    )

    assert len(shown) == len(REPORTS)
    assert ours(shown, language) == {}


@pytest.fixture(scope="module", params=LANGUAGES)
def told(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[str, dict[str, str]]:
    """A language, and what is said in it of each broken campaign file."""
    language = str(request.param)
    commands = {}
    for fault, (before, after) in BROKEN.items():
        folder = workspace(tmp_path_factory.mktemp("zzz") / "w", language)
        file = folder / "config" / "campaigns" / "zzz.toml"
        text = file.read_text("utf-8")
        assert before in text
        file.write_text(text.replace(before, after, 1), "utf-8")
        commands[fault] = ["--workspace", str(folder), "--now", "2025-03-10T09:00", "send", SLUG, "--dry-run"]
    shown = typed(commands.values(), language, folder)
    return language, {fault: shown[" ".join(words)] for fault, words in commands.items()}


@pytest.mark.parametrize("fault", BROKEN)
def test_every_fault_of_a_file_is_told_in_the_persons_language(
    fault: str, told: tuple[str, dict[str, str]]
) -> None:
    """A campaign file that cannot be used is described in one language, what the parsers say included."""
    language, shown = told

    assert "zzz" in shown[fault]
    assert foreign_words(shown[fault], language) == set()


@pytest.mark.parametrize(
    ("chosen", "first"),
    [
        ({"LANG": "fr_FR.UTF-8"}, "Utilisation"),
        ({"LANG": "C", "LC_ALL": "fr_FR.UTF-8"}, "Utilisation"),
        ({"LANG": "fr_FR.UTF-8", "MAILER_LANGUAGE": "en"}, "Usage"),
        ({"LANG": "C", "MAILER_LANGUAGE": "fr"}, "Utilisation"),
        ({"LANG": "de_DE.UTF-8"}, "Usage"),
        ({"LANG": ""}, "Utilisation"),
    ],
    ids=str,
)
def test_the_language_is_chosen_by_variable_locale_and_workspace(
    chosen: dict[str, str], first: str, tmp_path: Path
) -> None:
    """MAILER_LANGUAGE wins over the locale, the locale over the workspace; no locale need be installed."""
    folder = tmp_path / "w"
    sample(folder)
    shown = typed([["--help"]], "en", folder, **chosen)["--help"]

    assert shown.startswith(first)
