"""The settings of a workspace."""

from __future__ import annotations

from pathlib import Path

import pytest

from mailer import settings
from mailer.errors import ConfigError
from mailer.model.account import Security

SOUND = """\
language = "fr"

[smtp]
host = "smtp.example.org"
security = "starttls"
username = "camille"

[imap]
host = "imap.example.org"
"""


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A workspace with settings, and an environment without any."""
    for name in ("MAILER_SMTP__PORT", "MAILER_SMTP__PASSWORD", "MAILER_LANGUAGE"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "mailer.toml").write_text(SOUND, "utf-8")
    return tmp_path


def test_what_the_file_says(workspace: Path) -> None:
    """Host and security are read, the port follows from the security, the ledger lies in the workspace."""
    read = settings.load(workspace)

    assert read.smtp.host == "smtp.example.org"
    assert read.smtp.security is Security.STARTTLS
    assert read.smtp.account.port == 587
    assert read.imap.account.port == 993
    assert read.store.url == f"sqlite:///{workspace.resolve()}/data/mailer.sqlite"
    assert read.delivery.connections == 1


def test_a_variable_wins(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """MAILER_* variables stand above the file, table by table."""
    monkeypatch.setenv("MAILER_SMTP__PORT", "2525")
    monkeypatch.setenv("MAILER_STORE__URL", "sqlite:////elsewhere.sqlite")
    read = settings.load(workspace)

    assert read.smtp.account.port == 2525
    assert read.smtp.host == "smtp.example.org"
    assert read.store.url == "sqlite:////elsewhere.sqlite"


def test_passwords_come_from_a_secret_file_or_a_variable(
    workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file beside the settings is read, a variable wins over it, and neither shows."""
    secrets = workspace / "config" / "secrets"
    secrets.mkdir()
    (secrets / "smtp_password").write_text("from-file\n", "utf-8")
    assert settings.load(workspace).smtp.account.password == "from-file"

    monkeypatch.setenv("MAILER_SMTP__PASSWORD", "from-variable")
    read = settings.load(workspace)
    assert read.smtp.account.password == "from-variable"
    assert "from-variable" not in repr(read)


@pytest.mark.parametrize(
    ("before", "after", "code", "line", "said"),
    [
        ('host = "imap.example.org"', 'hots = "x"', "setting-unknown", 9, "imap.hots"),
        ('username = "camille"', 'port = "many"', "setting-wrong", 6, "many"),
        ('security = "starttls"', 'security = "ssl"', "setting-wrong", 5, "ssl"),
        ('username = "camille"', 'password = "secret"', "password-in-file", 6, ""),
        ('username = "camille"', 'helo = "la mairie"', "helo-wrong", 6, "la mairie"),
        ('username = "camille"', 'envelope_from = "camille"', "address-unusable", 6, "camille"),
        ("[imap]", "[imap", "toml-syntax", 8, "[imap"),
        ("[imap]", '[find]\ndns = ["ns.example"]\n[imap]', "setting-wrong", 9, "['ns.example']"),
        ("[imap]", '[find]\nautoconfig = "https://x"\n[imap]', "setting-wrong", 9, "https://x"),
    ],
    ids=[
        "unknown",
        "no-number",
        "no-choice",
        "password",
        "helo",
        "address",
        "syntax",
        "no-address",
        "no-list",
    ],
)
def test_what_is_wrong_is_named(
    workspace: Path, before: str, after: str, code: str, line: int, said: str
) -> None:
    """Every fault names the file, the line and what was read; a secret is never repeated."""
    (workspace / "config" / "mailer.toml").write_text(SOUND.replace(before, after), "utf-8")
    with pytest.raises(ConfigError) as caught:
        settings.load(workspace)

    error = caught.value
    assert ("config/mailer.toml", line, code, said) == (error.file, error.line, error.code, error.read)


def test_a_wrong_variable_is_named(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The variable is the place to look, not the file."""
    monkeypatch.setenv("MAILER_SMTP__PORT", "99999")
    with pytest.raises(ConfigError) as caught:
        settings.load(workspace)

    assert caught.value.file == "MAILER_SMTP__PORT"
    assert caught.value.read == "99999"


def test_a_folder_that_is_no_workspace(tmp_path: Path) -> None:
    """Without config/mailer.toml nothing is guessed."""
    with pytest.raises(ConfigError, match="workspace-missing"):
        settings.load(tmp_path)


def test_a_variable_that_should_be_a_list_is_named(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is no list in JSON is an error with the way to write one, and one that is right is taken."""
    monkeypatch.setenv("MAILER_FIND__DNS", "192.0.2.53")
    with pytest.raises(ConfigError) as caught:
        settings.load(workspace)
    assert (caught.value.code, caught.value.read) == ("variable-no-list", "FIND")

    monkeypatch.setenv("MAILER_FIND__DNS", '["192.0.2.53", "2001:db8::53"]')
    assert [str(one) for one in settings.load(workspace).find.dns] == ["192.0.2.53", "2001:db8::53"]


def test_how_servers_are_looked_for_is_known_without_a_workspace(
    workspace: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Variables tell it before there is a file, and the file where there is one."""
    file = workspace / "config" / "mailer.toml"
    file.write_text(f"{SOUND}\n[find]\nseconds = 9\n", "utf-8")
    assert settings.finding(workspace).seconds == 9

    monkeypatch.setenv("MAILER_FIND__SECONDS", "3")
    monkeypatch.setenv("MAILER_SMTP__PORT", "99999")
    with pytest.raises(ConfigError, match="setting-wrong"):
        settings.finding(tmp_path / "nowhere")
    monkeypatch.delenv("MAILER_SMTP__PORT")
    assert settings.finding(tmp_path / "nowhere").seconds == 3


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("", ("INBOX",)),
        ('folder = "R"\n', ("R",)),
        ('folders = ["INBOX", "R"]\n', ("INBOX", "R")),
        ('folder = "R"\nfolders = ["INBOX", "R"]\n', ("R", "INBOX")),
        ('folder = "R"\nfolders = []\n', ("R",)),
    ],
)
def test_the_folders_to_read_are_those_of_both_settings(
    tmp_path: Path, written: str, read: tuple[str, ...]
) -> None:
    """The old setting stays valid; with both, nothing that one of them names is left out."""
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "mailer.toml").write_text(f'[imap]\nhost = "h"\n{written}', "utf-8")

    assert settings.load(tmp_path).imap.read_folders == read


def test_the_folders_to_read_in_a_variable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As a JSON list, like other lists."""
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "mailer.toml").write_text('[imap]\nhost = "h"\n', "utf-8")
    monkeypatch.setenv("MAILER_IMAP__FOLDERS", '["INBOX", "Réponses"]')

    assert settings.load(tmp_path).imap.read_folders == ("INBOX", "Réponses")
