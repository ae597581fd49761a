"""Check-in page for the entrance, on a computer or a phone: find people, tick who is present, add walk-ins."""

from __future__ import annotations

from gettext import gettext as _
from typing import Any

from starlette.responses import Response

from mailer.desk import page
from mailer.desk.answers import heads
from mailer.desk.folded import SearchableRow
from mailer.desk.guard import admitted
from mailer.desk.visit import Visit
from mailer.jobs import record
from mailer.model.accents import fold_accents
from mailer.model.attendance import Row
from mailer.model.entry import Presence
from mailer.model.finding import PartStat
from mailer.wording import words

MOST = 30
"""Maximum number of rows shown; the person types more letters to find the others."""

CHECK_IN_COOKIE = "mailer-check-in"


def people(visit: Visit) -> Response:
    """Show the people who match the search, and how many are inside."""
    folded = visit.folded()
    query = visit.asked("q")
    found = sorted((line.row for line in folded.lines if _fits(line, query)), key=_order)
    values: dict[str, Any] = {
        "campaign": visit.workspace.campaign(visit.slug),
        "rows": found[:MOST],
        "more": max(0, len(found) - MOST),
        "query": query,
        "inside": sum(
            _heads(row) for row in (line.row for line in folded.lines) if row.presence is Presence.PRESENT
        ),
        "expected": folded.counters.headcount,
        "present": Presence.PRESENT,
        "heads": heads,
    }
    return visit.show("_check_in.html" if visit.is_fragment else "check_in.html", **values)


def _fits(line: SearchableRow, query: str) -> bool:
    return bool(line.row.contact.called) and all(word in line.names for word in fold_accents(query).split())


def _order(row: Row) -> tuple[bool, str, str]:
    """Return the sort key of a row: expected people first, then by name."""
    expected = row.standing.partstat is PartStat.ACCEPTED
    return (
        not expected,
        fold_accents(row.contact.last_name or row.contact.called),
        fold_accents(row.contact.first_name),
    )


def _heads(row: Row) -> int:
    """Return how many people came in for this row: the number staff counted, else the expected one, else one."""
    counted = [seen.headcount for seen in row.standing.sightings if seen.headcount]
    return counted[-1] if counted else row.party_size or 1


def tick(visit: Visit) -> Response:
    """Record that somebody is present, or undo it."""
    workspace = visit.workspace
    what = "present" if visit.said("what") == "present" else "absent"
    party = visit.said("party").strip()
    invitee, person = visit.person(visit.said("ref"))
    with workspace.store() as store:
        record.record(
            store,
            visit.slug,
            invitee,
            what,
            now=workspace.now(),
            person=person.ref if person else "",
            party=int(party) if party.isdecimal() and 0 < int(party) < 1000 and what == "present" else None,
            author=words.author(),
        )
    called = person.contact.called if person else invitee.called
    text = _("{who}: {what}.").format(who=called, what=words.value(what))
    return visit.go(f"/c/{visit.slug}/check-in", text)


def walk_in(visit: Visit) -> Response:
    """Add somebody who was not invited to the roll, and record that they are present."""
    workspace = visit.workspace
    first, last = visit.said("first_name").strip(), visit.said("last_name").strip()
    if not (first or last):
        return visit.go(f"/c/{visit.slug}/check-in", _("Write a name first."))
    with workspace.store() as store:
        invitee = record.register(store, visit.slug, visit.said("email"), first, last, now=workspace.now())
        record.record(store, visit.slug, invitee, "present", now=workspace.now(), author=words.author())
    text = _("{who}: {what}.").format(who=invitee.called, what=words.value("present"))
    return visit.go(f"/c/{visit.slug}/check-in", text)


def open_to_phone(visit: Visit) -> Response:
    """Show the address and a new code for a phone on the local network."""
    if visit.desk.check_in is None:
        said = _("Start the desk with “mailer desk --check-in” to let a phone tick who comes.")
    else:
        address, code = visit.desk.check_in.renew()
        text = _("On the phone: {address}, code {code}, for a quarter of an hour.")
        said = text.format(address=address, code=code)
    return visit.go(f"/c/{visit.slug}/check-in", said)


def enter(visit: Visit) -> Response:
    """Accept the code typed on the phone and open a session."""
    keys, now = visit.desk.check_in_keys, visit.workspace.now()
    sender = visit.request.client.host if visit.request.client else ""
    text = _("This code is wrong, or too old.")
    if not keys.may_try(sender, now):
        text = _("Too many wrong codes came from here. Ask for a new one at the desk.")
    elif session := keys.come_in(visit.said("code"), sender, now):
        return admitted(session, CHECK_IN_COOKIE)
    return page.refusal(text, 403, form="check-in")


def choose(visit: Visit) -> Response:
    """Show the campaigns that people can be checked in for."""
    slugs = visit.workspace.slugs()
    if len(slugs) == 1:
        return visit.go(f"/c/{slugs[0]}/check-in")
    return visit.show("check_in_campaigns.html", slugs=slugs)
