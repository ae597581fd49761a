"""Write a new campaign that was made after an earlier one."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from mailer import files
from mailer.store import Store


def taken(workspace: Path, store: Store | None) -> set[str]:
    """Return the names a new campaign may not have: of campaign files, template folders, and campaigns in the ledger."""
    here = {file.stem for file in (workspace / "config" / "campaigns").glob("*.toml")}
    templates = {folder.name for folder in (workspace / "templates").glob("*/")}
    return here | templates | set(store.campaigns() if store else ())


def write(workspace: Path, slug: str, content: bytes, templates: Mapping[str, bytes]) -> None:
    """Write the templates of a new campaign, then its file, so that no unfinished campaign is ever found."""
    for name, text in templates.items():
        files.write(workspace / "templates" / slug / name, text)
    files.write(workspace / "config" / "campaigns" / f"{slug}.toml", content)
