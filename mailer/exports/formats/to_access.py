"""Write everything kept about an invitee as a page to hand over (right of access, GDPR article 15).

People who share an address were written to together, and are shown together.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from html import escape

from mailer.exports.cells import DEFAULT_OPTIONS, ExportOptions
from mailer.exports.columns import Column, headings, kinds, words
from mailer.exports.html import heading, page, table
from mailer.exports.moments import moment
from mailer.model.campaign import Campaign
from mailer.model.contact import Contact
from mailer.model.entry import Allowed, Attended, Delivery, Entry, Gone, Heard, Placed, Reviewed
from mailer.model.finding import Answer
from mailer.model.invitation import Kind
from mailer.model.outcome import State
from mailer.model.people import Invitee
from mailer.translation.catalogue import translator

_STYLE = "td{overflow-wrap:anywhere;white-space:pre-line}"

_STATES = {
    State.QUEUED: "queued",
    State.CLAIMED: "queued",
    State.DEFERRED: "deferred",
    State.SENT: "sent",
    State.FAILED: "failed",
    State.IN_DOUBT: "in_doubt",
}


def write(
    invitee: Invitee,
    entries: Iterable[Entry],
    campaign: Campaign,
    options: ExportOptions = DEFAULT_OPTIONS,
    *,
    now: datetime,
) -> bytes:
    """Write what is kept about an invitee; `entries` are theirs."""
    _ = translator(options.language).gettext
    title = _("What we keep about you")
    told = _("Written on {now} for {who}, about: {subject}").format(
        now=moment(now.astimezone(options.zone)), who=invitee.called, subject=campaign.subject
    )
    body = [
        f"<header><h1>{escape(title)}</h1><p>{escape(told)}</p></header><main>",
        *_people(invitee.people, options.language),
        heading(_("What was sent, received and noted")),
        table(
            [_("Date"), _("How"), translator(options.language).pgettext("heading", "What"), _("Content")],
            [_line(entry, options) for entry in entries],
        ),
        *_reasons(campaign, options.language),
        "</main>",
    ]
    return page(title, body, options.language, _STYLE)


def _people(people: Sequence[Contact], language: str) -> Iterator[str]:
    _, called = translator(language).gettext, headings(language)
    yield heading(_("Who you are, as our lists have it"))
    for person in people:
        known = {
            called["civility"]: person.civility,
            called["first_name"]: person.first_name,
            called["last_name"]: person.last_name,
            called["organisation"]: person.organisation,
            called["function"]: person.function,
            called["email"]: person.email,
            called["language"]: person.language,
            called["groups"]: ", ".join(person.groups),
            _("List it came from"): person.origin.file,
        }
        yield table([], [[name, text] for name, text in (known | dict(person.fields)).items() if text])


def _line(entry: Entry, options: ExportOptions) -> list[str]:
    sending = translator(options.language).gettext("sending")
    channel = words(options.language)[Column.CHANNEL].get(entry.channel.value, sending)
    fact, content = _told(entry, options.language)
    noted = "\n".join(filter(None, (content, entry.note.strip())))
    return [moment(entry.recorded_at.astimezone(options.zone)), channel, fact, noted]


def _told(entry: Entry, language: str) -> tuple[str, str]:
    """Return what an entry is, and the words in it."""
    _, called = translator(language).gettext, words(language)
    match entry.fact:
        case Delivery() as delivery:
            kind = kinds(language)[delivery.key.kind]
            reply = delivery.reply.text if delivery.reply else ""
            return f"{kind}, {called[Column.DELIVERY][_STATES[delivery.state]]}", reply
        case Heard(finding) as heard:
            kept = (heard.sender_name, heard.subject, *heard.attachments)
            said = "\n".join(
                filter(None, (finding.text or finding.evidence, finding.note, *finding.addresses, *kept))
            )
            if isinstance(finding.claim, Answer):
                answer = called[Column.ANSWER][finding.claim.partstat.word]
                return _("answer: {answer}").format(answer=answer), said
            return _("message received"), said
        case Attended(presence):
            return _("presence at the meeting: {presence}").format(
                presence=called[Column.PRESENCE][presence.value]
            ), ""
        case Reviewed():
            return _("read again by staff"), ""
        case Placed(contact=contact):
            return _("your names and address are noted"), contact.email
        case Gone() | Allowed():
            return _("whether we write to you is noted"), ""
        case _:
            return kinds(language)[Kind.UPDATE], ""


def _reasons(campaign: Campaign, language: str) -> Iterator[str]:
    notice, _, pgettext = campaign.notice, translator(language).gettext, translator(language).pgettext
    yield heading(_("Why, who, how long"))
    lines = [
        [pgettext("to the person", "Controller"), notice.controller],
        [_("Purpose"), notice.purpose],
        [_("Legal basis"), notice.basis],
        [_("Recipients"), notice.recipients],
        [pgettext("to the person", "Retention"), notice.retention],
        [_("Your rights (access, rectification, objection, erasure)"), notice.contact or campaign.contact],
    ]
    yield table([], [line for line in lines if line[1]])
