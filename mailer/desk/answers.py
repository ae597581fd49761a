"""Pages for the answers: counters, response curve, the attendance table, and the history of one invitee."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from gettext import gettext as _
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from starlette.responses import Response

from mailer import environment, ledger
from mailer.desk.folded import SearchableRow
from mailer.desk.visit import Visit
from mailer.exports import besides
from mailer.jobs import export, record, standings
from mailer.model.accents import fold_accents
from mailer.model.attendance import Row
from mailer.wording import history, words

PAGE = 50
"""Table rows per page."""

SORTS: dict[str, Callable[[Row], tuple[str, ...]]] = {
    "name": lambda row: (
        fold_accents(row.contact.last_name or row.contact.called),
        fold_accents(row.contact.first_name),
    ),
    "answer": lambda row: (row.standing.partstat.word, fold_accents(row.contact.called)),
    "organisation": lambda row: (fold_accents(row.contact.organisation), fold_accents(row.contact.called)),
    "when": lambda row: (row.standing.answered_at.isoformat() if row.standing.answered_at else "~",),
    "delivery": lambda row: (row.state.value, fold_accents(row.contact.called)),
}
CHOICES = ("accepted", "declined", "tentative", "delegated", "none")


def table(visit: Visit) -> Response:
    """Show the attendance of a campaign, searched, sorted and filtered by the query parameters."""
    campaign = visit.workspace.campaign(visit.slug)
    folded = visit.folded()
    known = folded.record
    wanted = {name: visit.asked(name) for name in ("q", "answer", "sort")}
    found = sorted(
        (line.row for line in folded.lines if _fits(line, wanted["q"], wanted["answer"])),
        key=SORTS.get(wanted["sort"], SORTS["name"]),
    )
    pages = max(1, -(-len(found) // PAGE))
    number = min(
        max(1, int(visit.asked("page", "1") or 1) if visit.asked("page", "1").isdecimal() else 1), pages
    )
    chosen = {name: text for name, text in wanted.items() if text}
    values: dict[str, Any] = {
        "campaign": campaign,
        "rows": found[(number - 1) * PAGE : number * PAGE],
        "count": len(found),
        "number": number,
        "pages": pages,
        "wanted": wanted,
        "choices": CHOICES,
        "heads": heads,
        "remark": remark,
        "sorts": {
            "name": _("Name"),
            "answer": _("Answer"),
            "organisation": _("Organisation"),
            "when": _("Date of the answer"),
            "delivery": _("State"),
        },
        "link": lambda **changed: "?" + urlencode(chosen | {k: str(v) for k, v in changed.items()}),
    }
    if visit.is_fragment:
        return visit.show("_answers.html", **values)
    places = known.places(campaign.capacity) if campaign.capacity else None
    zone = ZoneInfo(campaign.meeting.zone)
    days = [s.answered_at.astimezone(zone).date() for s in known.standings.values() if s.answered_at]
    return visit.show("answers.html", counters=folded.counters, places=places, curve=curve(days), **values)


def _fits(line: SearchableRow, query: str, answer: str) -> bool:
    row = line.row
    if answer == "review" and not row.standing.review:
        return False
    if answer == "glance" and not row.standing.glance:
        return False
    if answer and answer not in ("review", "glance") and row.standing.partstat.word != answer:
        return False
    return all(word in line.names or word in line.address for word in fold_accents(query).split())


def heads(row: Row) -> str:
    """Return how many people a row brings, a range and children in words; empty where no number is known."""
    return besides.number(row.standing, environment.language()) or str(
        "" if row.party_size is None else row.party_size
    )


def remark(row: Row) -> str:
    """Return who holds the proxy or comes instead, and the remark."""
    others = besides.others(row.standing, environment.language())
    return "; ".join(filter(None, (others, row.standing.remark)))


def curve(days: Iterable[date]) -> list[tuple[date, int, int]]:
    """Return the days on which somebody answered, each with the answers of that day and the total so far."""
    counts: dict[date, int] = {}
    for day in sorted(days):
        counts[day] = counts.get(day, 0) + 1
    told, so_far = [], 0
    for day, n in counts.items():
        so_far += n
        told.append((day, n, so_far))
    return told


def person(visit: Visit) -> Response:
    """Show the history of one person with the evidence, and a form for what staff learn."""
    workspace = visit.workspace
    campaign = workspace.campaign(visit.slug)
    invitee, one = visit.person(visit.request.path_params["ref"])
    person = one or invitee.members[0]
    with workspace.store() as store:
        entries = standings.story_of(store, visit.slug, invitee)
    steps = ledger.history(entries, invitee, person.ref)
    return visit.show(
        "person.html",
        campaign=campaign,
        invitee=invitee,
        person=person,
        others=[other for other in invitee.members if other is not person],
        stands=history.stands,
        glanced=history.glanced,
        remark=history.remark,
        share=history.share,
        waits=history.waits,
        what_was=history.what,
        steps=[(step, history.what(step.entry, step.about)) for step in steps],
        now=steps[-1].after if steps else None,
        what=("accepted", "declined", "tentative", "present", "absent", "excused"),
    )


def note(visit: Visit) -> Response:
    """Record what staff learned about one person."""
    workspace = visit.workspace
    what = visit.said("what")
    party = visit.said("party").strip()
    ref = visit.request.path_params["ref"]
    invitee, person = visit.person(ref)
    if what in record.SAID or what in record.SEEN:
        with workspace.store() as store:
            record.record(
                store,
                visit.slug,
                invitee,
                what,
                now=workspace.now(),
                person=person.ref if person else "",
                party=int(party) if party.isdecimal() and int(party) else None,
                note=visit.said("note").strip(),
                author=words.author(),
            )
    called = person.contact.called if person else invitee.called
    text = _("{who}: {what}.").format(who=called, what=words.value(what))
    return visit.go(f"/c/{visit.slug}/who/{ref}", text)


def access(visit: Visit) -> Response:
    """Return everything stored about one person, as a file to hand over to them."""
    workspace = visit.workspace
    campaign = workspace.campaign(visit.slug)
    invitee, person = visit.person(visit.request.path_params["ref"])
    with workspace.store() as store:
        content = export.access(store, campaign, invitee, campaign.language, workspace.now(), person)
    return attached(content, "text/html; charset=utf-8", f"{invitee.ref}.html")


def attached(content: bytes, kind: str, name: str) -> Response:
    """Return a file as a download, so that it never opens in a page of the web interface."""
    return Response(
        content, media_type=kind, headers={"content-disposition": f'attachment; filename="{name}"'}
    )
