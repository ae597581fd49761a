"""Tell the addresses that lead back to the machine itself."""

from __future__ import annotations

import ipaddress


def is_loopback(address: str) -> bool:
    """Return whether an IP address in numbers is a loopback one: 127.0.0.0/8, ::1, or the former in IPv6 (RFC 4291).

    0.0.0.0 and :: are none: they name no machine, and systems differ in where they lead. A name is none either.
    """
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    mapped = found.ipv4_mapped if isinstance(found, ipaddress.IPv6Address) else None
    return (mapped or found).is_loopback
