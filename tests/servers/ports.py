"""Ports for programs that cannot be asked to take any free one."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

HOST = "127.0.0.1"
_TRIES = 20
Started = TypeVar("Started")


class PortTakenError(OSError):
    """Somebody else listens on the port meanwhile."""


def on_some_port(start: Callable[[int], Started]) -> Started:
    """Start a program on a port that was free a moment ago; on another one as often as it raises PortTakenError."""
    for _ in range(_TRIES):
        with socket.socket() as probe:
            probe.bind((HOST, 0))
            port = int(probe.getsockname()[1])
        try:
            return start(port)
        except PortTakenError as error:
            last = error
    raise last


@contextmanager
def closed_port() -> Iterator[int]:
    """Keep a port on which nobody listens, and which nobody else can take meanwhile."""
    with socket.socket() as held:
        held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        held.bind((HOST, 0))
        yield int(held.getsockname()[1])


@contextmanager
def kept(*ports: int) -> Iterator[None]:
    """Keep the ports of a server that is away from others, and not from itself (SO_REUSEADDR)."""
    held = [socket.socket() for _ in ports]
    try:
        for one, port in zip(held, ports, strict=True):
            one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            one.bind((HOST, port))
        yield
    finally:
        for one in held:
            one.close()
