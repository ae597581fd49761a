"""``mailer login``: sign in to the mailbox by OAuth 2, at a provider that takes no passwords from programs."""

from __future__ import annotations

import webbrowser
from gettext import gettext as _
from gettext import ngettext

import click

from mailer.cli import options, show
from mailer.signin import flow
from mailer.signin.device import DeviceCode
from mailer.wording import words
from mailer.workspace import Workspace, sign_in

SECONDS = 1.0
"""How long to wait for the browser at a time, so that Ctrl-C ends it everywhere."""


@click.command(
    "login",
    help=_(
        "Sign in to the mailbox by OAuth 2, where the provider (Microsoft 365, Google Workspace, Yahoo and others) takes "
        "no passwords from programs. The page of the provider opens in the browser; sending and reading then renew the "
        "token by themselves. An administrator registers this program once: docs/sign-in.en.md."
    ),
)
@options.mailbox
@click.option("--keyring", is_flag=True, help=_("Keep the sign-in in the system's keyring, not in a file."))
@click.option(
    "--device",
    is_flag=True,
    help=_("Sign in on another device, with a code; for machines without a browser."),
)
@click.option("--no-browser", is_flag=True, help=_("Only show the address."))
@click.pass_obj
def command(workspace: Workspace, address: str, keyring: bool, device: bool, no_browser: bool) -> int:
    """Sign in, try both servers, and keep the sign-in; return 1 where a server does not work yet."""
    name = sign_in.mailbox(workspace, address)
    if device:
        found = sign_in.by_device(workspace, name, _show_code, in_keyring=keyring)
    else:
        found = _in_browser(workspace, name, keyring=keyring, browser=not no_browser)
    for one in found.tried:
        show.line(words.server_tried(one.name, one.host, one.error), "" if one.error is None else "bold")
    show.line(words.signed_in(found.address, found.other, works=found.works), "bold")
    return 0 if found.works else 1


def _in_browser(workspace: Workspace, name: str, *, keyring: bool, browser: bool) -> sign_in.SignedIn:
    begun = sign_in.in_browser(workspace, name)
    try:
        text = _("Sign in as {address} on this page, in a browser of this machine: {url}")
        show.line(text.format(address=name, url=begun.address))
        if browser:
            webbrowser.open(begun.address)
        left = float(flow.SECONDS)
        while left > 0 and not begun.wait(SECONDS):
            left -= SECONDS
        return sign_in.finish(workspace, name, begun, in_keyring=keyring)
    finally:
        begun.close()


def _show_code(code: DeviceCode) -> None:
    minutes = max(1, code.seconds // 60)
    text = ngettext(
        "Open {url} on any device and type this code, within {n} minute: {code}",
        "Open {url} on any device and type this code, within {n} minutes: {code}",
        minutes,
    )
    show.line(text.format(url=code.address, code=code.user_code, n=minutes), "bold")
