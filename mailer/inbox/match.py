"""Whose invitation a mail is about, and how surely.

Evidence in order: our token in an address or the subject; the UID in a calendar part; the Message-ID of ours it
answers or carries; and only then the addresses. What only the invitation held is a capability: whoever shows it
had the invitation. Two capabilities of two invitees in one mail are a copy-and-paste: a person looks.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from mailer.model.address import normal
from mailer.model.entry import Trust
from mailer.model.finding import Finding, Undeliverable
from mailer.model.message import IncomingMessage


@dataclass(frozen=True, slots=True)
class Holder:
    """An invitee of a campaign."""

    campaign: str
    invitee: str


@dataclass(slots=True)
class Index:
    """What leads back to an invitee. Keys are in lower case; Message-IDs have their brackets."""

    tokens: dict[str, Holder] = field(default_factory=dict)
    uids: dict[str, Holder] = field(default_factory=dict)
    message_ids: dict[str, Holder] = field(default_factory=dict)
    addresses: dict[str, list[Holder]] = field(default_factory=dict)
    spellings: dict[Holder, set[str]] = field(default_factory=dict)

    def add(self, holder: Holder, *, uid: str, token: str, message_id: str) -> None:
        """Learn one message that was issued."""
        self.tokens[token.lower()] = holder
        self.uids[uid.lower()] = holder
        self.message_ids[message_id.lower()] = holder

    def enrol(self, holder: Holder, address: str) -> None:
        """Learn an invitee's address."""
        if address:
            self.addresses.setdefault(normal(address), []).append(holder)
            self.spellings.setdefault(holder, set()).add(normal(address))


@dataclass(frozen=True, slots=True)
class Match:
    """Whose a mail is. `why` is the code of what keeps it from being applied by itself; empty if nothing does.

    `evidence` names what tied it: ``token``, ``uid``, ``message-id``, ``address`` or nothing.
    """

    holder: Holder | None = None
    trust: Trust = Trust.NOTHING
    evidence: str = ""
    why: str = ""


TOKEN = re.compile(r"(?<![a-z0-9])[a-z2-7]{26}(?![a-z0-9])", re.IGNORECASE)


def match(message: IncomingMessage, finding: Finding, index: Index, *, vouched: bool | None = None) -> Match:
    """Find whose invitation `message` is about.

    `vouched` is what our own mail server says of the sender: True (aligned pass), False (DMARC fail), None
    (nothing, or a server we were not told to trust).
    """
    for evidence, holders in _capabilities(message, finding, index):
        if len(holders) > 1:
            return Match(None, Trust.CAPABILITY, evidence, "two-invitees")
        if holders:
            return _graded(message, finding, index, holders.pop(), evidence, vouched=vouched)
    return _by_address(message, finding, index, vouched)


def _capabilities(
    message: IncomingMessage, finding: Finding, index: Index
) -> Iterable[tuple[str, set[Holder]]]:
    """The holders each kind of capability names, from the surest kind down."""
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
    """In-Reply-To and References name a conversation: its nearest message of ours counts."""
    return next(({table[key]} for key in keys if key in table), set())


def _writers(message: IncomingMessage, finding: Finding) -> set[str]:
    """The addresses a mail comes from.

    For a calendar answer ATTENDEE counts before From: Nextcloud and sabre/dav send from an address of the server.
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
    vouched: bool | None,
) -> Match:
    """Grade a mail that shows a capability."""
    own = index.spellings.get(holder, set())
    if vouched is False:
        return Match(holder, Trust.CAPABILITY, evidence, "sender-refuted")
    if isinstance(finding.claim, Undeliverable):
        # A mail server writes it, and the mailbox may have forwarded ours: that it returns our message is enough.
        return Match(holder, Trust.SENDER, evidence)
    if finding.calendar is not None and finding.calendar.attendee:
        known = normal(finding.calendar.attendee) in own
    else:
        known = bool(_writers(message, finding) & own)
    if known:
        return Match(holder, Trust.VERIFIED if vouched else Trust.SENDER, evidence)
    if evidence == "token":
        # The answer links of the mail: whoever pressed one held the invitation, from whatever address.
        return Match(holder, Trust.CAPABILITY, evidence)
    return Match(holder, Trust.CAPABILITY, evidence, "other-address")


def _by_address(message: IncomingMessage, finding: Finding, index: Index, vouched: bool | None) -> Match:
    """Nothing of ours in the mail: only an address, which anybody can write on an envelope."""
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
    if vouched:
        return Match(holder, Trust.ADDRESS, "address")
    return Match(holder, Trust.ADDRESS, "address", "not-a-reply" if vouched is None else "sender-refuted")


_VERDICT = re.compile(r"\b(dmarc|dkim)\s*=\s*(\w+)", re.IGNORECASE)
_DKIM_DOMAIN = re.compile(r"header\.(?:d|i)\s*=\s*@?([\w.-]+)", re.IGNORECASE)


def vouched(message: IncomingMessage, trusted: Sequence[str]) -> bool | None:
    """What a trusted server of ours found out about the sender, RFC 8601.

    Only fields whose authserv-id is in `trusted` are read, and of those the topmost: what stands below may have
    come with the mail. SPF alone is not aligned with From and says nothing here.
    """
    names = {name.casefold() for name in trusted}
    for value in message.header_all("authentication-results"):
        authserv, _, results = value.partition(";")
        if authserv.split()[:1] and authserv.split()[0].casefold() in names:
            return _aligned(results, message.sender.domain if message.sender else "")
    return None


def _aligned(results: str, domain: str) -> bool | None:
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
    signer = signer.casefold().rstrip(".")
    return bool(domain) and (
        domain == signer or domain.endswith(f".{signer}") or signer.endswith(f".{domain}")
    )
