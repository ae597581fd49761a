"""``mailer demo``: run the sample campaign from contact list to attendance on mail servers inside this process."""

from __future__ import annotations

import csv
import io
import tempfile
from dataclasses import replace
from datetime import datetime, timedelta
from gettext import gettext as _
from pathlib import Path

import click

from mailer import files
from mailer.cli import outgoing, read_mail, show
from mailer.demo.cast import CAST, PHONED, REFUSED, Meant, answer
from mailer.demo.post_office import UNLIMITED, post_office, settle_in
from mailer.jobs import export, find, record, roll
from mailer.model.invitation import Kind
from mailer.wording import words
from mailer.workspace import Workspace
from mailer.workspace.sample import copy_sample

SLUG = "restitution-hellemmes"
AS_OF = datetime.fromisoformat("2025-03-13T09:00:00+01:00")


@click.command(
    "demo",
    help=_("Run the whole sample campaign on mail servers of its own, on this machine. Nothing leaves it."),
)
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("exports/demo"),
    metavar=_("DIR"),
    help=_("Where the attendance is written; exports/demo by default."),
)
def command(out: Path) -> int:
    """Run the sample campaign; return 1 if the ledger differs from what the invitees meant."""
    with tempfile.TemporaryDirectory(prefix="mailer-demo-") as folder:
        path = Path(folder) / "workspace"
        copy_sample(path)
        workspace = Workspace(path, AS_OF)
        campaign = workspace.campaign(SLUG)
        with post_office(campaign.organizer.address) as office:
            office.unknown.add(REFUSED)
            settle_in(path, office, f"connections = 2\n{UNLIMITED}")
            _step(1, _("The invitations leave, as of 13 March 2025"))
            outgoing.run(workspace, SLUG, Kind.INVITATION, yes=True)
            _step(2, _("The invitees answer, each in their own way"))
            answered = list(answer(office, AS_OF + timedelta(hours=1)))
            show.line(_("{n} mails came back.").format(n=len(answered)))
            later = Workspace(path, AS_OF + timedelta(days=10))
            _step(3, _("The mailbox is read, on 23 March 2025"))
            read_mail.once(later)
            _step(4, _("Somebody answers by phone; a member of staff writes it down"))
            _by_phone(later)
        _step(5, _("The attendance"))
        return _conclude(later, out)


def _step(number: int, title: str) -> None:
    show.line()
    show.line(f"{number}. {title}", "bold")


def _by_phone(workspace: Workspace) -> None:
    with workspace.store() as store:
        invitee = find.meant(roll.invitees(store, SLUG), PHONED)[0]
        record.record(store, SLUG, invitee, "accepted", now=workspace.now(), party=1, note="a téléphoné")
        show.line(_("{who}: comes.").format(who=invitee.called))


def _conclude(workspace: Workspace, out: Path) -> int:
    """Show the attendance, write it to `out`, and compare it with what the invitees meant; return the exit status."""
    from mailer.cli.status import show_attendance

    campaign = workspace.campaign(SLUG)
    with workspace.store() as store:
        order = export.ExportRequest(words.meeting_time(campaign.meeting))
        people, report, machine = (
            export.export(store, campaign, name, wanted, workspace.now())
            for name, wanted in (
                ("presences.csv", order),
                ("rapport.html", order),
                ("attendance.csv", replace(order, machine=True)),
            )
        )
        show_attendance(store, campaign)
    files.write(out / "presences.csv", people)
    files.write(out / "rapport.html", report)
    files.write(out / "attendance.csv", machine)
    show.line()
    show.line(_("For a spreadsheet: {file}").format(file=out / "presences.csv"))
    show.line(_("To look at in a browser: {file}").format(file=out / "rapport.html"))
    show.line(_("For a program: {file}").format(file=out / "attendance.csv"))
    wrong = differences(machine)
    show.line()
    for line in wrong:
        show.line(line, "bold red")
    if wrong:
        return 1
    show.line(
        _("The ledger says what every one of the {n} invitees meant.").format(n=len(CAST)), "bold green"
    )
    return 0


def differences(machine: bytes) -> list[str]:
    """Return the differences between a machine-readable attendance and what the invitees meant, one line each."""
    rows = {row["email"]: row for row in csv.DictReader(io.StringIO(machine.decode("utf-8"), newline=""))}
    wrong = []
    for invitee in CAST:
        row = rows.get(invitee.address)
        if row is None:
            wrong.append(_("{who} is missing.").format(who=invitee.address))
            continue
        found = Meant(row["answer"], row["party_size"], row["channel"], row["delivery"], bool(row["review"]))
        if found != invitee.meant:
            wrong.append(f"{invitee.address}: {found} != {invitee.meant}")
    return wrong
