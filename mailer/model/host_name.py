"""Rules for the names of machines: which may stand in EHLO, and which tell another network something."""

from __future__ import annotations

import ipaddress
import re

_NAME = re.compile(
    r"(?=.{1,255}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*", re.IGNORECASE
)
_ONLY_HERE = re.compile(
    r"(?:^|\.)(?:arpa|corp|domain|home|internal|intern|intra|intranet|invalid|lan|local|localdomain|localhost"
    r"|localnet|private|test|workgroup)$",
    re.IGNORECASE,
)

EHLO_BLAMED = r"(?<![\w.@+-])(?:helo|ehlo)(?![\w.@+-])|\b(?:fully[ -]qualified|invalid|bad|bogus|malformed) (?:host|domain) ?name"
"""A pattern for the words of a refusal that speak of EHLO, or of the name given in it."""


def may_stand_in_ehlo(name: str) -> bool:
    """Return whether this is a domain or an address literal, the argument of EHLO (RFC 5321 section 4.1.1.1)."""
    if not name.startswith("["):
        return _NAME.fullmatch(name) is not None
    literal, version = name.removeprefix("[").removesuffix("]"), ipaddress.ip_address
    if literal[:5].casefold() == "ipv6:":
        literal, version = literal[5:], ipaddress.IPv6Address
    elif ":" in literal:
        return False
    try:
        version(literal)
    except ValueError:
        return False
    return name.endswith("]") and "%" not in literal


def is_full(name: str) -> bool:
    """Return whether a name is a full one that other networks may know: dotted, and of no domain kept for one's own."""
    last = name.rpartition(".")[2]
    return (
        "." in name
        and not last.isdigit()
        and _NAME.fullmatch(name) is not None
        and not _ONLY_HERE.search(name)
    )
