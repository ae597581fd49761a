"""Pages to check a campaign, see who would be written to, confirm by typing the number, and follow the sending."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator, Callable
from datetime import datetime
from gettext import gettext as _
from hashlib import sha256
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from mailer import compose, files
from mailer.desk import page
from mailer.desk.delivery import Sending
from mailer.desk.folded import Folds
from mailer.desk.visit import Visit, digest
from mailer.errors import UserError
from mailer.jobs import agenda, gather, people, standings, trial
from mailer.jobs import send as send_job
from mailer.jobs.drafts import Draft
from mailer.model.campaign import Campaign
from mailer.model.contact import Problem, Severity
from mailer.model.invitation import Kind
from mailer.model.people import Invitee
from mailer.store import Store
from mailer.wording import words
from mailer.workspace import CAMPAIGNS, Workspace, memory
from mailer.workspace.check import NOTE, look_at

KINDS = (Kind.INVITATION, Kind.REMINDER, Kind.UPDATE, Kind.DETAILS, Kind.THANKS, Kind.CANCEL)
MOST_NAMES = 500
"""Maximum number of names shown in a plan."""


MOST_FOUND = 200
"""Maximum number of check results shown, the most serious first."""


def checks(visit: Visit) -> Response:
    """Show everything that would stop or spoil the sending, without changing anything."""
    workspace = visit.workspace
    campaign = workspace.campaign(visit.slug)
    found = [one for one in look_at(workspace, campaign.slug) if one.severity != NOTE]
    found.sort(key=lambda one: one.severity != Severity.ERROR.value)
    shown = [(one.severity == Severity.ERROR.value, one.place, one.message) for one in found]
    return visit.show("check.html", campaign=campaign, found=shown[:MOST_FOUND], count=len(shown))


def test(visit: Visit) -> Response:
    """Send the invitation to a tester, without recording it in the ledger."""
    workspace = visit.workspace
    campaign = workspace.campaign(visit.slug)
    address = visit.said("address").strip()
    if "@" not in address:
        raise UserError("address-unusable", read=address)
    gathered = gather.gather(workspace.path, campaign)
    with workspace.store() as store:
        secret = store.secret()
    reply = trial.send_test(
        campaign,
        workspace.templates(campaign),
        gathered,
        workspace.sender(),
        address,
        secret=secret,
        now=workspace.now(),
        seal=workspace.seal(),
    )
    return visit.go(f"/c/{visit.slug}/check", words.tested(address, reply))


# -- the plan ------------------------------------------------------------------------------------------------------


def _draft(workspace: Workspace, folds: Folds, campaign: Campaign, kind: Kind, store: Store | None) -> Draft:
    return send_job.plan(
        kind,
        campaign,
        store,
        lambda: gather.gather(workspace.path, campaign).households,
        workspace.now(),
        sources=workspace.templates(campaign),
        record=folds.of(store, campaign.slug).record,
    )


def _stamp(workspace: Workspace, campaign: Campaign, draft: Draft) -> str:
    """Return a digest of what the plan depends on: the campaign file, the templates, and who is due."""
    names = " ".join(due.invitee.email for due in draft.plan.due)
    texts = workspace.templates(campaign)
    content = files.read(workspace.path / CAMPAIGNS / f"{campaign.slug}.toml")
    return digest(content, names.encode(), sha256(b"".join(texts[name] for name in sorted(texts))).digest())


def plan(visit: Visit, said: str = "", status: int = 200) -> Response:
    """Show who would be written to now, who would not, and why."""
    workspace = visit.workspace
    campaign = workspace.campaign(visit.slug)
    wanted = visit.asked("kind") or visit.said("kind") or Kind.INVITATION.value
    kind = Kind(wanted) if wanted in {one.value for one in KINDS} else Kind.INVITATION
    draft, trouble, stamp = None, "", ""
    doubtful: list[Invitee] = []
    with workspace.store_if_any() as store:
        try:
            memory.refuse_lost(workspace, store, campaign)
            draft = _draft(workspace, visit.desk.folds, campaign, kind, store)
            stamp = _stamp(workspace, campaign, draft)
            doubtful = standings.doubtful(store, campaign.slug) if store and draft.doubtful else []
        except UserError as error:
            trouble = words.error_sentence(error)
    left = Counter(reason for _invitee, reason in draft.plan.left) if draft else Counter()
    sending = visit.desk.sendings.get(visit.slug)
    return visit.show(
        "plan.html",
        status=status,
        campaign=campaign,
        kind=kind,
        kinds=KINDS,
        draft=draft,
        doubtful=doubtful,
        left=[(words.sentence(reason.value, {}), n) for reason, n in left.most_common()],
        names=[due.invitee for due in draft.plan.due[:MOST_NAMES]] if draft else [],
        trouble=trouble,
        named=_named(draft) if draft else [],
        questions=[words.problem(one) for one in _questions(campaign, draft)],
        stamp=stamp,
        said=said,
        through=workspace.settings.smtp.account,
        running=sending is not None and not sending.progress().is_over,
        changed=", ".join(words.value(name) for name in draft.change.fields) if draft else "",
    )


def _named(draft: Draft) -> list[tuple[str, list[Invitee]]]:
    """Return the people to be named with what is said of them: who gets no message, and who is to be called."""
    named = [(words.sentence(reason.value, {}), found) for reason, found in draft.named()]
    named.append((_("invitation taken back"), list(draft.taken_back)))
    named += words.to_call(draft.to_call)
    return [(why, found[:MOST_NAMES]) for why, found in named if found]


def _questions(campaign: Campaign, draft: Draft | None) -> list[Problem]:
    return people.problems(campaign.slug, draft.reconciled) if draft and draft.reconciled else []


def send(visit: Visit) -> Response:
    """Send the plan that was shown, if its number was typed and nothing has changed since."""
    workspace = visit.workspace
    campaign = workspace.campaign(visit.slug)
    kind = Kind(visit.said("kind"))
    running = visit.desk.sendings.get(visit.slug)
    if running and not running.progress().is_over:
        return visit.go(f"/c/{visit.slug}/sending", _("A sending is under way already."))
    with workspace.store() as store:
        memory.refuse_lost(workspace, store, campaign)
        draft = _draft(workspace, visit.desk.folds, campaign, kind, store)
    count = len(draft.plan.due) + draft.waiting
    if visit.said("stamp") != _stamp(workspace, campaign, draft):
        return plan(
            visit, _("Something has changed since you looked. This is the plan now; nothing was sent."), 409
        )
    if visit.said("number").strip() != str(count) or not (count or draft.changes_anything):
        return plan(visit, _("The number typed is not that of the plan. Nothing was sent."), 422)
    sending = Sending(workspace, campaign, kind)
    visit.desk.sendings[visit.slug] = sending
    sending.start(_preparation(workspace, visit.desk.folds, campaign, kind))
    return visit.go(f"/c/{visit.slug}/sending")


def release(visit: Visit) -> Response:
    """Send the messages in doubt again, byte for byte, if their number was typed."""
    workspace, slug = visit.workspace, visit.slug
    running = visit.desk.sendings.get(slug)
    if running and not running.progress().is_over:
        return visit.go(f"/c/{slug}/sending", _("A sending is under way already."))
    with workspace.store() as store:
        memory.refuse_lost(workspace, store, workspace.campaign(slug))
        store.expire(slug, workspace.now())
        count = len(standings.doubtful(store, slug))
    if visit.said("number").strip() != str(count) or not count:
        return plan(visit, _("The number typed is not that of the plan. Nothing was sent."), 422)

    def prepare(store: Store, _tick: Callable[[int, int], None]) -> list[str]:
        store.release(slug, workspace.now())
        return []

    sending = Sending(workspace, workspace.campaign(slug), Kind(visit.said("kind")))
    visit.desk.sendings[slug] = sending
    sending.start(prepare)
    return visit.go(f"/c/{slug}/sending")


def _preparation(
    workspace: Workspace, folds: Folds, campaign: Campaign, kind: Kind
) -> Callable[[Store, Callable[[int, int], None]], list[str]]:
    """Return a function that checks and queues the messages as ``mailer send`` does."""

    def prepare(store: Store, tick: Callable[[int, int], None]) -> list[str]:
        draft = _draft(workspace, folds, campaign, kind, store)
        sources, mailbox = workspace.templates(campaign), workspace.mailbox_address(campaign)
        try:
            composer = send_job.check(
                draft, sources, store.secret(), workspace.now(), mailbox=mailbox, progress=tick
            )
        except send_job.UnsoundError as error:
            return words.problems(error.problems)
        send_job.queue(draft, composer, store, workspace.now(), author=words.author(), progress=tick)
        return []

    return prepare


# -- as it goes ------------------------------------------------------------------------------------------------------


def follow(visit: Visit) -> Response:
    """Show the progress of the sending."""
    campaign = visit.workspace.campaign(visit.slug)
    sending = visit.desk.sendings.get(visit.slug)
    if sending is None:
        return visit.go(f"/c/{visit.slug}/send")
    return visit.show("sending.html", campaign=campaign, progress=sending.progress(), kind=sending.kind)


def steer(visit: Visit) -> Response:
    """Pause, resume or stop the sending."""
    sending = visit.desk.sendings.get(visit.slug)
    match visit.said("do"):
        case "pause" if sending:
            sending.halt("paused")
        case "stop" if sending:
            sending.halt("stopped")
        case "on" if sending and sending.progress().is_over:
            sending.resume(visit.workspace)
        case _:
            pass
    return visit.go(f"/c/{visit.slug}/sending")


async def events(request: Request) -> Response:
    """Stream the progress as server-sent events; the last one is named ``over``."""
    sending = request.app.state.desk.sendings.get(request.path_params["slug"])

    async def told() -> AsyncIterator[str]:
        before = None
        while sending is not None and not await request.is_disconnected():
            now = sending.progress()
            if now != before:
                html = page.render("_progress.html", progress=now)
                yield f"event: {'over' if now.is_over else 'progress'}\ndata: {json.dumps({'html': html})}\n\n"
                before = now
            if now.is_over:
                return
            await asyncio.sleep(0.25)

    return StreamingResponse(told(), media_type="text/event-stream")


def appointments(visit: Visit) -> Response:
    """Show the scheduled sendings with their numbers, the past ones, and the meeting."""
    workspace = visit.workspace
    campaign = workspace.campaign(visit.slug)
    gathered = gather.gather(workspace.path, campaign)
    with workspace.store_if_any() as store:
        folded = visit.desk.folds.of(store, campaign.slug)
        record = standings.with_lists(folded.record, store, campaign.slug, gathered.households)
    zone = ZoneInfo(campaign.meeting.zone)
    letters = compose.letters(campaign, workspace.templates(campaign))
    items = agenda.agenda(campaign, record, workspace.now(), letters)
    days: list[tuple[datetime, str, agenda.Item | None, str]] = [
        (at.astimezone(zone), kind.value, None, "") for at, kind in folded.sendings
    ]
    days += [
        (
            item.planned.appointment.at,
            item.planned.appointment.kind.value,
            item,
            words.error_sentence(item.obstacle) if item.obstacle else "",
        )
        for item in items
    ]
    days.append((campaign.meeting.starts, "", None, ""))
    return visit.show(
        "calendar.html", campaign=campaign, items=items, days=sorted(days, key=lambda day: day[0])
    )
