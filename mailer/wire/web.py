"""Fetch one small file over HTTPS, with bounds on its size, on the time and on where it may lead."""

from __future__ import annotations

import http.client
import socket
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from urllib.parse import urljoin, urlsplit

MOST_REDIRECTS = 3


@dataclass(frozen=True, slots=True)
class Page:
    """What was fetched; `host` is the one that it came from in the end."""

    content: bytes = field(repr=False)
    host: str


def fetch(url: str, *, most: int, seconds: float) -> Page | None:
    """Return the file at a URL, or None if there is none, or none within the bounds.

    `most` is in octets, and `seconds` for the whole. HTTP without TLS is taken only where `url` itself names it, and
    never after a redirection.
    """
    end = time.monotonic() + seconds
    try:
        for turn in range(1 + MOST_REDIRECTS):
            parts = urlsplit(url)
            if not parts.hostname or parts.scheme not in (("https", "http") if turn == 0 else ("https",)):
                return None
            status, led, content = _ask(url, most, end)
            if status in (301, 302, 303, 307, 308) and led:
                url = urljoin(url, led)
            elif status == http.client.OK and content is not None:
                return Page(content, parts.hostname)
            else:
                return None
    except (OSError, http.client.HTTPException, ValueError):
        # Whatever a stranger's server does wrong, there is no file.
        return None
    return None


def _ask(url: str, most: int, end: float) -> tuple[int, str, bytes | None]:
    """Ask for a URL; return the status, where it leads, and the content, which is None if it is too large or came too late."""
    parts = urlsplit(url)
    made = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = made(parts.hostname or "", parts.port, timeout=_left(end))
    connection.connect()
    # The timeout of a socket starts anew with every octet.
    alarm = threading.Timer(_left(end), _break_off, (connection.sock,))
    alarm.start()
    try:
        connection.request("GET", f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/")
        with connection.getresponse() as response:
            content = response.read(most + 1)
            fits = len(content) <= most and time.monotonic() < end
            return response.status, response.getheader("Location") or "", content if fits else None
    finally:
        alarm.cancel()
        connection.close()


def _left(end: float) -> float:
    return max(end - time.monotonic(), 0.01)


def _break_off(sock: socket.socket) -> None:
    with suppress(OSError):
        # Not the method of an SSLSocket, which would say goodbye in TLS while the other thread reads.
        socket.socket.shutdown(sock, socket.SHUT_RDWR)
