"""Decides about messages on their way out: what a reply means, when to try again, how fast, and when to stop."""

from __future__ import annotations

from mailer.outbox.breaker import MOST_REFUSED, Breaker
from mailer.outbox.pace import duration, limits
from mailer.outbox.presets import CAUTIOUS, PRESETS, Preset, preset_for, preset_named
from mailer.outbox.retry import deadline, retry_at
from mailer.outbox.states import MOVES, UNFINISHED, state_after, unfinished
from mailer.outbox.verdict import Fault, enhanced_status, fault, sender_refused, verdict

__all__ = [
    "CAUTIOUS",
    "MOST_REFUSED",
    "MOVES",
    "PRESETS",
    "UNFINISHED",
    "Breaker",
    "Fault",
    "Preset",
    "deadline",
    "duration",
    "enhanced_status",
    "fault",
    "limits",
    "preset_for",
    "preset_named",
    "retry_at",
    "sender_refused",
    "state_after",
    "unfinished",
    "verdict",
]
