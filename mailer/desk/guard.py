"""ASGI middleware that checks every request (host, session, origin, octets) and sets the security headers of every response."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from gettext import gettext as _

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
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


ENTER = "/enter"
HERE = "/here"
"""Answers anybody, with nothing: the file that opens the web interface asks it whether the browser knows the host name."""

MOST_TO_ENTER = 1024
"""Octets of the form that opens a session: a token or a code."""

URLENCODED = "application/x-www-form-urlencoded"


class TooLargeError(Exception):
    """More octets came than are taken."""


@dataclass(frozen=True, slots=True)
class Door:
    """What the guard of one server goes by.

    `named` tells whether a Host header names this server. `octets` of a form are taken, once somebody is in; `uploads` says
    whether it may hold files.
    """

    keys: Keys
    named: Callable[[str], bool]
    cookie: str
    octets: int
    uploads: bool


class Guard:
    """Middleware that lets in requests with a valid session for one of our own host names, and refuses all others.

    A foreign name that resolves to this server (DNS rebinding) is refused. A POST must have this server as its Origin. The
    octets of a form are counted as they arrive, whatever its header says, and nobody without a session gets more than a
    kilobyte taken in.
    """

    def __init__(self, app: ASGIApp, door: Door) -> None:
        self._app = app
        self._door = door

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer the request itself or pass it on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = Request(scope)
        answer = self._answer(request)
        most = MOST_TO_ENTER if request.url.path == ENTER else self._door.octets
        if answer is None and int(request.headers.get("content-length") or 0) > most:
            answer = _too_large()
        taken = 0

        async def counted() -> Message:
            nonlocal taken
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > most:
                raise TooLargeError
            return message

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
                headers.setdefault("content-security-policy", POLICY)
            await send(message)

        try:
            await (answer or self._app)(scope, counted, guarded)
        except TooLargeError:
            await _too_large()(scope, receive, guarded)

    def _answer(self, request: Request) -> Response | None:
        """Return the response of the guard; None to pass the request on."""
        host, path = request.headers.get("host", ""), request.url.path
        if not self._door.named(host):
            return page.refusal(_("This is not the address of the desk."), 421)
        if request.method not in ("GET", "HEAD", "POST"):
            return page.refusal(_("The desk does not understand this."), 405)
        if path.startswith("/static/"):
            return None
        if path == HERE:
            return Response(status_code=204, headers={"cross-origin-resource-policy": "cross-origin"})
        session = request.cookies.get(self._door.cookie, "")
        request.scope["mailer.session"] = session
        inside = self._door.keys.holds(session)
        if request.method == "POST":
            return self._posted(request, host, inside=inside)
        if inside:
            return RedirectResponse("/", 303) if path == ENTER else None
        return closed(self._door.keys, self._door.uploads)

    def _posted(self, request: Request, host: str, *, inside: bool) -> Response | None:
        """Return the response of the guard to a form; None to pass it on."""
        ours = is_ours(request, host)
        entering = request.url.path == ENTER
        # The file that opens the web interface has no origin, and neither have some browsers for it: only a token counts then.
        from_file = entering and self._door.uploads and request.headers.get("origin", "null") == "null"
        if not (ours or from_file):
            return page.refusal(_("This did not come from a page of the desk. Nothing was changed."), 403)
        if not (inside or entering):
            return closed(self._door.keys, self._door.uploads)
        plain = request.headers.get("content-type", "").partition(";")[0].strip().lower() == URLENCODED
        if not plain and (entering or not self._door.uploads):
            return page.refusal(_("The desk does not understand this."), 415)
        return None


def _too_large() -> Response:
    return page.refusal(_("This is larger than the desk takes in."), 413)


def closed(keys: Keys, desk: bool) -> Response:
    """Return the page for who has no session: it asks for the code."""
    if not desk:
        return page.refusal("", 403, form="check-in")
    if not keys.code:
        return page.refusal(_("Its code was used already. Start “mailer desk” again for a new one."), 403)
    return page.refusal(
        _("Type the code that “mailer desk” shows in the terminal; it works once."), 403, form="desk"
    )


def admitted(session: str, cookie: str) -> Response:
    """Return the page that leads to the first one, with the session cookie set.

    A redirect would still count as coming from the file that opened it, and a strict cookie is not sent then; a page of ours
    that leads on is not elsewhere.
    """
    response = HTMLResponse(page.render("admitted.html"))
    response.set_cookie(cookie, session, httponly=True, samesite="strict", path="/")
    return response


def is_ours(request: Request, host: str) -> bool:
    """Return whether a POST was sent by a page of this server."""
    site = request.headers.get("sec-fetch-site", "same-origin")
    return request.headers.get("origin") == f"http://{host}" and site == "same-origin"
