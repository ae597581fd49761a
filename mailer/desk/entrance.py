"""The way in: the one-time token of the file that the program opens, or the code that the terminal shows."""

from __future__ import annotations

from gettext import gettext as _

from starlette.responses import Response

from mailer.desk import page
from mailer.desk.guard import admitted, closed, is_ours
from mailer.desk.visit import Visit


def enter(visit: Visit) -> Response:
    """Open a session; a typed code counts only from our own page, since any other could send one after another."""
    keys, request = visit.desk.keys, visit.request
    token = visit.said("token")
    if token:
        session = keys.enter(token)
    else:
        ours = is_ours(request, request.headers.get("host", ""))
        session = keys.type_code(visit.said("code")) if ours else ""
    if session:
        return admitted(session, visit.desk.cookie)
    if token or not keys.code:
        return closed(keys, desk=True)
    return page.refusal(_("This code is wrong. Type it as the terminal shows it."), 403, form="desk")
