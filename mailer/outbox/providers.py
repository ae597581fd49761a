"""Which servers a mail provider's accounts use, by the address's domain or by who receives its mail.

Host names, ports and security only; how fast each provider lets one send is in `mailer.outbox.presets`, by host. All
are the providers' own published settings: 465 and 993 with TLS from the start (RFC 8314), STARTTLS where a provider
has nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from mailer.model.account import Security


@dataclass(frozen=True, slots=True)
class Server:
    """Where to connect, and how it is secured."""

    host: str
    port: int
    security: Security = Security.TLS


@dataclass(frozen=True, slots=True)
class Provider:
    """A provider: its own `domains`, and the ends of the names (`mx`) that receive the mail of domains it hosts."""

    smtp: Server
    imap: Server
    domains: tuple[str, ...] = ()
    mx: tuple[str, ...] = ()


def _usual(smtp: str, imap: str, *domains: str, mx: tuple[str, ...] = ()) -> Provider:
    return Provider(Server(smtp, 465), Server(imap, 993), domains, mx)


PROVIDERS: tuple[Provider, ...] = (
    _usual(
        "smtp.gmail.com",
        "imap.gmail.com",
        "gmail.com",
        "googlemail.com",
        mx=("google.com", "googlemail.com"),
    ),
    Provider(
        Server("smtp.office365.com", 587, Security.STARTTLS),
        Server("outlook.office365.com", 993),
        ("outlook.com", "outlook.fr", "hotmail.com", "hotmail.fr", "live.fr", "live.com", "msn.com"),
        ("mail.protection.outlook.com",),
    ),
    _usual("ssl0.ovh.net", "ssl0.ovh.net", mx=("mail.ovh.net",)),
    _usual(
        "mail.infomaniak.com",
        "mail.infomaniak.com",
        "ik.me",
        "ikmail.com",
        "etik.com",
        mx=("infomaniak.ch",),
    ),
    _usual("mail.gandi.net", "mail.gandi.net", mx=("mail.gandi.net",)),
    _usual("smtp.orange.fr", "imap.orange.fr", "orange.fr", "wanadoo.fr"),
    _usual("smtp.free.fr", "imap.free.fr", "free.fr"),
    _usual("smtp.sfr.fr", "imap.sfr.fr", "sfr.fr", "neuf.fr", "cegetel.net"),
    _usual("smtp.laposte.net", "imap.laposte.net", "laposte.net"),
    _usual("smtp.mail.yahoo.com", "imap.mail.yahoo.com", "yahoo.fr", "yahoo.com", "ymail.com"),
    _usual("mail.gmx.net", "imap.gmx.net", "gmx.net", "gmx.de", "gmx.fr"),
    Provider(
        Server("smtp.mail.me.com", 587, Security.STARTTLS),
        Server("imap.mail.me.com", 993),
        ("icloud.com", "me.com", "mac.com"),
        ("mail.icloud.com",),
    ),
    _usual(
        "smtp.fastmail.com", "imap.fastmail.com", "fastmail.com", "fastmail.fm", mx=("messagingengine.com",)
    ),
    _usual("posteo.de", "posteo.de", "posteo.de", "posteo.net"),
    _usual("mail.mailo.com", "mail.mailo.com", "mailo.com", "netcourrier.com"),
)


def provider_of(domain: str, mx: Iterable[str] = ()) -> Provider | None:
    """Find who runs the mail of a domain: by its name, else by the servers that receive it."""
    domain = domain.casefold()
    for provider in PROVIDERS:
        if domain in provider.domains:
            return provider
    names = [name.casefold().rstrip(".") for name in mx]
    for provider in PROVIDERS:
        if any(name == end or name.endswith(f".{end}") for name in names for end in provider.mx):
            return provider
    return None


def usual_servers(domain: str) -> Provider:
    """The names most domains give their own servers; to be checked by whoever knows them."""
    return _usual(f"smtp.{domain}", f"imap.{domain}")
