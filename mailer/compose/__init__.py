"""Write the message of each invitee from templates, and check it before anything is sent."""

from mailer.compose.check import inspect_message
from mailer.compose.composer import Composer, prepare, recipient
from mailer.compose.crowd import Crowd
from mailer.compose.inspection import Distrusted, Inspection
from mailer.compose.letter import RenderedLetter
from mailer.compose.parts import differing, letters, parts
from mailer.compose.press import Press

__all__ = [
    "Composer",
    "Crowd",
    "Distrusted",
    "Inspection",
    "Press",
    "RenderedLetter",
    "differing",
    "inspect_message",
    "letters",
    "parts",
    "prepare",
    "recipient",
]
