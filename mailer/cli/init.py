"""``mailer init``: a new workspace with the sample campaign in it."""

from __future__ import annotations

from gettext import gettext as _
from pathlib import Path

import click

import mailer
from mailer import files
from mailer.cli import show
from mailer.errors import UserError

SAMPLE = (
    "config/mailer.toml",
    "config/campaigns/restitution-hellemmes.toml",
    "contacts/invites.csv",
    "templates/LISEZMOI.md",
)
TEMPLATES = "templates/restitution-hellemmes"


@click.command("init", help=_("Make a new workspace with the sample campaign, ready to edit."))
@click.argument("folder", metavar=_("DIR"), type=click.Path(path_type=Path, file_okay=False))
def command(folder: Path) -> int:
    """Copy the sample into an empty folder."""
    copy_sample(folder)
    show.line(_("The workspace {folder} is ready. Next:").format(folder=folder), "bold")
    for step in (
        _("1. Write the mail servers into config/mailer.toml, and the passwords into config/secrets/."),
        _(
            "2. Change config/campaigns/restitution-hellemmes.toml, its texts in templates/ and the list in contacts/."
        ),
        _("3. Look: mailer check, then mailer preview restitution-hellemmes --out preview"),
    ):
        show.line(step)
    return 0


def copy_sample(folder: Path) -> None:
    """Copy the sample campaign. Raises UserError ``workspace-exists`` where the folder holds anything."""
    if folder.exists() and any(folder.iterdir()):
        raise UserError("workspace-exists", file=str(folder))
    source = sample_folder()
    for name in SAMPLE:
        files.write(folder / name, files.read(source / name))
    for name, content in files.tree(source / TEMPLATES).items():
        files.write(folder / TEMPLATES / name, content)
    files.write(folder / ".gitignore", b"/data/\n/exports/\n/config/secrets/\n")


def sample_folder() -> Path:
    """Where the sample lies: beside the code when installed from a wheel, else in the checkout."""
    package = Path(mailer.__file__).parent
    return package / "sample" if (package / "sample").is_dir() else package.parent
