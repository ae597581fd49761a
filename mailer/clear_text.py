"""Judge whether a password or token may be given over a connection that is not encrypted: to this machine alone.

What counts is the address that is connected to. A name tells nothing: whoever answers for it says where it leads.
"""

from __future__ import annotations

import socket

from mailer.model.loopback import is_loopback


def addresses_here(host: str) -> tuple[str, ...]:
    """Return the addresses that a host has, if all of them are loopback ones; else none, as for one nobody knows."""
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM) if host else []
    except (OSError, ValueError):  # ValueError: what can be no name, such as one with a NUL in it
        return ()
    addresses = tuple(dict.fromkeys(str(where[0]) for *_family, where in found))
    return addresses if all(map(is_loopback, addresses)) else ()


def peer_is_here(peer: object) -> bool:
    """Return whether the other end of a connection is on this machine: `peer` is what ``getpeername`` says of it.

    A Unix socket has no address in numbers, but a path or nothing.
    """
    if isinstance(peer, tuple):
        return bool(peer) and is_loopback(str(peer[0]))
    return isinstance(peer, str | bytes)
