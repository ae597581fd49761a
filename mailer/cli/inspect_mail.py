"""``mailer inspect``: show how mails from files are understood."""

from __future__ import annotations

from gettext import gettext as _
from pathlib import Path

import click

from mailer import files
from mailer.cli import options, output, show
from mailer.errors import UserError
from mailer.jobs import inspect
from mailer.translation.marked import N_
from mailer.wording import words


@click.command("inspect", help=_("Show how mails (.eml files) are understood, without recording anything."))
@click.argument("mails", metavar=_("FILE..."), nargs=-1, required=True, type=click.Path(path_type=Path))
@options.as_json
def command(mails: tuple[Path, ...], as_json: bool) -> int:
    """Show what each file says, whether or not others can be read; return 1 if one could not."""
    failed = False
    for path in mails:
        try:
            found = inspect.to_object(str(path), inspect.inspect(files.read(path)))
            if "error" in found:
                found["error"] = words.sentence(str(found["error"]), {})
        except UserError as error:
            failed = True
            found = inspect.unread(str(path), words.error_sentence(error))
        if as_json:
            output.as_json(found)
        else:
            _show(found)
    return 1 if failed else 0


FIELDS = {
    "kind": N_("what it is"),
    "address": N_("whom it concerns"),
    "addresses": N_("all whom it concerns"),
    "status": N_("answer"),
    "permanent": N_("for good"),
    "diagnosis": N_("code of the failure"),
    "text": N_("what is new in it"),
    "uid": N_("calendar identifier"),
    "sequence": N_("revision"),
    "party_size": N_("number"),
    "party_range": N_("number said"),
    "adults": N_("adults"),
    "children": N_("children"),
    "remark": N_("remark"),
    "proxy_to": N_("proxy given to"),
    "glance": N_("to look over"),
    "fault": N_("why"),
    "evidence": N_("read from"),
    "note": N_("to know"),
    "error": N_("error"),
}
"""The words for the fields of the JSON object."""


def _show(found: dict[str, object]) -> None:
    show.line(str(found["path"]), "bold")
    for name, value in found.items():
        if name == "path" or value in (None, "", []) or (name, value) == ("glance", False):
            continue
        text = _("{name}: {value}").format(name=_(FIELDS.get(name, name)), value=_said(name, value))
        show.line(f"  {text}")
    show.line()


def _said(name: str, value: object) -> str:
    match value:
        case bool():
            return _("yes") if value else _("no")
        case list():
            return ", ".join(map(str, value))
        case str() if name in ("fault", "note"):
            return words.sentence(value, {})
        case str() if name in ("kind", "status"):
            return words.value(value)
        case _:
            return str(value)
