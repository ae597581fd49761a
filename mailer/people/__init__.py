"""Who is invited: the register of persons and invitations, folded from the ledger, and what new lists change in it."""

from mailer.people.changes import Change, leaving, placing
from mailer.people.homes import Home, Homes, NewNames
from mailer.people.reconcile import Question, Reconciled, only_newcomers, reconcile
from mailer.people.register import KINDS, register

__all__ = [
    "KINDS",
    "Change",
    "Home",
    "Homes",
    "NewNames",
    "Question",
    "Reconciled",
    "leaving",
    "only_newcomers",
    "placing",
    "reconcile",
    "register",
]
