"""The page that the browser shows when a provider has sent it back to this machine; it holds nothing secret."""

from __future__ import annotations

from gettext import gettext as _
from html import escape

from mailer import environment


def html(name: str) -> str:
    """Return the page ``received``, ``refused``, ``used`` or ``foreign``, in the person's language."""
    title, text = {
        "received": (
            _("Almost done"),
            _(
                "The provider has answered. You can close this page and go back to where you began: there you see whether the mailbox opens."
            ),
        ),
        "refused": (
            _("Not signed in"),
            _(
                "The provider did not let you in. You can close this page and go back to where you began: there you see why."
            ),
        ),
        "used": (_("Done already"), _("This page works once, and has been used. You can close it.")),
        "foreign": (
            _("Nothing here"),
            _("This page does not belong to a sign-in that is waiting. You can close it."),
        ),
    }[name]
    language = escape(environment.variable("LANGUAGE") or "en")
    return (
        f'<!doctype html>\n<html lang="{language}">\n<head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="color-scheme" content="light dark">'
        f"<title>{escape(title)} – mailer</title></head>\n"
        f"<body><main><h1>{escape(title)}</h1><p>{escape(text)}</p></main></body>\n</html>\n"
    )
