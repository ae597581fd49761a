"""Preview of the mail that a form would produce, addressed to the first invitee."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from starlette.responses import HTMLResponse, Response

from mailer import mime
from mailer.desk.guard import MAIL_POLICY
from mailer.desk.visit import Visit
from mailer.errors import UserError
from mailer.jobs import check, gather, preview, standings
from mailer.model.campaign import Campaign
from mailer.model.contact import Severity
from mailer.model.invitation import Kind
from mailer.wording import words

KINDS = [kind.value for kind in Kind if kind is not Kind.ACKNOWLEDGEMENT]
"""Message kinds that can be previewed."""


@dataclass(frozen=True, slots=True)
class LetterPreview:
    """Preview of a mail. `faults` are the results of checking it: whether the fault stops sending, where, and what it is."""

    to: str
    subject: str
    html: str
    text: str
    calendar: str
    faults: tuple[tuple[bool, str, str], ...]


def letter(visit: Visit, campaign: Campaign, changed: Mapping[str, bytes], kind: Kind) -> LetterPreview:
    """Render the mail of one kind to the first invitee; `changed` holds unsaved texts by file name."""
    workspace = visit.workspace
    gathered = gather.gather(workspace.path, campaign)
    first = next((people for people in gathered.households if people[0].email), None)
    if first is None:
        raise UserError("nobody-to-preview")
    sources = workspace.templates(campaign) | dict(changed)
    with workspace.store_if_any() as store:
        told = standings.record(store, campaign.slug).told if store and kind is Kind.UPDATE else None
    laid = preview.preview(
        campaign,
        sources,
        gathered,
        kind,
        (first[0].email,),
        now=workspace.now(),
        mailbox=workspace.mailbox_address(campaign),
        previous=told.meeting if told else campaign.meeting if kind is Kind.UPDATE else None,
        labels=_LABELS,
        language=campaign.language,
        say=words.problem,
    )
    of_texts = check.texts(campaign, sources, workspace.now())
    own = {
        campaign.file,
        *(f"{campaign.templates}/{name}" for name in sources if _is_of(name, kind, changed)),
    }
    found = [("", one) for one in laid.faults]
    found += [(words.place(one.origin), one) for one in of_texts if one.origin.file in own]
    found.sort(key=lambda one: one[1].severity is not Severity.ERROR)
    read = mime.read(laid.files["0001.eml"])
    parts = {part.content_type: part.text for part in read.parts if not part.attachment}
    return LetterPreview(
        first[0].called,
        read.subject,
        parts.get("text/html", ""),
        parts.get("text/plain", ""),
        parts.get("text/calendar", ""),
        tuple(
            dict.fromkeys((one.severity is Severity.ERROR, place, words.problem(one)) for place, one in found)
        ),
    )


def _is_of(name: str, kind: Kind, changed: Mapping[str, bytes]) -> bool:
    """Return whether a template file belongs to a kind of mail: its own, a shared one, or the one being edited."""
    return name in changed or name.startswith("_") or name.partition(".")[0] == kind.value


_LABELS = dict.fromkeys(
    (
        "messages", "message", "warning", "before", "after", "file",
        "html", "plain", "calendar", "attachments", "headers",
    ),
    "",
)  # fmt: skip


def frame(visit: Visit) -> Response:
    """Return the HTML of a mail, for a frame that runs, sends and loads nothing."""
    html = visit.desk.frames.get(visit.request.path_params["key"])
    return HTMLResponse(
        html or "", 200 if html is not None else 404, {"content-security-policy": MAIL_POLICY}
    )
