"""The rules for sending: what an SMTP reply means, when to retry, how fast to send, and when to stop."""

from __future__ import annotations

from mailer.outbox.breaker import MOST_REFUSED, Breaker
from mailer.outbox.pace import duration, limits
from mailer.outbox.refusals import Refusals, words
from mailer.outbox.retry import deadline, given_back_until, retry_at
from mailer.outbox.states import UNFINISHED, state_after, unfinished
from mailer.outbox.verdict import Matter, enhanced_status, matter, sender_refused, verdict

__all__ = [
    "MOST_REFUSED",
    "UNFINISHED",
    "Breaker",
    "Matter",
    "Refusals",
    "deadline",
    "duration",
    "enhanced_status",
    "given_back_until",
    "limits",
    "matter",
    "retry_at",
    "sender_refused",
    "state_after",
    "unfinished",
    "verdict",
    "words",
]
