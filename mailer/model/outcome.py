"""The outcome of one attempt to send a message by SMTP."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import datetime


class State(enum.Enum):
    """The state of a message in the outbox; the possible changes are drawn in `mailer.outbox.states`."""

    QUEUED = "queued"
    CLAIMED = "claimed"
    DEFERRED = "deferred"
    SENT = "sent"
    FAILED = "failed"
    IN_DOUBT = "in_doubt"


class Stage(enum.Enum):
    """How far the SMTP session had come, RFC 5321."""

    CONNECT = "connect"
    AUTH = "auth"
    MAIL = "mail"
    RCPT = "rcpt"
    DATA = "data"
    DOT = "dot"
    """The final dot was sent; until the reply, nobody can know if the server has the message (RFC 1047)."""


@dataclass(frozen=True, slots=True)
class Reply:
    """The reply of an SMTP server, or the loss of its connection.

    `code` is the reply code, and 0 where the connection was lost or timed out at `stage`. `text` is the text
    of the reply in one line, with the enhanced status code in front where there is one.
    """

    stage: Stage
    code: int
    text: str = ""


@dataclass(frozen=True, slots=True)
class Sent:
    """The server accepted the message."""

    reply: Reply


@dataclass(frozen=True, slots=True)
class Deferred:
    """A temporary refusal: the message is tried again, not before `retry_at`."""

    reply: Reply
    retry_at: datetime


@dataclass(frozen=True, slots=True)
class Failed:
    """A permanent refusal of the recipient or the message. `status` is the enhanced status code, if any."""

    reply: Reply
    status: str = ""


@dataclass(frozen=True, slots=True)
class InDoubt:
    """A connection lost after the final dot.

    The message may have been delivered, so it is not retried without a person's decision.
    """

    reply: Reply


@dataclass(frozen=True, slots=True)
class Halted:
    """A refusal that concerns the account or the server, not the recipient: the message stays queued."""

    reply: Reply


Outcome = Sent | Deferred | Failed | InDoubt | Halted
