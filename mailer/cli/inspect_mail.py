"""``mailer inspect``: how mails are understood."""

from __future__ import annotations

import json
from gettext import gettext as _
from pathlib import Path

import click

from mailer import files
from mailer.cli import options, show, words
from mailer.errors import UserError
from mailer.jobs import inspect


@click.command("inspect", help=_("Show how mails (.eml files) are understood, without recording anything."))
@click.argument("mails", metavar=_("FILE..."), nargs=-1, required=True, type=click.Path(path_type=Path))
@options.as_json
def command(mails: tuple[Path, ...], as_json: bool) -> int:
    """Understand each file by itself; one that cannot be read does not keep the others from it."""
    failed = False
    for path in mails:
        try:
            found = inspect.to_object(str(path), inspect.inspect(files.read(path)))
        except UserError as error:
            failed = True
            found = inspect.unread(str(path), words.complaint(error))
        if as_json:
            click.echo(json.dumps(found, ensure_ascii=False))
        else:
            _show(found)
    return 1 if failed else 0


def _show(found: dict[str, object]) -> None:
    show.line(str(found["path"]), "bold")
    for name, value in found.items():
        if name == "path" or value in (None, "", []):
            continue
        text = words.value(value) if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        show.line(f"  {name}: {text}")
    show.line()
