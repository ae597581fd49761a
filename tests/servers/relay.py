"""A relay of one connection to a server on loopback, which changes what the server says."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress


@contextmanager
def relayed(port: int, change: Callable[[bytes], Sequence[bytes]]) -> Iterator[int]:
    """Forward one connection to a server; what the server says is replaced by pieces sent with a pause between."""
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
        near, _ = listener.accept()
        with near, socket.create_connection(("127.0.0.1", port)) as far:
            back = threading.Thread(target=carry, args=(far, near, change))
            back.start()
            carry(near, far, lambda said: [said])
            back.join()

    with listener:
        thread = threading.Thread(target=serve)
        thread.start()
        yield listener.getsockname()[1]
        thread.join()
