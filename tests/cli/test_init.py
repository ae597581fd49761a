"""Test ``mailer init``: by questions or options, the new workspace lacks only the passwords."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from mailer import environment
from mailer.cli import group
from tests.cli.terminal import Terminal
from tests.cli.tongues import foreign_words

SAID = {
    "--organisation": "Ville de Lille ; service jeunesse",
    "--name": "Nora d'Haene",
    "--address": "nora@gmail.com",
    "--title": "Réunion « parents »",
    "--starts": "2026-05-12 18 h 30",
    "--place": "4 rue des Tilleuls, Lille",
}
NOW = ["--now", "2026-04-01T09:00"]


def _checked(folder: Path, capsys: pytest.CaptureFixture[str], *words: str) -> list[str]:
    capsys.readouterr()
    group.main(["--workspace", str(folder), *NOW, *words, "check", "--json"])
    return [one["message"] for one in json.loads(capsys.readouterr().out)]


@pytest.fixture(params=["fr", "en"])
def language(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Somebody who speaks French, then English."""
    chosen = str(request.param)
    monkeypatch.setenv("MAILER_LANGUAGE", chosen)
    environment.speak(chosen)
    return chosen


def test_options_make_a_workspace_that_lacks_only_passwords(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], language: str
) -> None:
    """Settings of the provider, campaign, letters and list are written; check misses two passwords; nothing speaks of the sample."""
    folder = tmp_path / "w"
    assert group.main([*NOW, "init", str(folder), *(word for pair in SAID.items() for word in pair)]) == 0

    assert len(_checked(folder, capsys)) == 2
    assert all("password" in text for text in _checked(folder, capsys))
    texts = {file: file.read_text("utf-8") for file in folder.rglob("*") if file.is_file()}
    told = [file for file, text in texts.items() if "Hellemmes" in text or "diagnos" in text.casefold()]
    assert [file.name for file in told] in ([], ["LISEZMOI.md"])
    assert 'host = "smtp.gmail.com"' in texts[folder / "config" / "mailer.toml"]


def test_the_letters_of_a_new_workspace_speak_of_its_meeting(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], language: str
) -> None:
    """Every kind of message is written for the one on the list, with the meeting's title and place."""
    folder = tmp_path / "w"
    group.main([*NOW, "init", str(folder), *(word for pair in SAID.items() for word in pair)])
    for kind in ("invitation", "reminder", "update", "cancel", "details", "thanks", "acknowledgement"):
        out = folder / kind
        words = ["preview", "reunion-parents", "--out", str(out), "--kind", kind]
        assert group.main(["--workspace", str(folder), *NOW, *words]) == 0
        assert len(list(out.glob("*.eml"))) == 1


def test_the_conversation_ends_in_a_workspace_that_lacks_only_passwords(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], language: str
) -> None:
    """Questions in the person's language, one answer that will not do asked again, a proposal taken with Enter."""
    asked = {
        "fr": ("Qui invite", "prénom", "L’adresse", "intitulé", "commence", "finit", "Où"),
        "en": ("Who invites", "first and last", "The address", "called", "begin", "end", "Where"),
    }[language]
    answers = ("Zzz", "Zzy Zzx", "zzw", "Zzv", "", "", "Zzu")
    with Terminal(["--now", "2026-04-01T09:00", "init", "w"], tmp_path, language) as terminal:
        for question, answer in zip(asked, answers, strict=True):
            terminal.expect(question)
            terminal.press(f"{answer}\n")
            if answer == "zzw":
                terminal.expect("zzw”" if language == "en" else "zzw »")
                terminal.press("zzw@laposte.net\n")
        assert terminal.status() == 0
        assert foreign_words(terminal.shown, language) == set()

    assert len(_checked(tmp_path / "w", capsys)) == 2
    text = (tmp_path / "w" / "config" / "campaigns" / "zzv.toml").read_text("utf-8")
    assert 'starts = "2026-04-27 14:00"' in text
    assert 'ends = "2026-04-27 16:00"' in text


def test_it_says_where_to_go_next(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The commands it advises work in the new folder, so going there is the first step, unless one is there already."""
    monkeypatch.chdir(tmp_path)
    assert group.main(["init", "--sample", "ma mairie"]) == 0
    assert 'cd "ma mairie"' in capsys.readouterr().out

    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    assert group.main(["init", "--sample", "."]) == 0
    assert "cd " not in capsys.readouterr().out


def test_an_interrupted_conversation_writes_nothing(tmp_path: Path) -> None:
    """Ctrl-C at a question leaves no folder behind, and says so without a traceback."""
    with Terminal(["init", "w"], tmp_path) as terminal:
        terminal.expect("Qui invite")
        terminal.interrupt()

        assert terminal.status() == 1
        assert "Traceback" not in terminal.shown
    assert not (tmp_path / "w").exists()


def test_what_options_lack_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a terminal, a missing option is named, and nothing is written."""
    monkeypatch.setenv("MAILER_LANGUAGE", "en")
    assert group.main(["init", str(tmp_path / "w"), "--title", "x", "--address", "a@b.example"]) == 2
    assert "--organisation, --name, --starts, --ends, --place" in capsys.readouterr().err
    assert not (tmp_path / "w").exists()
