"""The SASL mechanisms that carry an OAuth 2 access token: OAUTHBEARER (RFC 7628) and XOAUTH2 (Google's and Microsoft's).

XOAUTH2 has no RFC; its exchange is described in developers.google.com/gmail/imap/xoauth2-protocol.
"""

from __future__ import annotations

import json
from collections.abc import Iterable

from mailer.model.account import Account

MECHANISMS = ("OAUTHBEARER", "XOAUTH2")
"""In the order of preference: Exchange Online offers only the second."""


def for_token(offered: Iterable[str]) -> str:
    """Return the mechanism to use of those a server offers, or an empty string if none takes a token."""
    names = {name.upper() for name in offered}
    return next((name for name in MECHANISMS if name in names), "")


def initial_response(mechanism: str, account: Account, token: str) -> bytes:
    """Return the client's initial response, not yet encoded with base64."""
    if mechanism == "XOAUTH2":
        return f"user={account.identity}\x01auth=Bearer {token}\x01\x01".encode()
    name = account.identity.replace("=", "=3D").replace(",", "=2C")  # saslname, RFC 5801 section 4
    place = f"host={account.host}\x01port={account.port}"
    return f"n,a={name},\x01{place}\x01auth=Bearer {token}\x01\x01".encode()


def answer_to_refusal(mechanism: str) -> bytes:
    """Return what the client answers to an error challenge, after which the server refuses the command."""
    return b"" if mechanism == "XOAUTH2" else b"\x01"


def reason(challenge: bytes) -> str:
    """Return the ``status`` in the JSON of an error challenge, such as ``invalid_token`` or ``401``, or an empty string.

    Only a short word is taken, so that nothing a server echoes reaches a log.
    """
    try:
        found = json.loads(challenge)
    except ValueError:
        return ""
    status = str(found.get("status", "")) if isinstance(found, dict) else ""
    return status if len(status) <= 40 and status.replace("_", "").isalnum() else ""
