"""Test the table of mail providers: how one is recognised, and that its rows hold together."""

from __future__ import annotations

import pytest

from mailer.providers import (
    PROVIDERS,
    SignIn,
    provider_by_domain,
    provider_by_host,
    provider_by_mx,
    provider_by_name,
    provider_of_server,
)

HOSTS = [
    ("mail.infomaniak.com", "infomaniak"),
    ("smtp.office365.com", "microsoft-365"),
    ("smtp-mail.outlook.com", "outlook"),
    ("smtp.gmail.com", "gmail"),
    ("smtp-relay.gmail.com", "google-relay"),
    ("SSL0.OVH.NET.", "ovh"),
    ("ex3.mail.ovh.net", "ovh-exchange"),
    ("mail.mairie.example", ""),
    ("notovh.net", ""),
    ("mail.gandi.net", ""),
]


@pytest.mark.parametrize(("host", "name"), HOSTS, ids=[host for host, _ in HOSTS])
def test_a_pace_is_found_by_the_end_of_a_name(host: str, name: str) -> None:
    """A provider is recognised by the end of its SMTP server's name, and by nothing shorter."""
    provider = provider_by_host(host)

    assert (provider.name if provider else "") == name


@pytest.mark.parametrize(
    ("domain", "mx", "name"),
    [
        ("gmail.com", (), "gmail"),
        ("ORANGE.fr", (), "orange"),
        ("mairie.example", ("aspmx.l.google.com.",), "gmail"),
        ("mairie.example", ("mairie-example.mail.protection.outlook.com",), "microsoft-365"),
        ("mairie.example", ("mairie-example.olc.protection.outlook.com",), "outlook"),
        ("mairie.example", ("mx1.mail.ovh.net",), "ovh"),
        ("mairie.example", ("mx.mairie.example",), ""),
        ("mairie.example", ("mx.notgoogle.com",), ""),
        ("notgmail.com", (), ""),
    ],
)
def test_a_provider_is_known_by_domain_or_by_who_receives(
    domain: str, mx: tuple[str, ...], name: str
) -> None:
    """An address of the provider's own, or a domain it receives for; never a name that only ends alike."""
    found = provider_by_domain(domain) or provider_by_mx(mx)

    assert (found.name if found else "") == name


@pytest.mark.parametrize(
    ("host", "name"),
    [
        ("imap.gmail.com", "gmail"),
        ("outlook.office365.com", "outlook"),
        ("mail.gandi.net", "gandi"),
        ("imap.mairie.example", ""),
    ],
)
def test_a_server_tells_its_provider(host: str, name: str) -> None:
    """Also one for reading; the server that two rows share belongs to the first."""
    found = provider_of_server(host)

    assert (found.name if found else "") == name


def test_every_row_is_complete() -> None:
    """Names are unique; a pace has limits and a source; servers can be found; a pace is found by their name."""
    assert len({provider.name for provider in PROVIDERS}) == len(PROVIDERS)
    for provider in PROVIDERS:
        assert provider_by_name(provider.name) is provider
        assert bool(provider.pace) == bool(provider.source)
        assert bool(provider.servers) == bool(provider.domains or provider.mx)
        if provider.pace and provider.servers:
            assert provider_by_host(provider.servers.smtp.host) is provider


def test_no_domain_is_in_two_rows() -> None:
    """Nor does any row's MX end hide another's of a later row."""
    domains = [domain for provider in PROVIDERS for domain in provider.domains]
    ends = [(end, provider) for provider in PROVIDERS for end in provider.mx]

    assert len(set(domains)) == len(domains)
    assert all(provider_by_mx([f"mx1.{end}"]) is provider for end, provider in ends)


def test_what_takes_no_password_is_known() -> None:
    """Of the rows, those whose servers want a sign-in or a password made for programs say so, and the others do not."""
    wanted = {provider.name: provider.sign_in for provider in PROVIDERS}

    assert wanted["microsoft-365"] is wanted["outlook"] is SignIn.OAUTH
    assert wanted["gmail"] is wanted["yahoo"] is wanted["icloud"] is SignIn.APP_PASSWORD
    assert wanted["ovh"] is wanted["infomaniak"] is wanted["orange"] is SignIn.PASSWORD
