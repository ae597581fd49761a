"""``mailer review``: have a person decide doubtful answers, one by one or in a table."""

from __future__ import annotations

from gettext import gettext as _
from gettext import ngettext
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from mailer import contacts, exports, files
from mailer.cli import options, show
from mailer.cli.glance import look_over
from mailer.cli.walk import Walk, show_item
from mailer.errors import ConfigError
from mailer.jobs import correct, standings
from mailer.model.campaign import Campaign
from mailer.model.contact import Origin, Severity
from mailer.store import Store
from mailer.wording import to_decide, words
from mailer.wording.sentences import SENTENCES
from mailer.workspace import Workspace


@click.command("review", help=_("Decide the answers that need a person, one by one."))
@options.campaign
@click.option(
    "--glance",
    "glances",
    is_flag=True,
    help=_("Look over what was recorded from words and is not quite certain, and confirm it at once."),
)
@click.option("--list", "only_list", is_flag=True, help=_("Show what waits, and decide nothing."))
@click.option(
    "--csv",
    "target",
    type=click.Path(path_type=Path),
    metavar=_("FILE"),
    help=_("Write the list as a CSV to fill in."),
)
@click.option(
    "--from",
    "source",
    type=click.Path(path_type=Path),
    metavar=_("FILE"),
    help=_("Read a filled-in list back."),
)
@click.pass_obj
def command(
    workspace: Workspace,
    campaign: str,
    only_list: bool,
    target: Path | None,
    source: Path | None,
    glances: bool,
) -> int:
    """Ask about each answer that waits, or write or read the table; return 1 where something is left to decide."""
    read = workspace.campaign(campaign)
    if glances and (target or source):
        raise ConfigError("glance-without-table")
    with workspace.store() as store:
        if source is not None:
            return _read_back(workspace, store, read, source)
        now = standings.record(store, read.slug)
        if glances:
            return look_over(Walk(store, workspace, read), now, only_list=only_list)
        waiting = now.reviews
        if target is not None:
            reasons = {code: words.sentence(code, {}) for code in SENTENCES}
            settings = exports.ExportOptions(read.language, ZoneInfo(read.meeting.zone))
            files.write(target, exports.to_review.write(waiting, now.roll, reasons, settings))
            show.line(_("Written: {file}").format(file=target))
            return 1 if waiting else 0
        if not waiting:
            show.line(_("Nothing waits for a person."))
            if now.glances:
                show.line(to_decide.to_glance(read.slug, len({one.standing.person for one in now.glances})))
            return 0
        show.line(to_decide.undecided(now.undecided), "bold")
        names = {invitee.ref: invitee for invitee in now.roll}
        if only_list:
            for item in waiting:
                show_item(item, names.get(item.entry.invitee), read)
            return 1
        if not show.is_terminal():
            raise ConfigError("nobody-to-ask-review")
        walk = Walk(store, workspace, read)
        try:
            walk.through(waiting)
        except (click.Abort, KeyboardInterrupt):
            show.line()
            show.line(walk.kept())
            return 1
        show.line()
        show.line(walk.kept())
        return 1 if standings.record(store, read.slug).reviews else 0


def _read_back(workspace: Workspace, store: Store, campaign: Campaign, source: Path) -> int:
    content = files.read(source, at_most=contacts.MAX_BYTES)
    read = correct.decide_from(
        store, campaign.slug, source.name, content, now=workspace.now(), author=words.author()
    )
    for problem in read.problems:
        show.line(f"{words.place(problem.origin)}  {words.problem(problem)}")
    for line, before in read.decided_before:
        show.line(
            f"{words.place(Origin(source.name, line))}  {to_decide.earlier(before, campaign.meeting.zone)}"
        )
    if read.again:
        text = ngettext(
            "{n} line was decided like this before.", "{n} lines were decided like this before.", read.again
        )
        show.line(text.format(n=read.again))
    text = ngettext("{n} decision was recorded.", "{n} decisions were recorded.", read.done)
    show.line(text.format(n=read.done), "bold")
    faults = any(problem.severity is Severity.ERROR for problem in read.problems)
    return 1 if faults or read.decided_before else 0
