"""An OAuth 2 client of a few lines, with which the servers are tried without the product."""

from __future__ import annotations

import base64
import hashlib
import http.server
import json
import secrets
import threading
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tests.servers.browser import SECONDS, Browser
from tests.servers.identity_provider import CLIENT, IdentityProvider
from tests.signin_servers.house import PASSWORD

SCOPE = "openid offline_access mail"
DEVICE = "urn:ietf:params:oauth:grant-type:device_code"


def post(provider: IdentityProvider, path: str, **form: str) -> dict[str, Any]:
    """Post a form to an endpoint as the public client; return the JSON of the answer, an error's too."""
    data = urllib.parse.urlencode({"client_id": CLIENT, **form}).encode()
    try:
        response = urllib.request.urlopen(
            f"{provider.issuer}{path}", data, timeout=SECONDS, context=provider.trust
        )
    except urllib.error.HTTPError as error:
        response = error
    with response:
        content = response.read()
    return dict(json.loads(content)) if content else {}


def sign_in(provider: IdentityProvider, address: str) -> dict[str, Any]:
    """Sign somebody in by a device code; return the answer of the token endpoint."""
    device = post(provider, "/device/auth", scope=SCOPE)
    Browser(provider.trust).confirm_code(device["verification_uri"], device["user_code"], address, PASSWORD)
    return post(provider, "/token", grant_type=DEVICE, device_code=device["device_code"])


def refresh(provider: IdentityProvider, refresh_token: str) -> dict[str, Any]:
    """Renew a sign-in; return the answer of the token endpoint."""
    return post(provider, "/token", grant_type="refresh_token", refresh_token=refresh_token)


class Request:
    """An authorization request with PKCE (RFC 7636)."""

    def __init__(self, provider: IdentityProvider, redirect_uri: str) -> None:
        self.verifier = secrets.token_urlsafe(48)
        digest = hashlib.sha256(self.verifier.encode()).digest()
        parameters = {
            "client_id": CLIENT,
            "response_type": "code",
            "redirect_uri": redirect_uri,
            "scope": SCOPE,
            "prompt": "consent",
            "state": secrets.token_urlsafe(16),
            "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
            "code_challenge_method": "S256",
        }
        self.url = f"{provider.issuer}/auth?{urllib.parse.urlencode(parameters)}"


@contextmanager
def listener() -> Iterator[tuple[str, list[dict[str, str]]]]:
    """Listen on some port of loopback as an application does; give its address, and the queries it is redirected with."""
    received: list[dict[str, str]] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            query = urllib.parse.urlsplit(self.path).query
            received.append(dict(urllib.parse.parse_qsl(query)))
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"Close this page.")

        def log_message(self, *words: object) -> None:
            """Say nothing."""

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}/", received
        finally:
            server.shutdown()
            thread.join()
