"""What the domain name system says of a domain's mail: who receives it, who may send it, and what else goes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from dns.exception import DNSException
from dns.rdatatype import MX, TXT, RdataType
from dns.resolver import NXDOMAIN, NoAnswer, Resolver

from mailer.errors import WireError


@dataclass(frozen=True, slots=True)
class MailDomain:
    """The records of one domain. Texts are joined as RFC 7208 section 3.3 asks; `mx` are host names.

    `dkim` names those of the usual selectors under which there is a key: the others cannot be listed (RFC 6376
    section 3.6.2.1).
    """

    mx: tuple[str, ...]
    spf: tuple[str, ...]
    dmarc: tuple[str, ...]
    dkim: tuple[str, ...] = ()


SELECTORS = (
    *("default", "dkim", "mail", "smtp", "s1", "s2", "k1", "key1"),
    *("selector1", "selector2", "google", "ovhmo-selector-1", "gm1", "protonmail", "zoho", "mxvault"),
)
"""Names under which providers and programs commonly publish a DKIM key."""


@dataclass(frozen=True, slots=True)
class Names:
    """Asks the servers this machine is set up with, or `servers` (addresses) at `port`. `patience` is in seconds."""

    servers: Sequence[str] = ()
    port: int = 53
    patience: float = 5.0
    _resolvers: list[Resolver] = field(default_factory=list, repr=False)

    def look_up(self, domain: str) -> MailDomain:
        """Ask for a domain's records. Raises WireError ``dns-unreachable``."""
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
        """Name the servers that receive a domain's mail. Raises WireError ``dns-unreachable``."""
        return tuple(record.rsplit(" ", 1)[-1].rstrip(".") for record in self._ask(domain, MX))

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
            resolver.lifetime = self.patience
            self._resolvers.append(resolver)
        return self._resolvers[0]
