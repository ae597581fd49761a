"""Recognise Exchange's notice that it could not hand out a mail: what the mail says is not known."""

from __future__ import annotations

import re

from mailer.classify import returned
from mailer.classify.patterns import wording
from mailer.model.finding import Finding, MailKind, Unclear
from mailer.model.message import IncomingMessage, Said

RULE = "could_not_retrieve"

_SUBJECT = wording("retrieval", "subject")
_TEXT = wording("retrieval", "text")


def read(message: IncomingMessage, said: Said) -> Finding | None:
    """Recognise the notice, and find who wrote the mail that could not be fetched."""
    if message.references or not (_TEXT.search(said.text) or _SUBJECT.search(message.subject)):
        return None
    text = returned.own_text(message)  # the block with the mail's subject and sender looks like a quotation
    found = _TEXT.search(text)
    if not found or not (_SUBJECT.search(message.subject) or _names_a_mail(text)):
        return None
    named, claim = returned.strangers(message, text), Unclear(why="could-not-retrieve")
    return Finding(RULE, MailKind.OTHER, claim, found.group(), named, text=text.strip() or said.text)


_FIELD = re.compile(r"(?im)^\s*(?:subject|objet|betreff|onderwerp|from|de|von|van)\s*:")


def _names_a_mail(text: str) -> bool:
    return len(_FIELD.findall(text)) > 1
