"""``mailer desk``: serve the web interface on this machine."""

from __future__ import annotations

from gettext import gettext as _

import click

from mailer.cli import show
from mailer.desk import serve
from mailer.workspace import Workspace


@click.command("desk", help=_("Open the desk in the browser: the same work, with forms and tables."))
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=0,
    metavar="N",
    help=_("The port on this machine; any free one by default."),
)
@click.option(
    "--no-browser",
    is_flag=True,
    help=_(
        "Open no browser: only show a file that opens the desk in a browser of this machine, the addresses, and the code."
    ),
)
@click.option(
    "--check-in", is_flag=True, help=_("Let a phone on the local network tick who comes, with a code.")
)
@click.pass_obj
def command(workspace: Workspace, port: int, no_browser: bool, check_in: bool) -> int:
    """Serve the web interface until Ctrl-C."""
    texts = {
        "file": "{value}",
        "name": _("The desk: {value}"),
        "address": _("The same, for a browser that does not find it (Safari): {value}"),
        "code": _("The code to type there, once, if the desk does not open by itself: {value}"),
        "check_in": _("The check-in, for a phone on the local network: {value}"),
        "check_in_code": _("Its code, for a quarter of an hour: {value}"),
    }
    serve.serve(
        workspace,
        port=port,
        check_in=check_in,
        browser=not no_browser,
        say=lambda what, value: show.line(texts[what].format(value=value), "bold"),
    )
    return 0
