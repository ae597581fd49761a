"""The messages each invitee is sent."""

from __future__ import annotations

import enum
import functools
import re
from dataclasses import dataclass
from typing import NamedTuple, Self

from mailer.model.finding import PartStat
from mailer.model.people import Invitee

TOKEN = re.compile(r"(?<![a-z0-9])[a-z2-7]{26}(?![a-z0-9])", re.IGNORECASE)
"""The pattern of an invitation's token anywhere in a text: 26 base32 characters (RFC 4648), 130 bits."""


class Kind(enum.Enum):
    """The purpose of an outgoing message."""

    INVITATION = "invitation"
    REMINDER = "reminder"
    UPDATE = "update"
    CANCEL = "cancel"
    DETAILS = "details"
    THANKS = "thanks"
    ACKNOWLEDGEMENT = "acknowledgement"

    @property
    def is_invitation(self) -> bool:
        """Return whether messages of this kind have a calendar part; the others are text only."""
        return self in (Kind.INVITATION, Kind.REMINDER, Kind.UPDATE, Kind.CANCEL)

    @property
    def asks(self) -> bool:
        """Return whether messages of this kind ask whether somebody comes: thanks for the others answer nothing."""
        return self in (Kind.INVITATION, Kind.REMINDER, Kind.UPDATE)


class MessageKey(NamedTuple):
    """What is never sent twice to one invitee: the kind of a message, the meeting's revision it speaks of, and its number.

    `sequence` is the meeting's SEQUENCE; `number` counts the messages of one kind at one sequence, from 1.
    In the ledger and the outbox it is written as text, such as ``invitation.0.1``.
    """

    kind: Kind
    sequence: int
    number: int

    def __str__(self) -> str:
        return f"{self.kind.value}.{self.sequence}.{self.number}"

    @classmethod
    @functools.cache
    def parse(cls, text: str) -> Self:
        """Read a key from its text."""
        kind, sequence, number = text.split(".")
        return cls(Kind(kind), int(sequence), int(number))


@dataclass(frozen=True, slots=True)
class Answered:
    """The last known answer of an invitee, for letters that mention it.

    `seats` is how many people are expected; None if no number was given. `present` says that the sign-in
    sheet has them as present. `message_id` (with angle brackets) is that of the mail being acknowledged;
    empty if none is.
    """

    partstat: PartStat = PartStat.NEEDS_ACTION
    seats: int | None = None
    present: bool = False
    message_id: str = ""


UNANSWERED = Answered()


@dataclass(frozen=True, slots=True)
class Invitation:
    """The identifiers of one message about the meeting, before it is composed.

    `uid` is opaque, different for each invitee, and stays the same for the whole campaign (RFC 5545 section
    3.8.4.7, RFC 7986 section 5.3). `sequence` is the revision of the meeting (RFC 5545 section 3.8.7.4).
    `message_id` has angle brackets. `token` is the secret in the reply addresses and links, by which an
    answer is matched to its invitee. `number` counts the messages of one kind at one sequence from 1: a
    second reminder is another message. `line` is a sentence of the sender's own, which the letter says after its
    salutation.
    """

    invitee: Invitee
    kind: Kind
    uid: str
    sequence: int
    token: str
    message_id: str
    number: int = 1
    test: bool = False
    answered: Answered = UNANSWERED
    line: str = ""

    @property
    def key(self) -> MessageKey:
        """Return the key of this message."""
        return MessageKey(self.kind, self.sequence, self.number)
