"""``mailer send``: send the invitations that are due, a test message, or messages in doubt."""

from __future__ import annotations

from gettext import gettext as _

import click

from mailer.cli import options, outgoing
from mailer.model.invitation import Kind
from mailer.workspace import Workspace


@click.command(
    "send",
    help=_("Send the invitations that are due. Running it again sends only what is missing."),
)
@options.campaign
@options.only
@options.dry_run
@options.yes
@click.option(
    "--test", "tester", metavar=_("ADDRESS"), help=_("Send one message to a tester; no trace is kept.")
)
@click.option(
    "--release-in-doubt",
    is_flag=True,
    help=_("Send again, byte for byte, what may or may not have arrived when the connection was lost."),
)
@click.option(
    "--again",
    multiple=True,
    metavar=_("WHO"),
    help=_("Send it once more to this person, who has it already."),
)
@options.sure
@options.refused
@options.new_ledger
@click.pass_obj
def command(
    workspace: Workspace,
    campaign: str,
    only: tuple[str, ...],
    dry_run: bool,
    yes: bool,
    tester: str | None,
    release_in_doubt: bool,
    again: tuple[str, ...],
    refused: bool,
    sure: bool,
    new_ledger: str,
) -> int:
    """Show the plan, ask, send; return the exit status."""
    if tester:
        return outgoing.test(workspace, campaign, tester, only)
    if release_in_doubt:
        return outgoing.release(workspace, campaign, yes=yes, new_ledger=new_ledger)
    return outgoing.run(
        workspace,
        campaign,
        Kind.INVITATION,
        only=(*only, *again),
        yes=yes,
        dry_run=dry_run,
        again=bool(again),
        refused=refused,
        sure=sure,
        new_ledger=new_ledger,
    )
