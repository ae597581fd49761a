"""Open the browser without a secret in the arguments of any process, which every user of the machine can read.

The browser gets the name of a file that only this user can read. It holds the one-time token and sends it to the web interface
as a form, so that it stands in no address and no history. The file lies in a folder that browsers in a sandbox can read: those of
Ubuntu (snap) read the home without its hidden folders, and have a /tmp of their own; those of Flatpak read the downloads.
"""

from __future__ import annotations

import contextlib
import os
import re
import secrets
import threading
import webbrowser
from dataclasses import dataclass
from pathlib import Path

from mailer.desk import page

PREFIX, ENDING = "mailer-desk-", ".html"

KEPT_SECONDS = 3600
"""How long a file of a program that was killed may lie there, seen from the next one."""

WAIT_MILLISECONDS = 2000
"""How long the file waits for the host name to answer before it takes the address."""


@dataclass(frozen=True, slots=True)
class LaunchFile:
    """The file that sends the browser to the web interface."""

    path: Path

    @property
    def url(self) -> str:
        """Return its address for the browser."""
        return self.path.as_uri()

    def remove(self) -> None:
        """Remove it."""
        with contextlib.suppress(OSError):
            self.path.unlink(missing_ok=True)


def write(by_name: str, by_address: str, token: str) -> LaunchFile | None:
    """Write the file for this user alone; None where no folder of the home can be written."""
    content = page.render(
        "launch.html",
        by_name=by_name,
        by_address=by_address,
        token=token,
        nonce=secrets.token_urlsafe(16),
        milliseconds=WAIT_MILLISECONDS,
    ).encode()
    for folder in _folders():
        path = folder / f"{PREFIX}{secrets.token_hex(8)}{ENDING}"
        file = LaunchFile(path)
        try:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            try:
                with os.fdopen(handle, "wb") as opened:
                    opened.write(content)
            except OSError:
                file.remove()
                raise
        except OSError:
            continue
        _remove_old(path)
        return file
    return None


def _remove_old(path: Path) -> None:
    """Remove what programs that were killed left beside the new file: none is needed for an hour."""
    with contextlib.suppress(OSError):
        for other in path.parent.glob(f"{PREFIX}*{ENDING}"):
            if path.stat().st_mtime - other.stat().st_mtime > KEPT_SECONDS:
                LaunchFile(other).remove()


def open_browser(url: str) -> None:
    """Open the browser, in a thread: one that stays in the foreground, such as w3m, returns only when it is closed."""
    threading.Thread(target=_open, args=(url,), name="browser", daemon=True).start()


def _open(url: str) -> None:
    with contextlib.suppress(OSError, webbrowser.Error):
        webbrowser.open(url)


def _folders() -> list[Path]:
    """Return the folder of downloads, and the home; none that is hidden, and none below a hidden one."""
    try:
        home = Path.home()
    except RuntimeError:
        return []
    return [
        one
        for one in (_downloads(home), home)
        if one and one.is_absolute() and one.is_dir() and not _is_hidden(one)
    ]


def _downloads(home: Path) -> Path | None:
    """Return the folder of downloads that the desktop names (xdg-user-dirs), if it lies below the home."""
    try:
        text = (home / ".config" / "user-dirs.dirs").read_text("utf-8")
    except (OSError, ValueError):
        return None
    found = re.search(r'^XDG_DOWNLOAD_DIR="\$HOME/([^"$`\\]+)"', text, re.MULTILINE)
    return home / found[1] if found else None


def _is_hidden(folder: Path) -> bool:
    return any(part.startswith(".") for part in folder.parts)
