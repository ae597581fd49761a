"""Who is invited: the register of persons and invitations, folded from the ledger, and what new lists change in it."""

from mailer.people.register import KINDS, register

__all__ = ["KINDS", "register"]
