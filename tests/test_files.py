"""Names and paths of files on every system: made safe where the program chooses them, refused where the person does."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy.engine import make_url

from mailer import campaign, files
from mailer.errors import UserError
from mailer.model import file_names
from mailer.store import sqlite_file
from mailer.store.sql import open_store
from mailer.workspace import Workspace
from mailer.workspace.sample import copy_sample


@pytest.mark.parametrize(
    "name",
    [
        "CON",
        "nul",
        "aux.csv",
        "COM1",
        "lpt9.txt",
        "Con .csv",
        "com¹.ods",
        "a.",
        "a ",
        "a:b",
        "a?",
        "*",
        'a"b',
        "a|b",
        "\t",
        "",
    ],
)
def test_what_windows_cannot_have(name: str) -> None:
    """Devices, whatever their ending; an end it would cut off; characters it keeps for itself."""
    assert not file_names.is_possible_on_windows(name)
    assert file_names.is_possible_on_windows(file_names.safe(name))


@pytest.mark.parametrize(
    "name", ["présences.csv", "console.csv", "com10.csv", "名簿.xlsx", ".gitignore", "a b.c", "auxiliaire"]
)
def test_what_windows_can_have_stays(name: str) -> None:
    """A name that every system can have is left as it is."""
    assert file_names.is_possible_on_windows(name)
    assert name == file_names.safe(name)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("aux.csv", "aux-.csv"),
        ("NUL", "NUL-"),
        ("a:b?.csv", "a-b-.csv"),
        ("réunion 14/03.", "réunion 14-03"),
        ("???", "file"),
        ("x" * 300 + ".csv", "x" * 116 + ".csv"),
        ("é" * 300, "é" * 120),
    ],
)
def test_safe_names(text: str, name: str) -> None:
    """What is impossible becomes a hyphen; the ending stays, however long the name."""
    assert name == file_names.safe(text)


@pytest.mark.parametrize(
    ("title", "slug"), [("CON", "con-"), ("Aux", "aux-"), ("Nul et vain", "nul-et-vain")]
)
def test_a_campaign_is_named_after_no_device(title: str, slug: str) -> None:
    """The name of a campaign is that of its file and folder."""
    assert slug == campaign.slug(title)


@pytest.mark.parametrize(
    ("path", "read"), [("aux.csv", "aux.csv"), ("out./a.csv", "out."), (r"C:\Users\Zoé\a:b.csv", "a:b.csv")]
)
def test_windows_refuses_in_one_sentence(
    path: str, read: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What Windows would write to a device, or under another name, is refused and named."""
    monkeypatch.setattr(files, "WINDOWS", True)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UserError) as caught:
        files.write(Path(path), b"x")

    assert ("file-name-impossible", read) == (caught.value.code, caught.value.read)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["x" * 300, "a\0b"])
def test_no_system_has_these(name: str, tmp_path: Path) -> None:
    """A name that is too long, and one with NUL in it, are refused when written; neither is there to be read."""
    with pytest.raises(UserError) as caught:
        files.write(tmp_path / name, b"x")
    assert caught.value.code == "file-name-impossible"
    with pytest.raises(UserError):
        files.read(tmp_path / name)
    assert list(tmp_path.iterdir()) == []


def test_the_longest_name_there_is(tmp_path: Path) -> None:
    """A name as long as the system takes can be written, replaced and read."""
    path = tmp_path / ("x" * 251 + ".csv")
    files.write(path, b"1")
    files.write(path, b"2")

    assert files.read(path) == b"2"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    ("path", "wanted"),
    [
        (r"C:\a.csv", r"C:\a.csv"),
        ("C:\\" + "x" * 240, "\\\\?\\C:\\" + "x" * 240),
        (r"\\server\share" + "\\" + "x" * 240, r"\\?\UNC\server\share" + "\\" + "x" * 240),
        ("\\\\?\\C:\\" + "x" * 240, "\\\\?\\C:\\" + "x" * 240),
    ],
)
def test_long_paths_on_windows(path: str, wanted: str) -> None:
    """Beyond 260 characters Windows takes a path by its long form only, drive letters and shares alike."""
    assert wanted == files.extended(path)


@pytest.mark.parametrize(
    "file",
    [r"C:\Users\Élodie Lefèvre\data\mailer.sqlite", "C:/Users/x/mailer.sqlite", "/srv/é a#b/m.sqlite"],
)
def test_the_file_of_a_sqlite_url(file: str) -> None:
    """Drive letters, backslashes, spaces and accents stand in the URL as they are, options behind."""
    assert str(sqlite_file(f"sqlite:///{file}?synchronous=normal")) == file
    assert make_url(f"sqlite:///{file}?synchronous=normal").database == file
    assert sqlite_file("postgresql://mailer@db/mailer") is None


@pytest.mark.parametrize("name", ["Élodie's réunions", "what? really", "a%3Fb #1", r"C:\mailer", "名簿 🎉"])
def test_a_workspace_anywhere(name: str, tmp_path: Path) -> None:
    """Whatever a folder is called, its ledger lies in it."""
    folder = tmp_path / name
    copy_sample(folder)
    workspace = Workspace(folder)
    with workspace.store_if_any() as none:
        assert none is None
    with workspace.store() as store:
        assert store.campaigns() == []
    with workspace.store_if_any() as there:
        assert there is not None

    assert (folder / "data" / "mailer.sqlite").is_file()
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_a_ledger_with_options_is_found(tmp_path: Path) -> None:
    """Options behind the path of the ledger are no part of its name."""
    copy_sample(tmp_path)
    url = f"sqlite:///{tmp_path / 'ledger' / 'm.sqlite'}?synchronous=normal"
    with (tmp_path / "config" / "mailer.toml").open("a", encoding="utf-8") as settings:
        settings.write(f'\n[store]\nurl = "{url}"\n')
    open_store(url).close()
    with Workspace(tmp_path).store_if_any() as there:
        assert there is not None
