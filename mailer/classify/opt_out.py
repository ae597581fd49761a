"""Recognise people who opt out, by our unsubscribe link or in a mail that says nothing else.

An opt-out inside a longer mail is read by `free_text`: leaving the meeting ("retirez-moi de la liste des
participants") is not an opt-out.
"""

from __future__ import annotations

from mailer.classify import robots
from mailer.classify.patterns import wording
from mailer.model.finding import Finding, MailKind, OptOut
from mailer.model.invitation import TOKEN
from mailer.model.message import IncomingMessage, Said

RULE = "opt_out"

_SUBJECT = wording("opt_out", "subject")
_TEXT = wording("opt_out", "text")


def read_link(message: IncomingMessage, said: Said) -> Finding | None:
    """Recognise our own unsubscribe mail by its subject; mail clients send it themselves (List-Unsubscribe)."""
    if not _SUBJECT.match(message.subject):
        return None
    if TOKEN.search(message.subject) or len(said.text) < 200:
        return _finding(message, said, message.subject.strip())
    return None


def read(message: IncomingMessage, said: Said) -> Finding | None:
    """Recognise a mail whose only words are an opt-out."""
    text = said.text.strip()
    return _finding(message, said, text) if len(text) < 200 and _TEXT.match(text) else None


def _finding(message: IncomingMessage, said: Said, evidence: str) -> Finding:
    references = (*TOKEN.findall(message.subject), *message.references)
    return Finding(
        RULE, MailKind.UNSUBSCRIBE, OptOut(), evidence, robots.writer(message), references, text=said.text
    )
