"""Recognise Outlook's wish to take a mail back: which one, a person has to see."""

from __future__ import annotations

from mailer.classify import robots
from mailer.classify.patterns import wording
from mailer.model.finding import Finding, MailKind, Unclear
from mailer.model.message import IncomingMessage, Said

RULE = "recall"
MAX_WORDS = 600

_SUBJECT = wording("recall", "subject")
_TEXT = wording("recall", "text")


def read(message: IncomingMessage, said: Said) -> Finding | None:
    """Recognise a recall by its sentence, and by its subject or the shortness of the mail."""
    text = said.text.strip()
    found = _TEXT.search(text)
    if not found or len(text) > MAX_WORDS or not _SUBJECT.match(message.subject):
        return None
    claim = Unclear(why="recall")
    return Finding(RULE, MailKind.OTHER, claim, found.group(), robots.writer(message), text=said.text)
