"""Render the HTML templates in the person's language."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from gettext import gettext, ngettext
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.responses import HTMLResponse

from mailer import __version__, environment
from mailer.wording import words


@cache
def _environment() -> Environment:
    made = Environment(
        loader=PackageLoader("mailer.desk", "pages"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals |= {
        "_": gettext,
        "ngettext": ngettext,
        "value": words.value,
        "state": words.state,
        "sentence": lambda code: words.sentence(code, {}),
        "meeting_time": words.meeting_time,
        "moment": words.moment,
        "version": __version__,
    }
    made.filters["at"] = at
    return made


def at(moment: datetime, zone: str) -> str:
    """Return a time in the meeting's time zone, as text."""
    return f"{moment.astimezone(ZoneInfo(zone)):%d/%m/%Y %H:%M}"


def render(template: str, /, **values: Any) -> str:
    """Render one template."""
    return _environment().get_template(template).render(language=environment.language(), **values)


def refusal(text: str, status: int, *, form: str = "") -> HTMLResponse:
    """Return the page that refuses a request with a sentence; `form` asks for the code of the ``desk`` or ``check-in``."""
    return HTMLResponse(render("refused.html", text=text, form=form), status)
