"""What became of one attempt to send."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import datetime


class State(enum.Enum):
    """Where a message stands in the outbox. All but the first three are ends until a person says otherwise."""

    QUEUED = "queued"
    CLAIMED = "claimed"
    DEFERRED = "deferred"
    SENT = "sent"
    FAILED = "failed"
    IN_DOUBT = "in_doubt"


class Stage(enum.Enum):
    """How far the dialogue had come, RFC 5321."""

    CONNECT = "connect"
    AUTH = "auth"
    MAIL = "mail"
    RCPT = "rcpt"
    DATA = "data"
    DOT = "dot"
    """The message is on the wire up to the final dot: from here to the reply, nobody knows (RFC 1047)."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What the server said, or how it fell silent.

    `code` is the three digits, and 0 where the connection was lost or timed out at `stage`. `text` is the
    reply's text, in one line, with the enhanced code in front where there is one.
    """

    stage: Stage
    code: int
    text: str = ""


@dataclass(frozen=True, slots=True)
class Sent:
    """The server took the message over."""

    reply: Reply


@dataclass(frozen=True, slots=True)
class Deferred:
    """Not now: the message is tried again, not before `retry_at`."""

    reply: Reply
    retry_at: datetime


@dataclass(frozen=True, slots=True)
class Failed:
    """The recipient or the message is refused for good. `status` is the enhanced code, if any."""

    reply: Reply
    status: str = ""


@dataclass(frozen=True, slots=True)
class InDoubt:
    """The connection was lost after the final dot: delivered or not, nobody knows. Never retried by itself."""

    reply: Reply


@dataclass(frozen=True, slots=True)
class Halted:
    """The account or the server is at fault: no contact is marked, and sending stops. The message stays queued."""

    reply: Reply


Outcome = Sent | Deferred | Failed | InDoubt | Halted
