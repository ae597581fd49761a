"""Invitations written: templates filled in for one invitee, the message around them, and a last look at it."""

from mailer.compose.check import inspect_message
from mailer.compose.composer import Composer, prepare
from mailer.compose.crowd import Crowd
from mailer.compose.letter import Letter

__all__ = ["Composer", "Crowd", "Letter", "inspect_message", "prepare"]
