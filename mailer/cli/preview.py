"""``mailer preview``: write every message to a file, with a page to look at them."""

from __future__ import annotations

from gettext import gettext as _
from gettext import ngettext
from pathlib import Path

import click

from mailer.cli import options, show
from mailer.model.invitation import Kind
from mailer.model.meeting import Meeting
from mailer.wording import words
from mailer.workspace import Workspace


@click.command("preview", help=_("Write every message to a folder, to look at before sending."))
@options.campaign
@click.option(
    "--out",
    required=True,
    type=click.Path(path_type=Path, file_okay=False),
    metavar=_("DIR"),
    help=_("The folder to write to."),
)
@click.option(
    "--kind", type=click.Choice([kind.value for kind in Kind]), default="invitation", show_default=True
)
@options.only
@click.pass_obj
def command(workspace: Workspace, campaign: str, out: Path, kind: str, only: tuple[str, ...]) -> int:
    """Write ``.eml`` files and ``index.html``; nothing is sent or recorded. Return 1 if a message has a problem."""
    from mailer import environment, files
    from mailer.jobs import gather, preview

    read = workspace.campaign(campaign)
    laid = preview.preview(
        read,
        workspace.templates(read),
        gather.gather(workspace.path, read),
        Kind(kind),
        only,
        now=workspace.now(),
        mailbox=workspace.mailbox_address(read),
        previous=_told(workspace, read.slug),
        labels=_labels(),
        language=environment.language(),
        say=words.problem,
    )
    for name, content in laid.files.items():
        files.write(out / name, content)
    text = ngettext("{n} message was written.", "{n} messages were written.", laid.messages)
    show.line(text.format(n=laid.messages))
    if laid.faults:
        text = ngettext("{n} fault was found in them.", "{n} faults were found in them.", len(laid.faults))
        show.line(text.format(n=len(laid.faults)), "bold red")
    show.line(_("Look at them in a browser: {file}").format(file=out / "index.html"), "bold")
    return 1 if laid.faults else 0


def _told(workspace: Workspace, slug: str) -> Meeting | None:
    from mailer.jobs import standings

    with workspace.store_if_any() as store:
        told = standings.record(store, slug).told if store else None
        return told.meeting if told else None


def _labels() -> dict[str, str]:
    return {
        "messages": _("Messages"),
        "message": _("Message"),
        "warning": _("(fault)"),
        "before": _("previous"),
        "after": _("next"),
        "file": _("open in a mail program"),
        "html": _("What most people see"),
        "plain": _("As plain text"),
        "calendar": _("The calendar invitation"),
        "attachments": _("Attached files"),
        "headers": _("Headers"),
    }
