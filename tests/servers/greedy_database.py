"""A server in place of PostgreSQL that asks for the password in clear, and repeats it."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def greedy() -> Iterator[tuple[int, list[bytes]]]:
    """Serve what asks whoever connects for the password in clear, on every address of this machine; give port and what it heard."""
    listener = socket.create_server(("0.0.0.0", 0))
    heard: list[bytes] = []

    def serve() -> None:
        while True:
            try:
                near, _ = listener.accept()
            except OSError:
                return
            with near:
                near.settimeout(5)
                try:
                    first = near.recv(1024)
                    if len(first) == 8:  # SSLRequest or GSSENCRequest (PostgreSQL protocol, 53.2.10): no
                        near.sendall(b"N")
                        first = near.recv(1024)
                    if first:
                        near.sendall(b"R\0\0\0\x08\0\0\0\x03")  # AuthenticationCleartextPassword
                        heard.append(near.recv(1024))
                        said = b"SFATAL\0C28P01\0M" + heard[-1][5:-1] + b" is wrong\0\0"
                        near.sendall(b"E" + (len(said) + 4).to_bytes(4, "big") + said)
                except OSError:
                    pass

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield listener.getsockname()[1], heard
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join()
