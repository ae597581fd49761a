"""Who is invited, and by which messages."""

from __future__ import annotations

import enum
import functools
from dataclasses import dataclass
from typing import NamedTuple, Self

from mailer.model.contact import Contact
from mailer.model.finding import PartStat


class Kind(enum.Enum):
    """Why a message is written."""

    INVITATION = "invitation"
    REMINDER = "reminder"
    UPDATE = "update"
    CANCEL = "cancel"
    DETAILS = "details"
    THANKS = "thanks"
    ACKNOWLEDGEMENT = "acknowledgement"

    @property
    def is_invitation(self) -> bool:
        """Whether it speaks to calendars, and so carries the whole invitation; the others are letters alone."""
        return self in (Kind.INVITATION, Kind.REMINDER, Kind.UPDATE, Kind.CANCEL)


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
class Invitee:
    """One address that is written to, and the people behind it: one, a couple, or an association.

    `ref` is opaque and short (base32, lower case): it names the invitee in the ledger, in logs and in the
    links of the mail. `email` is as the list spells it. `people` has at least one contact.
    """

    ref: str
    email: str
    people: tuple[Contact, ...]

    @property
    def language(self) -> str:
        """The language of the first person who has one."""
        return next((person.language for person in self.people if person.language), "")

    @property
    def called(self) -> str:
        """All names, for a list."""
        return ", ".join(person.called for person in self.people)


@dataclass(frozen=True, slots=True)
class Answered:
    """What an invitee is known to have answered, for a letter that speaks of it.

    `seats` is how many are expected, None where no number was said. `present`: the sign-in sheet says that they came.
    `message_id` is the mail that is acknowledged, with its angle brackets; empty where none is.
    """

    partstat: PartStat = PartStat.NEEDS_ACTION
    seats: int | None = None
    present: bool = False
    message_id: str = ""


UNANSWERED = Answered()


@dataclass(frozen=True, slots=True)
class Invitation:
    """What one message about the meeting is, before it is written.

    `uid` is opaque and the invitee's own, for the life of the campaign (RFC 5545 section 3.8.4.7, RFC 7986
    section 5.3); `sequence` is the revision of the meeting (RFC 5545 section 3.8.7.4); `message_id` has its
    angle brackets. `token` is the capability that brings an answer home: it stands in the answer links.
    `number` counts the messages of one kind at one sequence, from 1: a second reminder is another message.
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

    @property
    def key(self) -> MessageKey:
        """Return the key of this message."""
        return MessageKey(self.kind, self.sequence, self.number)
