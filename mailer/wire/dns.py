"""DNS look-up of a domain's mail records: MX, SRV, SPF, DMARC and DKIM."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from dns.exception import DNSException
from dns.rdatatype import MX, SRV, TXT, RdataType
from dns.resolver import NXDOMAIN, NoAnswer, Resolver

from mailer.errors import WireError
from mailer.providers import SrvRecord


@dataclass(frozen=True, slots=True)
class MailDomain:
    """The mail records of one domain; `mx` are host names, the strings of a TXT record are joined.

    `dkim` has the selectors out of `SELECTORS` that have a key; others cannot be found, since DNS does not
    list them (RFC 6376 section 3.6.2.1).
    """

    mx: tuple[str, ...]
    spf: tuple[str, ...]
    dmarc: tuple[str, ...]
    dkim: tuple[str, ...] = ()


SELECTORS = (
    *("default", "dkim", "mail", "smtp", "s1", "s2", "k1", "key1"),
    *("selector1", "selector2", "google", "ovhmo-selector-1", "gm1", "protonmail", "zoho", "mxvault"),
)
"""DKIM selectors that providers and programs commonly use."""


@dataclass(frozen=True, slots=True)
class DnsClient:
    """A client of the name servers of this machine, or of `servers` (addresses) at `port`.

    `timeout` is in seconds, for each query.
    """

    servers: Sequence[str] = ()
    port: int = 53
    timeout: float = 5.0
    _resolvers: list[Resolver] = field(default_factory=list, repr=False)

    def look_up(self, domain: str) -> MailDomain:
        """Return the mail records of a domain. Raises WireError ``dns-unreachable``."""
        texts = self._texts(domain)
        return MailDomain(
            mx=self.mail_servers(domain),
            spf=tuple(text for text in texts if text.lower().startswith("v=spf1")),
            dmarc=tuple(
                text for text in self._texts(f"_dmarc.{domain}") if text.lower().startswith("v=dmarc1")
            ),
            dkim=tuple(
                name
                for name in SELECTORS
                if any("p=" in text for text in self._texts(f"{name}._domainkey.{domain}"))
            ),
        )

    def mail_servers(self, domain: str) -> tuple[str, ...]:
        """Return the hosts that receive a domain's mail (MX), the most wanted first. Raises WireError ``dns-unreachable``."""
        ordered = sorted(
            (int(preference), host.rstrip(".")) for preference, host in map(str.split, self._ask(domain, MX))
        )
        return tuple(host for _preference, host in ordered if host)

    def services(self, name: str) -> tuple[SrvRecord, ...]:
        """Return the SRV records of a name. Raises WireError ``dns-unreachable``."""
        fields = (record.split() for record in self._ask(name, SRV))
        return tuple(
            SrvRecord(int(priority), int(weight), int(port), host.rstrip("."))
            for priority, weight, port, host in fields
        )

    def _texts(self, name: str) -> list[str]:
        return ["".join(part for part in record.split('"')[1::2]) for record in self._ask(name, TXT)]

    def _ask(self, name: str, kind: RdataType) -> list[str]:
        try:
            return [record.to_text() for record in self._resolver().resolve(name, kind)]
        except (NXDOMAIN, NoAnswer):
            return []
        except (DNSException, OSError) as error:
            raise WireError("dns-unreachable", read=name, reason=type(error).__name__) from error

    def _resolver(self) -> Resolver:
        if not self._resolvers:
            resolver = Resolver(configure=not self.servers)
            if self.servers:
                resolver.nameservers, resolver.port = list(self.servers), self.port
            resolver.lifetime = self.timeout
            self._resolvers.append(resolver)
        return self._resolvers[0]
