"""``mailer why``: show the history of one invitee with the evidence, or save it as a page."""

from __future__ import annotations

from datetime import datetime
from gettext import gettext as _
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from mailer import files, ledger
from mailer.cli import options, show
from mailer.jobs import export, find, roll, standings
from mailer.model.entry import Channel, Heard
from mailer.wording import history, words
from mailer.workspace import Workspace


@click.command("why", help=_("Show what is known of one invitee: who said what, when, and in which words."))
@options.campaign
@options.who
@click.option(
    "--save",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar=_("FILE"),
    help=_("Write everything kept of the person as a page (.html), for somebody who asks for their data."),
)
@click.pass_obj
def command(workspace: Workspace, campaign: str, who: str, save: Path | None) -> int:
    """Show one step per ledger entry, then the answer that counts; return the exit status."""
    read = workspace.campaign(campaign)
    zone = ZoneInfo(read.meeting.zone)
    with workspace.store() as store:
        invitee, one = find.meant(roll.invitees(store, read.slug), who)
        entries = standings.story_of(store, read.slug, invitee)
        people = [one] if one else invitee.members
        told = [(person, ledger.history(entries, invitee, person.ref)) for person in people]
        if save is not None:
            files.write(save, export.access(store, read, invitee, read.language, workspace.now(), one))
            show.line(_("Written: {file}").format(file=save))
            return 0
    for person, steps in told:
        address = person.contact.email or _("no usable address")
        show.line(f"{person.contact.called} — {address}", "bold")
        for step in steps:
            show.line()
            show.line(f"{_moment(step.entry.recorded_at, zone)}  {history.what(step.entry, step.about)}")
            for text in _details(step, zone):
                show.line(f"    {text}")
        show.line()
        last = steps[-1].after if steps else None
        answer = history.stands(last) if last else words.value("none")
        show.line(_("Answer: {answer}").format(answer=answer), "bold")
        if last and last.asked_again:
            former = words.value(last.asked_again)
            show.line(_("Before the meeting changed: {answer}").format(answer=former))
    return 0


def _moment(moment: datetime, zone: ZoneInfo) -> str:
    return f"{moment.astimezone(zone):%d/%m/%Y %H:%M}"


def _details(step: ledger.Step, zone: ZoneInfo) -> list[str]:
    """Return the lines of evidence: words, rule and date of the answer, author, note, and the answer before."""
    lines = []
    if step.address:
        lines.append(_("to {address}").format(address=step.address))
    if step.words:
        lines.append(_("“{words}”").format(words=" ".join(step.words.split())))
    if isinstance(step.entry.fact, Heard):
        said = _moment(step.entry.fact.said_at, zone)
        by_staff = step.entry.channel is Channel.STAFF
        text = _("said on {moment}") if by_staff else _("said on {moment}; read by the rule {rule}")
        lines.append(text.format(moment=said, rule=step.rule))
    if step.entry.author:
        lines.append(_("written down by {author}").format(author=step.entry.author))
    if step.entry.note:
        lines.append(_("note: {note}").format(note=step.entry.note))
    if step.about:
        about = _("about what was written down on {moment}: {what}")
        moment = _moment(step.about.recorded_at, zone)
        lines.append(about.format(moment=moment, what=history.what(step.about)))
    if waits := history.waits(step):
        lines.append(waits)
    if glanced := history.glanced(step):
        lines.append(glanced)
    if remark := history.remark(step):
        lines.append(remark)
    if share := history.share(step):
        lines.append(share)
    if step.before.partstat is not step.after.partstat and step.before.answered_at:
        lines.append(_("before: {answer}").format(answer=words.value(step.before.partstat.word)))
    return lines
