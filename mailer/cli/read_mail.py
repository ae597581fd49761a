"""``mailer read``: the mailbox, read and recorded."""

from __future__ import annotations

from gettext import gettext as _
from gettext import ngettext

import click

from mailer.cli import show
from mailer.cli.workspace import Workspace
from mailer.errors import ConfigError
from mailer.jobs import collect
from mailer.model.campaign import Campaign

SPELL = 300.0
"""Seconds of waiting between two looks, when staying."""


@click.command(
    "read", help=_("Read the mailbox and record the answers. Nothing is marked, moved or deleted.")
)
@click.option("--watch", is_flag=True, help=_("Stay, and read what comes as it comes; Ctrl-C ends it."))
@click.pass_obj
def command(workspace: Workspace, watch: bool) -> int:
    """Read once, or stay. 1 where something waits for a person."""
    waiting = once(workspace)
    while watch:
        waiting += once(workspace, SPELL)
    return 1 if waiting else 0


def once(workspace: Workspace, patience: float = 0.0) -> int:
    """Read what is new, after waiting up to `patience` seconds for something; return how much waits for a person."""
    with workspace.store() as store, workspace.mailbox().open() as reader:
        if patience:
            reader.examine(workspace.settings.imap_folder)
            reader.wait(patience)
        with show.progress(_("Reading")) as tick:
            report = collect.collect(
                reader,
                store,
                _campaigns(workspace),
                now=workspace.now,
                trusted=workspace.settings.authserv_ids,
                progress=tick,
            )
    if report.by_kind or not patience:
        _show(report)
    return report.waiting


def _campaigns(workspace: Workspace) -> dict[str, Campaign]:
    """The campaigns whose file can be read; a broken one must not keep answers to the others from being read."""
    known = {}
    for slug in workspace.slugs():
        try:
            known[slug] = workspace.campaign(slug)
        except ConfigError:
            continue
    return known


def _show(report: collect.Report) -> None:
    read = sum(report.by_kind.values())
    show.line(ngettext("{n} new mail was read.", "{n} new mails were read.", read).format(n=read))
    if report.kept:
        show.line(
            ngettext(
                "{n} was recorded for an invitee.", "{n} were recorded for an invitee.", report.kept
            ).format(n=report.kept)
        )
    if report.waiting:
        text = ngettext(
            "{n} waits for a person: “mailer review CAMPAIGN”.",
            "{n} wait for a person: “mailer review CAMPAIGN”.",
            report.waiting,
        )
        show.line(text.format(n=report.waiting), "bold")
    if report.strange:
        text = ngettext(
            "{n} has nothing to do with an invitation and was left alone.",
            "{n} have nothing to do with an invitation and were left alone.",
            report.strange,
        )
        show.line(text.format(n=report.strange))
    if report.tests:
        text = ngettext("{n} answers a test message.", "{n} answer test messages.", report.tests)
        show.line(text.format(n=report.tests))
