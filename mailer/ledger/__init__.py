"""Derive each invitee's attendance (delivery, answer, presence, place) by folding the append-only ledger of entries."""

from mailer.ledger.capacity import places, promoted
from mailer.ledger.corrections import Correction, Diff, corrected, corrections
from mailer.ledger.counters import count, tally
from mailer.ledger.fold import apply, attendance
from mailer.ledger.history import Effect, Step, history, sendings
from mailer.ledger.rows import rows
from mailer.ledger.waiting import review
from mailer.model.attendance import Counters, Places

__all__ = [
    "Correction",
    "Counters",
    "Diff",
    "Effect",
    "Places",
    "Step",
    "apply",
    "attendance",
    "corrected",
    "corrections",
    "count",
    "history",
    "places",
    "promoted",
    "review",
    "rows",
    "sendings",
    "tally",
]
