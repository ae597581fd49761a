"""A request to the web interface, with the helpers that views use to read it and to answer."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import suppress
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
from mailer.desk.guard import ENTER
from mailer.errors import UserError
from mailer.jobs import find
from mailer.model.people import Invitee, Person
from mailer.wording import words
from mailer.workspace import Workspace, memory

if TYPE_CHECKING:
    from mailer.desk.folded import Folded
    from mailer.desk.state import Desk
    from mailer.model.campaign import Campaign

MOST_OCTETS = 25 * 1024 * 1024
"""Maximum size of a submitted form in octets, an uploaded list included."""

MOST_OCTETS_AT_CHECK_IN = 64 * 1024
"""The same at the check-in, where nothing is uploaded."""


@dataclass(frozen=True, slots=True)
class Visit:
    """What a view receives: the web interface's state, the request, and the submitted form."""

    desk: Desk
    request: Request
    form: FormData = field(default_factory=FormData)

    @property
    def workspace(self) -> Workspace:
        """Return the workspace with its current settings."""
        return self.desk.workspace()

    @property
    def slug(self) -> str:
        """Return the campaign named in the path."""
        return str(self.request.path_params.get("slug", ""))

    def readable(self) -> list[Campaign]:
        """Return the campaigns whose file can be read."""
        workspace, found = self.workspace, []
        for slug in workspace.slugs():
            try:
                found.append(workspace.campaign(slug))
            except UserError:
                continue
        return found

    def folded(self) -> Folded:
        """Return the folded ledger of the campaign."""
        with self.workspace.store_if_any() as store:
            return self.desk.folds.of(store, self.slug)

    def invitee(self, ref: str) -> Invitee:
        """Return the invitee with this reference. Raises ConfigError if there is none."""
        return find.meant(self.folded().record.roll, ref)[0]

    def person(self, ref: str) -> tuple[Invitee, Person | None]:
        """Return the person with this reference or name, or the invitee; the person is None where several are meant.

        Raises ConfigError if there is none.
        """
        return find.meant(self.folded().record.roll, ref)

    @property
    def is_fragment(self) -> bool:
        """Return whether only the changing part of the page is requested (htmx)."""
        return self.request.headers.get("hx-request") == "true"

    def asked(self, name: str, default: str = "") -> str:
        """Return a query parameter."""
        return self.request.query_params.get(name, default)

    def said(self, name: str, default: str = "") -> str:
        """Return a form value, with line ends as LF."""
        value = self.form.get(name, default)
        return value.replace("\r\n", "\n") if isinstance(value, str) else default

    def show(self, template: str, *, status: int = 200, **values: Any) -> Response:
        """Render a page; a notice is shown on the next whole page, not on a fragment."""
        session = str(self.request.scope.get("mailer.session", ""))
        common = {
            "csrf": self.desk.keys_of(self.request).stamp(session),
            "slug": self.slug,
            "path": self.request.url.path,
            "only_check_in": self.desk.is_check_in(self.request),
            "fragment": self.is_fragment,
            "notice": "" if self.is_fragment else self.desk.notice(session),
            "warnings": [] if self.is_fragment else self._warnings(),
        }
        return HTMLResponse(page.render(template, **(common | values)), status)

    def _warnings(self) -> list[str]:
        """Return what the person has to know of the ledger on every page; nothing where it cannot be opened."""
        if self.desk.is_check_in(self.request):
            return []
        with suppress(UserError), self.workspace.store_if_any() as store:
            said = memory.warnings(self.workspace, store, store.campaigns() if store else [])
            return [*said, *filter(None, [memory.shared(self.workspace)])]
        return []

    def go(self, to: str, notice: str = "") -> Response:
        """Redirect to another page, which shows the notice."""
        if notice:
            self.desk.tell(str(self.request.scope.get("mailer.session", "")), notice)
        return RedirectResponse(to, 303)


View = Callable[[Visit], Response]


def endpoint(view: View) -> Callable[[Request], Awaitable[Response]]:
    """Wrap a view as an endpoint that reads the form, checks its CSRF token, shows errors and runs in a thread."""

    async def answer(request: Request) -> Response:
        desk: Desk = request.app.state.desk
        if request.method != "POST":
            return await run_in_threadpool(_guarded, view, Visit(desk, request))
        async with request.form(max_part_size=MOST_OCTETS) as form:
            session = str(request.scope.get("mailer.session", ""))
            if request.url.path != ENTER and form.get("csrf") != desk.keys_of(request).stamp(session):
                return page.refusal(_("This did not come from a page of the desk. Nothing was changed."), 403)
            return await run_in_threadpool(_guarded, view, Visit(desk, request, form))

    answer.__name__ = getattr(view, "__name__", "view")
    return answer


async def nowhere(request: Request, error: Exception) -> Response:
    """Show that there is no such page."""
    status = getattr(error, "status_code", 404)
    visit = Visit(request.app.state.desk, request)
    return await run_in_threadpool(
        visit.show, "trouble.html", status=status, text=_("There is no such page.")
    )


def _guarded(view: View, visit: Visit) -> Response:
    try:
        return view(visit)
    except UserError as error:
        return visit.show("trouble.html", status=422, text=words.error_sentence(error))
    except Exception as error:
        if environment.variable("MAILER_DEBUG"):
            raise
        return visit.show("trouble.html", status=500, text=words.our_fault(error))


def digest(*contents: bytes) -> str:
    """Return a digest of the files a form was made from, so that an outdated form is noticed."""
    return sha256(b"\0".join(contents)).hexdigest()[:16]
