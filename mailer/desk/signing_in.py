"""Sign in to the mailbox from the web interface, by the same steps as ``mailer login``.

The provider's page opens in a tab of its own and sends the browser to a listener that knows nothing of the web interface
(`mailer.signin.loopback`); a thread waits for it, and the pages tell how far it is.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from gettext import gettext as _
from threading import Event, Lock, Thread

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from mailer import signin
from mailer.desk import page
from mailer.desk.visit import Visit
from mailer.errors import UserError
from mailer.signin import flow
from mailer.signin.flow import BrowserSignIn
from mailer.wording import words
from mailer.workspace import Workspace, sign_in

TICK = 0.2


@dataclass(frozen=True, slots=True)
class SignInStep:
    """How far a sign-in is. `phase` is one of: waiting, trying, done, partly, refused, given-up."""

    phase: str
    said: tuple[str, ...] = ()

    @property
    def is_over(self) -> bool:
        """Return whether nothing more happens by itself."""
        return self.phase not in ("waiting", "trying")


class SigningIn:
    """One sign-in that waits, in a thread of its own, for the browser to come back from the provider."""

    def __init__(self, workspace: Workspace, mailbox: str) -> None:
        self.mailbox = mailbox
        self._workspace = workspace
        self._begun: BrowserSignIn = sign_in.in_browser(workspace, mailbox)
        self.address = self._begun.address
        self._step = SignInStep("waiting")
        self._lock = Lock()
        self._stopping = Event()
        self._thread = Thread(target=self._run, name="signing in", daemon=True)
        self._thread.start()

    @property
    def step(self) -> SignInStep:
        """Return how far it is."""
        with self._lock:
            return self._step

    def give_up(self) -> None:
        """Stop waiting; where the provider has answered already, wait until the servers were tried."""
        self._stopping.set()
        self._thread.join()

    def _run(self) -> None:
        try:
            self._tell(self._wait_and_try())
        except UserError as error:
            self._tell(SignInStep("refused", (words.error_sentence(error),)))
        except Exception as error:  # noqa: BLE001 - shown to the person; nothing is lost by it
            self._tell(SignInStep("refused", (words.our_fault(error),)))
        finally:
            self._begun.close()

    def _wait_and_try(self) -> SignInStep:
        end = time.monotonic() + flow.SECONDS
        while not self._begun.wait(TICK) and time.monotonic() < end:
            if self._stopping.is_set():
                return SignInStep("given-up")
        self._tell(SignInStep("trying"))
        found = sign_in.finish(self._workspace, self.mailbox, self._begun)
        said = [words.server_tried(one.name, one.host, one.error) for one in found.tried]
        said.append(words.signed_in(found.address, found.other, works=found.works))
        return SignInStep("done" if found.works else "partly", tuple(said))

    def _tell(self, step: SignInStep) -> None:
        with self._lock:
            self._step = step


def mailboxes(workspace: Workspace) -> list[tuple[str, bool]]:
    """Return the user names of both servers, each once, and whether somebody is signed in there."""
    settings = workspace.settings
    names = dict.fromkeys(one.username for one in (settings.smtp, settings.imap) if one.username and one.host)
    return [(name, signin.TokenFile(workspace.path, name).exists()) for name in names]


def begin(visit: Visit) -> Response:
    """Begin a sign-in; one that waits already is given up."""
    name = sign_in.mailbox(visit.workspace, visit.said("address"))
    stop(visit)
    visit.desk.signing_in = SigningIn(visit.workspace, name)
    return visit.go("/servers/login")


def show(visit: Visit) -> Response:
    """Show how far the sign-in is."""
    found = visit.desk.signing_in
    return visit.show("sign_in.html", found=found, step=found.step) if found else visit.go("/servers")


def stop(visit: Visit) -> Response:
    """Give a sign-in up that waits."""
    if visit.desk.signing_in:
        visit.desk.signing_in.give_up()
    return visit.go("/servers")


def sign_out(visit: Visit) -> Response:
    """End the sign-in to a mailbox."""
    found = sign_in.sign_out(visit.workspace, visit.said("address"))
    said = (
        words.signed_out(found.address, found.server, found.trouble, revoked=found.revoked)
        if found
        else [_("Nobody is signed in.")]
    )
    return visit.go("/servers", " ".join(said))


async def events(request: Request) -> Response:
    """Stream how far the sign-in is as server-sent events; the last one is named ``over``."""
    found: SigningIn | None = request.app.state.desk.signing_in

    async def told() -> AsyncIterator[str]:
        before = None
        while found is not None and not await request.is_disconnected():
            step = found.step
            if step != before:
                html = page.render("_sign_in.html", step=step)
                yield f"event: {'over' if step.is_over else 'progress'}\ndata: {json.dumps({'html': html})}\n\n"
                before = step
            if step.is_over:
                return
            await asyncio.sleep(TICK)

    return StreamingResponse(told(), media_type="text/event-stream")
