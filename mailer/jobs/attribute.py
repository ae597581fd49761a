"""Decide which invitee a mail belongs to, and what is recorded of it in the ledger."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

from mailer import campaign as campaigns
from mailer import classify, inbox, ledger
from mailer.jobs import roll
from mailer.model.address import Mailbox, normal
from mailer.model.campaign import Campaign, Uninvited
from mailer.model.contact import Contact, Origin
from mailer.model.entry import Channel, Delivery, Entry, Heard, Trust
from mailer.model.finding import (
    ABOUT_OTHERS,
    TASKS,
    Answer,
    Finding,
    MailKind,
    OptOut,
    PartStat,
    Unattended,
    Unclear,
    Undeliverable,
)
from mailer.model.heads import MOST_HEADS
from mailer.model.invitation import Kind
from mailer.model.message import IncomingMessage, Part
from mailer.model.outcome import State
from mailer.model.people import Invitee, Person, Register
from mailer.store import Queued, Store

_A_MOMENT = timedelta(seconds=1)
"""Subtracted from the end of a meeting, so that one that ends at midnight ends on the day before."""

LONGEST_WAY = timedelta(days=2)
"""How long a mail can be on its way; servers give up later, but an answer is seldom older."""

MOST_BROUGHT = 4
"""The places that somebody who was not invited gets without a person's word, the writer's own included."""

THANKS = "thanks"
"""The rule that a finding names where a mail only thanks for a letter that asks nothing."""

FOR_ANOTHER = "speaks-for-another"
"""The code of the reason to hold the answer of somebody who speaks of another person."""

_BY_PEOPLE = (classify.BY_WORDS, "opt_out")
"""The rules that read an objection from somebody's words."""

TITLE_SHARE = 0.6
"""The share of the long words of a meeting's title that a subject must contain to be about the meeting."""


@dataclass(frozen=True, slots=True)
class Situation:
    """All that is needed to match a mail to an invitee: identifiers, campaigns, and our own addresses.

    `latest` is the campaign that gets mail which no identifier matches. `doubtful` are the messages in doubt, and
    `reached` the highest SEQUENCE that was sent, by campaign and invitee. `trusted` names the servers whose
    Authentication-Results are believed (RFC 8601). `heirs` gives for an invitation that everybody left the one where they
    are now, and which person; None if they parted.
    """

    index: inbox.Index
    campaigns: Mapping[str, Campaign]
    latest: str
    doubtful: dict[tuple[str, str], list[Queued]]
    secret: bytes = field(repr=False)
    trusted: Sequence[str] = ()
    own: frozenset[str] = frozenset()
    """The organizers' and senders' addresses in their normal form."""
    heirs: Mapping[inbox.Holder, tuple[inbox.Holder, str] | None] = field(default_factory=dict)
    shared: Mapping[inbox.Holder, tuple[Person, ...]] = field(default_factory=dict)
    """The members of each invitee that has several."""
    reached: Mapping[tuple[str, str], int] = field(default_factory=dict)
    told_at: Mapping[inbox.Holder, datetime] = field(default_factory=dict)
    """When the first letter to an invitee was sent, or may have been."""
    openings: inbox.Openings = field(default_factory=lambda: inbox.Openings(classify.answers))
    """How mails open, by which the lines of our gateway are known; those read meanwhile are added."""


@dataclass(frozen=True, slots=True)
class Attributed:
    """What is to be recorded of one mail.

    `newcomer` is somebody who was not invited, is accepted, and is put on the roll first. `suppress` are addresses not
    to be written to again. `aside` is the reason why there is no entry: ``strange``, ``test`` or ``turned-away``.
    """

    entry: Entry | None = None
    newcomer: Invitee | None = None
    suppress: tuple[str, ...] = ()
    aside: str = ""


def read_situation(store: Store, known: Mapping[str, Campaign], trusted: Sequence[str] = ()) -> Situation:
    """Read from the store everything by which a mail is matched to an invitee."""
    index = inbox.Index()
    heirs: dict[inbox.Holder, tuple[inbox.Holder, str] | None] = {}
    shared: dict[inbox.Holder, tuple[Person, ...]] = {}
    reached: dict[tuple[str, str], int] = {}
    told_at: dict[inbox.Holder, datetime] = {}
    slugs = store.campaigns()
    for slug in slugs:
        register = roll.register(store, slug)
        _enrol_former(index, slug, register)
        heirs |= _heirs(index, store.secret(), slug, register)
        for invitee in register.roll:
            holder = inbox.Holder(slug, invitee.ref)
            for address in (invitee.email, *(a for person in invitee.people for a in person.other_addresses)):
                index.enrol(holder, address)
            if len(invitee.members) > 1:
                shared[holder] = invitee.members
            index.name(holder, invitee.people)
            index.add(holder, uid=invitee.uid, token=invitee.token)
        for entry in store.entries(slug, kinds=("delivery",)):
            if isinstance(entry.fact, Delivery):
                holder = inbox.Holder(slug, entry.invitee)
                index.add_letter(holder, entry.fact.message_id, entry.fact.key, entry.fact.version)
                told_at.setdefault(holder, entry.recorded_at)
                if entry.fact.state is State.SENT and entry.fact.key.kind.is_invitation:
                    known_as = slug, entry.invitee
                    reached[known_as] = max(entry.fact.sequence, reached.get(known_as, 0))
    doubtful: dict[tuple[str, str], list[Queued]] = defaultdict(list)
    openings = inbox.Openings(classify.answers)
    for slug in slugs:
        for entry in store.entries(slug, kinds=("heard",)):
            if isinstance(entry.fact, Heard) and entry.fact.sender:
                openings.add(entry.fact.finding.text, normal(entry.fact.sender))
        for queued in store.queue(slug):
            promise = queued.promise
            index.add_letter(
                inbox.Holder(slug, promise.invitee), promise.message_id, promise.key, promise.version
            )
            if queued.state is State.IN_DOUBT:
                doubtful[slug, queued.promise.invitee].append(queued)
    latest = slugs[-1] if slugs else ""
    own = frozenset(
        normal(box.address) for campaign in known.values() for box in (campaign.organizer, campaign.sender)
    )
    secret = store.secret()
    return Situation(
        index, known, latest, doubtful, secret, trusted, own, heirs, shared, reached, told_at, openings
    )


def _enrol_former(index: inbox.Index, slug: str, register: Register) -> None:
    """Add the addresses that people had before, where nobody else has them now: answers from there count."""
    taken = {normal(one.contact.email) for each in register.roll for one in each.members}
    for invitee in register.roll:
        for address in {normal(each) for one in invitee.members for each in one.former} - taken:
            index.enrol(inbox.Holder(slug, invitee.ref), address)


def _heirs(
    index: inbox.Index, secret: bytes, slug: str, register: Register
) -> dict[inbox.Holder, tuple[inbox.Holder, str] | None]:
    """Return who answers to an invitation that everybody left, and add its identifiers to the index."""
    found: dict[inbox.Holder, tuple[inbox.Holder, str] | None] = {}
    for ref in register.follows:
        old = inbox.Holder(slug, ref)
        uid, token = campaigns.names(secret, slug, ref)
        index.add(old, uid=uid, token=token)
        places = register.heirs(ref)
        found[old] = None
        if len(places) == 1 and places[0][0] in register.invitees:
            invitee, person = register.invitees[places[0][0]], places[0][1]
            found[old] = inbox.Holder(slug, invitee.ref), person
            before = [one.person for one in register.left if one.invitee == ref]
            now = [one for one in invitee.members if one.ref == person]
            index.name(old, [one.contact for one in (*before, *now)])
            for one in (*before, *now):
                for address in (one.contact.email, *one.contact.other_addresses, *one.former):
                    index.admit(old, address)
    return found


def _inherited(found: inbox.Match, finding: Finding, situation: Situation) -> tuple[inbox.Match, str]:
    """Return a match with the invitation where its people are now, and the person; a bounce stays where it was sent."""
    if (
        found.holder is None
        or found.holder not in situation.heirs
        or isinstance(finding.claim, Undeliverable)
    ):
        return found, ""
    heir = situation.heirs[found.holder]
    if heir is None:
        return inbox.Match(None, Trust.CAPABILITY, found.evidence, "two-invitees"), ""
    return replace(found, holder=heir[0]), heir[1]


def attribute(
    message: IncomingMessage,
    finding: Finding,
    situation: Situation,
    *,
    arrived: datetime,
    now: datetime,
    digest: str,
    not_before: datetime | None = None,
) -> Attributed:
    """Decide what is recorded of one mail; of mail that concerns no campaign, nothing is.

    `arrived` is when the server says that it came. `not_before` is when a mail came that stands before it in the mailbox, which
    a server that repeats the sender's Date may contradict.
    """
    authenticated = inbox.authenticated(message, situation.trusted)
    found = inbox.match(message, finding, situation.index, authenticated=authenticated)
    found, person = _inherited(found, finding, situation)
    if found.why == "unknown-sender":
        found = _recognised(message, finding, found, situation, authenticated=authenticated is True)
    if message.message_id.lower() in situation.index.message_ids:
        return Attributed(aside="strange")  # our own letter, in our own mailbox
    if found.trust <= Trust.ADDRESS and _answers_a_test(message, finding, situation):
        return Attributed(aside="test")
    slug = found.holder.campaign if found.holder else situation.latest
    campaign = situation.campaigns.get(slug)
    newcomer = None
    if campaign and _is_uninvited(message, finding, found, campaign):
        if campaign.uninvited is Uninvited.REFUSE:
            return Attributed(aside="turned-away")
        another = classify.speaks_of_another(finding.text)
        if (
            campaign.uninvited is Uninvited.ACCEPT
            and authenticated
            and not (_brings_many(finding) or another)
        ):
            newcomer, person = _newcomer(message, slug, situation.secret), ""
            found = inbox.Match(inbox.Holder(slug, newcomer.ref), Trust.SENDER, found.evidence)
        else:
            found = replace(found, why=FOR_ANOTHER if another else ledger.UNINVITED)
    elif found.holder is None and not _concerns_us(message, finding, found):
        return Attributed(aside="strange")
    arrived = _arrived(arrived, now)
    told_at = situation.told_at.get(found.holder) if found.holder else None
    said_at = _said_at(message, arrived, told_at)
    person, several = (person, "") if person else _speaker(message, finding, found, situation)
    answers = inbox.answering(message, situation.index)
    if _is_thanks(finding, answers):
        finding = replace(finding, rule=THANKS, claim=Unattended())
    why = (
        _task(finding)
        or found.why
        or _of_what(message, finding, found, answers, campaign)
        or several
        or _noted(finding, answers)
        or _objecting(message, finding, answers)
        or _late(campaign, finding, said_at)
        or _elsewhen(campaign, finding)
        or _many(finding)
    )
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
            sender=message.sender.address if message.sender else "",
            arrived_at=max(arrived, _arrived(not_before, now)) if not_before else arrived,
            dated_at=_dated_at(message, said_at, told_at),
            sender_name=message.sender.name if message.sender else "",
            subject=message.subject,
            attachments=_attachments(message),
            letter=None if finding.calendar else answers.letter,
        ),
        source=digest,
        person=person,
    )
    objects = isinstance(finding.claim, OptOut) and found.holder is not None and not held
    return Attributed(entry, newcomer, _addresses(found.holder, situation) if objects else ())


def _recognised(
    message: IncomingMessage,
    finding: Finding,
    found: inbox.Match,
    situation: Situation,
    *,
    authenticated: bool,
) -> inbox.Match:
    """Return the one invitee of whom a mail from an unknown address must be thought before it is somebody new.

    It is another address of the same mailbox, or has the name of an invitee, or speaks of one. All but a vouched-for address
    of the same mailbox waits, with the invitee: it may be them, or somebody else.
    """
    slug, index = situation.latest, situation.index
    sender = message.sender
    if sender is None or not isinstance(finding.claim, Answer | OptOut | Unclear):
        return found
    same = index.of_same_mailbox(sender.address, slug, tag=True)
    if len(same) == 1:
        objects = isinstance(finding.claim, OptOut)
        why = "other-address" if objects else "" if authenticated else "not-a-reply"
        return inbox.Match(next(iter(same)), Trust.ADDRESS, "address", why)
    if finding.claim_read is None:
        return found
    named = index.named_in(sender.name, slug)
    spoken_of = index.named_in(finding.text, slug)
    for holders, why in ((named, "other-address"), (spoken_of, FOR_ANOTHER)):
        if len(holders) == 1:
            return inbox.Match(next(iter(holders)), Trust.NOTHING, "name", why)
    return found


def _is_thanks(finding: Finding, answers: inbox.Answering) -> bool:
    """Return whether a mail only thanks for a letter that asks nothing: it changes nothing, and nobody need look at it."""
    asks = answers.letter is None or answers.letter.kind.asks
    by_words = finding.rule == classify.BY_WORDS and isinstance(finding.claim, Answer | Unclear)
    return not asks and by_words and inbox.is_thanks(finding.text)


def _noted(finding: Finding, answers: inbox.Answering) -> str:
    """Return the reason to hold words that may only say that a change of the meeting was read; else empty."""
    update = answers.letter is not None and answers.letter.kind is Kind.UPDATE
    by_words = finding.rule == classify.BY_WORDS and isinstance(finding.claim, Answer)
    return "change-was-read" if update and by_words and inbox.is_receipt(finding.text) else ""


def _of_what(
    message: IncomingMessage,
    finding: Finding,
    found: inbox.Match,
    answers: inbox.Answering,
    campaign: Campaign | None,
) -> str:
    """Return the reason to hold a mail that answers something else than our letter, or may do so; else empty.

    That our server vouches for the sender says who wrote, not of what: a mail without anything of ours must be a new one
    whose subject is the meeting.
    """
    if not isinstance(finding.claim, Answer | OptOut | Unclear):
        return ""
    if found.trust is Trust.ADDRESS:
        new = not message.references and not message.header("in-reply-to")
        return "" if new and campaign and _speaks_of(message.subject, campaign) else "not-a-reply"
    return answers.why if finding.calendar is None and found.trust >= Trust.CAPABILITY else ""


def _objecting(message: IncomingMessage, finding: Finding, answers: inbox.Answering) -> str:
    """Return the reason to hold an objection that is read from words, where anything else is said beside it; else empty.

    One that the link of the letter, or of its List-Unsubscribe, prepared takes effect at once.
    """
    if not isinstance(finding.claim, OptOut) or finding.rule not in _BY_PEOPLE or answers.prepared:
        return ""
    evidence = "" if finding.evidence == message.subject.strip() else finding.evidence
    return "" if classify.stands_alone(finding.text, evidence) else "objection-beside"


MOST_ATTACHMENTS = 20
"""How many files of a mail are named; a stranger chooses how many there are."""


def _attachments(message: IncomingMessage) -> tuple[str, ...]:
    """Return the names of the files of a mail; pictures of its page, such as the logo of a signature, are none."""
    named = (
        part.filename
        for part in message.parts
        if part.filename and not part.enclosed and (part.attachment or not _belongs_to_the_page(part))
    )
    return tuple(islice(dict.fromkeys(named), MOST_ATTACHMENTS))


def _belongs_to_the_page(part: Part) -> bool:
    return part.content_type.startswith(("image/", "text/plain", "text/html", "text/calendar"))


def _task(finding: Finding) -> str:
    """Return the reason that tells staff what to do about a mail that is no answer, whoever sent it; else empty."""
    claim = finding.claim
    return claim.why if isinstance(claim, Unclear) and claim.why in TASKS else ""


def _speaker(
    message: IncomingMessage, finding: Finding, found: inbox.Match, situation: Situation
) -> tuple[str, str]:
    """Return the reference of the one person at a shared address of whom an answer speaks, else empty.

    A calendar button is everybody's, whoever's account it is, unless words beside it name somebody. With it comes the reason to hold an answer that names several of them: one of them may come and another not.
    """
    members = situation.shared.get(found.holder, ()) if found.holder else ()
    if not members or not isinstance(finding.claim, Answer | Unclear):
        return "", ""
    signature, sender = "", ""
    if finding.calendar is None:
        signature = inbox.split_text(message).signature
        sender = message.sender.name if message.sender else ""
    named = inbox.speakers([one.contact for one in members], finding.text, signature, sender)
    if len(named) > 1:
        return "", "names-several"
    return (members[named[0]].ref, "") if named else ("", "")


def unusual_day(attributed: Attributed, situation: Situation) -> date | None:
    """Return the day of the meeting a mail is about, if words are read differently for that day (`classify.days`)."""
    campaign = situation.campaigns.get(attributed.entry.campaign) if attributed.entry else None
    if campaign is None:
        return None
    day, _last = _days(campaign)
    return day if classify.is_unusual(day) else None


def _days(campaign: Campaign) -> tuple[date, date]:
    """Return the first and the last day of a meeting in its own time zone."""
    meeting, zone = campaign.meeting, ZoneInfo(campaign.meeting.zone)
    return meeting.starts.astimezone(zone).date(), (meeting.ends - _A_MOMENT).astimezone(zone).date()


def _answerable(message: IncomingMessage, finding: Finding, situation: Situation) -> str:
    """Return the Message-ID of an answer that may be acknowledged, else an empty string."""
    if not isinstance(finding.claim, Answer):
        return ""
    return classify.answerable(message, situation.own)


def _addresses(holder: inbox.Holder | None, situation: Situation) -> tuple[str, ...]:
    return tuple(sorted(situation.index.spellings.get(holder, ()))) if holder else ()


def _is_uninvited(message: IncomingMessage, finding: Finding, found: inbox.Match, campaign: Campaign) -> bool:
    """Return whether a mail is from somebody who was not invited and writes about the meeting on their own account.

    Who answers an invitation that was forwarded is not one of them: it may be the invitee, and waits for a person.
    """
    claim = finding.claim
    if not isinstance(claim, Answer) or claim.partstat not in (PartStat.ACCEPTED, PartStat.TENTATIVE):
        return False
    return found.why == "unknown-sender" and not finding.calendar and _speaks_of(message.subject, campaign)


def _brings_many(finding: Finding) -> bool:
    """Return whether somebody who was not invited wants more places than are given away without a person's word."""
    claim = finding.claim
    return isinstance(claim, Answer) and (claim.headcount or 1) > MOST_BROUGHT


def turned_to_a_person(attributed: Attributed, why: str = ledger.UNINVITED) -> Attributed:
    """Return what is recorded of a newcomer's mail where a person is to decide whether they are welcome."""
    entry = attributed.entry
    if entry is None or not isinstance(entry.fact, Heard):
        return attributed
    heard = replace(entry.fact, held=True, why=why, trust=Trust.NOTHING)
    return replace(attributed, entry=replace(entry, invitee="", fact=heard), newcomer=None)


def _speaks_of(subject: str, campaign: Campaign) -> bool:
    wanted = {word for word in inbox.name_words(campaign.meeting.title) if len(word) > 3}
    return bool(wanted) and len(wanted & inbox.name_words(subject)) >= TITLE_SHARE * len(wanted)


def _newcomer(message: IncomingMessage, slug: str, secret: bytes) -> Invitee:
    writer = message.sender or Mailbox("")
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


def _concerns_us(message: IncomingMessage, finding: Finding, found: inbox.Match) -> bool:
    """Return whether a mail without an invitee is to be recorded and shown to a person.

    A calendar answer, a bounce or a letter from an unknown sender may be about an invitation that was forwarded; mail
    from a mailing list or a robot is not.
    """
    if found.trust is not Trust.NOTHING:
        return True
    match finding.claim:
        case Unattended():
            return False
        case Answer() | OptOut() | Undeliverable():
            return True
        case Unclear():
            answers = (MailKind.REPLY, MailKind.CALENDAR_REPLY, MailKind.CALENDAR_COUNTER)
            person = finding.kind in answers or (
                finding.rule in ABOUT_OTHERS and finding.kind is not MailKind.AUTO_REPLY
            )
            return person and not message.header("list-id")


def _arrived(arrived: datetime, now: datetime) -> datetime:
    """Return when the server received a mail, in UTC; now, where it does not say, or its clock is ahead."""
    return min(arrived if arrived.year > 1970 else now, now).astimezone(UTC)


def _said_at(message: IncomingMessage, arrived: datetime, told_at: datetime | None) -> datetime:
    """Return the Date of a mail in UTC, or its arrival where the sender's clock must be wrong.

    A mail is written neither after its arrival, nor long before, nor before the letter that it answers.
    """
    date = message.date
    if date is None or date > arrived or arrived - date > LONGEST_WAY or (told_at and date < told_at):
        return arrived
    return date.astimezone(UTC)


def _dated_at(message: IncomingMessage, said_at: datetime, told_at: datetime | None) -> datetime | None:
    """Return the Date of a mail in UTC where `said_at` is much later, though it was written after the letter it answers."""
    date = message.date
    if date is None or said_at - date <= LONGEST_WAY or told_at is None or date < told_at:
        return None
    return date.astimezone(UTC)


def _late(campaign: Campaign | None, finding: Finding, said_at: datetime) -> str:
    """Return the reason to hold an answer that came after the meeting, else an empty string."""
    if campaign and isinstance(finding.claim, Answer) and said_at > campaign.meeting.ends:
        return "after-the-meeting"
    return ""


def _many(finding: Finding) -> str:
    """Return the reason to hold an answer for more people than can be believed, else an empty string."""
    claim = finding.claim
    return "many-people-come" if isinstance(claim, Answer) and (claim.headcount or 0) > MOST_HEADS else ""


def _elsewhen(campaign: Campaign | None, finding: Finding) -> str:
    """Return the reason to hold a written yes that names another day than the meeting's, else an empty string."""
    claim = finding.claim
    comes = isinstance(claim, Answer) and claim.partstat in (PartStat.ACCEPTED, PartStat.TENTATIVE)
    if campaign is None or finding.calendar is not None or not comes:
        return ""
    another = classify.names_another_day(finding.text, finding.evidence, *_days(campaign))
    return "another-day" if another else ""


def _answers_a_test(message: IncomingMessage, finding: Finding, situation: Situation) -> bool:
    """Return whether a mail answers a message of ``send --test``.

    Nothing was recorded of that message, but its identifiers can be derived again from the writer's address.
    """
    calendar = finding.calendar
    uid = calendar.uid.lower() if calendar else ""
    # Each address is derived anew for each campaign and compared with each Message-ID, and a stranger chooses how many.
    writers = islice(_writers(message, finding), 5)
    return any(
        campaigns.is_test(
            situation.secret,
            campaign,
            Contact(address),
            uid=uid,
            subject=message.subject,
            message_ids=message.references,
        )
        for address in writers
        for campaign in situation.campaigns.values()
    )


def _writers(message: IncomingMessage, finding: Finding) -> Iterable[str]:
    boxes = [*message.reply_to, *filter(None, [message.sender])]
    written = [box.address for box in boxes] + ([finding.calendar.attendee] if finding.calendar else [])
    return {normal(address) for address in written if address}
