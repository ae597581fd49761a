"""Copy the sample campaign into a new workspace, or its templates made fit for any meeting."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import mailer
from mailer import files
from mailer.errors import UserError
from mailer.workspace.new_workspace import any_meeting

SAMPLE = (
    "config/mailer.toml",
    "config/campaigns/restitution-hellemmes.toml",
    "contacts/invites.csv",
    "templates/LISEZMOI.md",
)
TEMPLATES = "templates/restitution-hellemmes"
SECRETS = "config/secrets"
IGNORED = b"/data/\n/exports/\n/config/secrets/\n/config/sent.json\n"


def copy_sample(folder: Path) -> None:
    """Copy the sample campaign. Raises UserError ``workspace-exists`` if the folder holds anything."""
    refuse_full(folder)
    source = sample_folder()
    for name in SAMPLE:
        files.write(folder / name, files.read(source / name))
    for name, content in files.tree(source / TEMPLATES).items():
        files.write(folder / TEMPLATES / name, content)
    files.write(folder / ".gitignore", IGNORED)
    files.make_folder(folder / SECRETS)


def for_any_meeting(letters: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return templates, with the text specific to the sample's meeting removed from those that were not edited."""
    sample = files.tree(sample_folder() / TEMPLATES)
    return {
        name: any_meeting(name, content.decode("utf-8")).encode() if content == sample.get(name) else content
        for name, content in letters.items()
    }


def write_common(folder: Path) -> None:
    """Write what every workspace has: the guide to the templates, ``.gitignore``, and the folder for passwords."""
    files.write(folder / "templates/LISEZMOI.md", files.read(sample_folder() / "templates/LISEZMOI.md"))
    files.write(folder / ".gitignore", IGNORED)
    files.make_folder(folder / SECRETS)


def refuse_full(folder: Path) -> None:
    """Raise UserError ``workspace-exists`` if the folder holds anything."""
    if folder.exists() and any(folder.iterdir()):
        raise UserError("workspace-exists", file=str(folder))


def sample_folder() -> Path:
    """Return the folder of the sample: inside the package when installed from a wheel, else the checkout."""
    package = Path(mailer.__file__).parent
    return package / "sample" if (package / "sample").is_dir() else package.parent
