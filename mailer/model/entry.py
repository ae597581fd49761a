"""The entries of the ledger, which are added and never changed.

The store writes facts as JSON under the names of their classes and fields: renaming one makes old ledgers
unreadable.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import datetime

from mailer.model.finding import Finding
from mailer.model.invitation import Kind, MessageKey
from mailer.model.meeting import Meeting
from mailer.model.outcome import Reply, State


class Channel(enum.Enum):
    """Where the content of an entry comes from: a mail sent, a calendar answer, a text, a poll, or staff."""

    OUTBOX = "outbox"
    CALENDAR = "calendar"
    TEXT = "text"
    POLL = "poll"
    STAFF = "staff"


class Trust(enum.IntEnum):
    """How certain it is that a mail comes from the invitee.

    NOTHING: nothing links it to an invitation. ADDRESS: only the address of the sender does. CAPABILITY: it
    holds a token, UID or Message-ID that only the invitation held, but comes from another address. SENDER: it
    holds that and comes from the invitee's address. VERIFIED: our own mail server authenticated that sender,
    too (RFC 8601). STAFF: a member of staff entered it.
    """

    NOTHING = 0
    ADDRESS = 1
    CAPABILITY = 2
    SENDER = 3
    VERIFIED = 4
    STAFF = 5


@dataclass(frozen=True, slots=True)
class Delivery:
    """What became of one message to the invitee."""

    key: MessageKey
    sequence: int
    state: State
    message_id: str = ""
    reply: Reply | None = None


@dataclass(frozen=True, slots=True)
class Heard:
    """What a mail, a line of a poll or a phone call says.

    Answers are ordered by `said_at`: the Date of the mail but not later than its arrival, or the time staff
    heard it. Where `held`, it has no effect until staff decide; `why` is the code of the reason. `message_id`
    (with angle brackets) is that of a mail which may get an automatic answer (RFC 3834 section 2); empty
    otherwise.
    """

    finding: Finding
    said_at: datetime
    trust: Trust
    held: bool = False
    why: str = ""
    message_id: str = ""


class Presence(enum.Enum):
    """Whether somebody attended the meeting, as in the sign-in sheet."""

    PRESENT = "present"
    ABSENT = "absent"
    EXCUSED = "excused"
    REPRESENTED = "represented"


@dataclass(frozen=True, slots=True)
class Attended:
    """The presence of an invitee at the meeting, as noted by staff.

    `place` says which of the people who share the address is meant, counted from 1; 0 means all of them.
    """

    presence: Presence
    headcount: int | None = None
    place: int = 0


@dataclass(frozen=True, slots=True)
class Reviewed:
    """The decision of staff about the entry numbered `entry`: whether its claim is `applied`."""

    entry: int
    applied: bool


@dataclass(frozen=True, slots=True)
class Announced:
    """The meeting as it was announced to invitees at revision (SEQUENCE) `sequence`.

    Its entry has no invitee. What differs between the last one and the campaign file is what an update
    mail says, and decides whether people are asked to answer again (RFC 5546 section 2.1.4).
    """

    sequence: int
    meeting: Meeting


@dataclass(frozen=True, slots=True)
class Kept:
    """A scheduled sending whose messages were put into the outbox.

    Its entry has no invitee. `at` is the scheduled moment, aware; `messages` is how many were queued.
    """

    kind: Kind
    at: datetime
    messages: int = 0


Fact = Delivery | Heard | Attended | Reviewed | Announced | Kept


@dataclass(frozen=True, slots=True)
class Entry:
    """A fact with the invitee it is about, the time it was recorded, and its source.

    `number` counts the entries of a campaign from 1; it is 0 until the entry is stored. `invitee` is the
    opaque reference, empty if no invitee could be identified. `source` is the digest of the mail or file
    it was read from. `author` is the member of staff who entered it, if any, and `note` what they wrote.
    """

    campaign: str
    invitee: str
    recorded_at: datetime
    channel: Channel
    fact: Fact
    source: str = ""
    author: str = ""
    note: str = ""
    number: int = 0
