"""Page for what was recorded from words and may be looked over: the reading beside the words, one button for all that is right."""

from __future__ import annotations

from dataclasses import dataclass
from gettext import ngettext

from starlette.responses import Response

from mailer.desk.review import kept
from mailer.desk.visit import Visit
from mailer.jobs import decide, standings
from mailer.wording import to_decide, words


@dataclass(frozen=True, slots=True)
class GlanceLine:
    """One answer: the number of its entry, who it is of, how it was read, and the words."""

    entry: int
    called: str
    read: list[str]
    words: str


def page(visit: Visit) -> Response:
    """Show every answer that may be looked over."""
    known = visit.folded().record
    readings = []
    for items in decide.by_entry(known.glances):
        invitee = known.register.invitees.get(items[0].entry.invitee)
        names = ", ".join(standings.called(item, invitee) for item in items)
        first = items[0]
        readings.append(
            GlanceLine(first.entry.number, names, to_decide.reading(first), to_decide.said(first))
        )
    campaign = visit.workspace.campaign(visit.slug)
    return visit.show("glance.html", campaign=campaign, readings=readings)


def confirm(visit: Visit) -> Response:
    """Confirm the answers that the page showed, apart from those that were marked; these are decided one by one."""
    shown, wrong = set(visit.form.getlist("entry")), set(visit.form.getlist("wrong"))
    workspace, notice, confirmed = visit.workspace, "", 0
    with workspace.store() as store:
        known = visit.desk.folds.of(store, visit.slug).record
        for items in decide.by_entry(known.glances):
            number = str(items[0].entry.number)
            if number not in shown or number in wrong:
                continue
            invitee = known.register.invitees.get(items[0].entry.invitee)
            made = decide.confirm(
                store, visit.slug, items, invitee, now=workspace.now(), author=words.author()
            )
            confirmed += 1
            for one in made:
                notice = kept(visit, one) or notice
    text = ngettext("{n} answer is confirmed.", "{n} answers are confirmed.", confirmed)
    said = " ".join(filter(None, (text.format(n=confirmed), notice)))
    return visit.go(f"/c/{visit.slug}/{'review?glance=1' if wrong else 'glance'}", said)
