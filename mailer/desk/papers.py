"""Pages for exports and for data protection: access, erasure, and the check of the ledger."""

from __future__ import annotations

from collections.abc import Sequence
from gettext import gettext as _
from gettext import ngettext

from starlette.responses import Response

from mailer import contacts
from mailer.desk.answers import attached
from mailer.desk.visit import Visit
from mailer.errors import ConfigError
from mailer.exports import FORMATS
from mailer.jobs import backups, compare, export, protect, written
from mailer.model.campaign import Campaign
from mailer.store import Store, sqlite_file
from mailer.wording import words
from mailer.workspace import Workspace

FILES = {one.file: one for one in FORMATS}


def exports(visit: Visit, trouble: str = "") -> Response:
    """Show the files to download and the forms for returned files; `trouble` tells why a file was refused."""
    return visit.show(
        "exports.html",
        status=422 if trouble else 200,
        campaign=visit.workspace.campaign(visit.slug),
        files=FORMATS,
        endings=contacts.TABLE_ENDINGS,
        trouble=trouble,
    )


def file(visit: Visit) -> Response:
    """Return one export as a download."""
    workspace, name = visit.workspace, visit.request.path_params["name"]
    campaign = workspace.campaign(visit.slug)
    if name not in FILES:
        raise ConfigError("export-ending", read=name, choices=" ".join(FILES))
    servers = workspace.settings
    order = export.ExportRequest(
        when=words.meeting_time(campaign.meeting, campaign.language),
        language=campaign.language,
        document=FILES[name].document,
        everybody=visit.asked("everybody") == "1",
        hosts=sorted({servers.smtp.host, servers.imap.host}),
    )
    with workspace.store() as store:
        content = export.export(store, campaign, name, order, workspace.now())
    return attached(content, FILES[name].media_type, name)


def privacy(visit: Visit) -> Response:
    """Show what is stored about an address, which campaigns are due for erasure, and whether the ledger was altered."""
    workspace, address = visit.workspace, visit.asked("who").strip()
    person, found = None, None
    with workspace.store_if_any() as store:
        if store and address:
            person = protect.find(workspace.path, store, address)
        if visit.asked("ledger"):
            found = _verified(workspace, store) if store else []
        known = set(store.campaigns()) if store else set()
        outlived = [one for one in protect.outlived(visit.readable(), workspace.now()) if one.slug in known]
        kept = _kept(visit, store, outlived) if store and outlived else None
    return visit.show(
        "privacy.html",
        address=address,
        person=person,
        others=", ".join(one.called for one in person.others) if person else "",
        traces=[words.erased(trace, workspace.path) for trace in person.traces] if person else [],
        mentions=[words.mentioned(one) for one in person.mentions] if person else [],
        due=[(one, kept.addresses[one.slug]) for one in outlived if kept and kept.addresses[one.slug]],
        files=[words.erased(trace, workspace.path) for trace in kept.traces] if kept else [],
        found=found,
    )


def _verified(workspace: Workspace, store: Store) -> list[tuple[bool, str]]:
    """Return for each campaign whether ledger, queue and all beside it are as they were written, in a sentence or more."""
    found = []
    for slug, breach in protect.verify(store):
        said, sound = [words.verified(slug, breach)], breach is None
        if breach is None:
            campaign = workspace.campaign(slug) if slug in workspace.slugs() else None
            compared = compare.compare(store, slug, campaign, workspace.now())
            said += [line.strip() for line in words.compared(compared)]
            sound = compared.sound
        found.append((sound, " ".join(said)))
    return found


def forget(visit: Visit) -> Response:
    """Erase a person, if their address was typed again to confirm."""
    address = visit.said("who").strip()
    if visit.said("again").strip().casefold() != address.casefold() or not address:
        return visit.go("/privacy", _("The address typed is not the same. Nothing was erased."))
    workspace = visit.workspace
    with workspace.store() as store:
        person = protect.find(workspace.path, store, address)
        protect.forget(store, person, workspace.now())
        made = written.make_anew(workspace.path, store, person.traces, workspace.campaign, workspace.now())
        left = protect.searched(workspace.path, store, person, made)
    visit.desk.let_go()
    said, _is_left = words.forgotten(left, workspace.path)
    return visit.go("/privacy", " · ".join(text.strip() for text in [*said, *_backups(workspace)]))


def purge(visit: Visit) -> Response:
    """Erase the people of campaigns whose retention is over, if their number was typed to confirm."""
    workspace = visit.workspace
    with workspace.store() as store:
        known = set(store.campaigns())
        due = [one for one in protect.outlived(visit.readable(), workspace.now()) if one.slug in known]
        kept = _kept(visit, store, due)
        count = sum(kept.addresses.values())
        if visit.said("number").strip() != str(count) or not count:
            return visit.go("/privacy", _("The number typed is not the one shown. Nothing was erased."))
        erased = protect.purge_all(store, kept, workspace.now())
        made = written.make_anew(workspace.path, store, kept.traces, workspace.campaign, workspace.now())
        left = protect.searched_for_campaigns(workspace.path, store, kept, made).traces
    visit.desk.let_go()
    text = ngettext("{n} address was erased.", "{n} addresses were erased.", erased)
    said = [text.format(n=erased), *words.still_named(left, workspace.path), *_backups(workspace)]
    return visit.go("/privacy", " · ".join(each.strip() for each in said))


def _kept(visit: Visit, store: Store, due: Sequence[Campaign]) -> protect.CampaignRecords:
    """Find the people of campaigns that are due for erasure, and the files that name them."""
    slugs = {one.slug for one in due}
    others = [one for one in visit.readable() if one.slug not in slugs]
    return protect.of_campaigns(visit.workspace.path, store, slugs, others)


def _backups(workspace: Workspace) -> list[str]:
    """Return a sentence for each backup in the workspace, which keeps who was erased."""
    found = backups.in_workspace(workspace.path, sqlite_file(workspace.settings.store.url))
    return [words.keeps_erased(path) for path in found]
