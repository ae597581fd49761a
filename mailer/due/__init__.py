"""Who is owed which message now, and why the others are owed none: the one place that knows."""

from mailer.due.known import Due, Known, Left, OpenRound, Plan
from mailer.due.plan import plan

__all__ = ["Due", "Known", "Left", "OpenRound", "Plan", "plan"]
