"""Find the mail servers of an address at the terminal: show them, and ask where something has to be asked."""

from __future__ import annotations

from gettext import gettext as _

import click

from mailer.cli import ask, show
from mailer.errors import WireError
from mailer.jobs.find_servers import KeptServer
from mailer.providers import MailProtocol
from mailer.wording import mail_servers, words
from mailer.workspace import Workspace


def look_for(workspace: Workspace, address: str) -> dict[MailProtocol, KeptServer]:
    """Find the servers of an address, show them, and return those that are kept; a person is asked for the others."""
    terminal = show.is_terminal()
    show.line(_("Looking for the mail servers of {address}…").format(address=address))
    found = workspace.find_servers(
        address,
        agree=lambda offer: terminal and ask.consent(mail_servers.question(offer, address), yes=False),
    )
    for line, details in mail_servers.report(found):
        show.line(line)
        for detail in details:
            show.line(f"  {detail}")
    kept = {one: server for one in MailProtocol if (server := found.kept(one))}
    for protocol in MailProtocol if terminal else ():
        if protocol not in kept and (told := _ask(workspace, found.address, protocol)):
            kept[protocol] = told
    return kept


def _ask(workspace: Workspace, address: str, protocol: MailProtocol) -> KeptServer | None:
    """Ask for the name of a server until one answers; None if the person leaves it open."""
    question = {
        MailProtocol.SMTP: _(
            "What is the server for sending called? Whoever looks after your mail knows (Enter: later)"
        ),
        MailProtocol.IMAP: _(
            "What is the server of the mailbox called? Whoever looks after your mail knows (Enter: later)"
        ),
    }[protocol]
    while host := str(click.prompt(question, default="", show_default=False)).strip():
        tried = workspace.try_server(address, protocol, host)
        if isinstance(tried, WireError):
            show.line(words.said_of(tried))
            continue
        show.line(words.colon(mail_servers.shown(tried.offer.server), mail_servers.outcome(tried)))
        return tried
    return None
