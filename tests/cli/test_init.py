"""Test ``mailer init``: by questions or options, the new workspace lacks only the passwords."""

from __future__ import annotations

import io
import json
import os
import sys
import tomllib
from pathlib import Path

import pytest

from mailer import environment
from mailer.cli import group, show
from tests.cli.terminal import Terminal
from tests.cli.tongues import foreign_words
from tests.servers.internet import AUTOCONFIG, Internet, client_config

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


@pytest.mark.parametrize("sample", [True, False])
def test_there_is_a_folder_for_the_passwords(tmp_path: Path, sample: bool) -> None:
    """It is empty, and nobody else may enter it."""
    folder = tmp_path / "w"
    told = ["--sample"] if sample else [word for pair in SAID.items() for word in pair]
    assert group.main([*NOW, "init", str(folder), *told]) == 0
    secrets = folder / "config" / "secrets"

    assert list(secrets.iterdir()) == []
    if os.name == "posix":
        assert secrets.stat().st_mode & 0o777 == 0o700


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


@pytest.mark.parametrize(("address", "named"), [("nora@outlook.com", True), ("nora@orange.fr", False)])
def test_who_takes_no_passwords_is_signed_in_to(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], language: str, address: str, named: bool
) -> None:
    """Where the provider takes no passwords the first step is the sign-in; elsewhere it is the passwords."""
    words = [word for pair in (SAID | {"--address": address}).items() for word in pair]
    assert group.main([*NOW, "init", str(tmp_path / "w"), *words]) == 0

    shown = capsys.readouterr().out
    assert ("mailer login" in shown) is named
    assert ("config/secrets/" in shown) is not named
    assert not foreign_words(shown, language)


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


TOWN = "camille@mairie.example"
NAMES = ("autoconfig.mairie.example", "mail.mairie.example", "hoster.example")


def _made(folder: Path, address: str = TOWN) -> dict[str, dict[str, str | int]]:
    """Make a workspace for an address; return its settings."""
    said = {**SAID, "--address": address}
    assert group.main([*NOW, "init", str(folder), *(word for pair in said.items() for word in pair)]) == 0
    return tomllib.loads((folder / "config" / "mailer.toml").read_text("utf-8"))


def test_servers_that_answer_are_shown_and_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With what named them, in the person's language; the next step is the passwords alone."""
    with Internet(TOWN, tmp_path, NAMES, monkeypatch) as net:
        net.publish(NAMES[0], f"{AUTOCONFIG}{TOWN}", client_config("mail.mairie.example", "hoster.example"))
        net.mail_at("mail.mairie.example", "hoster.example")
        settings = _made(tmp_path / "w")

    written = [(settings[name]["host"], settings[name]["username"]) for name in ("smtp", "imap")]
    assert written == [("mail.mairie.example", TOWN), ("hoster.example", TOWN)]
    shown = capsys.readouterr().out
    assert "hoster.example, port 993, TLS" in shown
    assert "https://autoconfig.mairie.example/" in shown
    assert ("Il répond." if language == "fr" else "It answers.") in shown
    assert ("Indiquez les serveurs" if language == "fr" else "Write the mail servers") not in shown


def test_nothing_wrong_is_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where nothing that answers is found, the workspace waits for a name, and says so; check asks for it, too."""
    with Internet(TOWN, tmp_path, NAMES, monkeypatch) as net:
        net.publish(NAMES[0], f"{AUTOCONFIG}{TOWN}", client_config("mail.mairie.example", "hoster.example"))
        settings = _made(tmp_path / "w")

    assert (settings["smtp"]["host"], settings["imap"]["host"]) == ("", "")
    shown = capsys.readouterr().out
    assert ("Indiquez les serveurs" if language == "fr" else "Write the mail servers") in shown
    assert ("connexion a été refusée" if language == "fr" else "connection was refused") in shown
    checked = " ".join(_checked(tmp_path / "w", capsys))
    assert "smtp.host" in checked
    assert "imap.host" in checked


@pytest.mark.parametrize("answer", ["y", "n", ""])
def test_a_doubtful_server_is_asked_about(
    answer: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is written after a yes; after a no, or nothing, a name is asked for instead, and Enter leaves it open."""
    monkeypatch.setenv("MAILER_LANGUAGE", "en")
    environment.speak("en")
    with Internet(TOWN, tmp_path, NAMES, monkeypatch) as net:
        net.records["_imaps._tcp.mairie.example.", "SRV"] = ["0 1 993 hoster.example."]
        net.mail_at("mail.mairie.example", "hoster.example")
        monkeypatch.setattr(show, "is_terminal", lambda: True)
        monkeypatch.setattr(sys, "stdin", io.StringIO(f"2026-05-12 20:30\n{answer}\n\n"))
        settings = _made(tmp_path / "w")

    shown = capsys.readouterr().out
    assert "names hoster.example, which belongs to another domain" in shown
    assert settings["imap"]["host"] == ("hoster.example" if answer == "y" else "")
    assert settings["smtp"]["host"] == "mail.mairie.example"
    assert ("kept only if you say" in shown) is (answer != "y")


def test_a_server_is_asked_for_where_none_is_found(tmp_path: Path, language: str) -> None:
    """A name can be typed, or left for later with Enter; a name that cannot be one is asked for again."""
    words = [word for pair in SAID.items() for word in pair if pair[0] == "--starts"]
    unwritten = ["--organisation", "Zzz", "--name", "Zzy", "--title", "Zzv", "--place", "Zzu"]
    with Terminal(
        [*NOW, "init", "w", "--ends", "2026-05-12 20:30", "--address", "zzw@zzw.example", *words, *unwritten],
        tmp_path,
        language,
    ) as terminal:
        terminal.expect("serveur d’envoi" if language == "fr" else "server for sending")
        terminal.press("smtp zzw\n")
        terminal.expect("« smtp zzw »" if language == "fr" else "“smtp zzw”")
        terminal.press("smtp.zzw.example\n")
        terminal.expect("serveur de la boîte" if language == "fr" else "server of the mailbox")
        terminal.press("\n")
        assert terminal.status() == 0
        assert foreign_words(terminal.shown, language) == set()

    settings = tomllib.loads((tmp_path / "w" / "config" / "mailer.toml").read_text("utf-8"))
    assert (settings["smtp"]["host"], settings["imap"]["host"]) == ("smtp.zzw.example", "")
