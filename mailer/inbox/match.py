"""Match an incoming mail to the invitee whose invitation it is about, with a grade of trust.

The evidence in order: our token in an address or the subject; the UID of a calendar part; the Message-ID of ours that
the mail answers or encloses; and only then addresses. A token, UID or Message-ID is a capability: only the invitation
contained it, so whoever shows it had the invitation, but may have it from the invitee. So the sender is looked at, too:

=====================================================  ==================================================
a capability, and From is                              then the mail
=====================================================  ==================================================
an address of the invitee                              counts
another of the same mailbox (`model.same_mailbox`)     counts, if that mailbox is one person's in the campaign
another, but Reply-To or ATTENDEE is the invitee's     counts as far as it contradicts no recorded answer
another, with the name of a person of the invitation   counts as far as it contradicts no recorded answer
another, with another name                             waits for a person
an address of another invitee                          waits for a person
=====================================================  ==================================================

An objection from an address that is not the invitee's waits, and so does a mail with the capabilities of two
addresses: it was put together by copy and paste.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from mailer.model.accents import fold_accents
from mailer.model.address import is_deliverable, normal
from mailer.model.contact import Contact
from mailer.model.entry import Trust
from mailer.model.finding import ABOUT_OTHERS, Finding, OptOut, Undeliverable
from mailer.model.invitation import TOKEN, MessageKey
from mailer.model.message import IncomingMessage
from mailer.model.same_mailbox import mailbox_form

_WORDS = re.compile(r"[^\W_]+")
_JOINED = re.compile(
    r"(?<!\w)\w+(?:[-‐‑]\w+)+"
)  # from its first letter alone: else each letter of a long word is tried


@dataclass(frozen=True, slots=True)
class Holder:
    """The invitee of a campaign to whom a token, UID, Message-ID or address belongs."""

    campaign: str
    invitee: str


@dataclass(slots=True)
class Index:
    """The invitees by token, UID, Message-ID and address. Keys are in lower case; Message-IDs have their brackets.

    `spellings` has the addresses of each invitee, and `names` the words of the name, and of the first name, of each of
    its people. `keys` tells which letter has a Message-ID. `versions` has the
    digests of the letters of each campaign, oldest first.
    """

    tokens: dict[str, Holder] = field(default_factory=dict)
    uids: dict[str, Holder] = field(default_factory=dict)
    message_ids: dict[str, Holder] = field(default_factory=dict)
    addresses: dict[str, list[Holder]] = field(default_factory=dict)
    spellings: dict[Holder, set[str]] = field(default_factory=dict)
    names: dict[Holder, frozenset[frozenset[str]]] = field(default_factory=dict)
    keys: dict[str, MessageKey] = field(default_factory=dict)
    versions: dict[str, dict[str, None]] = field(default_factory=dict)
    _alike: dict[str, set[Holder]] = field(default_factory=dict)
    _called: dict[str, list[tuple[frozenset[str], Holder]]] = field(default_factory=dict)

    def add(self, holder: Holder, *, uid: str = "", token: str = "", message_id: str = "") -> None:
        """Add identifiers that were issued to an invitee; those not given are empty."""
        for known, name in ((self.tokens, token), (self.uids, uid), (self.message_ids, message_id)):
            if name:
                known[name.lower()] = holder

    def add_letter(self, holder: Holder, message_id: str, key: MessageKey, version: str = "") -> None:
        """Add a letter that was sent to an invitee, or may have been."""
        self.add(holder, message_id=message_id)
        if message_id:
            self.keys[message_id.lower()] = key
        if version:
            self.versions.setdefault(holder.campaign, {}).setdefault(version)

    def enrol(self, holder: Holder, address: str) -> None:
        """Add an address of an invitee."""
        if address:
            self.addresses.setdefault(normal(address), []).append(holder)
            self.admit(holder, address)

    def admit(self, holder: Holder, address: str) -> None:
        """Add an address from which answers to an invitee's letters may come, but by which alone they are not known."""
        if address:
            self.spellings.setdefault(holder, set()).add(normal(address))

    def name(self, holder: Holder, people: Iterable[Contact]) -> None:
        """Add the names of the people of an invitee."""
        names = {name_words(name) for one in people for name in (one.name, one.first_name)}
        self.names[holder] = frozenset(names - {frozenset()})

    def of_same_mailbox(self, address: str, campaign: str, *, tag: bool = False) -> set[Holder]:
        """Return the invitees of a campaign whose mailbox an address is, by the rules of its provider.

        With `tag`, a plus-tag makes another mailbox, unless the address that is known has it.
        """
        if not self._alike:
            for holder, addresses in self.spellings.items():
                for known in addresses:
                    self._alike.setdefault(mailbox_form(known), set()).add(holder)
        found = {one for one in self._alike.get(mailbox_form(address), ()) if one.campaign == campaign}
        if not tag:
            return found
        whole, bare = mailbox_form(address, tag=True), mailbox_form(address)
        return {
            one
            for one in found
            if any(
                mailbox_form(known, tag=True) == whole or (whole == bare and mailbox_form(known) == bare)
                for known in self.spellings.get(one, ())
            )
        }

    def named_in(self, text: str, campaign: str) -> set[Holder]:
        """Return the invitees of a campaign of whom somebody's first and last name stand in a text.

        Anne-Marie Dupont is not Marie Dupont.
        """
        if not self._called:
            for holder, names in self.names.items():
                for name in names:
                    if len(name) > 1:
                        self._called.setdefault(max(name, key=lambda word: (len(word), word)), []).append(
                            (name, holder)
                        )
        words = name_words(text)
        joined = [name_words(one) for one in _JOINED.findall(text)]
        return {
            holder
            for word in words
            for name, holder in self._called.get(word, ())
            if holder.campaign == campaign
            and name <= words
            and all(one <= name or one.isdisjoint(name) for one in joined)
        }


def name_words(text: str) -> frozenset[str]:
    """Return the words of a name without case and accents, for comparison."""
    return frozenset(_WORDS.findall(fold_accents(text)))


@dataclass(frozen=True, slots=True)
class Match:
    """The invitee of a mail, and the trust it deserves.

    `evidence` is what it was matched by: ``token``, ``uid``, ``message-id``, ``address`` or "". `why` is the code of
    the reason why a person has to look at it; "" if there is none.
    """

    holder: Holder | None = None
    trust: Trust = Trust.NOTHING
    evidence: str = ""
    why: str = ""


def match(
    message: IncomingMessage, finding: Finding, index: Index, *, authenticated: bool | None = None
) -> Match:
    """Return the invitee whose invitation `message` is about.

    `authenticated` is the result of the function of that name, about From: True if our server vouches for it, False for a
    DMARC failure, None for neither.
    """
    shown = [(evidence, holders) for evidence, holders in _capabilities(message, finding, index) if holders]
    if not shown:
        return _by_address(message, finding, index, authenticated)
    evidence, nearest = shown[0]
    everybody = {holder for _evidence, holders in shown for holder in holders}
    if len(nearest) > 1 or not _have_one_address(everybody, index):
        return Match(None, Trust.CAPABILITY, evidence, "two-invitees")
    (holder,) = nearest
    if isinstance(finding.claim, Undeliverable):
        return _notice(finding, index, holder, evidence)
    return _graded(message, finding, index, holder, evidence, authenticated=authenticated)


def _capabilities(
    message: IncomingMessage, finding: Finding, index: Index
) -> Iterable[tuple[str, set[Holder]]]:
    """Yield each kind of capability, the surest first, with the invitees whose it is.

    A delivery notice comes to the return path of our message, or encloses it: its subject, which anybody can write, shows
    nothing.
    """
    notice = isinstance(finding.claim, Undeliverable)
    spots = [*message.recipients, *finding.references, *([] if notice else [message.subject])]
    tokens = {token.lower() for spot in spots for token in TOKEN.findall(spot)}
    yield "token", _known(tokens, index.tokens)
    if finding.calendar is not None:
        yield "uid", _known({unwrapped(finding.calendar.uid).lower()}, index.uids)
    yield "uid", _known({reference.lower() for reference in finding.references}, index.uids)
    answered = [reference.lower() for reference in (*message.references, *finding.references)]
    yield "message-id", _known_letters(answered, index)


def _known(keys: Iterable[str], table: Mapping[str, Holder]) -> set[Holder]:
    return {table[key] for key in keys if key in table}


def _known_letters(keys: Sequence[str], index: Index) -> set[Holder]:
    """Return the invitees whose letters a mail answers; of letters to one address, the nearest counts.

    References name a whole thread, in which there may be letters of several campaigns.
    """
    holders = list(dict.fromkeys(index.message_ids[key] for key in keys if key in index.message_ids))
    return set(holders[:1]) if _have_one_address(holders, index) else set(holders)


def _have_one_address(holders: Collection[Holder], index: Index) -> bool:
    """Return whether invitees, of several campaigns, have an address in common; one alone has."""
    known = [index.spellings.get(holder, set()) for holder in holders]
    return len(known) < 2 or bool(set.intersection(*known))


def _writers(message: IncomingMessage, finding: Finding) -> set[str]:
    """Return the addresses that a mail names as those of its writer: Reply-To, and ATTENDEE of a calendar reply.

    Nextcloud and sabre/dav send calendar replies from an address of the server, so ATTENDEE is needed.
    """
    addresses = {normal(box.address) for box in message.reply_to if box.address}
    return addresses | {attendee} if (attendee := _attendee(finding)) else addresses


def _attendee(finding: Finding) -> str:
    """Return the address of ATTENDEE in its normal form; empty where there is none, or one that is no mail address.

    Exchange writes names of its directory there (X.500), other programs "invalid:nomail".
    """
    attendee = normal(finding.calendar.attendee) if finding.calendar else ""
    return attendee if is_deliverable(attendee) else ""


_WRAPPED = re.compile(r"(?i)040000008200E00074C5B7101A82E008[0-9A-F]{40,2000}")
_INSIDE = re.compile(rb"vCal-Uid\x01\x00\x00\x00([!-~]{1,255})\x00")


def unwrapped(uid: str) -> str:
    """Return a UID as its invitation had it: Exchange wraps one of another program in hexadecimal (MS-OXOCAL 2.2.1.27)."""
    uid = uid.strip()
    if not _WRAPPED.fullmatch(uid) or len(uid) % 2:
        return uid
    inside = _INSIDE.search(bytes.fromhex(uid))
    return inside[1].decode() if inside else uid


def _sender(message: IncomingMessage) -> str:
    """Return the address in From, in its normal form."""
    return normal(message.sender.address) if message.sender else ""


def _notice(finding: Finding, index: Index, holder: Holder, evidence: str) -> Match:
    """Return the match of a delivery notice, which counts for the invitee's own address only.

    A mail server writes it, so that its sender tells nothing. It may be about an address to which the invitee's mailbox
    forwarded ours. One that names no address is about the address of the message that it returns.
    """
    failed = {normal(address) for address in finding.addresses}
    if failed and failed.isdisjoint(index.spellings.get(holder, ())):
        return Match(holder, Trust.CAPABILITY, evidence, "another-recipient")
    return Match(holder, Trust.SENDER, evidence)


def _graded(
    message: IncomingMessage,
    finding: Finding,
    index: Index,
    holder: Holder,
    evidence: str,
    *,
    authenticated: bool | None,
) -> Match:
    """Return the match of a mail with a capability, by the table above."""
    own, sender, why = index.spellings.get(holder, set()), _sender(message), ""
    attendee = _attendee(finding)
    objects = isinstance(finding.claim, OptOut)
    if sender not in own and not objects and index.of_same_mailbox(sender, holder.campaign) == {holder}:
        own = own | {sender}
    delegate = bool(finding.calendar and finding.calendar.delegated_from and attendee not in own)
    if authenticated is False:
        why = "sender-refuted"
    elif _others(sender, holder, index) or _others(attendee, holder, index):
        why = "other-invitee"
    elif sender in own and not delegate:
        return Match(holder, Trust.VERIFIED if authenticated else Trust.SENDER, evidence)
    elif (
        delegate
        or objects
        or (_writers(message, finding).isdisjoint(own) and not _is_named(message, index, holder))
    ):
        why = "other-address"
    return Match(holder, Trust.CAPABILITY, evidence, why)


def _others(address: str, holder: Holder, index: Index) -> bool:
    """Return whether an address is that of another invitee of the campaign, and not of this one."""
    holders = [one for one in index.addresses.get(address, ()) if one.campaign == holder.campaign]
    return bool(holders) and holder not in holders and address not in index.spellings.get(holder, ())


def _is_named(message: IncomingMessage, index: Index, holder: Holder) -> bool:
    """Return whether From has the name, or first name, of a person of the invitation; its address may have it, too.

    More words may make it the name of another person: Anne-Marie Dupont is not Marie Dupont.
    """
    if message.sender is None:
        return False
    said = name_words(message.sender.name or message.sender.address.rpartition("@")[0].replace("_", " "))
    return said in index.names.get(holder, ())


def _by_address(
    message: IncomingMessage, finding: Finding, index: Index, authenticated: bool | None
) -> Match:
    """Return the match of a mail without a capability: it counts only where our server vouches for the sender."""
    sender, attendee = _sender(message), _attendee(finding)
    notice = isinstance(finding.claim, Undeliverable)
    if notice or finding.rule in ABOUT_OTHERS:
        concerned = {normal(address) for address in finding.addresses}
    else:
        concerned = _writers(message, finding) | {sender}
    holders = {holder for address in concerned for holder in index.addresses.get(address, ())}
    if not holders:
        return Match(why="unknown-sender")
    if len(holders) > 1:
        return Match(None, Trust.ADDRESS, "address", "two-invitees")
    (holder,) = holders
    if notice:
        return Match(holder, Trust.ADDRESS, "address", "nothing-of-ours")
    own = index.spellings.get(holder, set())
    if authenticated and sender in own and (not attendee or attendee in own):
        return Match(holder, Trust.ADDRESS, "address")
    return Match(
        holder, Trust.ADDRESS, "address", "sender-refuted" if authenticated is False else "not-a-reply"
    )
