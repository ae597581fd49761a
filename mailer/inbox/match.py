"""Match an incoming mail to the invitee whose invitation it is about, with a grade of trust.

The evidence in order: our token in an address or the subject; the UID of a calendar part; the Message-ID of ours that
the mail answers or encloses; and only then addresses. A token, UID or Message-ID is a capability: only the invitation
contained it, so whoever shows it had the invitation. A mail with those of two invitees was put together by copy and
paste, and is left to a person.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from mailer.model.address import normal
from mailer.model.entry import Trust
from mailer.model.finding import Finding, Undeliverable
from mailer.model.invitation import TOKEN
from mailer.model.message import IncomingMessage


@dataclass(frozen=True, slots=True)
class Holder:
    """The invitee of a campaign to whom a token, UID, Message-ID or address belongs."""

    campaign: str
    invitee: str


@dataclass(slots=True)
class Index:
    """The invitees by token, UID, Message-ID and address. Keys are in lower case; Message-IDs have their brackets.

    `spellings` has the addresses of each invitee.
    """

    tokens: dict[str, Holder] = field(default_factory=dict)
    uids: dict[str, Holder] = field(default_factory=dict)
    message_ids: dict[str, Holder] = field(default_factory=dict)
    addresses: dict[str, list[Holder]] = field(default_factory=dict)
    spellings: dict[Holder, set[str]] = field(default_factory=dict)

    def add(self, holder: Holder, *, uid: str = "", token: str = "", message_id: str = "") -> None:
        """Add identifiers that were issued to an invitee; those not given are empty."""
        for known, name in ((self.tokens, token), (self.uids, uid), (self.message_ids, message_id)):
            if name:
                known[name.lower()] = holder

    def enrol(self, holder: Holder, address: str) -> None:
        """Add an address of an invitee."""
        if address:
            self.addresses.setdefault(normal(address), []).append(holder)
            self.admit(holder, address)

    def admit(self, holder: Holder, address: str) -> None:
        """Add an address from which answers to an invitee's letters may come, but by which alone they are not known."""
        if address:
            self.spellings.setdefault(holder, set()).add(normal(address))


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

    `authenticated` is the result of the function of that name: True for an aligned pass, False for a DMARC failure,
    None for no verdict of a trusted server.
    """
    for evidence, holders in _capabilities(message, finding, index):
        if len(holders) > 1:
            return Match(None, Trust.CAPABILITY, evidence, "two-invitees")
        if holders:
            return _graded(message, finding, index, holders.pop(), evidence, authenticated=authenticated)
    return _by_address(message, finding, index, authenticated)


def _capabilities(
    message: IncomingMessage, finding: Finding, index: Index
) -> Iterable[tuple[str, set[Holder]]]:
    """Yield each kind of capability, the surest first, with the invitees whose it is."""
    spots = [*message.recipients, message.subject, *finding.references]
    tokens = {token.lower() for spot in spots for token in TOKEN.findall(spot)}
    yield "token", _known(tokens, index.tokens)
    if finding.calendar is not None:
        yield "uid", _known({finding.calendar.uid.strip().lower()}, index.uids)
    yield "uid", _known({reference.lower() for reference in finding.references}, index.uids)
    answered = [reference.lower() for reference in (*message.references, *finding.references)]
    yield "message-id", _first(answered, index.message_ids)


def _known(keys: Iterable[str], table: Mapping[str, Holder]) -> set[Holder]:
    return {table[key] for key in keys if key in table}


def _first(keys: Sequence[str], table: Mapping[str, Holder]) -> set[Holder]:
    """Return the invitee of the first known Message-ID: References name a whole thread, the nearest message counts."""
    return next(({table[key]} for key in keys if key in table), set())


def _writers(message: IncomingMessage, finding: Finding) -> set[str]:
    """Return the addresses of From and Reply-To, and ATTENDEE of a calendar reply.

    Nextcloud and sabre/dav send calendar replies from an address of the server, so ATTENDEE is needed.
    """
    addresses = [box.address for box in message.reply_to]
    if message.sender:
        addresses.append(message.sender.address)
    if finding.calendar is not None and finding.calendar.attendee:
        addresses.append(finding.calendar.attendee)
    return {normal(address) for address in addresses if address}


def _graded(
    message: IncomingMessage,
    finding: Finding,
    index: Index,
    holder: Holder,
    evidence: str,
    *,
    authenticated: bool | None,
) -> Match:
    """Return the match of a mail with a capability; the trust depends on its sender.

    For a calendar reply ATTENDEE alone counts as the sender.
    """
    own = index.spellings.get(holder, set())
    if authenticated is False:
        return Match(holder, Trust.CAPABILITY, evidence, "sender-refuted")
    if isinstance(finding.claim, Undeliverable):
        # A mail server writes the bounce, for an address to which the invitee's mailbox may have forwarded ours: that
        # it returns our message is enough.
        return Match(holder, Trust.SENDER, evidence)
    if finding.calendar is not None and finding.calendar.attendee:
        known = normal(finding.calendar.attendee) in own
    else:
        known = bool(_writers(message, finding) & own)
    if known:
        return Match(holder, Trust.VERIFIED if authenticated else Trust.SENDER, evidence)
    if evidence == "token":
        # The answer links of our mail carry the token; people press them in whatever account their browser opens.
        return Match(holder, Trust.CAPABILITY, evidence)
    return Match(holder, Trust.CAPABILITY, evidence, "other-address")


def _by_address(
    message: IncomingMessage, finding: Finding, index: Index, authenticated: bool | None
) -> Match:
    """Return the match of a mail without a capability, by an address that anybody can forge."""
    if isinstance(finding.claim, Undeliverable):
        concerned = {normal(address) for address in finding.addresses}
    else:
        concerned = _writers(message, finding)
    holders = {holder for address in concerned for holder in index.addresses.get(address, ())}
    if not holders:
        return Match(why="unknown-sender")
    if len(holders) > 1:
        return Match(None, Trust.ADDRESS, "address", "two-invitees")
    holder = holders.pop()
    if isinstance(finding.claim, Undeliverable):
        return Match(holder, Trust.ADDRESS, "address", "nothing-of-ours")
    if authenticated:
        return Match(holder, Trust.ADDRESS, "address")
    return Match(
        holder, Trust.ADDRESS, "address", "not-a-reply" if authenticated is None else "sender-refuted"
    )


_VERDICT = re.compile(r"\b(dmarc|dkim)\s*=\s*(\w+)", re.IGNORECASE)
_DKIM_DOMAIN = re.compile(r"header\.(?:d|i)\s*=\s*@?([\w.-]+)", re.IGNORECASE)


def authenticated(message: IncomingMessage, trusted: Sequence[str]) -> bool | None:
    """Return whether a trusted server authenticated the sender (RFC 8601), or None if it gives no verdict.

    Only the topmost Authentication-Results field whose authserv-id is in `trusted` is read, since those below may have
    come with the mail. SPF is ignored, as it does not authenticate the address in From.
    """
    names = {name.casefold() for name in trusted}
    for value in message.header_all("authentication-results"):
        authserv, _, results = value.partition(";")
        if authserv.split()[:1] and authserv.split()[0].casefold() in names:
            return _aligned(results, message.sender.domain if message.sender else "")
    return None


def _aligned(results: str, domain: str) -> bool | None:
    """Return the verdict on From: that of DMARC, or True for a DKIM signature of the same organisation."""
    for result in results.split(";"):
        verdict = _VERDICT.search(result)
        if verdict is None:
            continue
        method, value = verdict[1].lower(), verdict[2].lower()
        if method == "dmarc" and value in ("pass", "fail"):
            return value == "pass"
        signer = _DKIM_DOMAIN.search(result)
        if method == "dkim" and value == "pass" and signer and _within(domain, signer[1]):
            return True
    return None


def _within(domain: str, signer: str) -> bool:
    """Return whether one domain is the other or lies below it."""
    signer = signer.casefold().rstrip(".")
    return bool(domain) and (
        domain == signer or domain.endswith(f".{signer}") or signer.endswith(f".{domain}")
    )
