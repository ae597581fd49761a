"""The OAuth 2 endpoints of mail providers, and the application that an administrator registered with one of them.

To add a provider, add a row to `SIGN_IN_PROVIDERS`. A provider without a row is found by its OpenID metadata (OpenID
Connect Discovery 1.0, RFC 8414) or by the endpoints in the settings. All rows were looked up in November 2026.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from mailer.clear_text import addresses_here
from mailer.errors import ConfigError

if TYPE_CHECKING:
    from mailer.settings import OauthSettings

FILE = "config/mailer.toml"

ENDPOINTS = (
    "authorization_endpoint",
    "token_endpoint",
    "device_authorization_endpoint",
    "revocation_endpoint",
)
"""By the names that the metadata and the settings give them."""

_TENANT = re.compile(r"[A-Za-z0-9.-]+")


@dataclass(frozen=True, slots=True)
class SignInProvider:
    """A mail provider as an OAuth 2 authorization server.

    It is recognised by the ends of its mail servers' names (`hosts`). An endpoint is empty where the provider has none,
    or does not allow it for mail. `more` are further parameters of the authorization request. `redirect_host` is how this
    machine is named in the redirect: the loopback address (RFC 8252 section 7.3), or ``localhost`` where the provider
    ignores the port for that name only.
    """

    name: str
    hosts: tuple[str, ...]
    scopes: tuple[str, ...]
    authorization_endpoint: str
    token_endpoint: str
    device_authorization_endpoint: str = ""
    revocation_endpoint: str = ""
    issuer: str = ""
    more: Mapping[str, str] = field(default_factory=dict)
    redirect_host: str = "127.0.0.1"


_MICROSOFT = "https://login.microsoftonline.com/{tenant}/oauth2/v2.0"

SIGN_IN_PROVIDERS = (
    # learn.microsoft.com, "Authenticate an IMAP, POP or SMTP connection using OAuth"; "Redirect URI (reply URL) outline
    # and restrictions". Microsoft revokes no single sign-in.
    SignInProvider(
        "microsoft",
        hosts=("office365.com", "outlook.com", "outlook.office.com"),
        scopes=(
            "https://outlook.office.com/IMAP.AccessAsUser.All",
            "https://outlook.office.com/SMTP.Send",
            "offline_access",
            "openid",
            "email",
        ),
        authorization_endpoint=f"{_MICROSOFT}/authorize",
        token_endpoint=f"{_MICROSOFT}/token",
        device_authorization_endpoint=f"{_MICROSOFT}/devicecode",
        redirect_host="localhost",
    ),
    # developers.google.com, "OAuth 2.0 for Mobile & Desktop Apps"; "OAuth 2.0 Mechanism" of Gmail. The scope of mail is
    # not among those that a device code is given for ("OAuth 2.0 for TV and Limited-Input Device Applications").
    SignInProvider(
        "google",
        hosts=("gmail.com", "googlemail.com"),
        scopes=("https://mail.google.com/", "openid", "email"),
        authorization_endpoint="https://accounts.google.com/o/oauth2/v2/auth",
        token_endpoint="https://oauth2.googleapis.com/token",  # noqa: S106 - an address
        revocation_endpoint="https://oauth2.googleapis.com/revoke",
        issuer="https://accounts.google.com",
        more={"access_type": "offline", "prompt": "consent"},  # else a second sign-in brings no refresh token
    ),
    # developer.yahoo.com, "OAuth 2.0 Guide"; senders.yahooinc.com, "Developer access to Yahoo Mail".
    SignInProvider(
        "yahoo",
        hosts=("mail.yahoo.com", "aol.com"),
        scopes=("mail-w",),
        authorization_endpoint="https://api.login.yahoo.com/oauth2/request_auth",
        token_endpoint="https://api.login.yahoo.com/oauth2/get_token",  # noqa: S106 - an address
        revocation_endpoint="https://api.login.yahoo.com/oauth2/revoke",
        redirect_host="localhost",
    ),
)

USUAL_SCOPES = ("openid", "email", "offline_access")
"""What is asked of a provider without a row, if the settings name no scopes."""


@dataclass(frozen=True, slots=True)
class RegisteredApplication:
    """The application as the provider knows it, with the endpoints to use; its repr never holds the secret."""

    provider: str
    client_id: str
    client_secret: str = field(repr=False)
    scopes: tuple[str, ...]
    authorization_endpoint: str
    token_endpoint: str
    device_authorization_endpoint: str = ""
    revocation_endpoint: str = ""
    issuer: str = ""
    auth_method: str = "none"
    more: Mapping[str, str] = field(default_factory=dict)
    redirect_host: str = "127.0.0.1"
    redirect_port: int = 0

    @property
    def server(self) -> str:
        """Return the host name of the provider, for sentences."""
        return urlsplit(self.token_endpoint).hostname or ""


def provider_of(oauth: OauthSettings, hosts: Iterable[str]) -> SignInProvider | None:
    """Return the row of the provider that the settings name, else that of the mail servers; None if it has none.

    Raises ConfigError ``oauth-provider-unknown``.
    """
    if oauth.provider:
        found = next((one for one in SIGN_IN_PROVIDERS if one.name == oauth.provider), None)
        if found is None:
            known = ", ".join(one.name for one in SIGN_IN_PROVIDERS)
            raise ConfigError("oauth-provider-unknown", file=FILE, read=oauth.provider, known=known)
        return found
    if oauth.issuer or oauth.token_endpoint:
        return None
    names = [host.casefold().rstrip(".") for host in hosts]
    return next(
        (
            one
            for one in SIGN_IN_PROVIDERS
            for end in one.hosts
            if any(name == end or name.endswith(f".{end}") for name in names)
        ),
        None,
    )


def registered(
    oauth: OauthSettings, hosts: Iterable[str], discover: Mapping[str, object]
) -> RegisteredApplication:
    """Return the application of the settings, for a provider with these mail servers; `discover` is its metadata.

    The endpoints of the settings win over the metadata, and these over the provider's row. Raises ConfigError
    ``oauth-not-registered``, ``oauth-provider-unknown``, ``oauth-endpoints-missing``, ``oauth-endpoint-insecure`` or
    ``setting-wrong``.
    """
    row = provider_of(oauth, hosts)
    if not oauth.client_id:
        raise ConfigError("oauth-not-registered", file=FILE)
    tenant = oauth.tenant or "common"
    if not _TENANT.fullmatch(tenant):
        raise ConfigError(
            "setting-wrong", file=FILE, read=tenant, name="oauth.tenant", wanted="mairie.onmicrosoft.com"
        )
    found = {name: getattr(row, name, "").format(tenant=tenant) for name in ENDPOINTS}
    found |= {name: value for name in ENDPOINTS if isinstance(value := discover.get(name), str)}
    found |= {name: value for name in ENDPOINTS if (value := getattr(oauth, name))}
    if not (found["authorization_endpoint"] and found["token_endpoint"]):
        raise ConfigError("oauth-endpoints-missing", file=FILE)
    for name, url in found.items():
        require_tls(url, name)
    secret = oauth.client_secret.get_secret_value()
    application = RegisteredApplication(
        row.name if row else "",
        oauth.client_id,
        secret,
        oauth.scopes or (row.scopes if row else USUAL_SCOPES),
        found["authorization_endpoint"],
        found["token_endpoint"],
        found["device_authorization_endpoint"],
        found["revocation_endpoint"],
        issuer=(row.issuer if row else "") or oauth.issuer,
        auth_method=_auth_method(secret, discover.get("token_endpoint_auth_methods_supported")),
        redirect_port=oauth.redirect_port,
    )
    if row:
        return replace(application, more=row.more, redirect_host=row.redirect_host)
    # OpenID Connect Core section 11: lasting access is given only where the person is asked for it.
    return replace(application, more={"prompt": "consent"} if "offline_access" in application.scopes else {})


def require_tls(url: str, name: str) -> None:
    """Raise ConfigError ``oauth-endpoint-insecure`` unless an address is HTTPS, or on this machine (or empty)."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        here = host in ("127.0.0.1", "::1", "localhost") and bool(addresses_here(host))
    except ValueError:
        parts, here = urlsplit(""), False
    if url and not ((parts.scheme == "https" and parts.hostname) or (parts.scheme == "http" and here)):
        # A password may stand in front of the host.
        read = re.sub(r"//[^/]*@", "//***@", url)
        raise ConfigError("oauth-endpoint-insecure", file=FILE, read=read, name=f"oauth.{name}")


def _auth_method(secret: str, supported: object) -> str:
    """Return how the application proves itself at the token endpoint (RFC 6749 section 2.3)."""
    if not secret:
        return "none"
    known = supported if isinstance(supported, list) else []
    return (
        "client_secret_post"
        if "client_secret_post" in known and "client_secret_basic" not in known
        else "client_secret_basic"
    )
