"""Where everybody stands, folded from an append-only ledger: entries in, attendance out."""

from mailer.ledger.capacity import places, promoted
from mailer.ledger.corrections import Change, Diff, corrected, corrections
from mailer.ledger.counters import count, tally
from mailer.ledger.fold import apply, attendance
from mailer.ledger.history import Effect, Step, history, sendings
from mailer.ledger.rows import rows
from mailer.ledger.waiting import review
from mailer.model.attendance import Counters, Places

__all__ = [
    "Change",
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
