"""Signing in to a mailbox by OAuth 2: the providers, the redirect to this machine, and the tokens that are kept."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from mailer.signin.command import run_token_command
from mailer.signin.endpoints import RegisteredApplication, provider_of, registered
from mailer.signin.tokens import KeptSignIn, TokenFile, signed_in

if TYPE_CHECKING:
    from mailer.settings import OauthSettings

__all__ = [
    "KeptSignIn",
    "RegisteredApplication",
    "TokenFile",
    "application",
    "run_token_command",
    "signed_in",
]


def application(oauth: OauthSettings, hosts: Iterable[str]) -> RegisteredApplication:
    """Return the application that the settings name, for the provider of these mail servers.

    A provider that is not known is asked for its metadata. Raises ConfigError of `endpoints.registered` and
    `client.metadata`, SignInError ``sign-in-unreachable``.
    """
    from mailer.signin import client

    names = tuple(hosts)
    known = provider_of(oauth, names) or (oauth.authorization_endpoint and oauth.token_endpoint)
    return registered(oauth, names, {} if known or not oauth.client_id else client.metadata(oauth.issuer))
