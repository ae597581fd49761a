"""Read the files that a campaign file names: all lie below the workspace, and none holds a secret.

A campaign file is passed around, and whoever wrote it decides what travels to everybody. So it is judged where a path leads
in the end, and by what lies there rather than by its name: links, upper and lower case, and ``..`` change nothing.
"""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from pathlib import Path

from mailer import campaign as campaigns
from mailer import files
from mailer.errors import ConfigError, UserError
from mailer.model.campaign import Campaign

PRIVATE = ("config", "data")
"""The folders of a workspace from which nothing goes into a letter: passwords, settings, the ledger."""

MOST_OCTETS = 64 * 1024 * 1024
"""How large a file may be to be read at all; what mailboxes take is far less."""

_INSTEAD = {
    "file-missing": "path-missing",
    "file-no-file": "path-no-file",
    "file-too-large": "path-too-large",
}


@dataclass(frozen=True, slots=True)
class NamedFiles:
    """The files that the campaigns of one workspace name; `ledger` is the file of the ledger, wherever it lies."""

    workspace: Path
    ledger: Path | None

    def templates(self, campaign: Campaign) -> dict[str, bytes]:
        """Read every file of the templates folder, by its name below it.

        Raises ConfigError ``path-outside`` or ``path-private`` for a folder, or a link in it, that leads elsewhere.
        """
        folder = self.workspace / campaign.templates
        self._judge(campaign, "templates", campaign.templates, folder)
        found = files.names(folder)
        for name in found:
            self._judge(campaign, "templates", f"{campaign.templates}/{name}", folder / name)
        return {name: files.read(folder / name) for name in found}

    def all(self, campaign: Campaign) -> dict[str, bytes]:
        """Read templates, images and attachments, by their name below the templates folder, or else below the workspace.

        Raises ConfigError ``path-missing``, ``path-no-file``, ``path-too-large``, and what `templates` raises.
        """
        found, faults = self.readable(campaign)
        for fault in faults.values():
            raise fault
        return found

    def readable(self, campaign: Campaign) -> tuple[dict[str, bytes], dict[str, UserError]]:
        """Read what `all` reads, and return beside it the error of each image or attachment that cannot be read, by its name."""
        found, faults = self.templates(campaign), dict[str, UserError]()
        for key, names in (("images", campaign.images), ("attachments", campaign.attachments)):
            for name in names:
                try:
                    if name not in found:
                        found[name] = self._read(campaign, key, name)
                    elif self._is_of_ledger(self.workspace / campaign.templates / name):
                        raise self._error("path-ledger", campaign, key, name)
                except UserError as error:
                    faults[name] = error
        return found, faults

    def _read(self, campaign: Campaign, key: str, name: str) -> bytes:
        if "://" in name or name.casefold().startswith("file:"):
            raise self._error("path-is-address", campaign, key, name)
        path = self.workspace / name
        self._judge(campaign, key, name, path)
        try:
            content = files.read_plain(path, at_most=MOST_OCTETS)
        except UserError as error:
            if error.code not in _INSTEAD:
                raise
            raise self._error(_INSTEAD[error.code], campaign, key, name) from error
        if self._is_of_ledger(path):
            raise self._error("path-ledger", campaign, key, name)
        return content

    def _judge(self, campaign: Campaign, key: str, read: str, path: Path) -> None:
        """Raise the error for a path that leads out of the workspace, or to where its secrets are."""
        hidden = ""
        try:
            real = path.resolve()
            root = self.workspace.stat()
        except (OSError, RuntimeError, ValueError):  # links in a circle, or NUL in a name
            raise self._error("path-missing", campaign, key, read) from None
        private = {name: found for name in PRIVATE if (found := _stat(self.workspace / name))}
        for at in (real, *real.parents):
            found = _stat(at)
            for name, folder in private.items():
                if found and (os.path.samestat(found, folder) or self._is_linked(found, name)):
                    raise self._error("path-private", campaign, key, read, folder=f"{name}/")
            if found and os.path.samestat(found, root):
                break
            hidden = at.name if at.name.startswith(".") else hidden
        else:
            raise self._error("path-outside", campaign, key, read)
        if hidden:
            raise self._error("path-private", campaign, key, read, folder=hidden)

    def _is_linked(self, found: os.stat_result, name: str) -> bool:
        """Return whether a file is one of a folder under a second name (a hard link)."""
        if not stat.S_ISREG(found.st_mode) or found.st_nlink < 2:
            return False
        inside = (_stat(path) for path in (self.workspace / name).rglob("*"))
        return any(one is not None and os.path.samestat(found, one) for one in inside)

    def _is_of_ledger(self, path: Path) -> bool:
        """Return whether a file is the ledger, one that SQLite keeps beside it, or a backup."""
        from mailer.jobs import backups  # slow to import, and few campaigns attach anything

        ledger = self.ledger.resolve() if self.ledger else None
        real = path.resolve()
        beside = ledger is not None and real.parent == ledger.parent and real.name.startswith(ledger.name)
        return beside or backups.is_backup(path)

    def _error(self, code: str, campaign: Campaign, key: str, read: str, **values: object) -> ConfigError:
        try:
            line = campaigns.line_of(files.read(self.workspace / campaign.file), key, read)
        except UserError:
            line = 0
        values |= {"name": key, "templates": campaign.templates, "most": MOST_OCTETS // 1024 // 1024}
        return ConfigError(code, file=campaign.file, line=line, read=read, **values)


def _stat(path: Path) -> os.stat_result | None:
    try:
        return path.stat()
    except (OSError, ValueError):
        return None
