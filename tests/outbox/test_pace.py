"""Sending limits, the time a campaign takes within them, and the table of providers."""

from __future__ import annotations

from datetime import timedelta

import pytest

from mailer.model.pace import Limit, Pace
from mailer.outbox import CAUTIOUS, PROVIDERS, duration, limits, provider_by_host, provider_by_name

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def test_limits_are_the_windows_that_are_set() -> None:
    """A 0 is no limit; a domain's limit is a minute's."""
    pace = Pace(per_minute=20, per_day=1440, per_domain={"orange.example": 5, "free.example": 0})

    assert limits(pace) == (Limit(MINUTE, 20), Limit(DAY, 1440), Limit(MINUTE, 5, "orange.example"))


DURATIONS = [
    (400, CAUTIOUS, 2 * HOUR),
    (20, CAUTIOUS, timedelta(0)),
    (21, CAUTIOUS, MINUTE),
    (180, CAUTIOUS, 8 * MINUTE),
    (181, CAUTIOUS, HOUR),
    (1441, Pace(per_day=1440), DAY),
    (10_000, Pace(), timedelta(0)),
    (0, CAUTIOUS, timedelta(0)),
]


@pytest.mark.parametrize(
    ("n", "pace", "least"), DURATIONS, ids=[f"{n}-{p.per_hour}" for n, p, _ in DURATIONS]
)
def test_duration(n: int, pace: Pace, least: timedelta) -> None:
    """The last message leaves when every window has room for it."""
    assert least <= duration(["a.example"] * n, pace) < least + 10 * MINUTE


def test_a_slow_domain_decides() -> None:
    """The domain with the narrowest limit takes longest, where enough of the list is there."""
    pace = Pace(per_minute=60, per_domain={"orange.example": 5})

    assert duration(["orange.example"] * 30 + ["a.example"] * 30, pace) == 5 * MINUTE
    assert duration(["orange.example"] * 5 + ["a.example"] * 30, pace) == timedelta(0)


HOSTS = [
    ("mail.infomaniak.com", "infomaniak"),
    ("smtp.office365.com", "microsoft-365"),
    ("smtp.gmail.com", "gmail"),
    ("smtp-relay.gmail.com", "google-relay"),
    ("SSL0.OVH.NET.", "ovh"),
    ("mail.mairie.example", ""),
    ("notovh.net", ""),
    ("mail.gandi.net", ""),
]


@pytest.mark.parametrize(("host", "name"), HOSTS, ids=[host for host, _ in HOSTS])
def test_provider_by_host(host: str, name: str) -> None:
    """A provider is recognised by the end of its SMTP server's name, and by nothing shorter."""
    provider = provider_by_host(host)

    assert (provider.name if provider else "") == name


def test_every_row_is_complete() -> None:
    """Names are unique; a pace has limits and a source; servers can be found; a pace is found by their name."""
    assert len({provider.name for provider in PROVIDERS}) == len(PROVIDERS)
    for provider in PROVIDERS:
        assert provider_by_name(provider.name) is provider
        assert bool(provider.pace and limits(provider.pace)) == bool(provider.source)
        assert bool(provider.servers) == bool(provider.domains or provider.mx)
        if provider.pace and provider.servers:
            assert provider_by_host(provider.servers.smtp.host) is provider
