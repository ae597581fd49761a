"""Pages that create another campaign in the same folder by copying an existing one for a new meeting."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import replace
from gettext import gettext as _

from starlette.responses import Response

from mailer import campaign as campaigns
from mailer import files
from mailer.desk.fields import FIELDS, Field, rewritten
from mailer.desk.meeting import LABELS, complaint, field_of
from mailer.desk.visit import Visit, digest
from mailer.errors import UserError
from mailer.jobs import copy_campaign
from mailer.model.campaign import Campaign
from mailer.translation.marked import N_
from mailer.workspace.sample import for_any_meeting

_BY_NAME = {field.name: field for field in FIELDS}
ASKED = (
    _BY_NAME["meeting.title"],
    _BY_NAME["meeting.starts"],
    replace(_BY_NAME["meeting.ends"], required=False, hint=N_("empty: as long as the other one")),
    _BY_NAME["meeting.place"],
)
"""The fields that the form for another meeting asks for."""

_WRITTEN = (*FIELDS, Field("templates", ""), Field("meeting.cancelled", "", "tick", default="false"))


def form(visit: Visit) -> Response:
    """Show the form for another meeting; everything it does not ask for is copied from an existing campaign."""
    known = visit.readable()
    if not known:
        return visit.go("/", _("There is no campaign yet that another one could be made after."))
    latest = max(known, key=lambda one: one.meeting.starts)
    source = next((one for one in known if one.slug == visit.asked("after")), latest)
    return _form(
        visit, source, {"meeting.title": source.meeting.title, "meeting.place": source.meeting.place}
    )


def _form(
    visit: Visit, source: Campaign, values: Mapping[str, str], trouble: str = "", wrong: str = ""
) -> Response:
    return visit.show(
        "another.html",
        status=422 if trouble else 200,
        source=source,
        others=[one for one in visit.readable() if one.slug != source.slug],
        fields=ASKED,
        values={field.name: values.get(field.name, "") for field in ASKED},
        trouble=trouble,
        wrong=wrong,
        theirs={},
        stamp=_stamp(visit),
    )


def _stamp(visit: Visit) -> str:
    """Return a digest of the existing campaigns, so that a form submitted twice creates one campaign."""
    return digest(*(slug.encode() for slug in visit.workspace.slugs()))


def begin(visit: Visit) -> Response:
    """Create the new campaign with copies of the templates and the same lists, and redirect to its meeting form."""
    workspace = visit.workspace
    source = workspace.campaign(visit.said("after"))
    values = {field.name: visit.said(field.name).strip() for field in ASKED}
    if visit.said("stamp") != _stamp(visit):
        return _form(visit, source, values, _("A campaign was begun meanwhile. Is this still another one?"))
    try:
        made, left_out = _made(visit, source, campaigns.Another(*values.values()))
    except UserError as error:
        return _form(visit, source, values, complaint(error), field_of(error))
    said = [
        _(
            "The campaign is begun. What it is about, the agenda, the texts and the lists are still those of “{title}”: look them over."
        ).format(title=source.meeting.title)
    ]
    if left_out:
        text = _("This did not fit the new date, and is empty now: {fields}.")
        said.append(text.format(fields=", ".join(_(LABELS[name]) for name in left_out)))
    return visit.go(f"/c/{made}/meeting", " ".join(said))


def _made(visit: Visit, source: Campaign, other: campaigns.Another) -> tuple[str, list[str]]:
    """Write the new campaign; return its name and the scheduled times that were left out. Raises ConfigError."""
    workspace = visit.workspace
    content = files.read(workspace.path / source.file)
    _new, draft, _left = _rewritten(source, content, other, source.slug)
    with workspace.store_if_any() as store:
        taken = copy_campaign.taken(workspace.path, store)
    slug = campaigns.free_slug(other.title, draft.meeting.starts.date(), taken)
    new, made, left_out = _rewritten(source, content, other, slug)
    letters = workspace.texts(source)
    copy_campaign.write(workspace.path, made.slug, new, for_any_meeting(letters))
    return made.slug, left_out


def _rewritten(
    source: Campaign, content: bytes, other: campaigns.Another, slug: str
) -> tuple[bytes, Campaign, list[str]]:
    """Return the campaign file for the other meeting, without scheduled times that do not fit its date."""
    schedule = tomllib.loads(content.decode("utf-8-sig")).get("schedule", {})
    settings = campaigns.again(source, schedule, other, slug)
    left_out: list[str] = []
    while True:
        new = rewritten(content, settings, _WRITTEN)
        try:
            return new, campaigns.read(slug, source.file, new), left_out
        except UserError as error:
            name = field_of(error)
            if not name.startswith("schedule.") or not settings.get(name):
                raise
            settings[name] = ""
            left_out.append(name)
