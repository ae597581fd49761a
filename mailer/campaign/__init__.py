"""What the officer wrote, and what follows from it: who needs which message, under which names."""

from mailer.campaign.from_toml import read
from mailer.campaign.plan import Change, Due, Known, Left, Plan, change, is_late, plan
from mailer.campaign.tokens import TOKEN, invitation, is_test, lone, reference, test_invitation

__all__ = [
    "TOKEN",
    "Change",
    "Due",
    "Known",
    "Left",
    "Plan",
    "change",
    "invitation",
    "is_late",
    "is_test",
    "lone",
    "plan",
    "read",
    "reference",
    "test_invitation",
]
