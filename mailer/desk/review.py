"""Page for what waits for a person: one mail at a time, a line for each person it is asked of, one key per decision."""

from __future__ import annotations

from dataclasses import dataclass
from gettext import gettext as _

from starlette.responses import Response

from mailer import contacts
from mailer.desk.visit import Visit
from mailer.errors import ConfigError, UserError
from mailer.jobs import decide as deciding
from mailer.jobs import standings
from mailer.jobs.decide import Choice, Decision, Made
from mailer.model.attendance import PendingReview
from mailer.model.entry import Heard
from mailer.model.heads import MOST_HEADS
from mailer.model.names import name_in
from mailer.model.people import Invitee
from mailer.store import Store
from mailer.wording import history, to_decide, words

MOST_SUGGESTED = 2000
"""People whose addresses are suggested in a field; more would make the page slow."""


MOST_TYPED = 1000


@dataclass(frozen=True, slots=True)
class Line:
    """One person of whom a mail is asked: how they are called, the answer that counts now, and what can be decided.

    `choices` are name, label without its key, and key. `is_from`: the mail came from their address.
    """

    item: PendingReview
    called: str
    now: str
    choices: tuple[tuple[str, str, str], ...]
    is_from: bool


def queue(visit: Visit) -> Response:
    """Show the first mail that waits, or the one in the query; newcomers that nobody can verify are shown together.

    With ``glance`` it shows in their place what was recorded and may be looked over.
    """
    campaign = visit.workspace.campaign(visit.slug)
    known = visit.folded().record
    names = {invitee.ref: invitee for invitee in known.roll}
    glance = visit.asked("glance") == "1"
    waiting = known.glances if glance else known.reviews
    together = deciding.newcomers(waiting, campaign)
    each = visit.asked("each") == "1" or len(together) < 2
    if not each:
        grouped = {item.entry.number for item in together}
        waiting = tuple(item for item in waiting if item.entry.number not in grouped)
    place = int(visit.asked("at", "0")) if visit.asked("at", "0").isdecimal() else 0
    place = min(place, max(0, len(waiting) - 1))
    item = waiting[place] if waiting else None
    lines = [_line(one, names) for one in waiting[place:] if item and one.entry == item.entry]
    invitee = names.get(item.entry.invitee) if item else None
    heard = item.entry.fact if item else None
    finding = heard.finding if isinstance(heard, Heard) else None
    made = visit.desk.last_decided(visit.slug)
    undo = _(to_decide.UNDO)
    return visit.show(
        "review.html",
        campaign=campaign,
        together=[] if each else [_newcomer_line(one) for one in together],
        each="1" if visit.asked("each") == "1" else "",
        glance="1" if glance else "",
        to_glance=to_decide.to_glance_here(len(known.glances)) if known.glances else "",
        item=item,
        finding=finding,
        lines=lines,
        what=(history.kind_of if item.proposal else history.what)(item.entry) if item else "",
        proposal=history.answer(item.proposal) if item and item.proposal else "",
        said_at=heard.said_at if isinstance(heard, Heard) else None,
        facts=to_decide.facts(item, campaign.meeting.zone) if item else [],
        pieces=marked(to_decide.said(item), finding.evidence) if item and finding else [],
        invitee=invitee,
        writer=deciding.writer(item) if item else None,
        substitute=_substitute(item.proposal.delegate if item and item.proposal else ""),
        place=place,
        count=len(waiting),
        many=bool(item and item.proposal and (item.proposal.headcount or 0) > MOST_HEADS),
        decided=_said(made) if made else "",
        undo=(to_decide.plain(undo), to_decide.key(undo)),
        roll=sorted((one.called, one.email) for one in known.roll if one.email)
        if len(known.roll) <= MOST_SUGGESTED
        else [],
    )


def _line(item: PendingReview, names: dict[str, Invitee]) -> Line:
    invitee = names.get(item.entry.invitee)
    offered = tuple(
        (choice.value, to_decide.plain(label), to_decide.key(label))
        for choice in deciding.choices(item, invitee)
        if choice not in (Choice.WHO, Choice.NEW)
        for label in [to_decide.label(choice, item)]
    )
    now = history.stands(item.standing) if invitee else ""
    called = standings.called(item, invitee)
    return Line(item, called, now, offered, deciding.is_from(item, invitee))


def _substitute(said: str) -> tuple[str, str]:
    """Return name and address of whoever is said to come instead; each is empty where it is not said."""
    words_said = said.split()
    found = (contacts.address(word.strip("<>()[],;")) for word in words_said if "@" in word)
    return name_in(" ".join(word for word in words_said if "@" not in word)), next(filter(None, found), "")


def _newcomer_line(item: PendingReview) -> tuple[int, str, str, str]:
    """Return number, name, address and answer of somebody who was not invited."""
    who = deciding.writer(item)
    return item.entry.number, who.name, who.email, history.answer(item.proposal) if item.proposal else ""


def _said(made: Made) -> str:
    who = made.decision.newcomer or made.decision.instead
    what = to_decide.decision(made.decision)
    return f"{what} — {who.called}" if who else what


def marked(text: str, evidence: str) -> list[tuple[str, bool]]:
    """Split a text into pieces, each with whether it is the evidence."""
    at = text.casefold().find(evidence.casefold()) if evidence else -1
    if at < 0 or evidence == text:
        return [(text, False)]
    end = at + len(evidence)
    return [(text[:at], False), (text[at:end], True), (text[end:], False)]


def decide(visit: Visit) -> Response:
    """Write a decision at once; what somebody else decided meanwhile is told, and stays as it is."""
    slug, key = visit.slug, visit.said("decision")
    each = "".join(f"&{name}=1" for name in ("each", "glance") if visit.said(name) == "1")
    back = f"/c/{slug}/review"
    if key == "later":
        return visit.go(f"{back}?at={int(visit.said('at') or 0) + int(visit.said('step') or 1)}{each}")
    if key in ("all", "nobody"):
        return _together(visit, back, welcome=key == "all")
    back += f"?at={int(visit.said('at') or 0)}{each}"
    number, person = visit.said("entry"), visit.said("person")
    workspace = visit.workspace
    with workspace.store() as store:
        item = _waiting(visit, store, number, person)
        if item is None:
            before = deciding.earlier(store, slug, int(number), person) if number.isdecimal() else None
            said = (
                to_decide.earlier(before, visit.workspace.campaign(visit.slug).meeting.zone)
                if before
                else _("This does not wait any more.")
            )
            return visit.go(back, said)
        decision = _decision(visit, item)
        if deciding.is_many(decision) and not visit.said("sure"):
            raise UserError(
                "many-people-here", read=str(decision.answer.headcount if decision.answer else "")
            )
        made = deciding.decide(store, slug, item, decision, now=workspace.now(), author=words.author())
    return visit.go(back, kept(visit, made))


def _together(visit: Visit, back: str, *, welcome: bool) -> Response:
    """Decide about the newcomers that the page showed: each of them is put on the list, or none."""
    workspace, notice = visit.workspace, ""
    for number in visit.form.getlist("entry"):
        with workspace.store() as store:
            item = _waiting(visit, store, str(number), "")
            if item is None:
                continue
            decision = deciding.newcomer(item) if welcome else Decision()
            made = deciding.decide(
                store, visit.slug, item, decision, now=workspace.now(), author=words.author()
            )
        notice = kept(visit, made) or notice
    return visit.go(back, notice)


def kept(visit: Visit, made: Made) -> str:
    """Remember a decision so that it can be undone; return what is to be said of it."""
    if made.earlier is not None:
        return to_decide.earlier(made.earlier, visit.workspace.campaign(visit.slug).meeting.zone)
    visit.desk.remember(visit.slug, made)
    return "" if made.stands else words.sentence("decision-without-effect", {})


def _decision(visit: Visit, item: PendingReview) -> Decision:
    """Return what the form says. Raises UserError for a name or an address that is not known or usable."""
    try:
        choice = Choice(visit.said("decision"))
    except ValueError as error:
        raise UserError("decision-unreadable", read=visit.said("decision")) from error
    if choice is Choice.NEW:
        name = f"{visit.said('last_name').strip()}, {visit.said('first_name').strip()}".strip(" ,")
        if not (visit.said("email").strip() or name):
            raise ConfigError("address-to-type", read="")
        return deciding.newcomer(item, deciding.contact(name, visit.said("email")))
    whose = None
    if visit.said("who").strip():
        invitee, one = visit.person(visit.said("who").strip())
        whose = invitee, one.ref if one else ""
    name, address = visit.said("instead").strip(), visit.said("instead_address").strip()
    if choice is Choice.REPLACED and (name or address):
        instead = deciding.who_comes(visit.folded().record.register, name, address)
        return deciding.replaced(item, instead, whose)
    heads = visit.said("heads").strip()
    if choice is Choice.NUMBER and not (heads.isdecimal() and 0 < int(heads) < MOST_TYPED):
        raise UserError("number-to-type", read=heads)
    return deciding.chosen(item, choice, whose, int(heads) if choice is Choice.NUMBER else None)


def undo(visit: Visit) -> Response:
    """Take the last decision back, by counter-entries."""
    made = visit.desk.last_decided(visit.slug, forget=True)
    if made is None:
        return visit.go(f"/c/{visit.slug}/review", _("There is nothing to undo."))
    workspace = visit.workspace
    with workspace.store() as store:
        undone = deciding.undo(store, visit.slug, made, now=workspace.now(), author=words.author())
    what = to_decide.decision(made.decision)
    text = _("Taken back: {what}.") if undone else _("Somebody else has taken this back already: {what}.")
    return visit.go(f"/c/{visit.slug}/review", text.format(what=what))


def _waiting(visit: Visit, store: Store, number: str, person: str) -> PendingReview | None:
    known = visit.desk.folds.of(store, visit.slug).record
    waiting = (*known.reviews, *known.glances)
    return next((item for item in waiting if (str(item.entry.number), item.person) == (number, person)), None)
