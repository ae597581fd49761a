"""Signing in through the browser and with a device code, at a provider that keeps the rules."""

from __future__ import annotations

import base64
import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import parse_qs, urlsplit

import pytest

from mailer.errors import ConfigError, SignInError
from mailer.signin import RegisteredApplication, client, device
from mailer.signin.client import Grant
from mailer.signin.flow import BrowserSignIn
from tests.servers.certificates import server_context
from tests.servers.oauth_provider import OauthProvider
from tests.signin.conftest import CAMILLE, browse

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)


def now() -> datetime:
    """Return the moment of these tests."""
    return NOW


def sign_in(application: RegisteredApplication, meddle: Callable[[BrowserSignIn], object] = str) -> Grant:
    """Sign in as a person does whose browser follows the provider's redirect."""
    begun = BrowserSignIn(application, CAMILLE, lambda name: name)
    try:
        meddle(begun)
        browse(begun.address)
        assert begun.wait(30)
        return begun.finish(now)
    finally:
        begun.close()


def refused(act: Callable[[], object]) -> SignInError:
    """Do something that fails; return the error, which tells nothing of what the provider wrote."""
    with pytest.raises(SignInError) as caught:
        act()
    assert "secret-words" not in str(caught.value)
    assert caught.value.__context__ is None or caught.value.__suppress_context__
    return caught.value


def test_signing_in(provider: OauthProvider, registered: RegisteredApplication) -> None:
    """Tokens, their end and who signed in are had; the request has PKCE, a state and the mailbox; nothing is shown."""
    grant = sign_in(registered)

    assert provider.is_good(grant.access_token)
    assert grant.expires_at == NOW + timedelta(seconds=provider.lives)
    assert grant.signed_in_as == provider.person
    asked = dict(provider.asked)["/authorize"]
    assert asked["login_hint"] == CAMILLE
    assert asked["scope"] == "openid email offline_access"
    assert len(asked["state"]) >= 43
    assert not [secret for secret in provider.secrets if secret in repr(grant)]


def test_a_secret_of_the_application(provider: OauthProvider, registered: RegisteredApplication) -> None:
    """A confidential client proves itself at the token endpoint; with the wrong secret the settings are named."""
    provider.client_secret = "s3cret"
    assert sign_in(replace(registered, client_secret="s3cret", auth_method="client_secret_basic"))
    wrong = replace(registered, client_secret="other", auth_method="client_secret_basic")

    assert refused(lambda: sign_in(wrong)).code == "sign-in-client-refused"


def test_the_person_or_an_administrator_refuses(
    provider: OauthProvider, registered: RegisteredApplication
) -> None:
    """The provider's short code is told, with Microsoft's number."""
    provider.denies = "access_denied"
    error = refused(lambda: sign_in(registered))

    assert (error.code, error.values["reason"]) == ("sign-in-denied", "access_denied, AADSTS65004")


def test_a_code_of_somebody_else_is_no_use(
    provider: OauthProvider, registered: RegisteredApplication
) -> None:
    """A code that was given for another request fails, since PKCE binds it to its own."""

    def slip_in(begun: BrowserSignIn) -> None:
        other = BrowserSignIn(registered, CAMILLE, lambda name: name)
        browse(other.address)
        other.wait(30)
        other.close()
        code = list(provider.codes)[-1]
        state = parse_qs(urlsplit(begun.address).query)["state"][0]
        uri = parse_qs(urlsplit(begun.address).query)["redirect_uri"][0]
        assert browse(f"{uri}/?code={code}&state={state}") == "received"

    with pytest.raises(HTTPError, match="410"):
        sign_in(registered, slip_in)
    begun = BrowserSignIn(registered, CAMILLE, lambda name: name)
    slip_in(begun)
    assert refused(lambda: begun.finish(now)).code == "sign-in-denied"


def test_the_answer_of_another_provider(provider: OauthProvider, registered: RegisteredApplication) -> None:
    """An answer that names another issuer is refused before its code goes anywhere (RFC 9207)."""
    error = refused(lambda: sign_in(replace(registered, issuer="https://id.example.org")))

    assert (error.code, error.values["reason"]) == ("sign-in-denied", "iss")
    assert "/token" not in dict(provider.asked)


def test_nobody_signs_in(registered: RegisteredApplication) -> None:
    """Who does not come is told so."""
    begun = BrowserSignIn(registered, CAMILLE, lambda name: name)

    assert not begun.wait(0.01)
    assert refused(lambda: begun.finish(now)).code == "sign-in-timed-out"


def test_a_sign_in_that_would_not_last(provider: OauthProvider, registered: RegisteredApplication) -> None:
    """Without a refresh token nothing is kept that ends in an hour."""
    provider.offline = False

    assert refused(lambda: sign_in(registered)).code == "sign-in-not-lasting"


def test_with_a_code_on_another_device(provider: OauthProvider, registered: RegisteredApplication) -> None:
    """The code is shown, the provider is asked until it was typed, and slower where it wants that."""
    provider.device_pending = 2
    code = device.begin(registered)
    slept: list[float] = []
    grant = device.wait(registered, code, CAMILLE, now, slept.append)

    assert (code.user_code, code.address) == ("WDJB-MJHT", f"{provider.issuer}/enter")
    assert slept == [1, 1, 1]
    assert provider.is_good(grant.access_token)
    assert code.device_code not in repr(code)


def test_a_code_that_is_refused_or_ends(provider: OauthProvider, registered: RegisteredApplication) -> None:
    """A refusal is told, and so is a code that nobody typed."""
    code = device.begin(registered)
    provider.denies = "access_denied"
    assert (
        refused(lambda: device.wait(registered, code, CAMILLE, now, lambda _: None)).code == "sign-in-denied"
    )
    ended = replace(code, device_code="device-old")
    assert (
        refused(lambda: device.wait(registered, ended, CAMILLE, now, lambda _: None)).code
        == "sign-in-timed-out"
    )


def test_no_device_code_for_mail_at_google() -> None:
    """Where the provider gives none for mail, that is said before anything is asked."""
    from mailer.settings import OauthSettings
    from mailer.signin import application

    with pytest.raises(ConfigError) as caught:
        device.begin(application(OauthSettings(provider="google", client_id="x"), ()))

    assert (caught.value.code, caught.value.read) == ("oauth-no-device-code", "google")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"refuses": "invalid_grant"}, "sign-in-expired"),
        ({"refuses": "interaction_required"}, "sign-in-expired"),
        ({"refuses": "temporarily_unavailable"}, "sign-in-unreachable"),
        ({"refuses": "unauthorized_client"}, "sign-in-client-refused"),
        ({"refuses": "some thing\r\nelse"}, "sign-in-failed"),
        ({"status": 503}, "sign-in-unreachable"),
    ],
)
def test_a_renewal_that_fails(
    provider: OauthProvider, registered: RegisteredApplication, change: dict[str, object], code: str
) -> None:
    """What ends a sign-in is told apart from what passes, and from what the administrator has to mend."""
    for name, value in change.items():
        setattr(provider, name, value)

    assert refused(lambda: client.renew(registered, "refresh-x", CAMILLE, now)).code == code


@pytest.mark.parametrize(
    ("said", "seconds"),
    [(5, 5), ("5", 5), (None, 3600), ("soon", 3600), ([], 3600), (-5, 0), (10**30, 30 * 86400)],
)
def test_how_long_a_token_lives(registered: RegisteredApplication, said: object, seconds: int) -> None:
    """What the provider says is believed within reason; an hour where it says nothing that can be understood."""
    answer = {"access_token": "a", "refresh_token": "r", "expires_in": said}

    assert client.granted(answer, NOW, registered).expires_at == NOW + timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("claims", "address"),
    [
        ('{"aud": "the-client", "email": "anna@example.org"}', "anna@example.org"),
        ('{"aud": ["x", "the-client"], "preferred_username": "anna@example.org"}', "anna@example.org"),
        ('{"aud": "other", "email": "anna@example.org"}', ""),
        ('{"aud": "the-client", "email": "anna\\n@example.org"}', ""),
        ('{"aud": "the-client", "email": 5}', ""),
        ("[]", ""),
        ("nonsense", ""),
    ],
)
def test_who_signed_in(registered: RegisteredApplication, claims: str, address: str) -> None:
    """The address in an ID token that is meant for us is taken, and nothing that is no address."""
    body = base64.urlsafe_b64encode(claims.encode()).decode().rstrip("=")
    answer = {"access_token": "a", "refresh_token": "r", "id_token": f"e30.{body}.c2ln"}

    assert client.granted(answer, NOW, registered).signed_in_as == address


def test_a_provider_that_is_not_there(registered: RegisteredApplication) -> None:
    """No connection is a matter of waiting."""
    gone = replace(registered, token_endpoint="http://127.0.0.1:9/token")

    assert refused(lambda: client.renew(gone, "refresh-x", CAMILLE, now)).code == "sign-in-unreachable"


def test_no_redirect_takes_a_token_elsewhere(
    provider: OauthProvider, registered: RegisteredApplication
) -> None:
    """A redirect of the token endpoint is not followed."""
    moved = replace(registered, token_endpoint=f"{provider.issuer}/moved")

    assert refused(lambda: client.renew(moved, "refresh-x", CAMILLE, now)).code == "sign-in-failed"
    assert [path for path, _asked in provider.asked if path in ("/moved", "/token")] == ["/moved"]


def test_nothing_is_logged(
    provider: OauthProvider, registered: RegisteredApplication, caplog: pytest.LogCaptureFixture
) -> None:
    """Even with all logs on, no code and no token is in them."""
    caplog.set_level(logging.DEBUG)
    grant = sign_in(registered)
    client.renew(registered, grant.refresh_token, CAMILLE, now)

    assert not [secret for secret in provider.secrets if secret in caplog.text]


def test_certificates_are_verified(
    tmp_path: Path, registered: RegisteredApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A provider is spoken to only with a certificate that is trusted, by the house's own authority too, and is its own."""
    theirs, _client = server_context(tmp_path)
    with OauthProvider(tls=theirs).running() as provider:
        encrypted = replace(registered, token_endpoint=f"{provider.issuer}/token")
        other_name = replace(registered, token_endpoint=f"https://127.0.0.1:{provider.port}/token")

        def asked(application: RegisteredApplication) -> SignInError:
            return refused(lambda: client.renew(application, "refresh-x", CAMILLE, now))

        assert asked(encrypted).values["reason"] == "TLS: certificate"
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "localhost.pem"))
        assert asked(encrypted).code == "sign-in-expired"
        assert asked(other_name).values["reason"] == "TLS: certificate"
        assert [path for path, _asked in provider.asked] == ["/token"]
