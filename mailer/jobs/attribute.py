"""Say whose a mail is, and what the ledger should hear of it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from mailer import campaign as campaigns
from mailer import classify, inbox
from mailer.model.accents import fold_accents
from mailer.model.address import Mailbox, normal
from mailer.model.campaign import Campaign, Uninvited
from mailer.model.contact import Contact, Origin
from mailer.model.entry import Channel, Entry, Heard, Trust
from mailer.model.finding import (
    Answer,
    Finding,
    MailKind,
    OptOut,
    PartStat,
    Unattended,
    Unclear,
    Undeliverable,
)
from mailer.model.invitation import Invitee
from mailer.model.message import IncomingMessage
from mailer.model.outcome import State
from mailer.store import Queued, Store

_A_MOMENT = timedelta(seconds=1)
"""A meeting that ends at midnight is over on the day before."""

TITLE_SHARE = 0.6
"""How much of a meeting's title a subject must hold to speak of it, in long words."""


@dataclass(frozen=True, slots=True)
class Situation:
    """What a mail is understood against. `latest` is the campaign that mail without a tie is shown to.

    `doubtful` are the messages of which nobody knows whether they arrived, by campaign and invitee.
    """

    index: inbox.Index
    campaigns: Mapping[str, Campaign]
    names: Mapping[inbox.Holder, frozenset[frozenset[str]]]
    latest: str
    doubtful: dict[tuple[str, str], list[Queued]]
    secret: bytes = field(repr=False)
    trusted: Sequence[str] = ()
    own: frozenset[str] = frozenset()
    """Our own addresses in their normal form."""


@dataclass(frozen=True, slots=True)
class Attributed:
    """What to do about one mail.

    `newcomer` is an invitee to put on the roll first: somebody who was not invited and is welcome. `suppress` are
    addresses not to be written to again. `aside` says why there is no entry: ``strange``, ``test``, ``turned-away``.
    """

    entry: Entry | None = None
    newcomer: Invitee | None = None
    suppress: tuple[str, ...] = ()
    aside: str = ""


def survey(store: Store, known: Mapping[str, Campaign], trusted: Sequence[str] = ()) -> Situation:
    """Learn everything that can lead a mail back to its invitee."""
    index = inbox.Index()
    names: dict[inbox.Holder, frozenset[frozenset[str]]] = {}
    slugs = store.campaigns()
    for slug in slugs:
        for invitee in store.roll(slug):
            holder = inbox.Holder(slug, invitee.ref)
            for address in (invitee.email, *(a for person in invitee.people for a in person.other_addresses)):
                index.enrol(holder, address)
            names[holder] = frozenset(_words(person.name) for person in invitee.people)
    for issued in store.issued():
        holder = inbox.Holder(issued.campaign, issued.invitee)
        index.add(holder, uid=issued.uid, token=issued.token, message_id=issued.message_id)
    doubtful: dict[tuple[str, str], list[Queued]] = defaultdict(list)
    for slug in slugs:
        for queued in store.outbox(slug) if store.counts(slug).get(State.IN_DOUBT) else ():
            if queued.state is State.IN_DOUBT:
                doubtful[slug, queued.message.invitee].append(queued)
    latest = slugs[-1] if slugs else ""
    own = frozenset(
        normal(box.address) for campaign in known.values() for box in (campaign.organizer, campaign.sender)
    )
    return Situation(index, known, names, latest, doubtful, store.secret(), trusted, own)


def attribute(
    message: IncomingMessage,
    finding: Finding,
    situation: Situation,
    *,
    arrived: datetime,
    now: datetime,
    digest: str,
) -> Attributed:
    """Decide what the ledger should hear of one mail: nothing of what has nothing to do with us."""
    authenticated = inbox.authenticated(message, situation.trusted)
    found = inbox.match(message, finding, situation.index, authenticated=authenticated)
    if found.trust <= Trust.ADDRESS and _answers_a_test(message, finding, situation):
        return Attributed(aside="test")
    slug = found.holder.campaign if found.holder else situation.latest
    campaign = situation.campaigns.get(slug)
    newcomer = None
    if campaign and _is_uninvited(message, finding, found, campaign, situation):
        if campaign.uninvited is Uninvited.REFUSE:
            return Attributed(aside="turned-away")
        if campaign.uninvited is Uninvited.ACCEPT:
            newcomer = _newcomer(message, finding, slug, situation.secret)
            found = inbox.Match(inbox.Holder(slug, newcomer.ref), Trust.SENDER, found.evidence)
        else:
            found = inbox.Match(found.holder, found.trust, found.evidence, "uninvited")
    elif found.holder is None and not _concerns_us(message, finding, found):
        return Attributed(aside="strange")
    said_at = _said_at(message, arrived, now)
    why = found.why or _late(campaign, finding, said_at) or _elsewhen(campaign, finding)
    held = bool(why) and not isinstance(finding.claim, Unattended)
    entry = Entry(
        campaign=slug,
        invitee=found.holder.invitee if found.holder else "",
        recorded_at=now,
        channel=Channel.CALENDAR if finding.calendar else Channel.TEXT,
        fact=Heard(
            finding=finding,
            said_at=said_at,
            trust=found.trust,
            held=held,
            why=why,
            message_id=_answerable(message, finding, situation),
        ),
        source=digest,
    )
    objects = isinstance(finding.claim, OptOut) and found.holder is not None and not held
    return Attributed(entry, newcomer, _addresses(found.holder, situation) if objects else ())


def unusual_day(attributed: Attributed, situation: Situation) -> date | None:
    """The day of the meeting a mail is about, where words are read otherwise for it; see `mailer.classify.days`."""
    campaign = situation.campaigns.get(attributed.entry.campaign) if attributed.entry else None
    if campaign is None:
        return None
    day, _last = _days(campaign)
    return day if classify.is_unusual(day) else None


def _days(campaign: Campaign) -> tuple[date, date]:
    """The first and the last day of a meeting, where it is."""
    meeting, zone = campaign.meeting, ZoneInfo(campaign.meeting.zone)
    return meeting.starts.astimezone(zone).date(), (meeting.ends - _A_MOMENT).astimezone(zone).date()


def _answerable(message: IncomingMessage, finding: Finding, situation: Situation) -> str:
    """The Message-ID by which an answer may be acknowledged; kept of answers alone."""
    if not isinstance(finding.claim, Answer):
        return ""
    return classify.answerable(message, situation.own)


def _addresses(holder: inbox.Holder | None, situation: Situation) -> tuple[str, ...]:
    return tuple(sorted(situation.index.spellings.get(holder, ()))) if holder else ()


def _is_uninvited(
    message: IncomingMessage,
    finding: Finding,
    found: inbox.Match,
    campaign: Campaign,
    situation: Situation,
) -> bool:
    """Whether somebody who was not invited wants to come.

    They answer an invitation that was passed on to them, under a name that is not the invitee's (B12), or they write of
    the meeting of their own accord. Somebody of the same name writes from a second address: that waits for a person. A delegate stands in for the
    invitee (B14) and is nobody new.
    """
    claim = finding.claim
    if not isinstance(claim, Answer) or claim.partstat not in (PartStat.ACCEPTED, PartStat.TENTATIVE):
        return False
    if finding.calendar and finding.calendar.delegated_from:
        return False
    if found.why == "other-address" and found.holder is not None:
        name = _words(_writer(message, finding).name)
        return bool(name) and name not in situation.names.get(found.holder, frozenset())
    return found.why == "unknown-sender" and not finding.calendar and _speaks_of(message.subject, campaign)


def _speaks_of(subject: str, campaign: Campaign) -> bool:
    wanted = {word for word in _words(campaign.meeting.title) if len(word) > 3}
    return bool(wanted) and len(wanted & _words(subject)) >= TITLE_SHARE * len(wanted)


def _writer(message: IncomingMessage, finding: Finding) -> Mailbox:
    """Who answers: for a calendar answer the attendee, under the name the mail gives."""
    sender = message.sender or Mailbox("")
    calendar = finding.calendar
    if calendar is None or not calendar.attendee or normal(calendar.attendee) == normal(sender.address):
        return sender
    same = [box for box in message.reply_to if normal(box.address) == normal(calendar.attendee)]
    return same[0] if same else Mailbox(calendar.attendee, sender.name)


def _newcomer(message: IncomingMessage, finding: Finding, slug: str, secret: bytes) -> Invitee:
    writer = _writer(message, finding)
    last, comma, first = writer.name.partition(",")
    if not comma:
        first, _, last = writer.name.partition(" ")
    contact = Contact(
        normal(writer.address),
        first_name=first.strip(),
        last_name=last.strip(),
        origin=Origin("mail"),
    )
    return campaigns.lone(secret, slug, contact)


def _words(text: str) -> frozenset[str]:
    return frozenset(re.findall(r"[^\W_]+", fold_accents(text)))


def _concerns_us(message: IncomingMessage, finding: Finding, found: inbox.Match) -> bool:
    """Whether a mail that no invitee can be found for still waits for a person.

    A calendar answer, a bounce or words from a stranger may be about an invitation that was passed on; what a list
    or a robot sends is not.
    """
    if found.trust is not Trust.NOTHING:
        return True
    match finding.claim:
        case Unattended():
            return False
        case Answer() | OptOut() | Undeliverable():
            return True
        case Unclear():
            person = finding.kind in (MailKind.REPLY, MailKind.CALENDAR_REPLY, MailKind.CALENDAR_COUNTER)
            return person and not message.header("list-id")


def _said_at(message: IncomingMessage, arrived: datetime, now: datetime) -> datetime:
    """When it was said: the mail's own date, which cannot be later than its arrival."""
    arrived = arrived if arrived.year > 1970 else now
    return min(message.date or arrived, arrived).astimezone(UTC)


def _late(campaign: Campaign | None, finding: Finding, said_at: datetime) -> str:
    """An answer after the meeting is shown apart; it changes nothing (B21)."""
    if campaign and isinstance(finding.claim, Answer) and said_at > campaign.meeting.ends:
        return "after-the-meeting"
    return ""


def _elsewhen(campaign: Campaign | None, finding: Finding) -> str:
    """A written yes for another day than the meeting's may be about another meeting."""
    claim = finding.claim
    comes = isinstance(claim, Answer) and claim.partstat in (PartStat.ACCEPTED, PartStat.TENTATIVE)
    if campaign is None or finding.calendar is not None or not comes:
        return ""
    another = classify.names_another_day(finding.text, finding.evidence, *_days(campaign))
    return "another-day" if another else ""


def _answers_a_test(message: IncomingMessage, finding: Finding, situation: Situation) -> bool:
    """Whether a mail answers a message of ``send --test``, which left no trace to match it against.

    Its names can be derived again for whoever writes.
    """
    calendar = finding.calendar
    uid = calendar.uid.lower() if calendar else ""
    return any(
        campaigns.is_test(
            situation.secret,
            campaign,
            Contact(address),
            uid=uid,
            subject=message.subject,
            message_ids=message.references,
        )
        for campaign in situation.campaigns.values()
        for address in _writers(message, finding)
    )


def _writers(message: IncomingMessage, finding: Finding) -> Iterable[str]:
    boxes = [*message.reply_to, *filter(None, [message.sender])]
    written = [box.address for box in boxes] + ([finding.calendar.attendee] if finding.calendar else [])
    return {normal(address) for address in written if address}
