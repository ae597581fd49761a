"""First page (list of campaigns, or a start in an empty folder), mail server settings, and reading the mailbox."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from gettext import gettext as _
from gettext import ngettext

import tomlkit
from starlette.responses import Response

from mailer import files
from mailer.desk.visit import Visit, digest
from mailer.errors import UserError
from mailer.jobs import collect
from mailer.model.attendance import Counters
from mailer.model.campaign import Campaign
from mailer.wording import words
from mailer.workspace.sample import copy_sample

SETTINGS = "config/mailer.toml"


@dataclass(frozen=True, slots=True)
class Glance:
    """One campaign in the list; `trouble` tells why its file cannot be read."""

    slug: str
    campaign: Campaign | None = None
    counters: Counters | None = None
    trouble: str = ""


def campaigns(visit: Visit) -> Response:
    """List the campaigns with their numbers."""
    workspace = visit.workspace
    if not (workspace.path / SETTINGS).is_file():
        return visit.show("begin.html", folder=str(workspace.path.resolve()))
    glances = []
    with workspace.store_if_any() as store:
        for slug in workspace.slugs():
            try:
                campaign = workspace.campaign(slug)
            except UserError as error:
                glances.append(Glance(slug, trouble=words.error_sentence(error)))
                continue
            glances.append(Glance(slug, campaign, visit.desk.folds.of(store, slug).counters))
    return visit.show("home.html", glances=glances, ready=bool(workspace.settings.imap.host))


def begin(visit: Visit) -> Response:
    """Copy the sample campaign into the empty folder."""
    copy_sample(visit.workspace.path)
    return visit.go("/servers", _("The folder is ready. First, the mail servers."))


def read(visit: Visit) -> Response:
    """Read the mailbox once."""
    workspace = visit.workspace
    known = {campaign.slug: campaign for campaign in visit.readable()}
    with workspace.store() as store, workspace.mailbox().open() as reader:
        report = collect.collect(
            reader,
            store,
            known,
            now=workspace.now,
            trusted=workspace.settings.imap.authserv_ids,
            done_folder=workspace.settings.imap.done_folder,
        )
    count = sum(report.by_kind.values())
    said = [ngettext("{n} new mail was read.", "{n} new mails were read.", count).format(n=count)]
    if report.set_aside:
        text = ngettext(
            "{n} could not be read within the time and the memory that a mail may take: it was set aside.",
            "{n} could not be read within the time and the memory that a mail may take: they were set aside.",
            report.set_aside,
        )
        said.append(text.format(n=report.set_aside))
    if report.waiting:
        text = ngettext("{n} waits for a person.", "{n} wait for a person.", report.waiting)
        said.append(text.format(n=report.waiting))
    back = visit.said("back") or "/"
    return visit.go(back if back.startswith("/") and not back.startswith("//") else "/", " ".join(said))


FIELDS = ("host", "port", "security", "username")


def servers(visit: Visit) -> Response:
    """Show the mail servers as a form."""
    content = files.read(visit.workspace.path / SETTINGS)
    tables = tomllib.loads(content.decode("utf-8-sig"))
    shown = {
        f"{name}.{key}": str(tables.get(name, {}).get(key, "")) for name in ("smtp", "imap") for key in FIELDS
    }
    return visit.show("servers.html", shown=shown, stamp=digest(content), stale=False)


def save_servers(visit: Visit) -> Response:
    """Write the servers back with the comments kept, and the passwords into their own files."""
    path = visit.workspace.path
    content = files.read(path / SETTINGS)
    written = {
        f"{name}.{key}": visit.said(f"{name}.{key}").strip() for name in ("smtp", "imap") for key in FIELDS
    }
    if visit.said("stamp") != digest(content):
        return visit.show(
            "servers.html", status=409, shown=written, stamp=digest(content), stale=content.decode("utf-8")
        )
    document = tomlkit.parse(content.decode("utf-8-sig"))
    for name in ("smtp", "imap"):
        table = document.setdefault(name, tomlkit.table())
        for key in FIELDS:
            value: str | int = written[f"{name}.{key}"]
            if key == "port":
                value = int(value) if str(value).isdecimal() else 0
            if value not in ("", 0) or key in table:
                table[key] = value
    files.write(path / SETTINGS, tomlkit.dumps(document).encode())
    for name in ("smtp", "imap"):
        if password := visit.said(f"{name}.password").strip():
            files.write(path / "config" / "secrets" / f"{name}_password", password.encode(), private=True)
    assert visit.workspace.settings
    return visit.go("/", _("Saved."))
