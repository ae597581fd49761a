"""Find the secrets of a workspace that other users of the machine can read, and the command that ends it."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from mailer import files
from mailer.jobs import backups
from mailer.settings import FILE, SECRETS
from mailer.store import sqlite_file
from mailer.wording import words

if TYPE_CHECKING:
    from mailer.workspace.opening import Workspace

FOLDERS = (SECRETS, "data", "exports")
"""Where passwords and keys, the ledger, and people's answers lie."""

_MOST_NAMED = 5


def readable(workspace: Workspace) -> list[tuple[str, str]]:
    """Return a place and a sentence for each folder with secrets that others can read or change.

    The file that a link leads to is judged. Windows has no modes, so nothing is said there.
    """
    if files.WINDOWS:
        return []
    group = workspace.settings.files.group
    found = [
        path
        for path in sorted(set(_secrets(workspace)), key=lambda one: (one.parent, one))
        if _is_open(path, 0o006 if group else 0o066)
    ]
    return [
        _said(workspace.path, folder, list(paths), group)
        for folder, paths in groupby(found, lambda one: one.parent)
    ]


def _secrets(workspace: Workspace) -> Iterator[Path]:
    url = workspace.settings.store.url
    ledger = sqlite_file(url)
    for folder in FOLDERS:
        yield from (workspace.path / folder).rglob("*")
    if ledger:
        yield from ledger.parent.glob(f"{ledger.name}*")
    elif _password_in(url, files.read(workspace.path / FILE)):
        yield workspace.path / FILE
    yield from backups.in_workspace(workspace.path, ledger)


def _password_in(url: str, settings: bytes) -> bool:
    """Return whether the password of a database stands in the settings file, and not in a variable."""
    try:
        password = urlsplit(url).password
    except ValueError:  # no URL; whoever opens the store says so
        return False
    return bool(password) and str(password).encode() in settings


def _is_open(path: Path, mask: int) -> bool:
    try:
        return path.is_file() and bool(path.stat().st_mode & mask)
    except OSError:
        return False


def _said(workspace: Path, folder: Path, paths: list[Path], group: bool) -> tuple[str, str]:
    names = [_within(path, workspace) for path in paths]
    if len(paths) > _MOST_NAMED:
        named = ", ".join([*names[:_MOST_NAMED], "…"])
        command = ["chmod", "-R", "o=" if group else "go=", str(folder.absolute())]
    else:
        named = ", ".join(names)
        command = ["chmod", "640" if group else "600", *(str(path.absolute()) for path in paths)]
    code = "others-can-read-group" if group else "others-can-read"
    return _within(folder, workspace), words.sentence(code, {"read": named, "command": shlex.join(command)})


def _within(path: Path, workspace: Path) -> str:
    return str(path.relative_to(workspace)) if path.is_relative_to(workspace) else str(path)
