"""Recognise a calendar's notice that an invitee forwarded the invitation to somebody else."""

from __future__ import annotations

from mailer.classify import returned, robots
from mailer.classify.patterns import wording
from mailer.model.finding import Finding, MailKind, Unclear
from mailer.model.message import IncomingMessage, Said

RULE = "forward_notice"
MAX_WORDS = 2000

_SUBJECT = wording("forward_notice", "subject")
_TEXT = wording("forward_notice", "text")


def read(message: IncomingMessage, said: Said) -> Finding | None:
    """Recognise the notice by its sentence, with the subject that programs write or nothing else in the mail."""
    titled = _SUBJECT.search(message.subject)
    text = (said.text or (returned.own_text(message) if titled else "")).strip()
    found = _TEXT.search(text[:MAX_WORDS])
    alone = "\n" not in text and len(text) < 300
    if not found or not (titled or alone) or len(text) > MAX_WORDS:
        return None
    claim, note = Unclear(why="forward-notice"), ", ".join(returned.strangers(message, text))
    writer = robots.writer(message)
    return Finding(RULE, MailKind.OTHER, claim, found.group(), writer, text=said.text, note=note)
