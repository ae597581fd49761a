"""The rules for sending: what an SMTP reply means, when to retry, how fast to send, and when to stop."""

from __future__ import annotations

from mailer.outbox.breaker import MOST_REFUSED, Breaker
from mailer.outbox.pace import duration, limits
from mailer.outbox.providers import CAUTIOUS, PROVIDERS, Provider, provider_by_host, provider_by_name
from mailer.outbox.refusals import Refusals, words
from mailer.outbox.retry import deadline, given_back_until, retry_at
from mailer.outbox.states import UNFINISHED, state_after, unfinished
from mailer.outbox.verdict import Matter, enhanced_status, matter, sender_refused, verdict

__all__ = [
    "CAUTIOUS",
    "MOST_REFUSED",
    "PROVIDERS",
    "UNFINISHED",
    "Breaker",
    "Matter",
    "Provider",
    "Refusals",
    "deadline",
    "duration",
    "enhanced_status",
    "given_back_until",
    "limits",
    "matter",
    "provider_by_host",
    "provider_by_name",
    "retry_at",
    "sender_refused",
    "state_after",
    "unfinished",
    "verdict",
    "words",
]
