"""Form for the text templates of the letters, with a preview of the mail."""

from __future__ import annotations

import re
from gettext import gettext as _
from typing import Any

from starlette.responses import Response

from mailer import files
from mailer.desk import letter, meeting
from mailer.desk.visit import Visit, digest
from mailer.errors import UserError
from mailer.model.campaign import Campaign
from mailer.model.invitation import Kind
from mailer.wording import words


def texts(visit: Visit) -> Response:
    """Show one text template to edit."""
    campaign = visit.workspace.campaign(visit.slug)
    names = _texts(visit, campaign)
    name = visit.asked("name", "invitation.txt")
    if name not in names:
        name = next(iter(names), "")
    content = names.get(name, b"")
    return _text_form(visit, campaign, name, content.decode("utf-8"), digest(content))


def _texts(visit: Visit, campaign: Campaign) -> dict[str, bytes]:
    """Return the campaign's text templates by name."""
    found = visit.workspace.texts(campaign)
    return {name: content for name, content in found.items() if name.endswith((".txt", ".html"))}


def _text_form(
    visit: Visit, campaign: Campaign, name: str, text: str, stamp: str, *, status: int = 200, **more: Any
) -> Response:
    shown = {"trouble": "", "theirs": ""} | more
    return visit.show(
        "texts.html",
        status=status,
        campaign=campaign,
        names=sorted(_texts(visit, campaign), key=lambda one: (one.count("/"), one.startswith("_"), one)),
        name=name,
        text=text,
        stamp=stamp,
        kinds=letter.KINDS,
        kind=_kind_of(name),
        **shown,
    )


def _kind_of(name: str) -> str:
    stem = re.sub(r"^.*/|\..*$", "", name)
    return stem if stem in {kind.value for kind in Kind} else Kind.INVITATION.value


def save_text(visit: Visit) -> Response:
    """Save one template; if it was changed meanwhile, show both versions and write nothing."""
    campaign = visit.workspace.campaign(visit.slug)
    name, text = visit.said("name"), visit.said("text")
    known = _texts(visit, campaign)
    if name not in known:
        return visit.go(f"/c/{visit.slug}/texts", _("This text is no longer there; nothing was changed."))
    now = known[name]
    if visit.said("stamp") != digest(now):
        return _text_form(
            visit, campaign, name, text, digest(now), status=409, theirs=now.decode("utf-8", "replace")
        )
    try:
        letter.letter(visit, campaign, {name: text.encode()}, Kind(_kind_of(name)))
    except UserError as error:
        return _text_form(
            visit, campaign, name, text, digest(now), status=422, trouble=words.error_sentence(error)
        )
    files.rewrite(visit.workspace.path / campaign.templates / name, text.encode())
    return visit.go(f"/c/{visit.slug}/texts?name={name}", _("Saved."))


def look(visit: Visit) -> Response:
    """Show the mail that the submitted form would produce, without saving anything."""
    kind = Kind(visit.said("kind") or Kind.INVITATION.value)
    made, trouble, frame = None, "", ""
    try:
        changed: dict[str, bytes] = {}
        if "name" in visit.form:
            campaign = visit.workspace.campaign(visit.slug)
            changed[visit.said("name")] = visit.said("text").encode()
        else:
            campaign = meeting.campaign_of(visit)
        made = letter.letter(visit, campaign, changed, kind)
        frame = visit.desk.frames.put(made.html)
    except UserError as error:
        trouble = meeting.complaint(error)
    return visit.show("look.html", letter=made, trouble=trouble, frame=frame)
