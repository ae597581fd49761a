"""``mailer contacts``: show how contact lists are read, and their problems."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from gettext import gettext as _
from gettext import ngettext
from pathlib import Path

import click

from mailer import contacts, files
from mailer.cli import options, output, show
from mailer.exports.guard import guard
from mailer.jobs import gather, read_list
from mailer.model.contact import Contact, Problem, Reading, Recognised, Severity
from mailer.translation.marked import N_
from mailer.wording import words
from mailer.workspace import Workspace


@click.command("contacts", help=_("Show how contact lists are read, with the problems line by line."))
@click.argument("lists", metavar=_("FILE..."), nargs=-1, required=True, type=click.Path(path_type=Path))
@options.as_json
@click.option(
    "--report",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar=_("FILE"),
    help=_("Save the problems as a CSV, to open beside the list."),
)
@click.pass_obj
def command(workspace: Workspace, lists: tuple[Path, ...], as_json: bool, report: Path | None) -> int:
    """Read the files as one list, and show its contacts and problems; return 1 if there are errors."""
    reading = contacts.merge(
        read_list.read(str(path), files.read(path, at_most=contacts.MAX_BYTES)) for path in lists
    )
    with workspace.store_if_any() as store:
        if store is not None:
            reading = gather.with_objections(store, reading)
    if as_json:
        output.as_json(to_object(reading), indent=1)
    else:
        show_reading(reading)
    if report is not None:
        files.write(report, report_of(reading.problems))
        show.line(_("Written: {file}").format(file=report), error=True)
    return 1 if any(problem.severity is Severity.ERROR for problem in reading.problems) else 0


def report_of(problems: Sequence[Problem]) -> bytes:
    """Return the problems as CSV that a French Excel opens: BOM, semicolons, CRLF, and no cell that is a formula."""
    rows = [(_("File"), _("Line"), _("Severity"), _("Read"), _("Proposal"), _("What to do"))]
    for problem in problems:
        severity = _("to correct") if problem.severity is Severity.ERROR else _("to look at")
        line = str(problem.origin.line or "")
        rows.append(
            (problem.origin.file, line, severity, problem.read, problem.proposal, words.problem(problem))
        )
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=";", lineterminator="\r\n").writerows(
        [guard(cell) for cell in row] for row in rows
    )
    return b"\xef\xbb\xbf" + text.getvalue().encode()


def to_object(reading: Reading) -> dict[str, object]:
    """Return the JSON object of ``mailer contacts --json``."""
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
        "other_addresses": list(contact.other_addresses),
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
    """Show the format that was recognised for each list, the contacts, and the problems."""
    for found in reading.recognised:
        show.line(_recognised(found))
    usable = [contact for contact in reading.contacts if contact.email]
    rows = [(" ".join((c.civility, c.name)).strip(), c.organisation, c.email) for c in usable]
    if rows:
        show.table((_("Name"), _("Organisation"), _("Address")), rows, whole=(2,))
        show.line()
    count = len(usable)
    show.line(ngettext("{n} contact was read.", "{n} contacts were read.", count).format(n=count), "bold")
    show_problems(reading.problems)


DELIMITERS = {";": N_("semicolons"), ",": N_("commas"), "\t": N_("tabs"), "|": N_("bars")}


def _recognised(found: Recognised) -> str:
    """Return a sentence on how a list was read: format, sheet, separator, encoding, heading line, unknown columns."""
    said = [found.format.upper()]
    if found.sheet:
        said.append(_("sheet “{name}”").format(name=found.sheet))
    if found.delimiter:
        said.append(_("separated by {what}").format(what=_(DELIMITERS.get(found.delimiter, found.delimiter))))
    if found.encoding:
        said.append(found.encoding)
    if found.heading_line is not None:
        place = _("headings on line {n}") if found.heading_line else _("no headings")
        said.append(place.format(n=found.heading_line))
    unknown = [heading for heading, meaning in found.columns if not meaning]
    if unknown:
        said.append(_("kept as they are: {columns}").format(columns=", ".join(unknown)))
    return _("{file}: {text}").format(file=found.file, text=", ".join(said))


def show_problems(problems: tuple[Problem, ...]) -> None:
    """Show problems with their lines, errors first, those of one kind together."""
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
