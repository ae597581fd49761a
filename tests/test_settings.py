"""The settings of a workspace."""

from __future__ import annotations

import traceback
from pathlib import Path

import pytest

from mailer import settings
from mailer.errors import ConfigError
from mailer.model.account import Security
from mailer.wording import words

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
        ("[imap]", "host = imap.example.org\n[imap]", "toml-syntax", 8, "host = …"),
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
        "no-quotes",
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


WORD = "Zq7-planted-word"

BROKEN = {
    "a quotation mark forgotten": f'password="{WORD}',
    "none at all": f"password = {WORD}",
    "a misspelt key": f"pasword = {WORD}",
    "no equals sign": f'password "{WORD}"',
    "two on a line": f'host = "x" password = "{WORD}"',
    "in brackets": f'[smtp] password = "{WORD}"',
    "a text of several lines": f'helo = """x\n{WORD}',
    "an inline table": f'x = {{ host = "x", password = "{WORD}" ',
    "a key": f'{WORD}-é = "x"',
    "a table twice": f"[{WORD}]\n[{WORD}]",
    "a comment in front": f'# "\npassword = \'{WORD}"',
    "an escape": f'password = "{WORD}\\q"',
    "a control sign": f'password = "{WORD}\x07"',
    "brackets without end": "x = " + "[" * 5000,
}


@pytest.mark.parametrize("line", BROKEN.values(), ids=BROKEN)
def test_a_file_that_cannot_be_read_shows_no_line_of_it(workspace: Path, line: str) -> None:
    """File, line and the kind of fault are told, and neither the line nor anything that stood in it (attack 86)."""
    (workspace / "config" / "mailer.toml").write_text(f"{SOUND}{line}\n", "utf-8")
    with pytest.raises(ConfigError) as caught:
        settings.load(workspace)

    error = caught.value
    assert (error.file, error.code) == ("config/mailer.toml", "toml-syntax-hidden") or line == BROKEN[
        "two on a line"
    ]
    assert error.line >= 10
    assert "planted" not in words.error_sentence(error)
    assert "planted" not in f"{error} {error.__cause__!r} {''.join(traceback.format_exception(error))}"


WRONG = {
    "another name": ('[smtp]\npasword = "{}"', "", "setting-unknown"),
    "a table of another name": ('[postgres]\npassword = "{}"', "", "setting-unknown"),
    "a text for a table": ('smtp = "u:{}@host"', "", "setting-wrong-hidden"),
    "a list for a text": ('[store]\nurl = ["postgresql://m:{}@db"]', "", "setting-wrong-hidden"),
    "words of a command": ('[imap]\ntoken_command = ["tell", "{}"]', "", "setting-wrong-hidden"),
    "a number of tables": ('[[smtp]]\nusername = "{}"', "", "setting-wrong-hidden"),
    "a list of URLs": ('[find]\nautoconfig = "https://u:{}@x.example"', "", "setting-wrong"),
    "a variable of a table": ("", "MAILER_SMTP={}", "variable-no-list"),
    "a variable of a table, a text": ("", 'MAILER_SMTP="{}"', "setting-wrong-hidden"),
    "a variable with a table": ("", 'MAILER_SMTP={{"password": ["{}"]}}', "setting-wrong-hidden"),
    "a variable with a list": ("", 'MAILER_IMAP__PASSWORD=["{}", 1', ""),
    "a variable of another name": ("", "MAILER_IMAP__PASWORD={}", "setting-unknown"),
    "a URL that is a list": ("", "MAILER_FIND__AUTOCONFIG={}", "variable-no-list"),
    "a line end": ("", "MAILER_IMAP__PASSWORD=a\r\nA1 {}", "setting-control"),
}


@pytest.mark.parametrize(("lines", "variable", "code"), WRONG.values(), ids=WRONG)
def test_a_wrong_setting_shows_no_secret(
    workspace: Path, lines: str, variable: str, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Wherever a secret was put instead of into its place, no message repeats it (attack 86)."""
    (workspace / "config" / "mailer.toml").write_text(lines.replace("{}", WORD), "utf-8")
    name, _equals, value = variable.replace("{}", WORD).replace("{{", "{").replace("}}", "}").partition("=")
    if name:
        monkeypatch.setenv(name, value)
    if not code:
        assert settings.load(workspace).imap.account.password == value
        return
    with pytest.raises(ConfigError) as caught:
        settings.load(workspace)

    assert caught.value.code == code
    assert "planted" not in words.error_sentence(caught.value)
    assert "planted" not in "".join(traceback.format_exception(caught.value))


@pytest.mark.parametrize(
    "content",
    [f"{WORD}é".encode("latin-1"), f"{WORD}".encode("utf-16"), None, b"a\nb"],
    ids=["latin-1", "utf-16", "folder", "two-lines"],
)
def test_a_secret_file_that_cannot_be_used_is_named(workspace: Path, content: bytes | None) -> None:
    """A file that is a folder, or no text on one line, is no missing password: it is named, and nothing of it shown."""
    file = workspace / "config" / "secrets" / "imap_password"
    file.parent.mkdir()
    if content is None:
        file.mkdir()
    else:
        file.write_bytes(content)
    with pytest.raises(ConfigError) as caught:
        settings.load(workspace)

    assert caught.value.code == ("setting-control" if content == b"a\nb" else "secret-unreadable")
    assert caught.value.file == "config/secrets/imap_password"
    assert "planted" not in "".join(traceback.format_exception(caught.value))


def test_what_editors_put_around_a_secret_is_left_out(workspace: Path) -> None:
    """A byte order mark and a last line end are no part of it; a key has several lines, and accents are letters."""
    (workspace / "config" / "secrets").mkdir()
    for name, content in (
        ("imap_password", "\ufeffmot de passé\r\n"),
        ("dkim_key", "-----BEGIN\nx\n-----END\n"),
    ):
        (workspace / "config" / "secrets" / name).write_text(content, "utf-8", newline="")
    (workspace / "config" / "mailer.toml").write_text(f"{SOUND}\n[dkim]\n", "utf-8")
    read = settings.load(workspace)

    assert read.imap.account.password == "mot de passé"
    assert read.dkim.key.get_secret_value() == "-----BEGIN\nx\n-----END"


@pytest.mark.parametrize(
    "name",
    [
        "smtp.username",
        "imap.username",
        "imap.mailbox",
        "imap.folder",
        "imap.done_folder",
        "imap.aliases",
        "delivery.sent_folder",
        "smtp.host",
    ],
)
@pytest.mark.parametrize("sign", ["\\r\\nA1 DELETE INBOX", "\\u0000", "\\u0085", "\\u2028"])
def test_85_a_line_end_in_a_setting_is_refused(workspace: Path, name: str, sign: str) -> None:
    """CR, LF, NUL and their like in a name that goes onto the wire are an error of that setting; without them it is read."""
    table, _dot, key = name.partition(".")
    for mark in (sign, ""):
        value = f'"é x{mark}"'
        written = f"[{table}]\n{key} = {f'[{value}]' if key == 'aliases' else value}\n"
        (workspace / "config" / "mailer.toml").write_text(written, "utf-8")
        if not mark:
            assert settings.load(workspace)
            continue
        with pytest.raises(ConfigError) as caught:
            settings.load(workspace)
        assert (caught.value.code, caught.value.line, caught.value.values["name"]) == (
            "setting-control",
            2,
            name,
        )


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
