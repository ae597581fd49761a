"""Servers that may be those of a mailbox, by where they were found, and whether a person has to say yes to one first."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from mailer.model.account import Security
from mailer.providers.table import (
    Provider,
    Server,
    Servers,
    SignIn,
    ends_in,
    is_server,
    provider_by_exchange,
    provider_by_mx,
    provider_of_server,
)


class MailProtocol(enum.Enum):
    """What a server is for; the value is also the name of its table in the settings."""

    SMTP = "smtp"
    IMAP = "imap"


class Way(enum.Enum):
    """Where servers were found, in the order in which it is looked.

    What the program knows comes first. Then comes what the domain itself says, over TLS and then in the DNS; then who
    receives its mail. The usual names are a guess. What a person names is looked for by nobody.
    """

    TABLE = "table"
    AUTOCONFIG = "autoconfig"
    SRV = "srv"
    MX = "mx"
    USUAL = "usual"
    TOLD = "told"


@dataclass(frozen=True, slots=True)
class Offer:
    """A server with the user name there; `username` is empty where it is not known.

    `where` is the URL or the record it was found in, or the name of the provider. A person has to say yes first to an
    offer that is `doubtful`: it names a host outside the domain, and whoever forges it would get the password; or it is
    a guess, and the mail of the domain is received elsewhere.
    """

    protocol: MailProtocol
    server: Server
    username: str
    way: Way
    where: str
    sign_in: SignIn = SignIn.PASSWORD
    doubtful: bool = False


@dataclass(frozen=True, slots=True)
class SrvRecord:
    """An SRV record (RFC 2782); the target "" says that there is no such service."""

    priority: int
    weight: int
    port: int
    target: str


SERVICES: tuple[tuple[MailProtocol, str, Security], ...] = (
    (MailProtocol.IMAP, "_imaps._tcp", Security.TLS),
    (MailProtocol.IMAP, "_imap._tcp", Security.STARTTLS),
    (MailProtocol.SMTP, "_submissions._tcp", Security.TLS),
    (MailProtocol.SMTP, "_submission._tcp", Security.STARTTLS),
)
"""The SRV records of mail programs, TLS from the start first (RFC 6186 section 3, RFC 8314 section 5.1)."""

EXCHANGE = "_autodiscover._tcp"
"""The SRV record in which Exchange names its server."""

_USUAL = {
    MailProtocol.IMAP: ("imap", "mail", "", "zimbra", "webmail"),
    MailProtocol.SMTP: ("smtp", "mail", "", "zimbra", "webmail"),
}
"""The names that most domains give their own servers, and those of Zimbra."""

_USUAL_PORTS = {
    MailProtocol.IMAP: ((993, Security.TLS), (143, Security.STARTTLS)),
    MailProtocol.SMTP: ((465, Security.TLS), (587, Security.STARTTLS)),
}


def of_provider(
    provider: Provider, address: str, way: Way, servers: Servers | None = None
) -> tuple[Offer, ...]:
    """Return the servers of a provider of the table, or these ones of its."""
    found = servers or provider.servers
    if found is None:
        return ()
    username = address.rpartition("@")[0] if provider.local_part else address
    return tuple(
        Offer(protocol, server, username, way, provider.name, provider.sign_in)
        for protocol, server in ((MailProtocol.SMTP, found.smtp), (MailProtocol.IMAP, found.imap))
    )


def of_services(domain: str, found: Mapping[str, Sequence[SrvRecord]]) -> list[Offer]:
    """Return the servers in a domain's SRV records, the most wanted first; `found` has those of each name."""
    return [
        Offer(
            protocol,
            Server(one.target.casefold(), one.port, security),
            "",
            Way.SRV,
            f"{name}.{domain}",
            sign_in_of(one.target),
            not is_known(one.target, domain),
        )
        for protocol, name, security in SERVICES
        for one in sorted(found.get(name, ()), key=lambda one: (one.priority, -one.weight))
        if one.target
    ]


def declined(found: Mapping[str, Sequence[SrvRecord]]) -> frozenset[MailProtocol]:
    """Return the protocols that a domain says it does not offer: "." as target, and no other (RFC 6186 section 3.4)."""
    targets: dict[MailProtocol, list[str]] = {}
    for protocol, name, _security in SERVICES:
        targets.setdefault(protocol, []).extend(one.target for one in found.get(name, ()))
    return frozenset(protocol for protocol, named in targets.items() if named and not any(named))


def of_mx(address: str, hosts: Iterable[str], exchange: Sequence[SrvRecord]) -> tuple[Offer, ...]:
    """Return the servers of the known hoster that receives a domain's mail; `exchange` are its records of that name.

    Forged records can lead to another known hoster at most, so nobody has to be asked.
    """
    provider = provider_by_mx(hosts)
    if provider is None:
        return ()
    for service in exchange:
        named = provider_by_exchange(service.target)
        if named and ends_in(service.target, provider.mx):
            return of_provider(named[0], address, Way.MX, named[1])
    return of_provider(provider, address, Way.MX)


def usual(domain: str, protocol: MailProtocol, receiving: Iterable[str]) -> Iterator[Offer]:
    """Yield the servers that may be there by their names alone: the usual ones, and the hosts that receive the mail.

    Hosts of other domains are left out, unless they are in the table. Where the mail is received by others alone, a
    server of the domain may be that of its web hoster, who has a right certificate and no mailbox.
    """
    received = list(receiving)
    elsewhere = bool(received) and not any(ends_in(host, (domain,)) for host in received)
    names = [f"{name}.{domain}" if name else domain for name in _USUAL[protocol]]
    names += [host.casefold() for host in received if is_known(host, domain)]
    for name in dict.fromkeys(names):
        for port, security in _USUAL_PORTS[protocol]:
            server = Server(name, port, security)
            yield Offer(protocol, server, "", Way.USUAL, name, sign_in_of(name), elsewhere)


def told(host: str, protocol: MailProtocol) -> list[Offer]:
    """Return a server that a person named, at each of the usual ports."""
    return [
        Offer(protocol, Server(host, port, security), "", Way.TOLD, host, sign_in_of(host))
        for port, security in _USUAL_PORTS[protocol]
    ]


def is_known(host: str, domain: str) -> bool:
    """Return whether a host is one of the domain's own, or a server of the table.

    Both have to show a certificate that no forger can have. The end of a hoster's name is not enough: anybody can rent a
    machine whose name ends so.
    """
    return ends_in(host, (domain,)) or is_server(host)


def sign_in_of(host: str) -> SignIn:
    """Return what a server takes for a sign-in, as far as the table knows it."""
    provider = provider_of_server(host)
    return provider.sign_in if provider else SignIn.PASSWORD
