"""Mail providers: their servers, how fast they let an account send, and how a provider is recognised.

To add a provider, add a row to `PROVIDERS`. Servers are those the providers publish: 465 and 993 with TLS
from the start (RFC 8314), STARTTLS if there is nothing else. Sending limits are a starting point:
providers change them, and they differ between the offers of one provider. All were looked up in November
2026.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from mailer.model.account import Security
from mailer.model.pace import Pace

CAUTIOUS = Pace(per_minute=20, per_hour=180)
"""A pace that hardly any provider objects to: 400 invitations take two and a quarter hours."""


@dataclass(frozen=True, slots=True)
class Server:
    """Host, port and encryption of a mail server."""

    host: str
    port: int
    security: Security = Security.TLS


@dataclass(frozen=True, slots=True)
class Servers:
    """The SMTP and the IMAP server for one mailbox."""

    smtp: Server
    imap: Server


@dataclass(frozen=True, slots=True)
class Provider:
    """A mail provider.

    `name` is the value of the setting ``delivery.provider``. An address belongs to a provider by its domain
    in `domains`, or by the ends of the host names in its MX records (`mx`); an SMTP server by the end of its
    name (`hosts`). `source` says where the figures of `pace` come from; without a `pace` the cautious one is
    used. `connections` is the number of SMTP connections to open at once. With `keeps_sent` the server itself puts what
    is sent over SMTP into the folder for sent mail.
    """

    name: str
    servers: Servers | None = None
    domains: tuple[str, ...] = ()
    mx: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()
    pace: Pace | None = None
    source: str = ""
    connections: int = 1
    keeps_sent: bool = False


def _tls(smtp: str, imap: str) -> Servers:
    return Servers(Server(smtp, 465), Server(imap, 993))


def _starttls(smtp: str, imap: str) -> Servers:
    return Servers(Server(smtp, 587, Security.STARTTLS), Server(imap, 993))


PROVIDERS: tuple[Provider, ...] = (
    Provider(
        "infomaniak",
        _tls("mail.infomaniak.com", "mail.infomaniak.com"),
        domains=("ik.me", "ikmail.com", "etik.com"),
        mx=("infomaniak.ch",),
        hosts=("infomaniak.com", "infomaniak.ch"),
        pace=Pace(per_minute=20, per_day=1440),
        source="infomaniak.com, FAQ 2065: 1440 in 24 rolling hours for each address (500 for free offers)",
    ),
    Provider(
        "microsoft-365",
        _starttls("smtp.office365.com", "outlook.office365.com"),
        domains=("outlook.com", "outlook.fr", "hotmail.com", "hotmail.fr", "live.fr", "live.com", "msn.com"),
        mx=("mail.protection.outlook.com",),
        hosts=("office365.com", "outlook.com"),
        pace=Pace(per_minute=30, per_day=10_000),
        source="learn.microsoft.com, Exchange Online limits: 30 a minute, 10 000 recipients a day; "
        "techcommunity.microsoft.com, Exchange team: 3 connections",
        connections=3,
        keeps_sent=True,
    ),
    Provider(
        "gmail",
        _tls("smtp.gmail.com", "imap.gmail.com"),
        domains=("gmail.com", "googlemail.com"),
        mx=("google.com", "googlemail.com"),
        hosts=("smtp.gmail.com", "smtp.googlemail.com"),
        pace=Pace(per_minute=20, per_day=500),
        source="support.google.com/a/answer/166852: 2000 in 24 hours, 500 for trial and personal accounts",
        keeps_sent=True,
    ),
    Provider(
        # Its servers have the same names as Gmail's, so it is used only where the setting names it.
        "google-workspace",
        pace=Pace(per_minute=20, per_day=2000),
        source="support.google.com/a/answer/166852: 2000 in 24 rolling hours, once the trial is over",
        keeps_sent=True,
    ),
    Provider(
        "google-relay",
        hosts=("smtp-relay.gmail.com",),
        pace=Pace(per_minute=60, per_day=10_000),
        source="support.google.com, SMTP relay service: 10 000 recipients in 24 hours for each user",
        connections=2,
    ),
    Provider(
        "ovh",
        _tls("ssl0.ovh.net", "ssl0.ovh.net"),
        mx=("mail.ovh.net",),
        hosts=("ovh.net", "ovh.com", "mail.ovh.ca"),
        pace=Pace(per_minute=20, per_hour=200),
        source="claroline/Distribution issue 2267: 200 an hour for MX Plan, as a user found",
    ),
    Provider(
        "ionos",
        hosts=("ionos.com", "ionos.fr", "ionos.de", "1and1.com", "1and1.fr", "kundenserver.de"),
        pace=Pace(per_minute=20, per_hour=400),
        source="ionos.com help, mass mailing limits: 50 an hour in the first week, 100 in the second, "
        "400 in the first month, then 500; above that, 450 Mail send limit exceeded",
    ),
    Provider(
        "orange",
        _tls("smtp.orange.fr", "imap.orange.fr"),
        domains=("orange.fr", "wanadoo.fr"),
        hosts=("orange.fr", "wanadoo.fr"),
        pace=CAUTIOUS,
        source="no figure found; cautious, since accounts that send much are blocked without warning",
    ),
    Provider(
        "free",
        _tls("smtp.free.fr", "imap.free.fr"),
        domains=("free.fr",),
        hosts=("free.fr",),
        pace=CAUTIOUS,
        source="no figure found; the cautious pace",
    ),
    Provider(
        "magic-online",
        hosts=("magic.fr", "magiconline.fr"),
        pace=Pace(per_minute=10, per_hour=60),
        source="assistance.groupemagiconline.com: 60 an hour for each address, 100 for each pack",
    ),
    Provider(
        "easyname",
        hosts=("easyname.com", "easyname.eu"),
        pace=Pace(per_minute=40, per_hour=400, per_day=1500),
        source="easyname support: 200 in 5 minutes, 400 an hour, 1500 a day; 15 bounces in an hour block",
    ),
    Provider("gandi", _tls("mail.gandi.net", "mail.gandi.net"), mx=("mail.gandi.net",)),
    Provider("sfr", _tls("smtp.sfr.fr", "imap.sfr.fr"), domains=("sfr.fr", "neuf.fr", "cegetel.net")),
    Provider("laposte", _tls("smtp.laposte.net", "imap.laposte.net"), domains=("laposte.net",)),
    Provider(
        "yahoo",
        _tls("smtp.mail.yahoo.com", "imap.mail.yahoo.com"),
        domains=("yahoo.fr", "yahoo.com", "ymail.com"),
    ),
    Provider("gmx", _tls("mail.gmx.net", "imap.gmx.net"), domains=("gmx.net", "gmx.de", "gmx.fr")),
    Provider(
        "icloud",
        _starttls("smtp.mail.me.com", "imap.mail.me.com"),
        domains=("icloud.com", "me.com", "mac.com"),
        mx=("mail.icloud.com",),
    ),
    Provider(
        "fastmail",
        _tls("smtp.fastmail.com", "imap.fastmail.com"),
        domains=("fastmail.com", "fastmail.fm"),
        mx=("messagingengine.com",),
    ),
    Provider("posteo", _tls("posteo.de", "posteo.de"), domains=("posteo.de", "posteo.net")),
    Provider("mailo", _tls("mail.mailo.com", "mail.mailo.com"), domains=("mailo.com", "netcourrier.com")),
)


def provider_by_name(name: str) -> Provider | None:
    """Return the provider with this name."""
    return next((provider for provider in PROVIDERS if provider.name == name), None)


def provider_by_host(host: str) -> Provider | None:
    """Return the provider of an SMTP server, by the end of its name."""
    return next((provider for provider in PROVIDERS if _ends(host, provider.hosts)), None)


def servers_of(domain: str, mx: Iterable[str] = ()) -> Servers | None:
    """Return the servers for addresses of a domain, known by its name or else by its MX records."""
    names = tuple(mx)
    with_servers = [provider for provider in PROVIDERS if provider.servers]
    by_name = (provider for provider in with_servers if domain.casefold() in provider.domains)
    by_mx = (provider for provider in with_servers if any(_ends(name, provider.mx) for name in names))
    found = next(by_name, None) or next(by_mx, None)
    return found.servers if found else None


def usual_servers(domain: str) -> Servers:
    """Return the names that most domains give their own servers, for somebody to check."""
    return _tls(f"smtp.{domain}", f"imap.{domain}")


def _ends(host: str, ends: tuple[str, ...]) -> bool:
    """Return whether a host name is one of these names or a name below it."""
    host = host.casefold().rstrip(".")
    return any(host == end or host.endswith(f".{end}") for end in ends)
