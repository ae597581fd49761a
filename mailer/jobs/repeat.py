"""Put a campaign beside the one it is made after."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from mailer import files
from mailer.store import Store


def taken(workspace: Path, store: Store | None) -> set[str]:
    """The names no new campaign may have: those of campaigns, of folders with letters, and of what was sent once."""
    here = {file.stem for file in (workspace / "config" / "campaigns").glob("*.toml")}
    letters = {folder.name for folder in (workspace / "templates").glob("*/")}
    return here | letters | set(store.campaigns() if store else ())


def repeat(workspace: Path, slug: str, content: bytes, letters: Mapping[str, bytes]) -> None:
    """Write the letters of a new campaign, then its file: until that is there, nobody takes it for one."""
    for name, text in letters.items():
        files.write(workspace / "templates" / slug / name, text)
    files.write(workspace / "config" / "campaigns" / f"{slug}.toml", content)
