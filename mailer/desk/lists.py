"""Pages for the contact lists: how each was read, with its problems by line, and upload of a new list."""

from __future__ import annotations

import re
from gettext import gettext as _
from pathlib import Path

import tomlkit
from starlette.datastructures import UploadFile
from starlette.responses import Response

from mailer import contacts, files
from mailer.desk.state import Upload
from mailer.desk.visit import Visit, digest
from mailer.errors import UserError
from mailer.jobs import gather, read_list, roll
from mailer.model import file_names
from mailer.model.contact import Reading, Severity
from mailer.wording import words
from mailer.workspace import CAMPAIGNS

MOST_SHOWN = 200
"""Maximum number of problems and contacts shown for one list."""


def show(visit: Visit) -> Response:
    """Show every list of the campaign as it was read."""
    workspace = visit.workspace
    campaign = workspace.campaign(visit.slug)
    readings = []
    for source in campaign.lists:
        try:
            content = files.read_plain(workspace.path / source.path, at_most=contacts.MAX_BYTES)
            readings.append((source.path, report(read_list.read(source.path, content, source)), ""))
        except UserError as error:
            readings.append((source.path, report(Reading()), words.error_sentence(error)))
    with workspace.store_if_any() as store:
        invited = len(roll.invitees(store, campaign.slug)) if store else 0
    return visit.show(
        "lists.html",
        campaign=campaign,
        readings=readings,
        invited=invited,
        formats=contacts.LABELS,
        endings=contacts.ENDINGS,
    )


def report(reading: Reading) -> dict[str, object]:
    """Return the values for the page: the contacts read, and the problems by line."""
    usable = [contact for contact in reading.contacts if contact.email]
    ordered = sorted(
        reading.problems, key=lambda p: (p.severity is not Severity.ERROR, p.origin.file, p.origin.line)
    )
    return {
        "contacts": usable[:MOST_SHOWN],
        "count": len(usable),
        "problems": [
            (p.origin.line, p.severity is Severity.ERROR, words.problem(p)) for p in ordered[:MOST_SHOWN]
        ],
        "problem_count": len(reading.problems),
        "errors": sum(p.severity is Severity.ERROR for p in reading.problems),
    }


def look(visit: Visit) -> Response:
    """Show how an uploaded list is read, without saving it."""
    sent = visit.form.get("list")
    if not isinstance(sent, UploadFile) or not sent.filename:
        return visit.go(f"/c/{visit.slug}/lists", _("Choose a file first."))
    content = sent.file.read()
    said = sent.filename.replace("\\", "/").rpartition("/")[2]
    name = file_names.safe(re.sub(r"[^\w.-]+", "-", said).strip("-."))
    workspace = visit.workspace
    campaign = workspace.campaign(visit.slug)
    reading = read_list.read(name, content)
    with workspace.store_if_any() as store:
        if store is not None:
            reading = gather.with_objections(store, reading)
    return visit.show(
        "list.html",
        campaign=campaign,
        name=name,
        report=report(reading),
        key=visit.desk.uploads.put(Upload(name, content)),
        stamp=_stamp(visit, name),
        instead=[source.path for source in campaign.lists],
        exists=_exists(workspace.path / "contacts" / name),
    )


def _exists(path: Path) -> bool:
    """Return whether a file is there. Raises UserError ``file-name-impossible`` where none can have this name."""
    try:
        return path.exists()
    except (OSError, ValueError) as error:
        raise UserError("file-name-impossible", file=str(path), read=path.name) from error


def take(visit: Visit) -> Response:
    """Save an uploaded list in the workspace and add it to the campaign file."""
    upload = visit.desk.uploads.get(visit.said("key"))
    back = f"/c/{visit.slug}/lists"
    if upload is None:
        return visit.go(back, _("This list is no longer at hand. Drop it in again."))
    if visit.said("stamp") != _stamp(visit, upload.name):
        return visit.go(
            back,
            _("The campaign or the list was changed meanwhile. Drop the list in again; nothing was changed."),
        )
    path = visit.workspace.path
    file = path / CAMPAIGNS / f"{visit.slug}.toml"
    document = tomlkit.parse(files.read(file).decode("utf-8-sig"))
    target, instead = f"contacts/{upload.name}", visit.said("instead")
    lists = document.setdefault("lists", tomlkit.aot())
    named = [str(one["file"]) if isinstance(one, dict) else str(one) for one in lists]
    files.rewrite(path / target, upload.content)
    if target not in named:
        if instead in named:
            place = named.index(instead)
            if isinstance(lists[place], dict):
                lists[place]["file"] = target
            else:
                lists[place] = target
        elif named and not isinstance(lists[0], dict):
            lists.append(target)
        else:
            entry = tomlkit.table()
            entry["file"] = target
            lists.append(entry)
        files.rewrite(file, tomlkit.dumps(document).encode())
    visit.workspace.campaign(visit.slug)
    return visit.go(back, _("The list is taken over: {name}").format(name=target))


def _stamp(visit: Visit, name: str) -> str:
    path = visit.workspace.path
    target = path / "contacts" / name
    campaign = files.read(path / CAMPAIGNS / f"{visit.slug}.toml")
    return digest(campaign, files.read(target) if target.is_file() else b"")
