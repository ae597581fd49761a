"""The hosts and sockets of the web interface: a host name of its own, and an address of its own.

A cookie knows no port (RFC 6265 section 8.5): a browser sends it to every server of the same host. So the web interface shares
its host with nobody. It answers to a random name below ``localhost``, which browsers take for this machine without asking
anybody (RFC 6761 section 6.3; Chromium and Firefox do, Safari on most versions of macOS does not), and, for those that do not
know the name, to a random address of 127.0.0.0/8. macOS has only 127.0.0.1 of these: there it is the address ``::1``.
"""

from __future__ import annotations

import base64
import errno
import secrets
import socket
from dataclasses import dataclass

from mailer.errors import ConfigError

LOOPBACK = "127.0.0.1"
LOOPBACK_6 = "::1"

BACKLOG = 64
"""Connections that wait to be accepted. All of them are accepted at once, so these are descriptors, too."""

_TRIES = 20
"""How many ports are tried where any will do, and one of the addresses has another program at the port."""


@dataclass(frozen=True, slots=True)
class Listening:
    """The sockets of the web interface, and the two hosts it answers to.

    `name` resolves to 127.0.0.1 and ::1. Both are taken, so that no other user of the machine answers in its stead.
    """

    sockets: tuple[socket.socket, ...]
    port: int
    name: str
    address: str

    @property
    def hosts(self) -> frozenset[str]:
        """Return the values of the Host header that are answered."""
        return frozenset((f"{self.name}:{self.port}", f"{self.address}:{self.port}"))

    @property
    def origins(self) -> tuple[str, str]:
        """Return the URL by name, and the URL by address, both without a path."""
        return f"http://{self.name}:{self.port}", f"http://{self.address}:{self.port}"

    def close(self) -> None:
        """Give the port back."""
        for one in self.sockets:
            one.close()


def listen(host: str, port: int) -> socket.socket:
    """Bind a port; 0 means any. Raises ConfigError ``port-taken``."""
    try:
        return _bind(host, port)
    except OSError as error:
        raise ConfigError("port-taken", read=str(port)) from error


def listen_at_own(port: int) -> Listening:
    """Bind a port at 127.0.0.1, at ::1 where the system has it, and at an address of its own; 0 means any.

    Raises ConfigError ``port-taken``.
    """
    name = f"{base64.b32encode(secrets.token_bytes(5)).decode().lower()}.localhost"
    address = f"127.{1 + secrets.randbelow(254)}.{secrets.randbelow(256)}.{1 + secrets.randbelow(254)}"
    for again in range(_TRIES, 0, -1):
        first = listen(LOOPBACK, port)
        number = first.getsockname()[1]
        opened = [first]
        try:
            sixth = _bind_if_there(LOOPBACK_6, number)
            own = _bind_if_there(address, number)
        except OSError as error:
            first.close()
            if port or again == 1:
                raise ConfigError("port-taken", read=str(number)) from error
            continue
        opened += [one for one in (sixth, own) if one]
        fallback = f"[{LOOPBACK_6}]" if sixth else LOOPBACK
        return Listening(tuple(opened), number, name, address if own else fallback)
    raise AssertionError


def _bind_if_there(host: str, port: int) -> socket.socket | None:
    """Bind a port of an address; None where the system has no such address. Raises OSError where the port is taken."""
    try:
        return _bind(host, port)
    except OSError as error:
        if error.errno in (errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT):
            return None
        raise


def _bind(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    taken = socket.socket(family, proto=socket.IPPROTO_TCP)  # asyncio sets TCP_NODELAY on these alone
    try:
        if hasattr(socket, "SO_EXCLUSIVEADDRUSE"):
            # Windows: with SO_REUSEADDR another program could take the same port, and with it the token of the desk.
            taken.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
        else:
            taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taken.bind((host, port))
        taken.listen(BACKLOG)
    except OSError:
        taken.close()
        raise
    return taken


def own_address() -> str:
    """Return this machine's IP address on the local network; no packet is sent to find it."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
        except OSError:
            return LOOPBACK
        return str(probe.getsockname()[0])
