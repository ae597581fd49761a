"""One request to the desk, and how a page is made from it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from gettext import gettext as _
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from mailer import environment
from mailer.desk import page
from mailer.errors import UserError
from mailer.jobs import standings
from mailer.model.invitation import Invitee
from mailer.wording import words
from mailer.workspace import Workspace

if TYPE_CHECKING:
    from mailer.desk.folded import Folded
    from mailer.desk.state import Desk
    from mailer.model.campaign import Campaign

MOST_OCTETS = 25 * 1024 * 1024
"""How much a form may hold, a list included."""


@dataclass(frozen=True, slots=True)
class Visit:
    """What a view is handed: the desk, the request, and the form where one was sent."""

    desk: Desk
    request: Request
    form: FormData = field(default_factory=FormData)

    @property
    def workspace(self) -> Workspace:
        """The workspace, with its settings as they are now."""
        return self.desk.workspace()

    @property
    def slug(self) -> str:
        """The campaign the address names."""
        return str(self.request.path_params.get("slug", ""))

    def readable(self) -> list[Campaign]:
        """The campaigns whose file can be read."""
        workspace, found = self.workspace, []
        for slug in workspace.slugs():
            try:
                found.append(workspace.campaign(slug))
            except UserError:
                continue
        return found

    def folded(self) -> Folded:
        """What the ledger says of the campaign now."""
        with self.workspace.store_if_any() as store:
            return self.desk.folds.of(store, self.slug)

    def invitee(self, ref: str) -> Invitee:
        """The invitee with this reference. Raises ConfigError where there is none."""
        return standings.find(self.folded().record.roll, ref)

    @property
    def is_fragment(self) -> bool:
        """Whether only the part of the page that changes is wanted."""
        return self.request.headers.get("hx-request") == "true"

    def asked(self, name: str, default: str = "") -> str:
        """What the address says of a name."""
        return self.request.query_params.get(name, default)

    def said(self, name: str, default: str = "") -> str:
        """What the form says of a name, with the line ends of a file."""
        value = self.form.get(name, default)
        return value.replace("\r\n", "\n") if isinstance(value, str) else default

    def show(self, template: str, *, status: int = 200, **values: Any) -> Response:
        """Answer with a page; what was done is said on the next whole one, not on a part that happened to be asked for."""
        session = str(self.request.scope.get("mailer.session", ""))
        common = {
            "csrf": self.desk.keys_of(self.request).stamp(session),
            "slug": self.slug,
            "path": self.request.url.path,
            "only_check_in": self.desk.is_check_in(self.request),
            "fragment": self.is_fragment,
            "notice": "" if self.is_fragment else self.desk.notice(session),
        }
        return HTMLResponse(page.render(template, **(common | values)), status)

    def go(self, to: str, notice: str = "") -> Response:
        """Send the person to another page, which says what was done."""
        if notice:
            self.desk.tell(str(self.request.scope.get("mailer.session", "")), notice)
        return RedirectResponse(to, 303)


View = Callable[[Visit], Response]


def endpoint(view: View) -> Callable[[Request], Awaitable[Response]]:
    """Make a view an endpoint: the form read and its stamp checked, errors in one sentence, work in a thread."""

    async def answer(request: Request) -> Response:
        desk: Desk = request.app.state.desk
        if request.method != "POST":
            return await run_in_threadpool(_guarded, view, Visit(desk, request))
        if int(request.headers.get("content-length") or 0) > MOST_OCTETS:
            return page.refusal(_("This is larger than the desk takes in."), 413)
        async with request.form(max_part_size=MOST_OCTETS) as form:
            session = str(request.scope.get("mailer.session", ""))
            if request.url.path != "/enter" and form.get("csrf") != desk.keys_of(request).stamp(session):
                return page.refusal(_("This did not come from a page of the desk. Nothing was changed."), 403)
            return await run_in_threadpool(_guarded, view, Visit(desk, request, form))

    answer.__name__ = getattr(view, "__name__", "view")
    return answer


async def nowhere(request: Request, error: Exception) -> Response:
    """Say that there is no such page."""
    status = getattr(error, "status_code", 404)
    visit = Visit(request.app.state.desk, request)
    return await run_in_threadpool(
        visit.show, "trouble.html", status=status, text=_("There is no such page.")
    )


def _guarded(view: View, visit: Visit) -> Response:
    try:
        return view(visit)
    except UserError as error:
        return visit.show("trouble.html", status=422, text=words.complaint(error))
    except Exception as error:
        if environment.variable("MAILER_DEBUG"):
            raise
        return visit.show("trouble.html", status=500, text=words.our_fault(error))


def digest(*contents: bytes) -> str:
    """What a form carries of the files it was made from, so that a stale one is noticed."""
    return sha256(b"\0".join(contents)).hexdigest()[:16]
