"""First page (list of campaigns, or a start in an empty folder), and reading the mailbox."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from gettext import gettext as _
from gettext import ngettext

from starlette.responses import Response

from mailer.campaign import is_late
from mailer.desk.folded import Folded
from mailer.desk.mail_servers import SETTINGS
from mailer.desk.visit import Visit
from mailer.errors import UserError
from mailer.jobs import collect, owed
from mailer.model.attendance import Counters
from mailer.model.campaign import Campaign
from mailer.store import Store
from mailer.wording import mailbox, words
from mailer.workspace import Workspace
from mailer.workspace.sample import copy_sample


@dataclass(frozen=True, slots=True)
class Glance:
    """One campaign in the list; `trouble` tells why its file cannot be read.

    `owed` is what was asked for and has not left, by the kind that sends it. `doubtful` counts messages in doubt, and
    `unsettled` the people held back until somebody says who they are.
    """

    slug: str
    campaign: Campaign | None = None
    counters: Counters | None = None
    trouble: str = ""
    owed: Sequence[owed.Owed] = ()
    doubtful: int = 0
    unsettled: int = 0


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
            folded = visit.desk.folds.of(store, slug)
            now = workspace.now()
            glances.append(
                Glance(
                    slug,
                    campaign,
                    folded.counters,
                    owed=owed.owed(campaign, folded.record, now, [line.row for line in folded.lines]),
                    doubtful=len(folded.record.doubtful),
                    unsettled=_unsettled(workspace, campaign, store, folded),
                )
            )
    return visit.show("home.html", glances=glances, ready=bool(workspace.settings.imap.host))


def _unsettled(workspace: Workspace, campaign: Campaign, store: Store | None, folded: Folded) -> int:
    """Return how many people are held back; the lists are read again only where they or the ledger have changed."""
    now = workspace.now()
    files_ = [workspace.path / one.path for one in campaign.lists]
    stats = [(each.st_mtime_ns, each.st_size) for each in (one.stat() for one in files_ if one.is_file())]
    key = (*stats, is_late(campaign.meeting, now))
    if key not in folded.held_back:
        folded.held_back = {key: len(owed.unsettled(workspace.path, campaign, store, folded.record, now))}
    return folded.held_back[key]


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
    said += mailbox.left_out(report)
    if report.waiting:
        text = ngettext("{n} waits for a person.", "{n} wait for a person.", report.waiting)
        said.append(text.format(n=report.waiting))
    back = visit.said("back") or "/"
    return visit.go(back if back.startswith("/") and not back.startswith("//") else "/", " ".join(said))
