"""Signing in on another device: a code shown here is typed there (RFC 8628), for machines without a browser."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from mailer.errors import ConfigError, SignInError
from mailer.signin import client
from mailer.signin.client import Clock, Grant
from mailer.signin.endpoints import RegisteredApplication, require_tls

_GRANT = "urn:ietf:params:oauth:grant-type:device_code"

_INTERVAL, _LIFE = 5, 900
"""Seconds between two questions, and how long a code lives, where the provider does not say (RFC 8628 section 3.2)."""


@dataclass(frozen=True, slots=True)
class DeviceCode:
    """What to show: the page to open anywhere, and the code to type there within `seconds`; the rest is a secret."""

    address: str
    user_code: str
    seconds: int
    interval: int
    device_code: str = field(repr=False)


def begin(application: RegisteredApplication) -> DeviceCode:
    """Ask the provider for a code. Raises ConfigError ``oauth-no-device-code`` where it gives none for mail."""
    if not application.device_authorization_endpoint:
        raise ConfigError("oauth-no-device-code", read=application.provider or application.server)
    session: Any = client.session(application)
    with client.explained("sign-in-denied", host=application.server):
        response = session.post(
            application.device_authorization_endpoint,
            data={"client_id": application.client_id, "scope": " ".join(application.scopes)},
            auth=session.client_auth(application.auth_method),
            headers={"Accept": "application/json"},
        )
        answer = response.json() if response.status_code < 500 else {}
        if not isinstance(answer, dict):
            answer = {}
        if "error" in answer:
            raise client.refusal(
                "sign-in-denied",
                str(answer["error"]),
                str(answer.get("error_description", "")),
                host=application.server,
            )
        response.raise_for_status()
    try:
        # Google says verification_url, and says it first.
        found = DeviceCode(
            str(answer.get("verification_uri") or answer["verification_url"]),
            str(answer["user_code"]),
            int(answer.get("expires_in", _LIFE)),
            max(1, int(answer.get("interval", _INTERVAL))),
            str(answer["device_code"]),
        )
    except (KeyError, TypeError, ValueError):
        raise SignInError("sign-in-denied", host=application.server, reason="no device_code") from None
    require_tls(found.address, "device_authorization_endpoint")
    return found


def wait(
    application: RegisteredApplication,
    code: DeviceCode,
    mailbox: str,
    clock: Clock,
    sleep: Callable[[float], None] = time.sleep,
) -> Grant:
    """Ask the provider again and again whether somebody has typed the code and signed in, and return the tokens.

    Raises SignInError ``sign-in-timed-out``, ``sign-in-denied`` and those of `client.explained`; while the provider
    cannot be reached, it is asked again until the code ends.
    """
    session: Any = client.session(application)
    interval, end = code.interval, time.monotonic() + code.seconds
    while time.monotonic() < end:
        sleep(interval)
        asked_at = clock()
        try:
            with client.explained("sign-in-denied", host=application.server, username=mailbox):
                answer = session.fetch_token(
                    application.token_endpoint, grant_type=_GRANT, device_code=code.device_code
                )
        except SignInError as error:
            reason = str(error.values["reason"]).partition(",")[0]
            if reason == "expired_token":
                break
            if reason == "slow_down":
                interval += 5
            elif reason != "authorization_pending" and error.code != "sign-in-unreachable":
                raise
            continue
        return client.granted(answer, asked_at, application)
    raise SignInError("sign-in-timed-out", username=mailbox, host=application.server)
