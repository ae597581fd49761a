"""A relay of one connection to a server on loopback, which changes what the server says."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress


def unchanged(said: bytes) -> list[bytes]:
    """Forward everything as it is."""
    return [said]


@contextmanager
def relayed(
    port: int, change: Callable[[bytes], Sequence[bytes]] = unchanged, tls: ssl.SSLContext | None = None
) -> Iterator[int]:
    """Forward one connection to a server; what the server says is replaced by pieces sent with a pause between.

    With `tls`, the connection is encrypted from its start to here; one that cannot be is dropped.
    """
    listener = socket.create_server(("127.0.0.1", 0))

    def carry(
        source: socket.socket, target: socket.socket, change: Callable[[bytes], Sequence[bytes]]
    ) -> None:
        with suppress(OSError):
            while said := source.recv(1 << 16):
                first, *rest = change(said)
                target.sendall(first)
                for piece in rest:
                    time.sleep(0.05)
                    target.sendall(piece)
            target.shutdown(socket.SHUT_WR)

    def serve() -> None:
        plain, _ = listener.accept()
        with (
            plain,
            suppress(ssl.SSLError),
            tls.wrap_socket(plain, server_side=True) if tls else plain as near,
            socket.create_connection(("127.0.0.1", port)) as far,
        ):
            back = threading.Thread(target=carry, args=(far, near, change))
            back.start()
            carry(near, far, unchanged)
            back.join()

    with listener:
        thread = threading.Thread(target=serve)
        thread.start()
        yield listener.getsockname()[1]
        thread.join()
