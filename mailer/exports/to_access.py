"""All that is kept about an invitee, to be handed to them, RGPD article 15: nothing is held back.

Those who share an address were written to together, and are shown together.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from html import escape
from types import MappingProxyType
from typing import assert_never

from mailer.exports.cells import FRENCH, Wish
from mailer.exports.columns import HEADINGS, WORDS, Column
from mailer.exports.html import page, table
from mailer.exports.moments import moment
from mailer.model.campaign import Campaign
from mailer.model.contact import Contact
from mailer.model.entry import Announced, Attended, Delivery, Entry, Heard, Kept, Reviewed
from mailer.model.finding import Answer
from mailer.model.invitation import Invitee
from mailer.model.outcome import State

_STYLE = "td{overflow-wrap:anywhere;white-space:pre-line}"

_WORDS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "fr": {
            "title": "Les données que nous conservons sur vous",
            "for": "Établi le {now} pour {who}, au sujet de\u00a0: {subject}",
            "who": "Qui vous êtes, d'après nos listes",
            "origin": "Liste d'origine",
            "what": "Ce qui a été envoyé, reçu et noté",
            "when": "Date",
            "how": "Moyen",
            "fact": "Nature",
            "words": "Contenu",
            "why": "Pourquoi, qui, combien de temps",
            "controller": "Responsable",
            "purpose": "Finalité",
            "basis": "Base légale",
            "recipients": "Destinataires",
            "retention": "Conservation",
            "contact": "Vos droits (accès, rectification, opposition, effacement)",
            "answer": "réponse\u00a0: {answer}",
            "mail": "message reçu",
            "presence": "présence à la réunion\u00a0: {presence}",
            "reviewed": "relu par l'équipe",
            "outbox": "envoi",
            "invitation": "invitation",
            "reminder": "relance",
            "update": "modification",
            "cancel": "annulation",
            "details": "derniers détails",
            "thanks": "remerciements",
            "acknowledgement": "accusé de réponse",
        },
        "en": {
            "title": "What we keep about you",
            "for": "Written on {now} for {who}, about: {subject}",
            "who": "Who you are, as our lists have it",
            "origin": "List it came from",
            "what": "What was sent, received and noted",
            "when": "Date",
            "how": "How",
            "fact": "What",
            "words": "Content",
            "why": "Why, who, how long",
            "controller": "Controller",
            "purpose": "Purpose",
            "basis": "Legal basis",
            "recipients": "Recipients",
            "retention": "Retention",
            "contact": "Your rights (access, rectification, objection, erasure)",
            "answer": "answer: {answer}",
            "mail": "message received",
            "presence": "presence at the meeting: {presence}",
            "reviewed": "read again by staff",
            "outbox": "sending",
            "invitation": "invitation",
            "reminder": "reminder",
            "update": "update",
            "cancel": "cancellation",
            "details": "last details",
            "thanks": "thanks",
            "acknowledgement": "acknowledgement",
        },
    }
)
_STATES = {
    State.QUEUED: "queued",
    State.CLAIMED: "queued",
    State.DEFERRED: "deferred",
    State.SENT: "sent",
    State.FAILED: "failed",
    State.IN_DOUBT: "in_doubt",
}


def write(
    invitee: Invitee, entries: Iterable[Entry], campaign: Campaign, wish: Wish = FRENCH, *, now: datetime
) -> bytes:
    """Write what is kept about an invitee; `entries` are theirs. Times are on the clock of `wish`."""
    words = _WORDS[wish.language]
    told = words["for"].format(
        now=moment(now.astimezone(wish.zone)), who=invitee.called, subject=campaign.subject
    )
    body = [
        f"<header><h1>{escape(words['title'])}</h1><p>{escape(told)}</p></header><main>",
        *_people(invitee.people, words, wish),
        f"<h2>{escape(words['what'])}</h2>",
        table(
            [words["when"], words["how"], words["fact"], words["words"]],
            [_line(entry, words, wish) for entry in entries],
        ),
        *_reasons(campaign, words),
        "</main>",
    ]
    return page(words["title"], body, wish.language, _STYLE)


def _people(people: Sequence[Contact], words: Mapping[str, str], wish: Wish) -> Iterator[str]:
    headings = HEADINGS[wish.language]
    yield f"<h2>{escape(words['who'])}</h2>"
    for person in people:
        known = {
            headings["civility"]: person.civility,
            headings["first_name"]: person.first_name,
            headings["last_name"]: person.last_name,
            headings["organisation"]: person.organisation,
            headings["function"]: person.function,
            headings["email"]: person.email,
            headings["language"]: person.language,
            headings["groups"]: ", ".join(person.groups),
            words["origin"]: person.origin.file,
        }
        yield table([], [[name, text] for name, text in (known | dict(person.fields)).items() if text])


def _line(entry: Entry, words: Mapping[str, str], wish: Wish) -> list[str]:
    channel = WORDS[wish.language][Column.CHANNEL].get(entry.channel.value, words["outbox"])
    fact, content = _told(entry, words, wish)
    noted = "\n".join(filter(None, (content, entry.note.strip())))
    return [moment(entry.recorded_at.astimezone(wish.zone)), channel, fact, noted]


def _told(entry: Entry, words: Mapping[str, str], wish: Wish) -> tuple[str, str]:
    """What an entry is, and the words in it."""
    names = WORDS[wish.language]
    match entry.fact:
        case Delivery() as delivery:
            kind = words[delivery.key.kind.value]
            reply = delivery.reply.text if delivery.reply else ""
            return f"{kind}, {names[Column.DELIVERY][_STATES[delivery.state]]}", reply
        case Heard(finding):
            said = "\n".join(
                filter(None, (finding.text or finding.evidence, finding.note, *finding.addresses))
            )
            if isinstance(finding.claim, Answer):
                return words["answer"].format(answer=names[Column.ANSWER][finding.claim.partstat.word]), said
            return words["mail"], said
        case Attended(presence):
            return words["presence"].format(presence=names[Column.PRESENCE][presence.value]), ""
        case Reviewed():
            return words["reviewed"], ""
        case Announced() | Kept():
            return words["update"], ""
        case other:
            assert_never(other)


def _reasons(campaign: Campaign, words: Mapping[str, str]) -> Iterator[str]:
    notice = campaign.notice
    yield f"<h2>{escape(words['why'])}</h2>"
    lines = [
        [words["controller"], notice.controller],
        [words["purpose"], notice.purpose],
        [words["basis"], notice.basis],
        [words["recipients"], notice.recipients],
        [words["retention"], notice.retention],
        [words["contact"], notice.contact or campaign.contact],
    ]
    yield table([], [line for line in lines if line[1]])
