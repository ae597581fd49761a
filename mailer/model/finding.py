"""What an incoming mail says, in a form the ledger understands.

Rules in `mailer.classify` may recognise any kind of mail, but each result is one of the five claims below,
and only these five have to be handled by the ledger. `mailer.store.facts` has the names under which claims and their
fields are written.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import datetime


class PartStat(enum.Enum):
    """An attendee's answer, RFC 5545 section 3.2.12."""

    NEEDS_ACTION = "NEEDS-ACTION"
    ACCEPTED = "ACCEPTED"
    DECLINED = "DECLINED"
    TENTATIVE = "TENTATIVE"
    DELEGATED = "DELEGATED"

    @property
    def word(self) -> str:
        """Return the value as CSV and JSON files spell it: ``accepted``; ``none`` for no answer."""
        return "none" if self is PartStat.NEEDS_ACTION else self.value.lower()


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer to the invitation.

    `headcount` is how many people come, the writer included; None if no number was given. Of a range ("3 or 4") it is
    the upper end and `least` the lower. `adults` and `children` are those told apart, children with babies.
    `delegate` names whoever comes instead, and `proxy_to` whoever holds the writer's proxy, if it was said. `remark`
    is what else the writer said that staff should see. `asks` means that it holds a question. `glance`: the words are not
    certain enough to be recorded without a look. `number_to_check`: people are named whose number is not known.
    """

    partstat: PartStat
    headcount: int | None = None
    delegate: str = ""
    asks: bool = False
    least: int | None = None
    adults: int | None = None
    children: int | None = None
    remark: str = ""
    proxy_to: str = ""
    glance: bool = False
    number_to_check: bool = False


class Fault(enum.Enum):
    """Why a message did not arrive.

    ADDRESS: there is no such mailbox or domain. DISABLED: the mailbox is closed. FULL: the mailbox is full.
    POLICY: the message was refused for its content or its sender, so the address may well be right. NETWORK:
    the servers could not reach one another in time.
    """

    ADDRESS = "address"
    DISABLED = "disabled"
    FULL = "full"
    POLICY = "policy"
    NETWORK = "network"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Undeliverable:
    """A report that a message did not reach the mailbox.

    `permanent` repeats what the server says (class 5 of RFC 3463). Whether to stop writing to the address
    depends on `fault`: servers report full mailboxes and refused senders as permanent, too.
    """

    permanent: bool
    status: str = ""
    """The enhanced status code, RFC 3463, such as ``5.1.1``; empty if the server gave none."""
    delayed: bool = False
    """The server still tries: a notice of delay, not a bounce (RFC 3464 section 2.3.3)."""
    fault: Fault = Fault.UNKNOWN


@dataclass(frozen=True, slots=True)
class OptOut:
    """A request not to be written to again."""


@dataclass(frozen=True, slots=True)
class Unattended:
    """An automatic reply, which is no answer of the invitee."""


@dataclass(frozen=True, slots=True)
class Unclear:
    """A mail that staff must read.

    `proposal` is the most likely answer, if any; `why` is the code of what makes it uncertain, such as
    ``several-attendees``.
    """

    proposal: Answer | None = None
    why: str = ""


TASKS = frozenset(
    {
        "address-changed",
        "answer-in-attachment",
        "could-not-retrieve",
        "forward-notice",
        "forwarded-answer",
        "held-by-a-filter",
        "left",
        "nothing-new",
        "reaction",
        "recall",
    }
)
"""The codes of `Unclear.why` that tell staff what there is to do, or what a mail is that answers nothing."""

ABOUT_OTHERS = frozenset({"challenge", "could_not_retrieve", "forwarded"})
"""The rules that recognise a mail about people who may not have written it; `Finding.addresses` are theirs."""
Claim = Answer | Undeliverable | OptOut | Unattended | Unclear


class MailKind(enum.Enum):
    """The kind of an incoming mail, as ``mailer inspect --json`` writes it."""

    CALENDAR_REPLY = "calendar-reply"
    CALENDAR_COUNTER = "calendar-counter"
    BOUNCE = "bounce"
    AUTO_REPLY = "auto-reply"
    UNSUBSCRIBE = "unsubscribe"
    REPLY = "reply"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class CalendarLine:
    """The properties of the calendar part of an answer, except for the answer itself.

    `dtstamp` is in UTC, and None if it is missing or no date (Claws Mail writes ``00000000T000000``).
    `attendee` is the address as written. `sent_by`, `delegated_to` and `delegated_from` are addresses without
    ``mailto:``.
    """

    method: str
    uid: str
    sequence: int | None = None
    dtstamp: datetime | None = None
    attendee: str = ""
    comment: str = ""
    sent_by: str = ""
    delegated_to: str = ""
    delegated_from: str = ""
    recurrence_id: str = ""
    request_status: str = ""
    proposed_starts: datetime | None = None
    proposed_ends: datetime | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """A claim with the rule that found it and its evidence.

    `evidence` is the text the claim was read from. `addresses` are those the mail is about: the attendee, the
    failed recipients, or the sender. `references` are the Message-IDs (with angle brackets) and tokens that
    link the mail to an invitation, such as those of a returned message. `text` is what a person newly wrote,
    without quotation and signature. `note` is further information for staff (the dates of an absence, who
    replaces whom).
    """

    rule: str
    kind: MailKind
    claim: Claim
    evidence: str = ""
    addresses: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    calendar: CalendarLine | None = None
    text: str = ""
    note: str = ""

    @property
    def claim_read(self) -> Answer | None:
        """Return the answer that the claim is, or most likely is; None if it is none."""
        claim = self.claim.proposal if isinstance(self.claim, Unclear) else self.claim
        return claim if isinstance(claim, Answer) else None
