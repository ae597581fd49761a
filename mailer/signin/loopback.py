"""The listener on this machine that receives the redirect of a provider (RFC 8252 section 7.3), once.

It has a port of its own, and knows nothing of the web interface: neither its cookie nor its host name. Any program, and
any page in a browser, can send requests to it. So only the request that carries the `state` of this sign-in counts; all
others are refused and change nothing, and once it has come, so is every other. What is in it reaches no log.
"""

from __future__ import annotations

import hmac
import socket
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import TCPServer
from urllib.parse import parse_qsl, urlsplit

from mailer.errors import ConfigError

ADDRESS = "127.0.0.1"

MOST_OCTETS = 8192
"""Of the path of a request; codes have some hundred octets, those of Microsoft up to two thousand."""

SECONDS_OF_A_REQUEST = 10

HEADERS = {
    "Cache-Control": "no-store",
    "Connection": "close",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}

Page = Callable[[str], str]
"""Returns the HTML page for ``received``, ``refused`` (by the provider), ``used`` and ``foreign``, without a secret."""


class RedirectListener:
    """Waits for one redirect to `host`, which is the loopback address or ``localhost``, with this `state`.

    Port 0 takes any free one. `page` gives what the browser shows. Raises ConfigError ``redirect-port-taken``.
    """

    def __init__(self, host: str, port: int, state: str, page: Page) -> None:
        self._state = state
        self._page = page
        self._lock = threading.Lock()
        self._found: dict[str, str] | None = None
        self._came = threading.Event()
        try:
            self._server = _RedirectServer((ADDRESS, port), self._handler())
        except OSError as error:
            raise ConfigError("redirect-port-taken", read=str(port)) from error
        self.uri = f"http://{host}:{self._server.server_address[1]}"
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.1,), name="redirect", daemon=True
        )
        self._thread.start()

    def wait(self, seconds: float) -> dict[str, str] | None:
        """Return the parameters of the redirect, or None if it has not come within so many seconds."""
        self._came.wait(seconds)
        return self._found

    def close(self) -> None:
        """Stop listening; a page that is being sent is sent to its end."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def answer(self, method: str, host: str, target: str) -> tuple[int, str]:
        """Take a request; return the status and the name of the page to answer with."""
        if method != "GET":
            return 405, "foreign"
        if f"http://{host}" != self.uri:  # a name of somebody else's that leads here (DNS rebinding)
            return 421, "foreign"
        parts = urlsplit(target)
        if parts.path not in ("", "/"):
            return 404, "foreign"
        pairs = parse_qsl(parts.query, keep_blank_values=True)
        found = dict(pairs)
        given = found.get("state", "").encode()
        if len(found) != len(pairs) or not hmac.compare_digest(given, self._state.encode()):
            return 403, "foreign"
        if not ("code" in found) ^ ("error" in found):
            return 400, "foreign"
        with self._lock:
            if self._found is not None:
                return 410, "used"
            self._found = found
        return 200, "received" if "code" in found else "refused"

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        listener = self

        class Handler(BaseHTTPRequestHandler):
            timeout = SECONDS_OF_A_REQUEST
            server_version, sys_version = "mailer", ""

            def do_GET(self) -> None:
                self._answer()

            do_HEAD = do_POST = do_PUT = do_DELETE = do_OPTIONS = do_GET  # noqa: N815 - names of http.server

            def _answer(self) -> None:
                if len(self.path) > MOST_OCTETS:
                    status, name = 414, "foreign"
                else:
                    status, name = listener.answer(self.command, self.headers.get("Host", ""), self.path)
                try:
                    self._show(status, listener._page(name).encode())
                finally:
                    if status == 200:  # also where the browser has gone
                        listener._came.set()

            def _show(self, status: int, body: bytes) -> None:
                self.send_response(status)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.send_header("Content-Length", str(len(body)))
                for header, value in HEADERS.items():
                    self.send_header(header, value)
                self.end_headers()
                if self.command != "HEAD":
                    self.wfile.write(body)
                self.wfile.flush()

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's signature
                """Log nothing: the request line holds the code."""

        return Handler


class _RedirectServer(ThreadingHTTPServer):
    # On Windows another program could take the same port where this is set.
    allow_reuse_address = not hasattr(socket, "SO_EXCLUSIVEADDRUSE")
    daemon_threads = True

    def server_bind(self) -> None:
        if hasattr(socket, "SO_EXCLUSIVEADDRUSE"):
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
        TCPServer.server_bind(self)  # HTTPServer's own asks for this machine's name, which may take long

    def handle_error(self, request: object, client_address: object) -> None:
        """Show nothing of a connection that broke."""
