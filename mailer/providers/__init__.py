"""What is known of mail providers, and which servers may be those of an address."""

from __future__ import annotations

from mailer.providers.offers import MailProtocol, Offer, SrvRecord, Way
from mailer.providers.table import (
    CAUTIOUS,
    JUNK,
    PROVIDERS,
    Provider,
    Server,
    Servers,
    SignIn,
    provider_by_domain,
    provider_by_host,
    provider_by_mx,
    provider_by_name,
    provider_of_server,
)

__all__ = [
    "CAUTIOUS",
    "JUNK",
    "PROVIDERS",
    "MailProtocol",
    "Offer",
    "Provider",
    "Server",
    "Servers",
    "SignIn",
    "SrvRecord",
    "Way",
    "provider_by_domain",
    "provider_by_host",
    "provider_by_mx",
    "provider_by_name",
    "provider_of_server",
]
