"""Form for the campaign file, shown beside a preview of the mail; saving keeps the comments in the file."""

from __future__ import annotations

from collections.abc import Mapping
from gettext import gettext as _
from typing import Any

from starlette.responses import Response

from mailer import campaign as campaigns
from mailer import files
from mailer.desk.fields import FIELDS, GROUPS, rewritten, values_of
from mailer.desk.letter import KINDS
from mailer.desk.visit import Visit, digest
from mailer.errors import UserError
from mailer.model.campaign import Campaign
from mailer.wording import words
from mailer.workspace import CAMPAIGNS

_UNREADABLE = ("toml-syntax", "not-utf8")
"""Error codes of a file that cannot be shown as a form."""

LABELS = {field.name: field.label for field in FIELDS}
"""Label of each setting in the form."""


def form(visit: Visit) -> Response:
    """Show the campaign file as a form, with its first error."""
    content = content_of(visit)
    return _form(visit, values_of(content), digest(content), fault=_fault(visit.slug, content))


def content_of(visit: Visit) -> bytes:
    """Return the campaign file. Raises ConfigError if there is none or it is not valid TOML."""
    file = _file(visit.slug)
    if visit.slug not in visit.workspace.slugs():
        visit.workspace.campaign(visit.slug)
    content = files.read(visit.workspace.path / file)
    if (fault := _fault(visit.slug, content)) and fault.code in _UNREADABLE:
        raise fault
    return content


def said(visit: Visit) -> dict[str, str]:
    """Return the submitted value of each field."""
    return {field.name: visit.said(field.name).strip() for field in FIELDS if field.name in visit.form}


def campaign_of(visit: Visit) -> Campaign:
    """Return the campaign as the submitted form describes it. Raises ConfigError."""
    return campaigns.read(visit.slug, _file(visit.slug), rewritten(content_of(visit), said(visit)))


def complaint(fault: UserError) -> str:
    """Return the error sentence with the form's label in place of the setting's name."""
    label = LABELS.get(field_of(fault))
    if label is None:
        return words.error_sentence(fault)
    return words.said_of(fault, name=_(label), line="")


def _file(slug: str) -> str:
    return f"{CAMPAIGNS}/{slug}.toml"


def _fault(slug: str, content: bytes) -> UserError | None:
    try:
        campaigns.read(slug, _file(slug), content)
    except UserError as error:
        return error
    return None


def field_of(fault: UserError | None) -> str:
    """Return the dotted name of the setting that an error is about; empty if there is none."""
    return str(fault.values.get("name", "")) if fault else ""


def _form(
    visit: Visit,
    values: Mapping[str, str],
    stamp: str,
    *,
    fault: UserError | None = None,
    theirs: Mapping[str, str] | None = None,
    status: int = 200,
) -> Response:
    wrong = field_of(fault) if field_of(fault) in LABELS else ""
    touched = {wrong, *(theirs or {})}
    more: dict[str, Any] = {
        "trouble": complaint(fault) if fault else "",
        "wrong": wrong,
        "opened": [
            group.name
            for group in GROUPS
            if group.name == visit.asked("open") or any(field.name in touched for field in group.fields)
        ],
    }
    return visit.show(
        "meeting.html",
        status=status,
        groups=GROUPS,
        values=values,
        theirs=theirs or {},
        stamp=stamp,
        kinds=KINDS,
        **more,
    )


def save(visit: Visit) -> Response:
    """Save the form; if the file was changed meanwhile, show both versions and write nothing."""
    content = content_of(visit)
    now = values_of(content)
    values = now | said(visit)
    if visit.said("stamp") != digest(content):
        theirs = {name: text for name, text in now.items() if text != values[name]}
        return _form(visit, values, digest(content), status=409, theirs=theirs)
    new = rewritten(content, values)
    if fault := _fault(visit.slug, new):
        return _form(visit, values, digest(content), status=422, fault=fault)
    files.rewrite(visit.workspace.path / _file(visit.slug), new)
    return visit.go(f"/c/{visit.slug}/meeting", _("Saved."))
