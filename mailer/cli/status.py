"""``mailer status``: show the numbers of a campaign: answers, messages, places."""

from __future__ import annotations

from dataclasses import replace
from gettext import gettext as _
from gettext import ngettext
from typing import TYPE_CHECKING

import click

from mailer import campaign as campaigns
from mailer import compose, environment, ledger
from mailer.cli import options, outgoing, output, show
from mailer.exports import besides
from mailer.jobs import agenda, owed, standings
from mailer.jobs.send import Remaining
from mailer.model.attendance import PersonState
from mailer.model.invitation import Kind
from mailer.wording import to_decide, words
from mailer.workspace import Workspace, memory

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mailer.model.attendance import Row
    from mailer.model.campaign import Campaign
    from mailer.model.people import Invitee
    from mailer.store import Store

MOST_NAMED = 10
"""The most people named in a line."""


@click.command("status", help=_("Show where a campaign stands; all of them if none is named."))
@options.one_or_all
@options.as_json
@click.pass_obj
def command(workspace: Workspace, campaign: str | None, as_json: bool) -> int:
    """Show the numbers of one campaign or all; return 1 where something waits for a person or has not left."""
    chosen = [workspace.campaign(slug) for slug in ([campaign] if campaign else workspace.slugs())]
    left = False
    objects = []
    with workspace.store() as store:
        show.warnings(memory.warnings(workspace, store, [one.slug for one in chosen]))
        for one in chosen:
            record = standings.record(store, one.slug)
            rows = record.rows()
            counters = record.counters(rows)
            still = owed.owed(one, record, workspace.now(), rows)
            asked = owed.unsettled(workspace.path, one, store, record, workspace.now())
            doubtful = record.doubtful
            objects.append(to_object(one.slug, counters) | {"owed": _to_owed(still), "unsettled": len(asked)})
            left = left or bool(
                counters.review or still or asked or doubtful or counters.delivery["deferred"]
            )
            if not as_json:
                show_counters(one, counters)
                show_change(one, record, counters)
                show_owed(one, still, asked, doubtful)
                show_places(one, record)
                show_schedule(workspace, one, record)
    if as_json:
        output.as_json(objects[0] if campaign else objects)
    return 1 if left else 0


def to_object(slug: str, counters: ledger.Counters) -> dict[str, object]:
    """Return the JSON object of ``mailer status --json``."""
    return {
        "campaign": slug,
        "contacts": counters.contacts,
        "delivery": dict(counters.delivery),
        "answers": dict(counters.answers),
        "states": dict(counters.states),
        "headcount": counters.headcount,
        "headcount_least": counters.headcount_least,
        "headcount_perhaps": counters.headcount_perhaps,
        "letters": counters.letters,
        "untold": counters.untold,
        "review": counters.review,
        "glance": counters.glance,
    }


def _to_owed(still: Sequence[owed.Owed]) -> dict[str, int]:
    """Return how many messages are owed, by the command that goes on with them."""
    return {outgoing.COMMANDS[one.kind]: one.messages for one in still}


def _chairs(counters: ledger.Counters) -> str:
    """Return how many chairs are needed, and for whom there may be more."""
    low, high = counters.turnout
    sure = str(counters.headcount)
    if low < counters.headcount:
        sure = besides.span(low, counters.headcount, environment.language())
    if counters.headcount == high:
        return _("Chairs for those who come: {n}.").format(n=sure)
    said = _("Chairs for those who come: {n}; up to {high} with those who may.")
    if counters.headcount_instead == counters.headcount_perhaps:
        said = _(
            "Chairs for those who come: {n}; up to {high} with those who are to come instead of somebody."
        )
    elif counters.headcount_instead:
        said = _(
            "Chairs for those who come: {n}; up to {high} with those who may, and those who are to come instead of somebody."
        )
    return said.format(n=sure, high=high)


def show_counters(campaign: Campaign, counters: ledger.Counters) -> None:
    """Show the numbers of a campaign as tables."""
    show.line(f"{campaign.slug} — {campaign.meeting.title}", "bold")
    invited = ngettext("{n} person in this campaign", "{n} people in this campaign", counters.contacts)
    show.line(invited.format(n=counters.contacts))
    answers = [
        (words.value(name), str(n)) for name, n in counters.answers.items() if n or name != "delegated"
    ]
    states = [(words.state(state), str(counters.states[state.value])) for state in PersonState]
    states = [(name, n) for name, n in states if n != "0"]
    show.table((_("Answer"), _("People")), answers, right=(1,))
    if states:
        show.table((_("State"), _("People")), states, right=(1,))
    show.line(_chairs(counters), "bold")
    if counters.review:
        text = ngettext(
            "The answer of {n} person waits for a decision: “mailer review {campaign}”.",
            "The answers of {n} people wait for a decision: “mailer review {campaign}”.",
            counters.review,
        )
        show.line(text.format(n=counters.review, campaign=campaign.slug), "bold")
    if counters.glance:
        show.line(to_decide.to_glance(campaign.slug, counters.glance))
    show.line()


def show_change(campaign: Campaign, record: standings.Record, counters: ledger.Counters) -> None:
    """Say where the meeting differs from what was announced, and who holds something older than the last announcement."""
    told = record.told
    if told is None:
        return
    change = campaigns.change(told.meeting, replace(campaign.meeting, cancelled=told.meeting.cancelled))
    if told.meeting.cancelled:
        show.line(_("The meeting is cancelled."), "bold")
    elif campaign.meeting.cancelled:
        text = _(
            "The campaign file says that the meeting is cancelled, and nobody was told: run “mailer cancel {campaign}”."
        )
        show.line(text.format(campaign=campaign.slug), "bold")
    elif change.fields:
        fields = ", ".join(words.value(name) for name in change.fields)
        text = _(
            "The meeting in the campaign file differs from what was announced ({fields}): “mailer update {campaign}” tells the invitees."
        )
        show.line(text.format(fields=fields, campaign=campaign.slug), "bold")
        if change.material:
            old = _("Until then they hold the former meeting ({when}), and the answers are for it.")
            show.line(old.format(when=words.meeting_time(told.meeting)))
    if counters.untold:
        older = [row.contact.called for row in record.rows() if ledger.is_untold(row, len(record.announced))]
        more = " …" if len(older) > MOST_NAMED else ""
        text = ngettext(
            "{n} person holds something older than was last announced: {who}.",
            "{n} people hold something older than was last announced: {who}.",
            len(older),
        )
        show.line(text.format(n=len(older), who=", ".join(older[:MOST_NAMED]) + more), "bold")
    show.line()


def show_owed(
    campaign: Campaign, still: Sequence[owed.Owed], asked: Sequence[Invitee], doubtful: Sequence[Invitee]
) -> None:
    """Say what was asked for and has not left, who has to be asked about, and what is in doubt, each with what to do."""
    for one in still:
        show.line(words.not_left(campaign.slug, outgoing.COMMANDS[one.kind], one.messages), "bold")
    if asked:
        outgoing.show_waiting(campaign, Kind.INVITATION, Remaining(unsettled=len(asked)))
        show.line(f"  {_names(asked)}")
    if doubtful:
        show.line(words.colon(_("In doubt"), _names(doubtful)), "bold")
        text = _(
            "The connection broke before the server confirmed: it may have arrived. Ask them by phone, or wait: an answer or a failure notice settles it. To send it again, byte for byte: “mailer send {campaign} --release-in-doubt”."
        )
        show.line(text.format(campaign=campaign.slug))
    if still or asked or doubtful:
        show.line()


def _names(people: Sequence[Invitee]) -> str:
    called = [one.called or one.ref for one in people]
    return ", ".join(called[:MOST_NAMED]) + (" …" if len(called) > MOST_NAMED else "")


def show_schedule(workspace: Workspace, campaign: Campaign, record: standings.Record) -> None:
    """Say what does not leave by itself, because nobody confirmed it as it is now."""
    letters = compose.letters(campaign, workspace.templates(campaign))
    waits: dict[str, list[str]] = {}
    for one in campaigns.stands(campaign.schedule, record.kept, workspace.now()):
        kind = one.appointment.kind
        if one.stand in (campaigns.Stand.DUE, campaigns.Stand.AHEAD) and (
            error := agenda.unconfirmed(campaign, record, kind, letters)
        ):
            waits.setdefault(words.error_sentence(error), []).append(words.value(kind.value))
    for sentence, kinds in waits.items():
        show.line(words.colon(", ".join(dict.fromkeys(kinds)), sentence), "bold")


def show_places(campaign: Campaign, record: standings.Record) -> None:
    """Show how many places are taken, and who is on the waiting list, in order of answering."""
    if not campaign.capacity:
        return
    places = record.places(campaign.capacity)
    show.line(_("Places: {taken} of {n} taken.").format(taken=places.taken, n=campaign.capacity))
    names = {person.ref: person.contact.called for invitee in record.roll for person in invitee.members}
    for ref, heads in places.waiting.items():
        show.line(_("  on the waiting list: {who} ({n})").format(who=names.get(ref, ref), n=heads))
    show.line()


def show_attendance(store: Store, campaign: Campaign) -> None:
    """Show one line per person, then the numbers."""
    record = standings.record(store, campaign.slug)
    rows = record.rows()
    headings = (_("Name"), _("Answer"), _("Number"), _("By"), _("State"), "")
    show.table(headings, (_row(row) for row in rows), right=(2,))
    show_counters(campaign, record.counters(rows))


def _row(row: Row) -> tuple[str, ...]:
    standing = row.standing
    return (
        row.contact.called,
        words.value(standing.partstat.word),
        str(row.party_size or ""),
        words.value(standing.channel.value) if standing.channel else "",
        words.state(row.state),
        _("to review") if standing.review else "",
    )
