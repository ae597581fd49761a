"""Page for the answers that wait for review: one at a time, the evidence highlighted, one key per decision."""

from __future__ import annotations

from gettext import gettext as _

from starlette.responses import Response

from mailer import contacts
from mailer.desk.visit import Visit
from mailer.errors import UserError
from mailer.jobs import record, standings
from mailer.model.attendance import PendingReview
from mailer.model.entry import Heard
from mailer.model.finding import PartStat
from mailer.model.people import Invitee
from mailer.store import Store
from mailer.wording import history, words

ANSWERS = {
    "yes": PartStat.ACCEPTED,
    "no": PartStat.DECLINED,
    "perhaps": PartStat.TENTATIVE,
    "replaced": PartStat.DELEGATED,
}


def queue(visit: Visit) -> Response:
    """Show the first answer that waits, or the one in the query."""
    workspace = visit.workspace
    campaign = workspace.campaign(visit.slug)
    folded = visit.folded()
    known = folded.record
    held = visit.desk.held(visit.slug)
    waiting = [item for item in folded.record.reviews if not held or _key(item) != held.item]
    names = {invitee.ref: invitee for invitee in known.roll}
    place = int(visit.asked("at", "0")) if visit.asked("at", "0").isdecimal() else 0
    place = min(place, max(0, len(waiting) - 1))
    item = waiting[place] if waiting else None
    heard = item.entry.fact if item else None
    finding = heard.finding if isinstance(heard, Heard) else None
    return visit.show(
        "review.html",
        campaign=campaign,
        item=item,
        finding=finding,
        what=(history.kind_of if item.proposal else history.what)(item.entry) if item else "",
        proposal=history.answer(item.proposal) if item and item.proposal else "",
        replaced=bool(item and record.names_another(item)),
        said_at=heard.said_at if isinstance(heard, Heard) else None,
        pieces=marked(finding.text or finding.evidence, finding.evidence) if finding else [],
        invitee=names.get(item.entry.invitee) if item else None,
        others=", ".join(_others(item, names.get(item.entry.invitee))) if item else "",
        called=standings.called(item, names.get(item.entry.invitee)) if item else "",
        place=place,
        count=len(waiting),
        held=held,
        keys={
            "yes": _("y"),
            "no": _("n"),
            "perhaps": _("p"),
            "replaced": _("s"),
            "none": "x",
            "undo": _("u"),
        },
        roll=sorted((one.called, one.email) for one in known.roll if one.email)
        if len(known.roll) <= 2000
        else [],
    )


def _others(item: PendingReview, invitee: Invitee | None) -> list[str]:
    """Return the names of the others of the address."""
    members = invitee.members if invitee else ()
    return [one.contact.called for one in members if one.ref != item.person and not one.erased]


def marked(text: str, evidence: str) -> list[tuple[str, bool]]:
    """Split a text into pieces, each with whether it is the evidence."""
    at = text.casefold().find(evidence.casefold()) if evidence else -1
    if at < 0 or evidence == text:
        return [(text, False)]
    end = at + len(evidence)
    return [(text[:at], False), (text[at:end], True), (text[end:], False)]


def decide(visit: Visit) -> Response:
    """Hold a decision until the next one so that it can be undone; one recorded by somebody else in the meantime wins."""
    slug, back = visit.slug, f"/c/{visit.slug}/review"
    asked, key = (visit.said("entry"), visit.said("person")), visit.said("decision")
    if key == "later":
        return visit.go(f"{back}?at={int(visit.said('at') or 0) + 1}")
    workspace = visit.workspace
    with workspace.store() as store:
        item = _waiting(visit, store, asked)
        if item is None:
            return visit.go(back, _("Somebody else has decided this meanwhile; nothing was changed."))
        whose, person = None, None
        if key in ANSWERS and not item.entry.invitee:
            whose, person = visit.person(visit.said("who"))
    meant = PartStat.ACCEPTED if key == "register" else ANSWERS.get(key)
    answer = record.answer_to(item, meant) if meant else None
    now, author = workspace.now(), words.author()
    newcomer = _newcomer(visit) if key == "register" else None

    def write() -> None:
        with workspace.store() as store:
            if _waiting(visit, store, asked) is not None:
                who = record.register(store, slug, *newcomer, now=now) if newcomer else whose
                one = person.ref if person and not newcomer else ""
                record.decide(
                    store,
                    slug,
                    item.entry,
                    answer,
                    now=now,
                    author=author,
                    persons=(item.person,) if item.person else (),
                    invitee=who,
                    person=one,
                )

    said = words.value(answer.partstat.word) if answer else _("not an answer")
    visit.desk.hold(slug, _key(item), said, write)
    return visit.go(back)


def _newcomer(visit: Visit) -> tuple[str, str, str]:
    """Return address, first and last name of somebody who was not invited. Raises UserError without a usable address."""
    typed = visit.said("email")
    email = contacts.address(typed)
    if not email:
        raise UserError("address-to-type", read=typed.strip())
    return email, visit.said("first_name").strip(), visit.said("last_name").strip()


def undo(visit: Visit) -> Response:
    """Undo the last decision, if it is not recorded yet."""
    held = visit.desk.take_back(visit.slug)
    text = _("Taken back.") if held else _("It is written already. Correct it in the person’s history.")
    return visit.go(f"/c/{visit.slug}/review", text)


def _waiting(visit: Visit, store: Store, asked: tuple[str, str]) -> PendingReview | None:
    waiting = visit.desk.folds.of(store, visit.slug).record.reviews
    return next((item for item in waiting if (str(item.entry.number), item.person) == asked), None)


def _key(item: PendingReview) -> tuple[int, str]:
    """Return what tells one decision from another: the entry, and the person where it is asked of several."""
    return item.entry.number, item.person
