"""The meeting and its texts as forms beside the mail they make, written back to the very files, comments kept."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from gettext import gettext as _
from typing import Any

import tomlkit
from starlette.responses import HTMLResponse, Response

from mailer import campaign as campaigns
from mailer import files, mime
from mailer.cli import words
from mailer.cli.marked import N_
from mailer.cli.workspace import CAMPAIGNS
from mailer.desk.guard import MAIL_POLICY
from mailer.desk.visit import Visit, digest
from mailer.errors import UserError
from mailer.jobs import gather, preview, standings
from mailer.model.campaign import Campaign
from mailer.model.invitation import Kind


@dataclass(frozen=True, slots=True)
class Field:
    """One setting of the campaign file in the form: where it stands, what it is called, and how it is written."""

    name: str
    label: str
    form: str = "line"
    hint: str = ""
    required: bool = False


FIELDS = (
    Field("meeting.title", N_("Title of the meeting"), required=True),
    Field("subject", N_("Subject of the mail"), required=True),
    Field("meeting.starts", N_("Begins"), hint=N_("such as 2025-03-31 14:00"), required=True),
    Field("meeting.ends", N_("Ends"), hint=N_("such as 2025-03-31 16:00"), required=True),
    Field("meeting.place", N_("Address"), required=True),
    Field("meeting.room", N_("Room")),
    Field("meeting.description", N_("What it is about"), "text"),
    Field("meeting.agenda", N_("Agenda"), "lines", N_("one point on each line")),
    Field("host", N_("Who invites"), required=True),
    Field("inviter.name", N_("Signed by")),
    Field("inviter.function", N_("Their function"), "text"),
    Field("contact", N_("Whom to ask")),
    Field("poll", N_("Poll for those who prefer one"), hint=N_("a link, or nothing")),
    Field("organizer.name", N_("Sent in the name of"), required=True),
    Field("organizer.address", N_("Mailbox the answers come to"), required=True),
    Field("capacity", N_("Places"), "number", N_("0: as many as come")),
)


def form(visit: Visit) -> Response:
    """The campaign file as a form."""
    content = _content(visit)
    return _form(visit, values_of(content), digest(content))


def _content(visit: Visit) -> bytes:
    visit.workspace.slugs()
    path = visit.workspace.path / CAMPAIGNS / f"{visit.slug}.toml"
    if visit.slug not in visit.workspace.slugs():
        visit.workspace.campaign(visit.slug)
    return files.read(path)


def _form(visit: Visit, values: Mapping[str, str], stamp: str, *, status: int = 200, **more: Any) -> Response:
    shown = {"trouble": "", "theirs": {}} | more
    return visit.show(
        "meeting.html",
        status=status,
        fields=FIELDS,
        values=values,
        stamp=stamp,
        title=values.get("meeting.title") or visit.slug,
        kinds=[kind.value for kind in Kind if kind.value != "acknowledgement"],
        **shown,
    )


def values_of(content: bytes) -> dict[str, str]:
    """What the file says of each field, as it stands in the form."""
    document = tomlkit.parse(content.decode("utf-8-sig")).unwrap()
    return {field.name: _text(_find(document, field.name)) for field in FIELDS}


def _find(document: Mapping[str, Any], name: str) -> Any:
    value: Any = document
    for step in name.split("."):
        value = value.get(step, "") if isinstance(value, Mapping) else ""
    return value


def _text(value: Any) -> str:
    return "\n".join(map(str, value)) if isinstance(value, list) else str(value).strip()


def rewritten(content: bytes, values: Mapping[str, str]) -> bytes:
    """The file with what was changed in the form, and everything else as it stood, comments included."""
    before = values_of(content)
    document = tomlkit.parse(content.decode("utf-8-sig"))
    for field in FIELDS:
        value = values.get(field.name, before[field.name]).strip()
        if value == before[field.name]:
            continue
        table: Any = document
        *steps, key = field.name.split(".")
        for step in steps:
            table = table.setdefault(step, tomlkit.table())
        if not value and not field.required:
            table.pop(key, None)
        else:
            table[key] = _item(field, value)
    return tomlkit.dumps(document).encode()


def _item(field: Field, value: str) -> Any:
    if field.form == "lines":
        array = tomlkit.array()
        array.extend(line.strip() for line in value.split("\n") if line.strip())
        return array.multiline(True)
    if field.form == "number":
        return int(value) if value.isdecimal() else value
    return tomlkit.string(value, multiline="\n" in value)


def _said(visit: Visit) -> dict[str, str]:
    return {field.name: visit.said(field.name).strip() for field in FIELDS}


def save(visit: Visit) -> Response:
    """Write the form back; where the file was changed meanwhile, show both and write nothing."""
    content, values = _content(visit), _said(visit)
    if visit.said("stamp") != digest(content):
        now = values_of(content)
        theirs = {name: text for name, text in now.items() if text != values[name]}
        return _form(visit, values, digest(content), status=409, theirs=theirs)
    new = rewritten(content, values)
    file = f"{CAMPAIGNS}/{visit.slug}.toml"
    try:
        campaigns.read(visit.slug, file, new)
    except UserError as error:
        return _form(visit, values, digest(content), status=422, trouble=words.complaint(error))
    files.write(visit.workspace.path / file, new)
    return visit.go(f"/c/{visit.slug}/meeting", _("Saved."))


# -- the texts ---------------------------------------------------------------------------------------------------


def texts(visit: Visit) -> Response:
    """One text of the letters, to edit."""
    campaign = visit.workspace.campaign(visit.slug)
    names = _texts(visit, campaign)
    name = visit.asked("name", "invitation.txt")
    if name not in names:
        name = next(iter(names), "")
    content = names.get(name, b"")
    return _text_form(visit, campaign, name, content.decode("utf-8"), digest(content))


def _texts(visit: Visit, campaign: Campaign) -> dict[str, bytes]:
    """The campaign's templates that are text, by name."""
    found = files.tree(visit.workspace.path / campaign.templates)
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
        kinds=[kind.value for kind in Kind if kind.value != "acknowledgement"],
        kind=_kind_of(name),
        **shown,
    )


def _kind_of(name: str) -> str:
    stem = re.sub(r"^.*/|\..*$", "", name)
    return stem if stem in {kind.value for kind in Kind} else Kind.INVITATION.value


def save_text(visit: Visit) -> Response:
    """Write one text back; where it was changed meanwhile, show both and write nothing."""
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
        _letter(visit, campaign, {name: text.encode()}, Kind(_kind_of(name)))
    except UserError as error:
        return _text_form(
            visit, campaign, name, text, digest(now), status=422, trouble=words.complaint(error)
        )
    files.write(visit.workspace.path / campaign.templates / name, text.encode())
    return visit.go(f"/c/{visit.slug}/texts?name={name}", _("Saved."))


# -- the mail they make --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Letter:
    """The mail the first invitee would get."""

    to: str
    subject: str
    html: str
    text: str
    calendar: str
    faults: tuple[str, ...]


def look(visit: Visit) -> Response:
    """The mail as the form would make it; nothing is written."""
    kind = Kind(visit.said("kind") or Kind.INVITATION.value)
    letter, trouble, frame = None, "", ""
    try:
        if "name" in visit.form:
            campaign = visit.workspace.campaign(visit.slug)
            letter = _letter(visit, campaign, {visit.said("name"): visit.said("text").encode()}, kind)
        else:
            content = rewritten(_content(visit), _said(visit))
            campaign = campaigns.read(visit.slug, f"{CAMPAIGNS}/{visit.slug}.toml", content)
            letter = _letter(visit, campaign, {}, kind)
        frame = visit.desk.frames.put(letter.html)
    except UserError as error:
        trouble = words.complaint(error)
    return visit.show("look.html", letter=letter, trouble=trouble, frame=frame)


def _letter(visit: Visit, campaign: Campaign, changed: Mapping[str, bytes], kind: Kind) -> Letter:
    """Write the mail of one kind to the first invitee."""
    workspace = visit.workspace
    gathered = gather.gather(workspace.path, campaign)
    first = next((people for people in gathered.households if people[0].email), None)
    if first is None:
        raise UserError("nobody-to-preview")
    with workspace.store_if_any() as store:
        told = standings.record(store, campaign.slug).told if store and kind is Kind.UPDATE else None
    laid = preview.preview(
        campaign,
        workspace.templates(campaign) | dict(changed),
        gather.Gathered(gathered.reading, (first,)),
        kind,
        (),
        now=workspace.now(),
        mailbox=workspace.mailbox_address(campaign),
        previous=told.meeting if told else campaign.meeting if kind is Kind.UPDATE else None,
        labels=_LABELS,
        language=campaign.language,
        say=words.problem,
    )
    read = mime.read(laid.files["0001.eml"])
    parts = {part.content_type: part.text for part in read.parts if not part.attachment}
    return Letter(
        first[0].called,
        read.subject,
        parts.get("text/html", ""),
        parts.get("text/plain", ""),
        parts.get("text/calendar", ""),
        (),
    )


_LABELS = dict.fromkeys(
    (
        "messages", "message", "warning", "before", "after", "file",
        "html", "plain", "calendar", "attachments", "headers",
    ),
    "",
)  # fmt: skip


def frame(visit: Visit) -> Response:
    """The HTML of a mail, for a frame in which nothing runs, nothing is sent and nothing is loaded."""
    html = visit.desk.frames.get(visit.request.path_params["key"])
    return HTMLResponse(
        html or "", 200 if html is not None else 404, {"content-security-policy": MAIL_POLICY}
    )
