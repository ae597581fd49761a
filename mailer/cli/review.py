"""``mailer review``: the doubtful answers, decided one by one."""

from __future__ import annotations

from gettext import gettext as _
from gettext import ngettext

import click

from mailer import ledger
from mailer.cli import options, show, why, words
from mailer.cli.workspace import Workspace
from mailer.errors import ConfigError
from mailer.jobs import record, standings
from mailer.model.attendance import Waiting
from mailer.model.entry import Heard
from mailer.model.finding import Answer, PartStat
from mailer.model.invitation import Invitee
from mailer.store import Store


@click.command("review", help=_("Decide the answers that need a person, one by one."))
@options.campaign
@click.option("--list", "only_list", is_flag=True, help=_("Show what waits, and decide nothing."))
@click.pass_obj
def command(workspace: Workspace, campaign: str, only_list: bool) -> int:
    """Ask for each; 1 where something is left."""
    slug = workspace.campaign(campaign).slug
    with workspace.store() as store:
        now = standings.record(store, slug)
        waiting = ledger.review(now.entries, now.standings)
        if not waiting:
            show.line(_("Nothing waits for a person."))
            return 0
        names = {invitee.ref: invitee for invitee in now.roll}
        text = ngettext("{n} answer waits for a person.", "{n} answers wait for a person.", len(waiting))
        show.line(text.format(n=len(waiting)), "bold")
        if not only_list and not show.is_terminal():
            raise ConfigError("nobody-to-ask-review")
        left = 0
        for item in waiting:
            _show(item, names.get(item.entry.invitee))
            if only_list or not _decide(store, workspace, slug, item):
                left += 1
    return 1 if left else 0


def _show(item: Waiting, invitee: Invitee | None) -> None:
    heard = item.entry.fact
    assert isinstance(heard, Heard)
    show.line()
    show.line(invitee.called if invitee else _("Somebody unknown"), "bold")
    show.line(f"  {why.what(item.entry)}")
    if item.why:
        show.line("  " + _("waits because: {why}").format(why=words.sentence(item.why, {})))
    for line in (heard.finding.text or heard.finding.evidence).splitlines()[:20]:
        show.line(f"  | {line}")
    if item.proposal:
        show.line(
            "  " + _("it most likely says: {answer}").format(answer=words.value(item.proposal.partstat.word))
        )


def _decide(store: Store, workspace: Workspace, slug: str, item: Waiting) -> bool:
    """Ask with one key; False where the person passes on."""
    keys = {
        _("y"): PartStat.ACCEPTED,
        _("n"): PartStat.DECLINED,
        _("p"): PartStat.TENTATIVE,
    }
    question = _("[y]es, [n]o, [p]erhaps, [x] not an answer, [Enter] later")
    key = click.prompt(question, default="", show_default=False).strip().casefold()
    if key == "x":
        record.decide(store, slug, item.entry, None, now=workspace.now(), author=words.author())
        return True
    if key not in keys:
        return False
    headcount = item.proposal.headcount if item.proposal else None
    answer = Answer(keys[key], headcount)
    if item.proposal and item.proposal.partstat is keys[key]:
        answer = item.proposal
    record.decide(store, slug, item.entry, answer, now=workspace.now(), author=words.author())
    return True
