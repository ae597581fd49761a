"""One line of the ledger: something that was said or done, never changed afterwards."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import datetime

from mailer.model.finding import Finding
from mailer.model.invitation import Kind, MessageKey
from mailer.model.meeting import Meeting
from mailer.model.outcome import Reply, State


class Channel(enum.Enum):
    """How it came to us."""

    OUTBOX = "outbox"
    CALENDAR = "calendar"
    TEXT = "text"
    POLL = "poll"
    STAFF = "staff"


class Trust(enum.IntEnum):
    """How surely a mail is the invitee's own.

    NOTHING: nothing ties it to an invitation. ADDRESS: only the sender's address does. CAPABILITY: it holds
    what only the invitation held, from another address. SENDER: that, and the invitee's address. VERIFIED:
    that, and our own mail server vouches for the sender. STAFF: a person said so.
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
    """A mail, a poll line or a phone call, and what it says.

    `said_at` orders what was said: the mail's own date bounded by its arrival, or the moment staff heard it.
    `held`: it is not applied, but waits for a person; `why` says the reason by code. `message_id` is that of a mail
    that may be acknowledged (RFC 3834 section 2), with its angle brackets; empty where it may not.
    """

    finding: Finding
    said_at: datetime
    trust: Trust
    held: bool = False
    why: str = ""
    message_id: str = ""


class Presence(enum.Enum):
    """Who was there, as the sign-in sheet says."""

    PRESENT = "present"
    ABSENT = "absent"
    EXCUSED = "excused"
    REPRESENTED = "represented"


@dataclass(frozen=True, slots=True)
class Attended:
    """Staff saw the invitee at the meeting, or did not.

    `place` is the one it is said of among the people behind the address, from 1, and 0 for all of them.
    """

    presence: Presence
    headcount: int | None = None
    place: int = 0


@dataclass(frozen=True, slots=True)
class Reviewed:
    """Staff decided the entry numbered `entry`: its claim counts (`applied`), or it does not."""

    entry: int
    applied: bool


@dataclass(frozen=True, slots=True)
class Announced:
    """What the invitees are told from now on: the meeting as it stands, at this revision.

    An entry of this fact has no invitee. Comparing the last one with the campaign file shows what an update
    must say, and whether answers are asked again (RFC 5546 section 2.1.4).
    """

    sequence: int
    meeting: Meeting


@dataclass(frozen=True, slots=True)
class Kept:
    """An appointment of the schedule was kept: its messages are in the outbox.

    An entry of this fact has no invitee. `at` is the moment that was appointed, aware; `messages` how many were queued.
    """

    kind: Kind
    at: datetime
    messages: int = 0


Fact = Delivery | Heard | Attended | Reviewed | Announced | Kept


@dataclass(frozen=True, slots=True)
class Entry:
    """A fact, about whom, when and from where.

    `number` orders the ledger of a campaign and counts from 1; 0 until it is stored. `invitee` is the opaque
    reference, empty where nobody could be told. `source` is the digest of the mail or file it was read from.
    `author` is the member of staff, if one said so; `note` is what they wrote. `recorded_at` is when we wrote it.
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
