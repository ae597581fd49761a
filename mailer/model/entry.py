"""The entries of the ledger, which are added and never changed.

`mailer.store.facts` has the names under which facts and their fields are written; a new field needs one there, and a
default for the entries that were written without it.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from mailer.model.contact import NO_VALUES, Contact
from mailer.model.finding import Finding
from mailer.model.invitation import Kind, MessageKey
from mailer.model.meeting import Meeting
from mailer.model.outcome import Reply, State
from mailer.model.people import Why


class Channel(enum.Enum):
    """Where the content of an entry comes from: a contact list, a mail sent, a calendar answer, a text, a poll, or staff."""

    LIST = "list"
    OUTBOX = "outbox"
    CALENDAR = "calendar"
    TEXT = "text"
    POLL = "poll"
    STAFF = "staff"


class Trust(enum.IntEnum):
    """How certain it is that a mail comes from the invitee.

    NOTHING: nothing links it to an invitation. ADDRESS: only the address of the sender does. CAPABILITY: it
    holds a token, UID or Message-ID that only the invitation held, but comes from another address; it replaces no answer
    but of the same sender. SENDER: it holds that and comes from the invitee's address. VERIFIED: our own mail server
    authenticated that sender, too (RFC 8601). STAFF: a member of staff entered it.
    """

    NOTHING = 0
    ADDRESS = 1
    CAPABILITY = 2
    SENDER = 3
    VERIFIED = 4
    STAFF = 5


@dataclass(frozen=True, slots=True)
class Delivery:
    """What became of one message to the invitee.

    `persons` are the references of the people the letter was for; empty in old ledgers, for all of the address.
    `round` is the entry that asked for it, 0 if none did. `version` names the letter that was confirmed, and
    `digest` is the SHA-256 of the octets that left, before they were signed (DKIM), and `made_at` is their date.
    """

    key: MessageKey
    sequence: int
    state: State
    message_id: str = ""
    reply: Reply | None = None
    persons: tuple[str, ...] = ()
    round: int = 0
    version: str = ""
    digest: str = ""
    made_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Heard:
    """What a mail, a line of a poll or a phone call says.

    Answers are ordered by `said_at`: the Date of the mail, but between the letter that it answers and its arrival, or the
    time staff heard it. Where `held`, it has no effect until staff decide; `why` is the code of the reason.
    `message_id` (with angle brackets) is that of a mail which may get an automatic answer (RFC 3834 section 2); empty
    otherwise. `sender` is the address in From and `sender_name` the name there, and `arrived_at` is when our server received
    the mail. `dated_at` is its Date where that is possible but much earlier than its arrival, which `said_at` has then: an
    old answer may have been sent again. `subject` is that of the mail, and `attachments` are the names of its files.
    `letter` is the letter of ours that it answers; None where that is not known.
    """

    finding: Finding
    said_at: datetime
    trust: Trust
    held: bool = False
    why: str = ""
    message_id: str = ""
    sender: str = ""
    arrived_at: datetime | None = None
    dated_at: datetime | None = None
    sender_name: str = ""
    subject: str = ""
    attachments: tuple[str, ...] = ()
    letter: MessageKey | None = None


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
    """The decision of staff about the entry numbered `entry`: whether its claim is `applied`.

    One about the entry of an earlier decision, not applied, takes that decision back: what it was about waits again.
    """

    entry: int
    applied: bool


@dataclass(frozen=True, slots=True)
class Announced:
    """The meeting as it was announced to invitees at revision (SEQUENCE) `sequence`.

    Its entry has no invitee. What differs between the last one and the campaign file is what an update
    mail says, and decides whether people are asked to answer again (RFC 5546 section 2.1.4). With
    `keep_answers` nobody is asked again by it, whatever changed.
    """

    sequence: int
    meeting: Meeting
    keep_answers: bool = False


@dataclass(frozen=True, slots=True)
class Kept:
    """A scheduled sending whose messages were put into the outbox.

    Its entry has no invitee. `at` is the scheduled moment, aware; `messages` is how many were queued.
    """

    kind: Kind
    at: datetime
    messages: int = 0


ERASED = Contact("")
"""What is left of the contact of a person who was erased."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A person is a member of an invitation, from this entry on, with these names and this address.

    The entry names the invitation (`Entry.invitee`) and the person (`Entry.person`). The address of an invitation
    is that of the last such entry. `uid` and `token` are those of the invitation, which it keeps for ever.
    `origin` is the invitation the person comes from, where they had another one before; empty otherwise. `revision` is the
    newest revision of the meeting that a letter told them of there, counted from 1; 0 if none did. `contact` has no name and no address once the person was erased.
    """

    why: Why
    contact: Contact = ERASED
    uid: str = ""
    token: str = ""
    origin: str = ""
    revision: int = 0


@dataclass(frozen=True, slots=True)
class Gone:
    """A person leaves a list, an invitation, or the campaign; `why` says which.

    Who is UNLISTED keeps their invitation. Who is WITHDRAWN keeps their line. What is said
    after somebody was ERASED is not said by them. Who MOVED is from now on a member of
    the invitation `to`. Who was MERGED has no line of their own any more: what was and will be said by them is
    said by the person `person` of the invitation `to`.
    """

    why: Why
    to: str = ""
    person: str = ""


@dataclass(frozen=True, slots=True)
class Allowed:
    """Staff allow writing again to a person who was barred; the note of the entry says who asked for it."""


@dataclass(frozen=True, slots=True)
class Round:
    """Something a person asked for: letters of one kind, to these people.

    Its entry has no invitee, its author asked for it, and its number names the round. `version` names the letter
    that was confirmed. `line` is a sentence that goes into each letter. Nothing leaves before `not_before`.
    `again` says that people are written to who have had it before. `parts` are digests of what the letter was made of, by
    name, such as the file name of an attachment.
    """

    kind: Kind
    sequence: int
    number: int
    persons: tuple[str, ...]
    version: str = ""
    line: str = ""
    not_before: datetime | None = None
    again: bool = False
    parts: Mapping[str, str] = field(default_factory=lambda: NO_VALUES)


@dataclass(frozen=True, slots=True)
class Confirmed:
    """What a person confirmed that leaves by itself: for each kind, a digest of all that its letter is made of.

    Its entry has no invitee. Where letter or meeting are others later, nothing of that kind leaves by itself.
    """

    letters: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Ended:
    """Nothing more leaves for the round numbered `round`: all had their letter, or the rest was dropped."""

    round: int
    dropped: bool = False


Fact = (
    Delivery
    | Heard
    | Attended
    | Reviewed
    | Announced
    | Kept
    | Placed
    | Gone
    | Allowed
    | Round
    | Confirmed
    | Ended
)


@dataclass(frozen=True, slots=True)
class Entry:
    """A fact with the invitee it is about, the time it was recorded, and its source.

    `number` counts the entries of a campaign from 1; it is 0 until the entry is stored. `invitee` is the
    opaque reference of the invitation, empty if none could be identified, and `person` that of the one person it
    is about; empty if it is about everybody of the invitation. `source` is the digest of the mail or file
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
    person: str = ""
