"""A web server on loopback with the files that a test gives it, by host and path."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class WebServer:
    """`files` are by "host/path?query", `moved` says where such a one leads; what is asked for lies in `asked`.

    With `drip` the answer to everything is one octet of a header in each so many seconds.
    """

    files: dict[str, bytes] = field(default_factory=dict)
    moved: dict[str, str] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    drip: float = 0.0
    port: int = 0
    over: threading.Event = field(default_factory=threading.Event)

    @contextmanager
    def running(self, context: ssl.SSLContext | None = None) -> Iterator[WebServer]:
        """Serve in threads, with TLS if there is a context."""
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                """Answer one request."""
                outer.answer(self)

            def log_message(self, *_words: object) -> None:
                """Say nothing."""

        server = _Quiet(("127.0.0.1", 0), Handler)
        if context:
            server.socket = context.wrap_socket(
                server.socket, server_side=True, do_handshake_on_connect=False
            )
        self.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield self
        finally:
            self.over.set()
            server.shutdown()
            thread.join()
            server.server_close()

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        """Answer one request."""
        host = (handler.headers["Host"] or "").partition(":")[0]
        name = f"{host}{handler.path}"
        self.asked.append(name)
        if self.drip:
            handler.wfile.write(b"HTTP/1.1 200 OK\r\nX: ")
            while not self.over.wait(self.drip):
                handler.wfile.write(b"x")
        elif name in self.moved:
            handler.send_response(302)
            handler.send_header("Location", self.moved[name])
            handler.end_headers()
        elif name in self.files:
            handler.send_response(200)
            handler.end_headers()
            handler.wfile.write(self.files[name])
        else:
            handler.send_error(404)


class _Quiet(ThreadingHTTPServer):
    """Clients may leave whenever they want."""

    daemon_threads = True

    def handle_error(self, *_whose: object) -> None:
        """Say nothing."""
