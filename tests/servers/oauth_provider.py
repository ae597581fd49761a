"""An OAuth 2 provider on loopback: codes with PKCE, device codes, refresh tokens that change with each use.

Whoever comes back with a refresh token that was used already loses the whole sign-in, as with providers that rotate them
(RFC 9700 section 4.14.2).
"""

from __future__ import annotations

import base64
import json
import secrets
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlencode, urlsplit

Form = dict[str, str]


@dataclass
class OauthProvider:
    """What it does may be changed while it runs: `refuses` is an error for the next requests to the token endpoint.

    After so many `renewals` it revokes the sign-in by itself.
    """

    client_id: str = "the-client"
    client_secret: str = ""
    lives: int = 3600
    rotates: bool = True
    person: str = "camille@example.org"
    denies: str = ""
    refuses: str = ""
    status: int = 0
    slow: float = 0.0
    offline: bool = True
    renewals: int = 1_000_000
    device_pending: int = 0
    interval: int = 1
    port: int = 0
    tls: ssl.SSLContext | None = None
    access: dict[str, float] = field(default_factory=dict)
    refresh: dict[str, str] = field(default_factory=dict)
    used: set[str] = field(default_factory=set)
    codes: dict[str, Form] = field(default_factory=dict)
    families: set[str] = field(default_factory=set)
    asked: list[tuple[str, Form]] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def issuer(self) -> str:
        """Its address."""
        return f"https://localhost:{self.port}" if self.tls else f"http://127.0.0.1:{self.port}"

    def settings(self) -> str:
        """What a workspace writes to use it."""
        return f'\n[oauth]\nclient_id = "{self.client_id}"\nissuer = "{self.issuer}"\n'

    def is_good(self, token: str) -> bool:
        """Return whether an access token is known and has not ended."""
        return self.access.get(token, 0) > time.time()

    @property
    def secrets(self) -> list[str]:
        """All tokens and codes there were, to look for."""
        return [*self.access, *self.refresh, *self.used, *self.codes]

    def revoke_all(self) -> None:
        """Take back every sign-in."""
        self.families.clear()

    @contextmanager
    def running(self) -> Iterator[OauthProvider]:
        """Serve in threads."""
        outer = self

        class Handler(_Handler):
            provider = outer

        with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
            server.daemon_threads = True
            self.port = server.server_address[1]
            if self.tls:
                server.socket = self.tls.wrap_socket(server.socket, server_side=True)
            thread = threading.Thread(target=server.serve_forever, args=(0.05,))
            thread.start()
            try:
                yield self
            finally:
                server.shutdown()
                thread.join()

    # -- what it answers ------------------------------------------------------------------------------------------
    def metadata(self) -> dict[str, object]:
        """Describe itself."""
        names = {
            "authorization_endpoint": "authorize",
            "token_endpoint": "token",
            "device_authorization_endpoint": "device",
            "revocation_endpoint": "revoke",
        }
        return {"issuer": self.issuer, **{name: f"{self.issuer}/{path}" for name, path in names.items()}}

    def authorize(self, asked: Form) -> str:
        """Let the person in, or not, and return where to send the browser."""
        assert asked["client_id"] == self.client_id
        assert asked["code_challenge_method"] == "S256"
        answer = {"state": asked["state"], "iss": self.issuer}
        if self.denies:
            answer |= {"error": self.denies, "error_description": "AADSTS65004: no. secret-words"}
        else:
            code = secrets.token_urlsafe(16)
            self.codes[code] = asked
            answer["code"] = code
        return f"{asked['redirect_uri']}?{urlencode(answer)}"

    def device(self, asked: Form) -> dict[str, object]:
        """Give a code for another device."""
        code = f"device-{secrets.token_urlsafe(16)}"
        self.codes[code] = asked
        return {
            "device_code": code,
            "user_code": "WDJB-MJHT",
            "verification_uri": f"{self.issuer}/enter",
            "expires_in": 60,
            "interval": self.interval,
        }

    def token(self, asked: Form, authorization: str) -> tuple[int, dict[str, object]]:
        """Exchange a code or a refresh token."""
        if self.slow:
            time.sleep(self.slow)
        with self.lock:
            if self.status:
                return self.status, {"error": "server_error"}
            if self.refuses:
                return 400, {"error": self.refuses, "error_description": "AADSTS50173: secret-words"}
            if not self._is_client(asked, authorization):
                return 401, {"error": "invalid_client"}
            match asked["grant_type"]:
                case "authorization_code":
                    return self._for_code(asked)
                case "refresh_token":
                    return self._for_refresh_token(asked["refresh_token"])
                case _:
                    return self._for_device(asked)

    def _is_client(self, asked: Form, authorization: str) -> bool:
        if not self.client_secret:
            return asked.get("client_id") == self.client_id
        wanted = base64.b64encode(f"{self.client_id}:{self.client_secret}".encode()).decode()
        return authorization == f"Basic {wanted}"

    def _for_code(self, asked: Form) -> tuple[int, dict[str, object]]:
        begun = self.codes.pop(asked["code"], None)
        challenge = base64.urlsafe_b64encode(sha256(asked["code_verifier"].encode()).digest()).rstrip(b"=")
        if begun is None or begun["code_challenge"] != challenge.decode():
            return 400, {"error": "invalid_grant"}
        if begun["redirect_uri"] != asked["redirect_uri"]:
            return 400, {"error": "invalid_grant"}
        return 200, self._tokens(self._family())

    def _for_device(self, asked: Form) -> tuple[int, dict[str, object]]:
        if asked["device_code"] not in self.codes:
            return 400, {"error": "expired_token"}
        if self.device_pending > 0:
            self.device_pending -= 1
            return 400, {"error": "authorization_pending", "error_description": "AADSTS70016: not yet"}
        if self.denies:
            return 400, {"error": self.denies}
        del self.codes[asked["device_code"]]
        return 200, self._tokens(self._family())

    def _for_refresh_token(self, token: str) -> tuple[int, dict[str, object]]:
        family = self.refresh.get(token, "")
        self.renewals -= 1
        if token in self.used or self.renewals < 0:
            self.families.discard(family)
        if family not in self.families:
            return 400, {"error": "invalid_grant", "error_description": "AADSTS700082: ended"}
        if self.rotates:
            self.used.add(token)
        return 200, self._tokens(family, again=not self.rotates)

    def _family(self) -> str:
        family = secrets.token_hex(4)
        self.families.add(family)
        return family

    def _tokens(self, family: str, *, again: bool = False) -> dict[str, object]:
        access = f"access-{secrets.token_urlsafe(24)}"
        self.access[access] = time.time() + self.lives
        claims = {"aud": self.client_id, "email": self.person}
        body = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
        answer: dict[str, object] = {
            "access_token": access,
            "token_type": "Bearer",
            "expires_in": self.lives,
            "id_token": f"e30.{body}.c2ln",
        }
        if self.offline and not again:
            refresh = f"refresh-{secrets.token_urlsafe(24)}"
            self.refresh[refresh] = family
            answer["refresh_token"] = refresh
        return answer

    def revoke(self, asked: Form) -> None:
        """Take back the sign-in a token belongs to."""
        assert asked["client_id"] == self.client_id
        self.families.discard(self.refresh.get(asked["token"], ""))


class _Handler(BaseHTTPRequestHandler):
    provider: OauthProvider

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        asked = dict(parse_qsl(parts.query))
        self.provider.asked.append((parts.path, asked))
        match parts.path:
            case "/.well-known/openid-configuration":
                self._json(200, self.provider.metadata())
            case "/authorize":
                self.send_response(302)
                self.send_header("Location", self.provider.authorize(asked))
                self.end_headers()
            case _:
                self._json(404, {})

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        asked = dict(parse_qsl(body))
        self.provider.asked.append((self.path, asked))
        match self.path:
            case "/token":
                self._json(*self.provider.token(asked, self.headers.get("Authorization", "")))
            case "/device":
                self._json(200, self.provider.device(asked))
            case "/revoke":
                self.provider.revoke(asked)
                self._json(200, {})
            case _:
                self.send_response(307)
                self.send_header("Location", f"{self.provider.issuer}/token")
                self.end_headers()

    def _json(self, status: int, found: dict[str, object]) -> None:
        content = json.dumps(found).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's signature
        """Log nothing."""
