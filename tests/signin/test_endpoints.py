"""The provider of a mailbox, and the application that is registered there."""

from __future__ import annotations

import pytest
from pydantic import SecretStr

from mailer.errors import ConfigError, SignInError
from mailer.settings import OauthSettings
from mailer.signin import application
from mailer.signin.endpoints import SIGN_IN_PROVIDERS, registered, require_tls
from tests.servers.oauth_provider import OauthProvider

ID = "11111111-2222-3333-4444-555555555555"


@pytest.mark.parametrize(
    ("host", "name"),
    [
        ("smtp.office365.com", "microsoft"),
        ("outlook.office365.com", "microsoft"),
        ("imap.gmail.com", "google"),
        ("SMTP.mail.yahoo.com.", "yahoo"),
    ],
)
def test_known_by_its_servers(host: str, name: str) -> None:
    """The provider is that of the mail server."""
    assert application(OauthSettings(client_id=ID), [host]).provider == name


def test_servers_that_only_sound_alike_are_nobodys() -> None:
    """A server whose name merely ends alike is not taken for a provider's."""
    with pytest.raises(ConfigError) as caught:
        application(OauthSettings(client_id=ID), ["smtp.notgmail.com", "smtp.gmail.com.example"])

    assert caught.value.code == "oauth-endpoints-missing"


def test_every_row_is_whole() -> None:
    """Every provider has encrypted endpoints and scopes; Google and Yahoo give no device code for mail."""
    for one in SIGN_IN_PROVIDERS:
        found = application(OauthSettings(provider=one.name, client_id=ID), ())
        assert found.token_endpoint.startswith("https://")
        assert "{" not in found.authorization_endpoint
        assert found.scopes
    by_device = {one.name for one in SIGN_IN_PROVIDERS if one.device_authorization_endpoint}
    assert by_device == {"microsoft"}


def test_the_tenant_of_microsoft() -> None:
    """The organisation's name stands in the endpoints; one that would lead elsewhere is refused."""
    settings = OauthSettings(provider="microsoft", client_id=ID, tenant="mairie.onmicrosoft.com")
    assert "/mairie.onmicrosoft.com/oauth2/v2.0/token" in application(settings, ()).token_endpoint
    with pytest.raises(ConfigError) as caught:
        application(OauthSettings(provider="microsoft", client_id=ID, tenant="a/../../b"), ())

    assert caught.value.code == "setting-wrong"


def test_another_provider_by_its_metadata(provider: OauthProvider) -> None:
    """What an issuer publishes is used, and what the settings say wins over it."""
    settings = OauthSettings(client_id=ID, issuer=provider.issuer)
    assert application(settings, ()).token_endpoint == f"{provider.issuer}/token"
    own = settings.model_copy(update={"token_endpoint": "https://id.example.org/token"})
    assert application(own, ()).token_endpoint == "https://id.example.org/token"
    assert application(own, ()).revocation_endpoint == f"{provider.issuer}/revoke"


def test_another_issuer_is_not_believed(provider: OauthProvider) -> None:
    """Metadata that name another issuer than the one that was asked are refused."""
    settings = OauthSettings(client_id=ID, issuer=provider.issuer.replace("127.0.0.1", "localhost"))
    with pytest.raises(ConfigError) as caught:
        application(settings, ())

    assert caught.value.code == "oauth-issuer-wrong"


def test_an_issuer_without_metadata(provider: OauthProvider) -> None:
    """An address that publishes nothing, or something else, is said."""
    with pytest.raises(SignInError) as caught:
        application(OauthSettings(client_id=ID, issuer=f"{provider.issuer}/elsewhere"), ())

    assert (caught.value.code, caught.value.values["reason"]) == ("oauth-no-metadata", "HTTP 404")


def test_lasting_access_is_asked_for() -> None:
    """A provider that is not known is to ask the person for lasting access, where that is among the permissions."""
    known = OauthSettings(
        client_id=ID,
        authorization_endpoint="https://id.example.org/a",
        token_endpoint="https://id.example.org/t",
    )
    usual = application(known, ())
    mail = application(known.model_copy(update={"scopes": ("mail",)}), ())

    assert (usual.more, mail.more) == ({"prompt": "consent"}, {})


@pytest.mark.parametrize(
    ("settings", "code"),
    [
        (OauthSettings(provider="microsoft"), "oauth-not-registered"),
        (OauthSettings(provider="aol", client_id=ID), "oauth-provider-unknown"),
        (OauthSettings(client_id=ID), "oauth-endpoints-missing"),
        (OauthSettings(client_id=ID, issuer="http://id.example.org"), "oauth-endpoint-insecure"),
        (
            OauthSettings(provider="google", client_id=ID, token_endpoint="http://id.example.org"),
            "oauth-endpoint-insecure",
        ),
    ],
)
def test_what_is_missing_or_wrong_is_said(settings: OauthSettings, code: str) -> None:
    """Nothing is begun with settings that cannot work or are not safe."""
    with pytest.raises(ConfigError) as caught:
        application(settings, ())

    assert caught.value.code == code


@pytest.mark.parametrize(
    ("url", "safe"),
    [
        ("https://id.example.org/token", True),
        ("http://127.0.0.1:8000/token", True),
        ("http://[::1]:8000/token", True),
        ("", True),
        ("http://127.0.0.1.example.org/token", False),
        ("http://id.example.org", False),
        ("ftp://localhost", False),
        ("https://", False),
        ("https://[", False),
    ],
)
def test_only_encrypted_or_here(url: str, safe: bool) -> None:
    """Codes and tokens go to HTTPS, or to this machine."""
    try:
        require_tls(url, "token_endpoint")
    except ConfigError:
        assert not safe
    else:
        assert safe


def test_the_secret_is_shown_nowhere() -> None:
    """Neither settings nor application tell the client's secret when they are written out."""
    settings = OauthSettings(provider="google", client_id=ID, client_secret=SecretStr("hush"))
    found = registered(settings, (), {"token_endpoint_auth_methods_supported": ["client_secret_post"]})

    assert found.client_secret == "hush"
    assert found.auth_method == "client_secret_post"
    assert registered(settings, (), {}).auth_method == "client_secret_basic"
    assert "hush" not in repr(settings) + repr(found)
