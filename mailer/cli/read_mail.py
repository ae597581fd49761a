"""``mailer read``: read the mailbox and record the answers, once or continually."""

from __future__ import annotations

import time
from gettext import gettext as _
from gettext import ngettext

import click

from mailer.cli import show
from mailer.errors import ConfigError, WireError
from mailer.jobs import collect, roll
from mailer.model.campaign import Campaign
from mailer.store import Store
from mailer.wire import MailboxReader
from mailer.wording import mailbox, words
from mailer.workspace import Workspace, memory

WAIT_SECONDS = 300.0
"""How long ``--watch`` waits for new mail before it looks by itself."""

FIRST_PAUSE, LONGEST_PAUSE = 5.0, 300.0
"""Seconds before a lost connection is opened again: doubled each time, up to the longest."""


@click.command(
    "read", help=_("Read the mailbox and record the answers. Nothing is marked, moved or deleted.")
)
@click.option("--watch", is_flag=True, help=_("Stay, and read what comes as it comes; Ctrl-C ends it."))
@click.option(
    "--retry",
    is_flag=True,
    help=_("Ask once more for the mails that the server would not give, and that wait for a person."),
)
@click.pass_obj
def command(workspace: Workspace, watch: bool, retry: bool) -> int:
    """Read once, or until interrupted; return 1 where something is left for a person."""
    left = once(workspace, retry=retry)
    if watch:
        keep_reading(workspace)
    return 1 if left else 0


def once(workspace: Workspace, *, retry: bool = False) -> int:
    """Read the new mail and show what it was; return how many mails and folders are left for a person."""
    with workspace.store() as store, workspace.mailbox().open() as reader:
        show.warnings(memory.warnings(workspace, store, store.campaigns()))
        if retry:
            store.ask_again()
        report = _read(workspace, store, reader)
        _show(report)
        _show_objections(store, report)
    return report.waiting + sum(report.withheld.values()) + len(report.troubles)


def keep_reading(workspace: Workspace) -> None:
    """Read mail as it comes until interrupted, reconnecting with growing pauses where the connection is lost."""
    show.line(_("Waiting for mail; Ctrl-C ends it."))
    pause = FIRST_PAUSE
    said: tuple[dict[str, int], list[str]] = {}, []  # what cannot be read is said once, not at each look
    while True:
        try:
            with workspace.store() as store, workspace.mailbox().open() as reader:
                pause = FIRST_PAUSE
                while True:
                    report = _read(workspace, store, reader)
                    left = report.withheld, [str(error) for error in report.troubles]
                    if report.by_kind or left != said:
                        _show(report)
                        _show_objections(store, report)
                    said = left
                    reader.examine(workspace.settings.imap.read_folders[0])
                    reader.wait(WAIT_SECONDS)
        except WireError as error:
            show.line(words.error_sentence(error))
            time.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)


def _read(workspace: Workspace, store: Store, reader: MailboxReader) -> collect.ReadingReport:
    with show.progress(_("Reading")) as tick:
        return collect.collect(
            reader,
            store,
            campaigns(workspace),
            now=workspace.now,
            trusted=workspace.settings.imap.authserv_ids,
            done_folder=workspace.settings.imap.done_folder,
            progress=tick,
        )


def campaigns(workspace: Workspace) -> dict[str, Campaign]:
    """Read every campaign, by name, leaving out those whose file is broken, so that the others' answers are read."""
    known = {}
    for slug in workspace.slugs():
        try:
            known[slug] = workspace.campaign(slug)
        except ConfigError:
            continue
    return known


def _show_objections(store: Store, report: collect.ReadingReport) -> None:
    """Name all people of an address at which somebody objects: nothing is sent there any more."""
    for slug in dict.fromkeys(slug for slug, _ref in report.objected):
        members = roll.register(store, slug).invitees
        for ref in dict.fromkeys(ref for campaign, ref in report.objected if campaign == slug):
            invitee = members.get(ref)
            if invitee and len(invitee.members) > 1:
                text = _(
                    "{address} asked not to be written to. It is the address of {names}; write to them another way."
                )
                show.line(text.format(address=invitee.email, names=invitee.called), "bold")


def _show(report: collect.ReadingReport) -> None:
    read = sum(report.by_kind.values())
    show.line(ngettext("{n} new mail was read.", "{n} new mails were read.", read).format(n=read))
    if report.kept:
        show.line(
            ngettext(
                "{n} was recorded for an invitee.", "{n} were recorded for an invitee.", report.kept
            ).format(n=report.kept)
        )
    if report.newcomers:
        text = ngettext(
            "{n} came from somebody who was not invited: they were added to the list of invitees, as the campaign file says.",
            "{n} came from people who were not invited: they were added to the list of invitees, as the campaign file says.",
            report.newcomers,
        )
        show.line(text.format(n=report.newcomers))
    if report.turned_away:
        text = ngettext(
            "{n} asks to come without an invitation: it was not recorded, as the campaign file says, and lies in the mailbox.",
            "{n} ask to come without an invitation: they were not recorded, as the campaign file says, and lie in the mailbox.",
            report.turned_away,
        )
        show.line(text.format(n=report.turned_away), "bold")
    if report.set_aside:
        text = ngettext(
            "{n} could not be read within the time and the memory that a mail may take: it was set aside, and waits for a person.",
            "{n} could not be read within the time and the memory that a mail may take: they were set aside, and wait for a person.",
            report.set_aside,
        )
        show.line(text.format(n=report.set_aside), "bold")
    for sentence in mailbox.left_out(report):
        show.line(sentence, "bold")
    for slug, waiting in report.waiting_in.items():
        text = ngettext(
            "{n} of these mails waits for a decision: “mailer review {campaign}”.",
            "{n} of these mails wait for a decision: “mailer review {campaign}”.",
            waiting,
        )
        show.line(text.format(n=waiting, campaign=slug), "bold")
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
