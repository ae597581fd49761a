"""``mailer schedule``: show what the service will send, when, and to whom."""

from __future__ import annotations

from gettext import gettext as _
from gettext import ngettext

import click

from mailer import campaign as campaigns
from mailer import compose
from mailer.cli import options, output, show
from mailer.errors import StoreError
from mailer.jobs import agenda, gather, standings
from mailer.model.campaign import Campaign
from mailer.model.invitation import Kind
from mailer.wording import words
from mailer.workspace import Workspace


@click.command(
    "schedule",
    help=_(
        "Show what “mailer run” sends by itself, when, and to whom. Changes nothing, but for --yes: that confirms it."
    ),
)
@options.one_or_all
@click.option("--names", is_flag=True, help=_("Name everybody each message goes to."))
@options.as_json
@click.option("--yes", is_flag=True, help=_("Confirm that it leaves so, as letters and meeting are now."))
@click.pass_obj
def command(workspace: Workspace, campaign: str | None, names: bool, as_json: bool, yes: bool) -> int:
    """Show the appointments of one campaign, or of all; return 1 if one was missed or cannot be sent."""
    left = False
    objects = []
    for slug in [campaign] if campaign else workspace.slugs():
        one = workspace.campaign(slug)
        if yes:
            with workspace.store() as store:
                agenda.confirm(one, store, workspace.templates(one), workspace.now())
            if not as_json and (one.schedule.appointments or one.schedule.acknowledge):
                show.line(_("Confirmed: what is scheduled leaves as letter and meeting are now."), "bold")
        items = plan(workspace, one)
        left = left or any(item.obstacle or item.planned.stand is campaigns.Stand.MISSED for item in items)
        if as_json:
            objects.append(to_object(one, items))
        else:
            _show(one, items, names=names, began=campaigns.is_late(one.meeting, workspace.now()))
            if any(item.planned.stand in WAITING for item in items) and not _runs(workspace, slug):
                show.line(_("Nothing runs now that would send it: start “mailer run”."), "bold")
    if as_json:
        output.as_json(objects[0] if campaign else objects)
    return 1 if left else 0


def plan(workspace: Workspace, campaign: Campaign) -> list[agenda.Item]:
    """Return the appointments of a campaign, planned from the contact lists and the ledger as they are now."""
    gathered = gather.gather(workspace.path, campaign)
    with workspace.store_if_any() as store:
        record = standings.record_with_lists(store, campaign.slug, gathered.households)
    letters = compose.letters(campaign, workspace.templates(campaign))
    return agenda.agenda(campaign, record, workspace.now(), letters)


WAITING = (campaigns.Stand.DUE, campaigns.Stand.AHEAD)


def _runs(workspace: Workspace, slug: str) -> bool:
    """Return whether a process runs the campaign by itself, found out by trying to lock it."""
    with workspace.store_if_any() as store:
        if store is None:
            return False
        try:
            with store.hold(slug, "mailer schedule"):
                return False
        except StoreError as error:
            return error.code == "campaign-held"


def to_object(campaign: Campaign, items: list[agenda.Item]) -> dict[str, object]:
    """Return the JSON object of ``mailer schedule --json``: moments with UTC offset, invitees by opaque reference."""
    answer_by = campaign.schedule.answer_by
    return {
        "campaign": campaign.slug,
        "answer_by": answer_by.isoformat() if answer_by else None,
        "acknowledge": campaign.schedule.acknowledge,
        "appointments": [
            {
                "kind": item.planned.appointment.kind.value,
                "number": item.planned.appointment.number,
                "at": item.planned.appointment.at.isoformat(),
                "state": item.planned.stand.value,
                "messages": _messages(item),
                "invitees": [invitee.ref for invitee in item.invitees],
                "obstacle": words.error_sentence(item.obstacle) if item.obstacle else "",
            }
            for item in items
        ],
    }


def _messages(item: agenda.Item) -> int:
    return item.planned.kept.messages if item.planned.kept else len(item.invitees)


def _show(campaign: Campaign, items: list[agenda.Item], *, names: bool, began: bool) -> None:
    show.line(f"{campaign.slug} — {campaign.meeting.title}", "bold")
    show.line(words.meeting_time(campaign.meeting))
    schedule = campaign.schedule
    if schedule.answer_by:
        show.line(_("Answers are wanted by {day}.").format(day=words.day(schedule.answer_by)))
    if not items:
        show.line(_("Nothing leaves by itself: the campaign file has no [schedule]."))
        return
    rows = [
        (
            words.moment(item.planned.appointment.at),
            words.value(item.planned.appointment.kind.value),
            words.value(item.planned.stand.value),
            "" if item.planned.stand in UNSENT or item.obstacle else str(_messages(item)),
        )
        for item in items
    ]
    show.table((_("When"), _("What"), _("State"), _("Messages")), rows, right=(3,))
    told: set[str] = set()
    for item in items:
        _explain(campaign, item, told, names=names, began=began)
    if any(item.invitees for item in items):
        show.line(_("The numbers are those of today, as if nobody answered until then."))
    if schedule.acknowledge:
        show.line(_("Each answer is acknowledged as it comes."))
    if schedule.quiet_from != schedule.quiet_until:
        quiet = _("Nothing leaves by itself between {begin} and {end}.")
        begin, end = words.hour(schedule.quiet_from), words.hour(schedule.quiet_until)
        show.line(quiet.format(begin=begin, end=end))


def _explain(campaign: Campaign, item: agenda.Item, told: set[str], *, names: bool, began: bool) -> None:
    """Show what the table cannot say of an appointment; an obstacle that several share is shown once (`told`)."""
    one = item.planned.appointment
    when, what = words.moment(one.at), words.value(one.kind.value)
    if item.obstacle:
        obstacle = words.error_sentence(item.obstacle)
        if obstacle not in told:
            show.line(_("{when}, {what}: {text}").format(when=when, what=what, text=obstacle), "bold red")
        told.add(obstacle)
    elif item.planned.stand is campaigns.Stand.MISSED:
        text = (
            _("{when}, {what}: missed; the meeting has begun, so nothing is sent for it any more.")
            if began and one.kind is not Kind.THANKS
            else _("{when}, {what}: missed, and not sent late. To send it now: mailer {command} {campaign}")
        )
        show.line(
            text.format(when=when, what=what, command=COMMANDS[one.kind.value], campaign=campaign.slug),
            "bold",
        )
    if one.moved and item.planned.stand is campaigns.Stand.AHEAD:
        text = _("{when}, {what}: moved from {wanted}, which is a day off or in the quiet hours.")
        show.line(text.format(when=when, what=what, wanted=words.moment(one.wanted)))
    if names and item.invitees:
        text = ngettext("{when}, {what}, {n} message:", "{when}, {what}, {n} messages:", len(item.invitees))
        show.line(text.format(when=when, what=what, n=len(item.invitees)), "bold")
        for invitee in item.invitees:
            show.line(f"  {invitee.called}")


UNSENT = (campaigns.Stand.MISSED, campaigns.Stand.NEEDLESS)
COMMANDS = {"invitation": "send", "reminder": "remind", "details": "details", "thanks": "thank"}
"""The command that sends a missed kind by hand."""
