"""Invitations written: templates filled in for one invitee, the message around them, and a last look at it."""

from mailer.compose.check import inspect_message
from mailer.compose.composer import Composer, prepare
from mailer.compose.crowd import Crowd
from mailer.compose.inspection import Distrusted, Inspection
from mailer.compose.letter import Letter
from mailer.compose.press import Press

__all__ = [
    "Composer",
    "Crowd",
    "Distrusted",
    "Inspection",
    "Letter",
    "Press",
    "inspect_message",
    "prepare",
]
