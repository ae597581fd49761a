"""Read the servers out of an autoconfig file, the format of Thunderbird (draft-ietf-mailmaint-autoconfig).

The file may come from anybody, so it is bounded, and a document type or entity in it is refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from xml.etree.ElementTree import Element, ParseError

import idna
from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from mailer.model.account import Security
from mailer.providers.offers import MailProtocol, Offer, Way, is_known
from mailer.providers.table import Server, SignIn

MOST_OCTETS = 64 * 1024
"""The size of an autoconfig file that is read; the largest of the central database has 7 kB."""

MOST_SERVERS = 6
"""How many servers of one protocol are taken out of a file."""

_SECURITY = {"SSL": Security.TLS, "STARTTLS": Security.STARTTLS}
"""The names of `socketType`; "plain" is no choice for a password."""

_HOST = re.compile(r"(?=.{4,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]")
"""A host name with a domain; an IP address has no certificate to tell it by."""


def ascii_name(name: str) -> str:
    """Return a domain or host name as it stands in the DNS (RFC 5891), "" if it cannot be one."""
    try:
        found = idna.encode(name.strip().rstrip("."), uts46=True).decode("ascii").lower()
    except (idna.IDNAError, UnicodeError):
        return ""
    return found if _HOST.fullmatch(found) else ""


def read(content: bytes, address: str, url: str, host: str) -> tuple[Offer, ...]:
    """Return the encrypted IMAP and SMTP servers of an autoconfig file, in its order; none if it is not one.

    `address` fills the placeholders of user names. `host` is where the file lay in the end: if the domain's web server
    led to a host outside the domain, other servers than its own are doubtful.
    """
    if len(content) > MOST_OCTETS:
        return ()
    try:
        root: Element = fromstring(content, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError):
        return ()
    if root.tag != "clientConfig":
        return ()
    domain = address.rpartition("@")[2]
    found: list[Offer] = []
    for protocol, path in (
        (MailProtocol.IMAP, "emailProvider/incomingServer[@type='imap']"),
        (MailProtocol.SMTP, "emailProvider/outgoingServer[@type='smtp']"),
    ):
        found += _offers(root.iterfind(path), protocol, address, url)
    if is_known(host, domain):
        return tuple(found)
    return tuple(replace(one, doubtful=not is_known(one.server.host, domain)) for one in found)


def _offers(servers: Iterable[Element], protocol: MailProtocol, address: str, where: str) -> list[Offer]:
    made = [
        Offer(
            protocol, server, _filled(_said(one, "username"), address), Way.AUTOCONFIG, where, _sign_in(one)
        )
        for one in servers
        if (server := _server(one, address))
    ][:MOST_SERVERS]
    # The file's order is that of its author's preference; a way in by password comes before one by OAuth alone.
    return sorted(made, key=lambda offer: offer.sign_in is SignIn.OAUTH)


def _server(element: Element, address: str) -> Server | None:
    host = ascii_name(_filled(_said(element, "hostname"), address))
    port, security = _said(element, "port"), _SECURITY.get(_said(element, "socketType"))
    if not host or security is None or not (port.isascii() and port.isdigit() and 0 < int(port[:6]) < 65536):
        return None
    return Server(host, int(port), security)


def _sign_in(element: Element) -> SignIn:
    offered = list(_all(element, "authentication"))
    return SignIn.OAUTH if offered and all(one == "OAuth2" for one in offered) else SignIn.PASSWORD


def _all(element: Element, name: str) -> Iterator[str]:
    for one in element.iterfind(name):
        yield (one.text or "").strip()


def _said(element: Element, name: str) -> str:
    return next(_all(element, name), "")


def _filled(text: str, address: str) -> str:
    """Return a text with the placeholders for the address and its two parts filled in."""
    local, _at, domain = address.rpartition("@")
    for mark, value in (("%EMAILADDRESS%", address), ("%EMAILLOCALPART%", local), ("%EMAILDOMAIN%", domain)):
        text = text.replace(mark, value)
    return "" if re.search(r"[\x00-\x1f\x7f]|%", text) else text
