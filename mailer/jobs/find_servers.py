"""Find the mail servers of an address, and keep those that answered when they were tried."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import Protocol
from urllib.parse import quote

from mailer.errors import ConfigError, WireError
from mailer.providers import (
    MailProtocol,
    Offer,
    Server,
    SignIn,
    SrvRecord,
    Way,
    autoconfig,
    offers,
    provider_by_domain,
)
from mailer.wire.web import Page

AT_ONCE = 12
"""How many of the usual names are tried at the same time: behind a firewall, each one takes all of its time."""


class NetworkAccess(Protocol):
    """What finding needs of the network; see `mailer.wire.network`."""

    def receiving(self, domain: str) -> Sequence[str]:
        """Return the hosts that receive a domain's mail."""
        ...

    def services(self, name: str) -> Sequence[SrvRecord]:
        """Return the SRV records of a name."""
        ...

    def page(self, url: str, most: int) -> Page | None:
        """Return a file of at most so many octets; None if there is none."""
        ...

    def attempt(
        self, protocol: MailProtocol, server: Server, username: str = "", password: str = ""
    ) -> WireError | None:
        """Try a server, with a password also to sign in; return what prevented it."""
        ...

    def explained(self, error: WireError, protocol: MailProtocol, server: Server) -> WireError:
        """Return what can be found out about why a server could not be used."""
        ...


@dataclass(frozen=True, slots=True)
class KeptServer:
    """A server that was kept, with the user name; `error` says why it could not be tried, or refused the password."""

    offer: Offer
    username: str
    error: WireError | None = None
    signed_in: bool = False


@dataclass(frozen=True, slots=True)
class FoundServers:
    """The servers of an address.

    `doubtful` answered, but nobody said yes to them. `declined` are services that the domain says it does not offer.
    `failed` were found and did not answer as they should; the usual names, which are a guess, are not among them.
    """

    address: str
    smtp: KeptServer | None = None
    imap: KeptServer | None = None
    doubtful: tuple[Offer, ...] = ()
    declined: frozenset[MailProtocol] = frozenset()
    failed: tuple[tuple[Offer, WireError], ...] = ()

    def kept(self, protocol: MailProtocol) -> KeptServer | None:
        """Return the server that was kept for a protocol."""
        return self.smtp if protocol is MailProtocol.SMTP else self.imap


Agree = Callable[[Offer], bool]
"""Asks a person whether a password may go to a doubtful server."""


@dataclass
class _Search:
    """One search: what is looked for, and what was found so far."""

    address: str
    network: NetworkAccess
    password: str = field(repr=False)
    kept: dict[MailProtocol, KeptServer] = field(default_factory=dict)
    doubtful: dict[MailProtocol, Offer] = field(default_factory=dict)
    declined: frozenset[MailProtocol] = frozenset()
    failed: list[tuple[Offer, WireError]] = field(default_factory=list)
    asked: set[MailProtocol] = field(default_factory=set)

    @property
    def missing(self) -> list[MailProtocol]:
        return [one for one in MailProtocol if one not in self.kept and one not in self.declined]

    def consider(self, found: Iterable[Offer]) -> None:
        """Try servers in their order, for each protocol until one answers."""
        for offer in found:
            if offer.protocol not in self.missing or (offer.doubtful and offer.protocol in self.doubtful):
                continue
            if offer.doubtful:
                error = self.network.attempt(offer.protocol, offer.server)
                if error is None:
                    self.doubtful[offer.protocol] = offer
            else:
                tried = self._signed_in(offer)
                error = tried.error
                if error is None or _is_refusal(error):
                    self.kept[offer.protocol] = tried
                    continue
            if error is None:
                continue
            error = self.network.explained(error, offer.protocol, offer.server)
            if offer.way is Way.TABLE or error.code == "server-untried":
                self.kept[offer.protocol] = KeptServer(offer, offer.username, error)
            else:
                self.failed.append((offer, error))

    def _signed_in(self, offer: Offer) -> KeptServer:
        """Try a server with each user name that may be the right one, the whole address first (RFC 6186 section 4)."""
        usernames = (offer.username,) if offer.username else (self.address, self.address.rpartition("@")[0])
        password = "" if offer.sign_in is SignIn.OAUTH else self.password
        first = None
        for username in usernames if password else usernames[:1]:
            error = self.network.attempt(offer.protocol, offer.server, username, password)
            if error is None:
                return KeptServer(offer, username, None, signed_in=bool(password))
            first = first or error
            if not _is_refusal(error):
                break
        return KeptServer(offer, usernames[0], first)

    def ask(self, agree: Agree) -> None:
        """Ask about the doubtful servers that are still wanted, and keep those to which the answer is yes."""
        for protocol in [one for one in self.missing if one in self.doubtful and one not in self.asked]:
            self.asked.add(protocol)
            offer = self.doubtful[protocol]
            if agree(offer):
                del self.doubtful[protocol]
                self.consider([replace(offer, doubtful=False)])

    def guess(self, domain: str, receiving: Sequence[str]) -> None:
        """Try the usual names, without a password and at the same time, and consider the first that answers."""
        for protocol in self.missing:
            guesses = list(offers.usual(domain, protocol, receiving))
            with ThreadPoolExecutor(AT_ONCE) as pool:
                errors = pool.map(lambda offer: self.network.attempt(offer.protocol, offer.server), guesses)
                answered = [offer for offer, error in zip(guesses, errors, strict=True) if error is None]
            self.consider(answered)


def find(
    address: str,
    network: NetworkAccess,
    *,
    password: str = "",
    agree: Agree = lambda _offer: False,
    templates: Sequence[str] = (),
) -> FoundServers:
    """Return the servers of an address that answer, looked for in the order of `providers.Way`.

    A server of the table is kept even if it cannot be reached, since that says something of the network only. `agree`
    is asked before a `password` goes to a doubtful server, after all that is certain was tried. `templates` are the
    URLs of autoconfig files, with ``{domain}`` and ``{address}``. Raises ConfigError ``address-unusable``.
    """
    local, _at, written = address.strip().rpartition("@")
    domain = autoconfig.ascii_name(written)
    if not local or not domain:
        raise ConfigError("address-unusable", read=address)
    search = _Search(f"{local}@{domain}", network, password)
    if provider := provider_by_domain(domain):
        search.consider(offers.of_provider(provider, search.address, Way.TABLE))
    for template in templates:
        if search.missing:
            search.consider(_published(search.address, domain, template, network))
    if search.missing:
        found = {name: network.services(f"{name}.{domain}") for _protocol, name, _security in offers.SERVICES}
        search.declined = offers.declined(found)
        search.consider(offers.of_services(domain, found))
    if search.missing:
        receiving = network.receiving(domain)
        exchange = network.services(f"{offers.EXCHANGE}.{domain}") if receiving else ()
        search.consider(offers.of_mx(search.address, receiving, exchange))
        search.ask(agree)
        search.guess(domain, receiving)
        search.ask(agree)
    return FoundServers(
        search.address,
        search.kept.get(MailProtocol.SMTP),
        search.kept.get(MailProtocol.IMAP),
        tuple(search.doubtful.values()),
        search.declined,
        tuple(search.failed),
    )


def try_host(
    address: str, protocol: MailProtocol, host: str, network: NetworkAccess, password: str = ""
) -> KeptServer | WireError:
    """Return a server that a person named, at the usual port at which it answers, or why it cannot be used."""
    named = autoconfig.ascii_name(host)
    if not named:
        return WireError("server-unknown", host=host, table=protocol.value)
    search = _Search(address, network, password)
    search.consider(offers.told(named, protocol))
    return search.kept.get(protocol) or search.failed[0][1]


def _published(address: str, domain: str, template: str, network: NetworkAccess) -> tuple[Offer, ...]:
    """Return the servers in a file that the domain publishes."""
    url = template.replace("{domain}", domain).replace("{address}", quote(address, safe="@"))
    page = network.page(url, autoconfig.MOST_OCTETS)
    return autoconfig.read(page.content, address, url, page.host) if page else ()


def _is_refusal(error: WireError) -> bool:
    """Return whether a server is the right kind, and refuses only the user name or the password."""
    return error.code.startswith("login-") or error.code.endswith(("-login-refused", "no-passwords"))
