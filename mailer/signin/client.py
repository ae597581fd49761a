"""The requests to an OAuth 2 provider, by Authlib over HTTPS, and what its refusals mean.

The certificates of the system are trusted (`SSL_CERT_FILE` names others), those of certifi besides. No redirect is
followed, since it would take codes and secrets elsewhere. Of what a provider answers, only the short code of an error
reaches a person or a log.
"""

from __future__ import annotations

import base64
import json
import re
import ssl
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from mailer.errors import ConfigError, SignInError
from mailer.signin.endpoints import RegisteredApplication, require_tls

if TYPE_CHECKING:
    import requests
    from authlib.integrations.requests_client import OAuth2Session

SECONDS = 30
"""How long the provider may take to answer."""

_ENDED = {"invalid_grant", "interaction_required", "login_required", "consent_required"}
_LATER = {"temporarily_unavailable", "server_error", "slow_down"}
_OURS = {"invalid_client", "unauthorized_client", "invalid_scope", "unsupported_grant_type"}

_USUAL_LIFE, _LONGEST_LIFE = 3600, 30 * 86400
"""How many seconds an access token lives of which the provider does not say so, as most do; and what is believed."""


@dataclass(frozen=True, slots=True)
class Grant:
    """What a provider gave for a sign-in; its repr holds no token.

    `signed_in_as` is the address of who signed in, or empty where the provider does not say it.
    """

    access_token: str = field(repr=False)
    refresh_token: str = field(repr=False)
    expires_at: datetime
    signed_in_as: str = ""


Clock = Callable[[], datetime]


def session(application: RegisteredApplication) -> OAuth2Session:
    """Return an OAuth 2 client for an application."""
    from authlib.integrations.requests_client import OAuth2Session

    made = OAuth2Session(
        application.client_id,
        application.client_secret or None,
        token_endpoint_auth_method=application.auth_method,
        revocation_endpoint_auth_method=application.auth_method,
        code_challenge_method="S256",
        default_timeout=SECONDS,
    )
    return _secured(made)


def _secured(made: Any) -> Any:
    """Return a session of requests that trusts the system's certificates and follows no redirect."""
    from requests.adapters import HTTPAdapter

    class SystemTrust(HTTPAdapter):
        def init_poolmanager(self, *given: Any, **named: Any) -> None:
            super().init_poolmanager(*given, **named, ssl_context=ssl.create_default_context())

    made.mount("https://", SystemTrust())
    made.max_redirects = 0
    return made


def metadata(issuer: str) -> Mapping[str, object]:
    """Return what a provider publishes of itself; its endpoints are checked later. An empty issuer gives nothing.

    Raises ConfigError ``oauth-endpoint-insecure`` or ``oauth-issuer-wrong``, SignInError ``oauth-no-metadata`` or
    ``sign-in-unreachable``.
    """
    if not issuer:
        return {}
    import requests

    require_tls(issuer, "issuer")
    address = f"{issuer.rstrip('/')}/.well-known/openid-configuration"
    with explained("oauth-no-metadata", host=issuer):
        answer = _secured(requests.Session()).get(address, timeout=SECONDS, auth=_anonymous)
        answer.raise_for_status()
        found = answer.json()
    # RFC 8414 section 3.3: else another server could pose as this one.
    if not isinstance(found, dict) or str(found.get("issuer")).rstrip("/") != issuer.rstrip("/"):
        raise ConfigError("oauth-issuer-wrong", file="config/mailer.toml", read=issuer)
    return found


def _anonymous(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """Send a request without the password that a ``.netrc`` file may have for the host."""
    return request


def granted(
    answer: Mapping[str, Any], now: datetime, application: RegisteredApplication, *, refresh_token: str = ""
) -> Grant:
    """Return the tokens of a token response (RFC 6749 section 5.1), obtained just now.

    `refresh_token` is the one that was used; it stays where the provider gives no new one. Raises SignInError
    ``sign-in-failed`` where there is no access token, ``sign-in-not-lasting`` where it cannot be renewed.
    """
    access, refresh = answer.get("access_token"), answer.get("refresh_token") or refresh_token
    if not isinstance(access, str) or not access:
        raise SignInError("sign-in-failed", reason="no access_token", host=application.server)
    if not isinstance(refresh, str) or not refresh:
        raise SignInError("sign-in-not-lasting")
    try:
        lives = int(answer.get("expires_in", _USUAL_LIFE))
    except (OverflowError, TypeError, ValueError):
        lives = _USUAL_LIFE
    ends = now + timedelta(seconds=min(max(lives, 0), _LONGEST_LIFE))
    return Grant(access, refresh, ends, _address(answer.get("id_token"), application.client_id))


def _address(id_token: object, client_id: str) -> str:
    """Return the address in an ID token, or an empty string.

    The signature need not be verified, since the token came from the provider itself over TLS (OpenID Connect Core
    section 3.1.3.7); nothing but a sentence depends on it.
    """
    try:
        body = str(id_token).split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
        audience = claims["aud"]
    except (ValueError, IndexError, KeyError, TypeError):
        return ""
    if client_id not in (audience if isinstance(audience, list) else [audience]):
        return ""
    named = [claims.get(name) for name in ("email", "preferred_username", "upn")]
    return next((name for name in named if isinstance(name, str) and _ADDRESS.fullmatch(name)), "")


_ADDRESS = re.compile(r"[^\s@<>\"]{1,64}@[^\s@<>\"]{1,255}")


@contextmanager
def explained(code: str, *, host: str, username: str = "") -> Iterator[None]:
    """Turn what Authlib and requests raise into a SignInError: `code`, or a surer one.

    The original exception is left out, since its text may hold what the provider answered.
    """
    import requests
    from authlib.common.errors import AuthlibBaseError

    try:
        yield
    except AuthlibBaseError as error:
        raise refusal(code, str(error.error), str(error.description), host=host, username=username) from None
    except requests.TooManyRedirects:
        raise SignInError(code, reason="HTTP 3xx", host=host, username=username) from None
    except requests.HTTPError as error:
        status = error.response.status_code if error.response is not None else 0
        unreachable = status >= 500 or status == 429
        raise SignInError(
            "sign-in-unreachable" if unreachable else code,
            reason=f"HTTP {status}",
            host=host,
            username=username,
        ) from None
    except requests.exceptions.SSLError:
        raise SignInError(
            "sign-in-unreachable", reason="TLS: certificate", host=host, username=username
        ) from None
    except requests.Timeout:
        raise SignInError("sign-in-unreachable", reason="timed out", host=host, username=username) from None
    except (requests.ConnectionError, OSError):
        raise SignInError(
            "sign-in-unreachable", reason="no connection", host=host, username=username
        ) from None
    except (TypeError, ValueError):
        raise SignInError(code, reason="no JSON", host=host, username=username) from None


def refusal(code: str, error: str, description: str, *, host: str, username: str = "") -> SignInError:
    """Return what a provider's error code means (RFC 6749 section 5.2); `code` where it is none of the known ones."""
    reason = error if re.fullmatch(r"[A-Za-z0-9_.:-]{1,60}", error) else "?"
    if number := re.search(
        r"\bAADSTS\d{4,7}\b", description
    ):  # Microsoft's own numbers, by which help is found
        reason = f"{reason}, {number[0]}"
    if error in _LATER:
        code = "sign-in-unreachable"
    elif error in _OURS:
        code = "sign-in-client-refused"
    elif error in _ENDED and code == "sign-in-failed":
        code = "sign-in-expired"
    return SignInError(code, reason=reason, host=host, username=username)


def renew(application: RegisteredApplication, refresh_token: str, username: str, clock: Clock) -> Grant:
    """Return new tokens for a refresh token (RFC 6749 section 6).

    Raises SignInError ``sign-in-expired`` where the provider takes the refresh token no more, ``sign-in-unreachable``,
    ``sign-in-client-refused`` or ``sign-in-failed``.
    """
    with explained("sign-in-failed", host=application.server, username=username):
        asked_at = clock()
        answer = session(application).refresh_token(application.token_endpoint, refresh_token)
    return granted(answer, asked_at, application, refresh_token=refresh_token)


def revoke(application: RegisteredApplication, refresh_token: str) -> bool:
    """Revoke a refresh token (RFC 7009); return False where the provider has no endpoint for that.

    Raises SignInError ``sign-in-unreachable`` or ``sign-in-failed``.
    """
    if not application.revocation_endpoint:
        return False
    with explained("sign-in-failed", host=application.server):
        answer = session(application).revoke_token(
            application.revocation_endpoint,
            refresh_token,
            token_type_hint="refresh_token",  # noqa: S106 - the kind of a token
        )
        answer.raise_for_status()
    return True
