"""``mailer contacts``: how a list is read."""

from __future__ import annotations

import json
from gettext import gettext as _
from gettext import ngettext
from pathlib import Path

import click

from mailer import contacts, files
from mailer.cli import show, words
from mailer.cli.workspace import Workspace
from mailer.model.contact import Contact, Problem, Reading, Severity


@click.command("contacts", help=_("Show how contact lists are read, with the problems line by line."))
@click.argument("lists", metavar=_("FILE..."), nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help=_("Write one JSON object."))
@click.pass_obj
def command(workspace: Workspace, lists: tuple[Path, ...], as_json: bool) -> int:  # noqa: ARG001
    """Read the files as one roll, and show contacts and problems. 1 where there are problems."""
    reading = contacts.merge(
        contacts.read(str(path), files.read(path, at_most=contacts.MAX_BYTES)) for path in lists
    )
    if as_json:
        click.echo(json.dumps(to_object(reading), ensure_ascii=False, indent=1))
    else:
        show_reading(reading)
    return 1 if any(problem.severity is Severity.ERROR for problem in reading.problems) else 0


def to_object(reading: Reading) -> dict[str, object]:
    """The contract of ``mailer contacts --json``."""
    return {
        "contacts": [_contact(contact) for contact in reading.contacts if contact.email],
        "problems": [_problem(problem) for problem in reading.problems],
    }


def _contact(contact: Contact) -> dict[str, object]:
    return {
        "email": contact.email,
        "civility": contact.civility,
        "first_name": contact.first_name,
        "last_name": contact.last_name,
        "organisation": contact.organisation,
        "function": contact.function,
        "language": contact.language,
        "groups": list(contact.groups),
        "fields": dict(contact.fields),
        "file": contact.origin.file,
        "line": contact.origin.line,
    }


def _problem(problem: Problem) -> dict[str, object]:
    return {
        "file": problem.origin.file,
        "line": problem.origin.line,
        "severity": problem.severity.value,
        "code": problem.code,
        "message": words.problem(problem),
    }


def show_reading(reading: Reading) -> None:
    """Show a roll to a person: who was read, then the problems grouped by kind."""
    usable = [contact for contact in reading.contacts if contact.email]
    rows = [(c.civility, c.last_name, c.first_name, c.organisation, c.email) for c in usable]
    headings = (_("Title"), _("Last name"), _("First name"), _("Organisation"), _("Address"))
    if rows:
        show.table(headings, rows)
        show.line()
    count = len(usable)
    show.line(ngettext("{n} contact was read.", "{n} contacts were read.", count).format(n=count), "bold")
    show_problems(reading.problems)


def show_problems(problems: tuple[Problem, ...]) -> None:
    """Show problems, errors first, those of one kind together, with their lines."""
    for severity, title in ((Severity.ERROR, _("To correct")), (Severity.WARNING, _("To look at"))):
        chosen = [problem for problem in problems if problem.severity is severity]
        if not chosen:
            continue
        show.line()
        show.line(f"{title} ({len(chosen)})", "bold")
        for problem in sorted(chosen, key=lambda p: (p.code, p.origin.file, p.origin.line)):
            place = (
                f"{problem.origin.file}:{problem.origin.line}" if problem.origin.line else problem.origin.file
            )
            show.line(f"  {place}  {words.problem(problem)}")
