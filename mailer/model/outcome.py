"""Values for the outcome of one attempt to send a message by SMTP, and for the state the message is then in."""

from __future__ import annotations

import enum
from dataclasses import dataclass, field
from datetime import datetime

from mailer.errors import UserError


class State(enum.Enum):
    """The state of a message in the outbox; the docstring of `mailer.outbox.states` shows the transitions."""

    QUEUED = "queued"
    CLAIMED = "claimed"
    DEFERRED = "deferred"
    SENT = "sent"
    FAILED = "failed"
    IN_DOUBT = "in_doubt"
    VOID = "void"


class Stage(enum.Enum):
    """The last command of the SMTP session (RFC 5321) when the attempt ended."""

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

    `code` is the reply code, or 0 if the connection was lost or timed out at `stage`. `text` is the text
    of the reply in one line, with the enhanced status code in front if there is one.
    """

    stage: Stage
    code: int
    text: str = ""


@dataclass(frozen=True, slots=True)
class LoginRefused(Reply):
    """No login was possible, for the reason in `error`, which says what helps; it is recorded as a reply only."""

    error: UserError = field(kw_only=True)


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
    """A permanent refusal of this recipient. `status` is the enhanced status code, if any."""

    reply: Reply
    status: str = ""


@dataclass(frozen=True, slots=True)
class InDoubt:
    """A connection lost after the final dot, the end of the message (RFC 5321 section 4.1.1.4).

    The message may have been delivered, so it is retried only if a person decides so.
    """

    reply: Reply


@dataclass(frozen=True, slots=True)
class Halted:
    """A refusal that concerns, or may concern, the sending account or the server: the message stays queued.

    `retry_at` is when it is tried again, unless a person sends before; None for at once.
    """

    reply: Reply
    retry_at: datetime | None = None


Outcome = Sent | Deferred | Failed | InDoubt | Halted
