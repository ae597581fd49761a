"""ASGI middleware that checks every request (host, session, origin) and sets the security headers of every response."""

from __future__ import annotations

from collections.abc import Callable
from gettext import gettext as _

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from mailer.desk import page
from mailer.desk.keys import Keys

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "frame-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
MAIL_POLICY = (
    "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'none'; "
    "frame-ancestors 'self'; base-uri 'none'"
)
"""Policy for the HTML of a mail in a frame: no scripts, no forms, and nothing loaded from elsewhere."""

HEADERS = {
    "cache-control": "no-store",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
    "referrer-policy": "same-origin",
    "x-content-type-options": "nosniff",
}


class Guard:
    """Middleware that lets in requests with a valid session for one of our own host names, and refuses all others.

    `named` tells whether a Host header names this server; a foreign name that resolves to it (DNS rebinding) is
    refused. A POST must have this server as its Origin.
    """

    def __init__(self, app: ASGIApp, keys: Keys, named: Callable[[str], bool], cookie: str) -> None:
        self._app = app
        self._keys = keys
        self._named = named
        self._cookie = cookie

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer the request itself or pass it on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = Request(scope)
        answer = self._answer(request)

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
                headers.setdefault("content-security-policy", POLICY)
            await send(message)

        await (answer or self._app)(scope, receive, guarded)

    def _answer(self, request: Request) -> Response | None:
        """Return the response of the guard; None to pass the request on."""
        host = request.headers.get("host", "")
        if not self._named(host):
            return page.refusal(_("This is not the address of the desk."), 421)
        if request.method not in ("GET", "HEAD", "POST"):
            return page.refusal(_("The desk does not understand this."), 405)
        if request.url.path.startswith("/static/"):
            return None
        session = request.cookies.get(self._cookie, "")
        request.scope["mailer.session"] = session
        inside = self._keys.holds(session)
        if request.method == "POST" and not _is_ours(request, host):
            return page.refusal(_("This did not come from a page of the desk. Nothing was changed."), 403)
        if request.url.path == "/enter":
            return None if request.method == "POST" else self._enter(request, inside)
        if not inside:
            return page.refusal(
                _("The desk opens with the address that “mailer desk” shows in the terminal; it works once."),
                403,
                check_in=not self._keys.token and request.url.path in ("/", ""),
            )
        return None

    def _enter(self, request: Request, inside: bool) -> Response | None:
        """Exchange the one-time token for a session, kept in a SameSite=Strict cookie."""
        session = self._keys.enter(request.query_params.get("token", ""))
        if session:
            return admitted(session, self._cookie)
        if inside:
            return RedirectResponse("/", 303)
        return page.refusal(_("This address was used already. Start “mailer desk” again for a new one."), 403)


def admitted(session: str, cookie: str) -> Response:
    """Redirect to the first page with the session cookie set."""
    response = RedirectResponse("/", 303)
    response.set_cookie(cookie, session, httponly=True, samesite="strict", path="/")
    return response


def _is_ours(request: Request, host: str) -> bool:
    """Return whether a POST was sent by a page of this server."""
    site = request.headers.get("sec-fetch-site", "same-origin")
    return request.headers.get("origin") == f"http://{host}" and site == "same-origin"
