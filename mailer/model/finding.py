"""What one incoming mail says.

Kinds of mail are open: every rule in `mailer.classify` names its own. Claims are closed: whatever kind of
mail made it, a claim is one of the five below, and these are all the ledger has to understand.
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
        """As the CSV and JSON of the command line spell it: ``accepted``, and ``none`` for no answer."""
        return "none" if self is PartStat.NEEDS_ACTION else self.value.lower()


@dataclass(frozen=True, slots=True)
class Answer:
    """The invitee answers.

    `headcount` is how many come in all, the writer included, and None where nothing was said. `delegate` is
    who comes instead, as far as was said. `asks`: the mail also holds something for a person to read.
    """

    partstat: PartStat
    headcount: int | None = None
    delegate: str = ""
    asks: bool = False


class Fault(enum.Enum):
    """What is at fault for a message that did not arrive.

    ADDRESS: there is no such mailbox or domain. DISABLED: the mailbox is closed. FULL: it is full. POLICY: our mail
    was refused for what it is or whence it comes, so the address is not to blame. NETWORK: servers did not reach one
    another, or ran out of time.
    """

    ADDRESS = "address"
    DISABLED = "disabled"
    FULL = "full"
    POLICY = "policy"
    NETWORK = "network"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Undeliverable:
    """A mail server says that a message did not reach the mailbox.

    `permanent` is the server's word (class 5 of RFC 3463). Whether to stop writing to the address is told by `fault`:
    a full mailbox or a refused sender is no reason to, even where the server calls it permanent.
    """

    permanent: bool
    status: str = ""
    """Enhanced status code, RFC 3463, such as ``5.1.1``; empty where the server gave none."""
    delayed: bool = False
    """Not given up yet: a note, not a bounce (RFC 3464 section 2.3.3)."""
    fault: Fault = Fault.UNKNOWN


@dataclass(frozen=True, slots=True)
class OptOut:
    """The invitee asks not to be written to again."""


@dataclass(frozen=True, slots=True)
class Unattended:
    """A machine answered; the invitee has not."""


@dataclass(frozen=True, slots=True)
class Unclear:
    """Something a person must read.

    `proposal` is what it most likely says, if anything; `why` the code of what keeps it from being said outright, such
    as ``several-attendees``.
    """

    proposal: Answer | None = None
    why: str = ""


Claim = Answer | Undeliverable | OptOut | Unattended | Unclear


class MailKind(enum.Enum):
    """What sort of mail it is, in the words of ``mailer inspect --json``."""

    CALENDAR_REPLY = "calendar-reply"
    CALENDAR_COUNTER = "calendar-counter"
    BOUNCE = "bounce"
    AUTO_REPLY = "auto-reply"
    UNSUBSCRIBE = "unsubscribe"
    REPLY = "reply"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class CalendarLine:
    """What the calendar part of an answer says, apart from the answer itself.

    `dtstamp` is aware, UTC, and None where it is missing or no date (Claws Mail writes
    ``00000000T000000``). `attendee` is the address as written. `sent_by`, `delegated_to` and
    `delegated_from` are addresses without ``mailto:``.
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
    """A claim, the rule that read it, and the words it rests on.

    `addresses` are those the mail is about: the attendee, the failed recipients, or the sender. `references`
    are Message-IDs (with brackets) and tokens found inside that can tie it to an invitation, such as those of
    a returned message. `text` is the new words of a person, without quotation and signature. `note` is what
    staff should know besides (dates of an absence, who replaces whom).
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
