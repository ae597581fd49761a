"""Signing in through the browser: the authorization code flow with PKCE (RFC 6749, 7636, 8252, 9700)."""

from __future__ import annotations

import secrets

from mailer.errors import SignInError
from mailer.signin import client
from mailer.signin.client import Clock, Grant
from mailer.signin.endpoints import RegisteredApplication
from mailer.signin.loopback import Page, RedirectListener

SECONDS = 600
"""How long somebody has to sign in."""


class BrowserSignIn:
    """A sign-in that has begun: its listener waits, and `address` is the page of the provider to open.

    `mailbox` is proposed to the provider as the account. Raises ConfigError ``redirect-port-taken``.
    """

    def __init__(self, application: RegisteredApplication, mailbox: str, page: Page) -> None:
        self.application = application
        self._mailbox = mailbox
        self._verifier = secrets.token_urlsafe(64)
        state = secrets.token_urlsafe(32)
        self._listener = RedirectListener(application.redirect_host, application.redirect_port, state, page)
        self._session = client.session(application)
        self._session.redirect_uri = self._listener.uri
        self.address, _state = self._session.create_authorization_url(
            application.authorization_endpoint,
            state=state,
            code_verifier=self._verifier,
            scope=" ".join(application.scopes),
            login_hint=mailbox,
            **application.more,
        )

    def wait(self, seconds: float) -> bool:
        """Wait so many seconds for the redirect; return whether it has come."""
        return self._listener.wait(seconds) is not None

    def finish(self, clock: Clock) -> Grant:
        """Exchange the code of the redirect for tokens.

        Raises SignInError ``sign-in-timed-out`` if none has come, ``sign-in-denied`` if the provider or the person
        refused, and those of `client.explained`.
        """
        found = self._listener.wait(0)
        self.close()
        host, name = self.application.server, self._mailbox
        if found is None:
            raise SignInError("sign-in-timed-out", username=name, host=host)
        if "error" in found:
            raise client.refusal(
                "sign-in-denied", found["error"], found.get("error_description", ""), host=host, username=name
            )
        # RFC 9207: the answer of another provider must not be taken for this one's.
        issuer = self.application.issuer
        if issuer and found.get("iss", issuer).rstrip("/") != issuer.rstrip("/"):
            raise SignInError("sign-in-denied", username=name, host=host, reason="iss")
        asked_at = clock()
        with client.explained("sign-in-denied", host=host, username=name):
            answer = self._session.fetch_token(
                self.application.token_endpoint,
                grant_type="authorization_code",
                code=found["code"],
                code_verifier=self._verifier,
            )
        return client.granted(answer, asked_at, self.application)

    def close(self) -> None:
        """Stop waiting."""
        self._listener.close()
