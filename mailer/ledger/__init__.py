"""Derive each person's attendance (letters, answer, presence, place) by folding the append-only ledger of entries."""

from mailer.ledger.capacity import places, promoted
from mailer.ledger.corrections import Correction, Diff, corrected, corrections
from mailer.ledger.counters import count, is_untold
from mailer.ledger.fold import attendance
from mailer.ledger.history import Effect, Step, history, sendings
from mailer.ledger.revisions import Revisions
from mailer.ledger.rounds import AskedRound, open_rounds
from mailer.ledger.rows import rows
from mailer.ledger.settle import BEYOND, MOST_IN_A_DAY, UNINVITED
from mailer.ledger.state import is_reached, state
from mailer.ledger.told import correspondence
from mailer.ledger.waiting import glanced, glances, reason, remark, review
from mailer.ledger.weigh import is_delegation
from mailer.model.attendance import Counters, Places

__all__ = [
    "BEYOND",
    "MOST_IN_A_DAY",
    "UNINVITED",
    "AskedRound",
    "Correction",
    "Counters",
    "Diff",
    "Effect",
    "Places",
    "Revisions",
    "Step",
    "attendance",
    "corrected",
    "corrections",
    "correspondence",
    "count",
    "glanced",
    "glances",
    "history",
    "is_delegation",
    "is_reached",
    "is_untold",
    "open_rounds",
    "places",
    "promoted",
    "reason",
    "remark",
    "review",
    "rows",
    "sendings",
    "state",
]
